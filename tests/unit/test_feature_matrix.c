/* Feature matrices: sparse and dense ones give the same products, also under dropout. */
#include "nn/feature_matrix.h"

#include "base/memory.h"
#include "check_main.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 30, COLUMNS = 20, WIDTH = 7 };

/* One value in `every`, at random places. */
static real *make_values(uint64_t every)
{
    struct rng rng = rng_make(every, RNG_TEST, 0);
    real *values = memory_zeroed(ROWS * COLUMNS, sizeof *values);
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        if (rng_below(&rng, every) == 0)
            values[i] = (real)rng_normal(&rng);
    return values;
}

static void fill(real *values, size_t count, uint32_t index)
{
    struct rng rng = rng_make(9, RNG_TEST, index);
    for (size_t i = 0; i < count; i++)
        values[i] = (real)rng_normal(&rng);
}

/* X W^T by plain loops; and the gradient of sum(G * result), G^T X. */
START_TEST(products)
{
    real *values = make_values(_i ? 20 : 2), plain[ROWS * COLUMNS], upstream[ROWS * WIDTH];
    struct feature_matrix matrix;
    struct parameters set = {0};
    struct tape tape = {0};
    memcpy(plain, values, sizeof plain);
    feature_matrix_make(&matrix, values, ROWS, COLUMNS);
    ck_assert_int_eq(matrix.dense == NULL, _i);
    struct parameter *weight = parameters_add(&set, "w", 2, (const size_t[]){WIDTH, COLUMNS});
    fill(weight->value.data, WIDTH * COLUMNS, 1);
    fill(upstream, ROWS * WIDTH, 2);
    struct variable *result =
        feature_matrix_product(&matrix, &tape, tape_parameter(&tape, weight), NULL, 0, NULL);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t o = 0; o < WIDTH; o++) {
            double sum = 0;
            for (size_t j = 0; j < COLUMNS; j++)
                sum += (double)(plain[r * COLUMNS + j] * weight->value.data[o * COLUMNS + j]);
            ck_assert_double_eq_tol((double)result->value.data[r * WIDTH + o], sum, 1e-12);
        }
    struct variable *g = tape_constant(&tape, tensor_matrix(upstream, ROWS, WIDTH));
    tape_backward(&tape, tape_sum(&tape, tape_multiply(&tape, result, g)));
    for (size_t o = 0; o < WIDTH; o++)
        for (size_t j = 0; j < COLUMNS; j++) {
            double sum = 0;
            for (size_t r = 0; r < ROWS; r++)
                sum += (double)(upstream[r * WIDTH + o] * plain[r * COLUMNS + j]);
            ck_assert_double_eq_tol((double)weight->gradient[o * COLUMNS + j], sum, 1e-11);
        }
    tape_free(&tape);
    parameters_free(&set);
    feature_matrix_free(&matrix);
}
END_TEST

/* Entries are dropped or doubled at half; the mask of the way back is that of the way forward. */
START_TEST(dropout)
{
    real *values = make_values(_i ? 20 : 2), plain[ROWS * COLUMNS];
    struct feature_matrix matrix;
    struct parameters set = {0};
    struct tape tape = {0};
    struct rng rng = rng_make(1, RNG_NOISE, 0);
    memcpy(plain, values, sizeof plain);
    feature_matrix_make(&matrix, values, ROWS, COLUMNS);
    struct parameter *weight =
        parameters_add(&set, "w", 2, (const size_t[]){COLUMNS, COLUMNS});
    for (size_t j = 0; j < COLUMNS; j++)
        weight->value.data[j * COLUMNS + j] = 1; /* the result is the matrix itself */
    struct variable *result = feature_matrix_product(
        &matrix, &tape, tape_parameter(&tape, weight), NULL, (real)0.5, &rng);
    size_t kept = 0, entries = 0;
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        real found = result->value.data[i];
        ck_assert(found == 0 || fabs((double)(found - 2 * plain[i])) < 1e-12);
        kept += found != 0;
        entries += plain[i] != 0;
    }
    ck_assert_uint_gt(kept, entries / 4);
    ck_assert_uint_lt(kept, entries * 3 / 4 + 1);
    real found[ROWS * COLUMNS];
    memcpy(found, result->value.data, sizeof found);
    tape_backward(&tape, tape_sum(&tape, result)); /* dW[o, j] = sum over rows of X[r, j] */
    for (size_t j = 0; j < COLUMNS; j++) {
        double sum = 0;
        for (size_t r = 0; r < ROWS; r++)
            sum += (double)found[r * COLUMNS + j];
        ck_assert_double_eq_tol((double)weight->gradient[3 * COLUMNS + j], sum, 1e-12);
    }
    tape_free(&tape);
    parameters_free(&set);
    feature_matrix_free(&matrix);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("feature matrix");
    TCase *cases = tcase_create("feature matrix");
    tcase_add_loop_test(cases, products, 0, 2);
    tcase_add_loop_test(cases, dropout, 0, 2);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
