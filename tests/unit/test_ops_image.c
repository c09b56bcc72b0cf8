/* Convolution, group norm and upsampling, against sums written out. */
#include "base/memory.h"
#include "check_main.h"
#include "grad/ops_image.h"
#include "op_check.h"

#include <math.h>

/* --- convolution: an image of 5 x 4 pixels and 3 channels, 2 out channels --- */

enum { HEIGHT = 5, WIDTH = 4, CHANNELS = 3, OUT = 2 };

struct convolution {
    size_t window, stride, padding;
};

static struct convolution convolution;

static size_t images_of(const struct tensor *x)
{
    return tensor_count(x) / (HEIGHT * WIDTH * CHANNELS);
}

static struct variable *apply_convolution(struct tape *tape, struct variable **x)
{
    size_t k = convolution.window;
    struct variable *images = tape_reshape(
        tape, x[0], 4, (const size_t[]){images_of(&x[0]->value), HEIGHT, WIDTH, CHANNELS});
    struct variable *weight = tape_reshape(tape, x[1], 4, (const size_t[]){OUT, k, k, CHANNELS});
    return tape_convolution(tape, images, weight, x[2], convolution.stride, convolution.padding);
}

/* x[b, i, j, c], 0 outside of the image */
static real pixel(const real *x, size_t b, size_t i, size_t j, size_t c)
{
    return i < HEIGHT && j < WIDTH ? x[((b * HEIGHT + i) * WIDTH + j) * CHANNELS + c] : 0;
}

static void expect_convolution(const struct tensor *x, real *y)
{
    size_t k = convolution.window, s = convolution.stride, p = convolution.padding;
    size_t height = (HEIGHT + 2 * p - k) / s + 1, width = (WIDTH + 2 * p - k) / s + 1;
    for (size_t n = 0, count = images_of(x) * height * width * OUT; n < count; n++) {
        size_t o = n % OUT, j = n / OUT % width, i = n / OUT / width % height;
        y[n] = x[2].data[o];
        for (size_t w = 0; w < k * k * CHANNELS; w++) {
            size_t c = w % CHANNELS, v = w / CHANNELS % k, u = w / CHANNELS / k;
            y[n] += pixel(x[0].data, n / OUT / width / height, s * i + u - p, s * j + v - p, c) *
                    x[1].data[o * k * k * CHANNELS + w];
        }
    }
}

START_TEST(convolutions)
{
    static const struct convolution all[] = {{3, 1, 1}, {3, 2, 1}, {1, 1, 0}, {1, 2, 0},
                                             {2, 2, 0}, {4, 1, 2}, {3, 1, 0}, {4, 3, 4}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        convolution = all[i];
        char *name = memory_format("convolution %zu %zu %zu", all[i].window, all[i].stride,
                                   all[i].padding);
        const struct op_case op = {
            .name = name, .apply = apply_convolution, .expect = expect_convolution,
            .inputs = {{2, HEIGHT * WIDTH * CHANNELS, 700},
                       {OUT, all[i].window * all[i].window * CHANNELS, 0}, {1, OUT, 0}},
            .threads_round = true};
        op_check(&op);
        free(name);
    }
}
END_TEST

/* Lines that are longer than a block, and a product that is cut among threads. */
START_TEST(large_image)
{
    enum { SIDE = 40, MANY = 96 };
    struct tape tape = {0};
    struct rng rng = rng_make(3, RNG_TEST, 0);
    real *x = memory_alloc(SIDE * SIDE * MANY, sizeof *x);
    real *w = memory_alloc(MANY * 9 * MANY, sizeof *w);
    for (size_t i = 0; i < SIDE * SIDE * MANY; i++)
        x[i] = (real)rng_normal(&rng);
    for (size_t i = 0; i < MANY * 9 * MANY; i++)
        w[i] = (real)rng_normal(&rng);
    const struct variable *y = tape_convolution(
        &tape, tape_constant(&tape, tensor_of_shape(x, 4, (size_t[]){1, SIDE, SIDE, MANY})),
        tape_constant(&tape, tensor_of_shape(w, 4, (size_t[]){MANY, 3, 3, MANY})), NULL, 1, 1);
    for (size_t n = 0; n < 200; n++) {
        size_t at = (size_t)rng_below(&rng, SIDE * SIDE * MANY);
        size_t o = at % MANY, j = at / MANY % SIDE, i = at / MANY / SIDE;
        real sum = 0;
        for (size_t k = 0; k < 9 * MANY; k++) {
            size_t row = i + k / MANY / 3 - 1, column = j + k / MANY % 3 - 1;
            if (row < SIDE && column < SIDE)
                sum += x[(row * SIDE + column) * MANY + k % MANY] * w[o * 9 * MANY + k];
        }
        ck_assert(fabs(sum - y->value.data[at]) <= 1e-10 * (1 + fabs(sum)));
    }
    free(x);
    free(w);
    tape_free(&tape);
}
END_TEST

