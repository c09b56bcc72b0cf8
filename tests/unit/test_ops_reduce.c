/* Sums, means and norms; layer norm, RMS norm, softmax; the losses. */
#include "base/memory.h"
#include "check_main.h"
#include "op_check.h"

#include <string.h>

/* --- reductions --- */

static struct variable *apply_sum(struct tape *tape, struct variable **x)
{
    return tape_sum(tape, x[0]);
}

static void expect_sum(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[0] += x->data[i];
}

static struct variable *apply_mean(struct tape *tape, struct variable **x)
{
    return tape_mean(tape, x[0]);
}

static void expect_mean(const struct tensor *x, real *y)
{
    expect_sum(x, y);
    y[0] /= (real)tensor_count(x);
}

static struct variable *apply_row_sum(struct tape *tape, struct variable **x)
{
    return tape_row_sum(tape, x[0]);
}

static void expect_row_sum(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[i / tensor_columns(x)] += x->data[i];
}

static struct variable *apply_column_sum(struct tape *tape, struct variable **x)
{
    return tape_column_sum(tape, x[0]);
}

static void expect_column_sum(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[i % tensor_columns(x)] += x->data[i];
}

static struct variable *apply_row_norm(struct tape *tape, struct variable **x)
{
    return tape_row_norm(tape, x[0]);
}

static void expect_row_norm(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[i / tensor_columns(x)] += x->data[i] * x->data[i];
    for (size_t row = 0; row < tensor_rows(x); row++)
        y[row] = sqrt(y[row]);
}

START_TEST(reductions)
{
    static const struct op_case ops[] = {
        {.name = "sum", .apply = apply_sum, .expect = expect_sum},
        {.name = "mean", .apply = apply_mean, .expect = expect_mean},
        {.name = "row_sum", .apply = apply_row_sum, .expect = expect_row_sum},
        {.name = "column_sum", .apply = apply_column_sum, .expect = expect_column_sum},
        {.name = "row_norm", .apply = apply_row_norm, .expect = expect_row_norm},
    };
    static const struct op_input shapes[] = {
        {4, 5, 9000}, {4, 1, 40000}, {2, 100, 500}, {1, 7, 0}, {1, 5000, 9}, {3, 64, 800}};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
            struct op_case op = ops[i];
            op.inputs[0] = shapes[k];
            op.low = 1; /* no gradient of a norm nearly vanishes beside the others */
            op.high = 3;
            op_check(&op);
        }
    }
}
END_TEST

START_TEST(norm_of_a_zero_row_has_no_gradient)
{
    struct parameters set = {0};
    struct tape tape = {0};
    struct parameter *zero = parameters_add(&set, "zero", 2, (const size_t[]){1, 3});
    tape_backward(&tape, tape_sum(&tape, tape_row_norm(&tape, tape_parameter(&tape, zero))));
    for (int i = 0; i < 3; i++)
        ck_assert(zero->gradient[i] == 0);
    tape_free(&tape);
    parameters_free(&set);
}
END_TEST

/* --- normalisation --- */

static const real epsilon = 1e-3;

static void expect_norm(const struct tensor *x, bool centred, const real *shift, real *y)
{
    size_t rows = tensor_rows(&x[0]), n = tensor_columns(&x[0]);
    for (size_t row = 0; row < rows; row++) {
        const real *values = x[0].data + row * n;
        real mean = 0, square = 0;
        for (size_t j = 0; centred && j < n; j++)
            mean += values[j] / (real)n;
        for (size_t j = 0; j < n; j++)
            square += (values[j] - mean) * (values[j] - mean) / (real)n;
        for (size_t j = 0; j < n; j++)
            y[row * n + j] = (values[j] - mean) / sqrt(square + epsilon) * x[1].data[j] +
                             (shift ? shift[j] : 0);
    }
}

static struct variable *apply_layer_norm(struct tape *tape, struct variable **x)
{
    return tape_layer_norm(tape, x[0], x[1], x[2], epsilon);
}

