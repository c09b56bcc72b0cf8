/* Autoencoders: gradients of the whole loss, latents of a known scale, files. */
#include "base/memory.h"
#include "check_main.h"
#include "diffusion/autoencoder_fit.h"
#include "grad/gradient_check.h"
#include "scratch.h"

#include <math.h>

enum { COUNT = 2, MOST = 5 * 6 * 2, LATENT = 3 };

struct context {
    struct autoencoder *model;
    real data[COUNT * MOST], noise[COUNT * LATENT];
};

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *data)
{
    const struct context *c = data;
    (void)set;
    return autoencoder_loss(tape, c->model, c->data, c->noise, COUNT, 0.1);
}

static void perturb(struct autoencoder *model, struct rng *rng)
{
    autoencoder_initialise(model, rng);
    for (size_t i = 0; i < model->set.count; i++)
        for (size_t k = 0; k < tensor_count(&model->set.list[i]->value); k++)
            if (!model->set.list[i]->frozen)
                model->set.list[i]->value.data[k] += (real)(0.2 * rng_normal(rng));
}

static void check_model(const struct autoencoder_options *options,
                        const struct record_shape *shape)
{
    struct autoencoder model;
    struct rng rng = rng_make(5, RNG_TEST, 0);
    autoencoder_make(&model, options, shape);
    ck_assert(autoencoder_least_values(options) <= parameters_count(&model.set));
    struct context c = {.model = &model};
    perturb(&model, &rng);
    for (size_t i = 0; i < COUNT * MOST; i++)
        c.data[i] = (real)rng_normal(&rng);
    for (size_t i = 0; i < COUNT * LATENT; i++)
        c.noise[i] = (real)rng_normal(&rng);
    double error = gradient_check(&model.set, loss_of, &c, 5e-5);
    ck_assert_msg(error <= 1e-6, "%s: the gradient is off by %g",
                  network_kind_names[options->network.kind], error);
    autoencoder_free(&model);
}

static const struct record_shape image = {.dimensions = 3, .sizes = {5, 6, 2}};
static const struct record_shape vector = {.dimensions = 1, .sizes = {7}};

static struct autoencoder_options image_options(bool variational)
{
    return (struct autoencoder_options){
        .network = {.kind = NETWORK_UNET, .height = 5, .wide = 6, .channels = 2, .width = 4,
                    .levels = 2, .blocks = 1},
        .latent = LATENT, .variational = variational};
}

static struct autoencoder_options vector_options(bool variational)
{
    return (struct autoencoder_options){
        .network = {.kind = NETWORK_MLP, .height = 1, .wide = 1, .channels = 7, .width = 6,
                    .levels = 1, .blocks = 1},
        .latent = LATENT, .variational = variational};
}

START_TEST(gradients)
{
    for (int variational = 0; variational < 2; variational++) {
        const struct autoencoder_options images = image_options(variational);
        const struct autoencoder_options vectors = vector_options(variational);
        check_model(&images, &image);
        check_model(&vectors, &vector);
    }
}
END_TEST

/* Points on a line in space: one number tells all, and comes out with mean 0 and deviation 1. */
START_TEST(line)
{
    enum { ROWS = 300 };
    real values[ROWS * 3], codes[ROWS], back[ROWS * 3];
    const struct data_set data = {.rows = ROWS, .columns = 3, .values = values,
                                  .shape = {.dimensions = 1, .sizes = {3}}};
    struct rng rng = rng_make(6, RNG_TEST, 0);
    for (size_t i = 0; i < ROWS; i++) {
        double place = 4 * rng_uniform(&rng);
        values[3 * i] = 10 + place;
        values[3 * i + 1] = 10 - 2 * place;
        values[3 * i + 2] = 10;
    }
    struct autoencoder model;
    const struct autoencoder_options options = {
        .network = {.kind = NETWORK_MLP, .height = 1, .wide = 1, .channels = 3, .width = 16,
                    .levels = 1, .blocks = 1}, .latent = 1};
    struct error error = {0};
    autoencoder_make(&model, &options, &data.shape);
    struct autoencoder_fit fit = {.model = &model, .data = &data, .seed = 1, .batch = 64,
                                  .held_out = 30};
    fit.training = (struct training){
        .optimizer = optimizer_make(OPTIMIZER_ADAM), .evaluate_every = 100,
        .schedule = {.rate = 0.01, .last_rate = 0.001, .steps = 400, .decay = DECAY_COSINE}};
    ck_assert_msg(autoencoder_fit(&fit, &error), "%s", error.message);
    ck_assert_msg(fit.judged_error < 0.02, "%g", fit.judged_error);
    autoencoder_encode(&model, values, ROWS, codes);
    double sum = 0, squares = 0, worst = 0;
    for (size_t i = 0; i < ROWS; i++) {
        sum += (double)codes[i];
        squares += (double)(codes[i] * codes[i]);
    }
    ck_assert(fabs(sum / ROWS) < 0.1 && fabs(squares / ROWS - 1) < 0.15);
    autoencoder_decode(&model, codes, ROWS, back);
    for (size_t i = 0; i < ROWS * 3; i++)
        worst = fmax(worst, fabs((double)(back[i] - values[i])));
    ck_assert_msg(worst < 2, "%g", worst);
    autoencoder_free(&model);
}
END_TEST

START_TEST(files)
{
    struct rng rng = rng_make(7, RNG_TEST, 0);
    struct error error = {0};
    for (int i = 0; i < 2; i++) {
        const struct autoencoder_options options = i ? image_options(true) : vector_options(false);
        const struct record_shape *shape = i ? &image : &vector;
        size_t columns = record_shape_count(shape);
        struct autoencoder model, loaded;
        struct safetensors file = {0};
        real x[MOST], codes[2][LATENT], back[2][MOST];
        autoencoder_make(&model, &options, shape);
        perturb(&model, &rng);
        model.mean = 2;
        model.latent_deviation->value.data[1] = 3;
        autoencoder_save(&model, &file);
        ck_assert(safetensors_save("model", &file, &error));
        safetensors_free(&file);
        ck_assert_msg(autoencoder_load(&loaded, "model", &error), "%s", error.message);
        ck_assert(loaded.shape.dimensions == shape->dimensions);
        for (size_t k = 0; k < columns; k++)
            x[k] = (real)rng_normal(&rng);
        autoencoder_encode(&model, x, 1, codes[0]);
        autoencoder_encode(&loaded, x, 1, codes[1]);
        ck_assert(memcmp(codes[0], codes[1], sizeof codes[0]) == 0);
        autoencoder_decode(&model, codes[0], 1, back[0]);
        autoencoder_decode(&loaded, codes[0], 1, back[1]);
        ck_assert(memcmp(back[0], back[1], columns * sizeof(real)) == 0);
        autoencoder_free(&loaded);
        autoencoder_free(&model);
    }
    struct autoencoder loaded;
    scratch_write("table", "1,2\n3,4\n");
    ck_assert(!autoencoder_load(&loaded, "table", &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
}
END_TEST

/* Sizes that only a damaged file asks for. */
START_TEST(absurd_sizes)
{
    struct autoencoder_options options = image_options(false);
    options.network.height = options.network.wide = (size_t)UINT32_MAX;
    options.latent = (size_t)UINT32_MAX;
    ck_assert(autoencoder_least_values(&options) == SIZE_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("autoencoder");
    TCase *cases = tcase_create("autoencoder");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, gradients);
    tcase_add_test(cases, line);
    tcase_add_test(cases, files);
    tcase_add_test(cases, absurd_sizes);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