/* --- group norm: 6 pixels, 6 channels in 3 groups --- */

enum { PIXELS = 6, NORM_CHANNELS = 6, GROUPS = 3 };

static enum activation activation;

static struct variable *apply_norm(struct tape *tape, struct variable **x)
{
    size_t batch = tensor_count(&x[0]->value) / (PIXELS * NORM_CHANNELS);
    struct variable *images =
        tape_reshape(tape, x[0], 4, (const size_t[]){batch, 2, PIXELS / 2, NORM_CHANNELS});
    return tape_group_norm(tape, images, GROUPS, x[1], x[2], (real)1e-3, activation);
}

static real activate(real z)
{
    return activation == ACTIVATION_SILU   ? z / (1 + exp(-z))
           : activation == ACTIVATION_TANH ? tanh(z)
                                           : z;
}

static void expect_norm(const struct tensor *x, real *y)
{
    enum { IMAGE = PIXELS * NORM_CHANNELS, WIDTH_OF_GROUP = NORM_CHANNELS / GROUPS };
    bool by_image = tensor_count(&x[1]) > NORM_CHANNELS;
    for (size_t n = 0; n < tensor_count(&x[0]); n++) {
        size_t image = n / IMAGE, channel = n % NORM_CHANNELS, group = channel / WIDTH_OF_GROUP;
        real mean = 0, square = 0;
        for (size_t k = 0; k < PIXELS * WIDTH_OF_GROUP; k++) {
            real value = x[0].data[image * IMAGE + k / WIDTH_OF_GROUP * NORM_CHANNELS +
                                   group * WIDTH_OF_GROUP + k % WIDTH_OF_GROUP];
            mean += value / (PIXELS * WIDTH_OF_GROUP);
            square += value * value / (PIXELS * WIDTH_OF_GROUP);
        }
        size_t row = by_image ? image * NORM_CHANNELS : 0;
        real h = (x[0].data[n] - mean) / sqrt(square - mean * mean + 1e-3);
        y[n] = activate(h * x[1].data[row + channel] + x[2].data[row + channel]);
    }
}

START_TEST(group_norms)
{
    static const enum activation all[] = {ACTIVATION_NONE, ACTIVATION_SILU, ACTIVATION_TANH};
    for (size_t i = 0; i < 6; i++) {
        activation = all[i % 3];
        size_t rows = i < 3 ? 1 : 2, large = i < 3 ? 0 : 1000;
        const struct op_case op = {
            .name = "group norm", .apply = apply_norm, .expect = expect_norm,
            .inputs = {{2, PIXELS * NORM_CHANNELS, 1000}, {rows, NORM_CHANNELS, large},
                       {rows, NORM_CHANNELS, large}}};
        op_check(&op);
    }
}
END_TEST

/* --- upsampling to 5 x 6 from 3 x 3 --- */

static struct variable *apply_upsample(struct tape *tape, struct variable **x)
{
    struct variable *images = tape_reshape(
        tape, x[0], 4, (const size_t[]){tensor_count(&x[0]->value) / 18, 3, 3, 2});
    return tape_upsample(tape, images, 5, 6);
}

static void expect_upsample(const struct tensor *x, real *y)
{
    for (size_t n = 0; n < tensor_count(x) / 18 * 60; n++) {
        size_t c = n % 2, j = n / 2 % 6, i = n / 12 % 5, b = n / 60;
        y[n] = x->data[((b * 3 + i / 2) * 3 + j / 2) * 2 + c];
    }
}

START_TEST(upsampling)
{
    const struct op_case op = {.name = "upsample", .apply = apply_upsample,
                               .expect = expect_upsample, .inputs = {{2, 18, 3000}}};
    op_check(&op);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ops_image");
    TCase *cases = tcase_create("images");
    tcase_add_test(cases, convolutions);
    tcase_add_test(cases, large_image);
    tcase_add_test(cases, group_norms);
    tcase_add_test(cases, upsampling);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