static void expect_layer_norm(const struct tensor *x, real *y)
{
    expect_norm(x, true, x[2].data, y);
}

static struct variable *apply_layer_norm_unshifted(struct tape *tape, struct variable **x)
{
    return tape_layer_norm(tape, x[0], x[1], NULL, epsilon);
}

static void expect_layer_norm_unshifted(const struct tensor *x, real *y)
{
    expect_norm(x, true, NULL, y);
}

static struct variable *apply_rms_norm(struct tape *tape, struct variable **x)
{
    return tape_rms_norm(tape, x[0], x[1], epsilon);
}

static void expect_rms_norm(const struct tensor *x, real *y)
{
    expect_norm(x, false, NULL, y);
}

static struct variable *apply_softmax(struct tape *tape, struct variable **x)
{
    return tape_softmax(tape, x[0]);
}

static void expect_softmax(const struct tensor *x, real *y)
{
    size_t n = tensor_columns(x);
    for (size_t row = 0; row < tensor_rows(x); row++) {
        real sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += exp(x->data[row * n + j]);
        for (size_t j = 0; j < n; j++)
            y[row * n + j] = exp(x->data[row * n + j]) / sum;
    }
}

START_TEST(norms_and_softmax)
{
    static const struct op_case ops[] = {
        {.name = "layer_norm", .apply = apply_layer_norm, .expect = expect_layer_norm,
         .inputs = {{3, 6, 9000}, {1, 6, 0}, {1, 6, 0}}},
        {.name = "layer_norm without shift", .apply = apply_layer_norm_unshifted,
         .expect = expect_layer_norm_unshifted, .inputs = {{3, 6, 9000}, {1, 6, 0}}},
        {.name = "rms_norm", .apply = apply_rms_norm, .expect = expect_rms_norm,
         .inputs = {{3, 100, 600}, {1, 100, 0}}},
        {.name = "softmax", .apply = apply_softmax, .expect = expect_softmax,
         .inputs = {{3, 6, 9000}}},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        op_check(&ops[i]);
}
END_TEST

/* --- losses --- */

/* A target for every element, from 0 to 1. */
static real target_of(size_t i)
{
    return (real)(i * 7 % 11) / 10;
}

static const real *targets(struct tape *tape, size_t n)
{
    real *target = arena_alloc(&tape->arena, n, sizeof *target);
    for (size_t i = 0; i < n; i++)
        target[i] = target_of(i);
    return target;
}

static struct variable *apply_mean_squared_error(struct tape *tape, struct variable **x)
{
    return tape_mean_squared_error(tape, x[0], targets(tape, tensor_count(&x[0]->value)));
}

static void expect_mean_squared_error(const struct tensor *x, real *y)
{
    size_t n = tensor_count(x);
    for (size_t i = 0; i < n; i++)
        y[0] += (x->data[i] - target_of(i)) * (x->data[i] - target_of(i)) / (real)n;
}

static struct variable *apply_huber(struct tape *tape, struct variable **x)
{
    return tape_huber(tape, x[0], targets(tape, tensor_count(&x[0]->value)), (real)0.7);
}

static void expect_huber(const struct tensor *x, real *y)
{
    double sum = 0;
    for (size_t i = 0, n = tensor_count(x); i < n; i++) {
        double e = fabs((double)(x->data[i] - target_of(i)));
        sum += e <= 0.7 ? e * e / 2 : 0.7 * (e - 0.35);
    }
    y[0] = (real)(sum / (double)tensor_count(x));
}

static struct variable *apply_binary_cross_entropy(struct tape *tape, struct variable **x)
{
    return tape_binary_cross_entropy(tape, x[0], targets(tape, tensor_count(&x[0]->value)));
}

static void expect_binary_cross_entropy(const struct tensor *x, real *y)
{
    size_t n = tensor_count(x);
    for (size_t i = 0; i < n; i++) {
        real p = 1 / (1 + exp(-x->data[i]));
        y[0] -= (target_of(i) * log(p) + (1 - target_of(i)) * log(1 - p)) / (real)n;
    }
}

/* Every fifth row has no label. */
static int32_t label_of(size_t row, size_t classes)
{
    return row % 5 == 4 ? LABEL_NONE : (int32_t)(row * 3 % classes);
}

static struct variable *apply_cross_entropy(struct tape *tape, struct variable **x)
{
    size_t rows = tensor_rows(&x[0]->value);
    int32_t *labels = arena_alloc(&tape->arena, rows, sizeof *labels);
    for (size_t row = 0; row < rows; row++)
        labels[row] = label_of(row, tensor_columns(&x[0]->value));
    return tape_cross_entropy(tape, x[0], labels);
}

static void expect_cross_entropy(const struct tensor *x, real *y)
{
    size_t rows = tensor_rows(x), classes = tensor_columns(x), labelled = 0;
    real *softmax = memory_zeroed(rows * classes, sizeof *softmax);
    expect_softmax(x, softmax);
    for (size_t row = 0; row < rows; row++) {
        int32_t label = label_of(row, classes);
        if (label == LABEL_NONE)
            continue;
        y[0] -= log(softmax[row * classes + (size_t)label]);
        labelled++;
    }
    y[0] /= (real)labelled;
    free(softmax);
}

START_TEST(losses)
{
    static const struct op_case ops[] = {
        {.name = "mean_squared_error", .apply = apply_mean_squared_error,
         .expect = expect_mean_squared_error, .inputs = {{4, 5, 9000}}},
        {.name = "huber", .apply = apply_huber, .expect = expect_huber,
         .inputs = {{4, 5, 9000}}},
        {.name = "binary_cross_entropy", .apply = apply_binary_cross_entropy,
         .expect = expect_binary_cross_entropy, .inputs = {{4, 5, 9000}}},
        {.name = "cross_entropy", .apply = apply_cross_entropy, .expect = expect_cross_entropy,
         .inputs = {{6, 4, 9000}}},
        {.name = "cross_entropy of many classes", .apply = apply_cross_entropy,
         .expect = expect_cross_entropy, .inputs = {{3, 3000, 15}}},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        op_check(&ops[i]);
}
END_TEST

/* Logits so large that their exponentials overflow, or that every other one vanishes. */
START_TEST(losses_of_extreme_logits)
{
    struct tape tape = {0};
    real logits[3] = {5000, -5000, 0}, ones[3] = {1, 1, 1};
    const int32_t label[1] = {1};
    struct variable *x = tape_constant(&tape, tensor_matrix(logits, 1, 3));
    ck_assert(tape_cross_entropy(&tape, x, label)->value.data[0] == 10000);
    ck_assert(fabs(tape_binary_cross_entropy(&tape, x, ones)->value.data[0] -
                   (5000 + log(2)) / 3) < 1e-10);
    tape_free(&tape);
}
END_TEST

START_TEST(nothing_labelled)
{
    struct parameters set = {0};
    struct tape tape = {0};
    const int32_t labels[2] = {LABEL_NONE, LABEL_NONE};
    struct parameter *logits = parameters_add(&set, "logits", 2, (const size_t[]){2, 3});
    struct variable *loss = tape_cross_entropy(&tape, tape_parameter(&tape, logits), labels);
    tape_backward(&tape, loss);
    ck_assert(loss->value.data[0] == 0);
    for (int i = 0; i < 6; i++)
        ck_assert(logits->gradient[i] == 0);
    tape_free(&tape);
    parameters_free(&set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ops_reduce");
    TCase *cases = tcase_create("reduce, norm, loss");
    tcase_add_test(cases, reductions);
    tcase_add_test(cases, norm_of_a_zero_row_has_no_gradient);
    tcase_add_test(cases, norms_and_softmax);
    tcase_add_test(cases, losses);
    tcase_add_test(cases, losses_of_extreme_logits);
    tcase_add_test(cases, nothing_labelled);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
