/* Sparse products against dense ones, with empty rows, for any number of threads. */
#include "tensor/sparse.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"

#include <omp.h>
#include <string.h>

/* About `degree` entries in a row on average, but none in every fourth, and many in the first. */
static struct sparse random_sparse(size_t rows, size_t columns, size_t degree, bool weighted)
{
    struct rng rng = rng_make(9, RNG_TEST, (uint32_t)rows);
    size_t *offsets = memory_zeroed(rows + 1, sizeof *offsets), capacity = 0;
    uint32_t *indices = NULL;
    real *values = NULL;
    for (size_t row = 0; row < rows; row++) {
        double share = row == 0 ? 0.9 : row % 4 == 3 ? 0 : (double)degree / (double)columns;
        offsets[row + 1] = offsets[row];
        for (uint32_t column = 0; column < columns; column++) {
            if (rng_uniform(&rng) >= share)
                continue;
            size_t had = capacity;
            indices = memory_grow(indices, &capacity, offsets[row + 1] + 1, sizeof *indices);
            if (had != capacity)
                values = memory_resize(values, capacity, sizeof *values);
            values[offsets[row + 1]] = (real)rng_normal(&rng);
            indices[offsets[row + 1]++] = column;
        }
    }
    if (!weighted) {
        free(values);
        values = NULL;
    }
    return (struct sparse){.rows = rows, .columns = columns, .offsets = offsets,
                           .indices = indices, .values = values};
}

static real *dense_of(const struct sparse *matrix)
{
    real *dense = memory_zeroed(matrix->rows * matrix->columns, sizeof *dense);
    for (size_t row = 0; row < matrix->rows; row++)
        for (size_t i = matrix->offsets[row]; i < matrix->offsets[row + 1]; i++)
            dense[row * matrix->columns + matrix->indices[i]] =
                matrix->values ? matrix->values[i] : 1;
    return dense;
}

static void check_multiply(const struct sparse *matrix, size_t width, bool accumulate)
{
    size_t count = matrix->rows * width;
    real *dense = dense_of(matrix), *x = memory_alloc(matrix->columns * width, sizeof *x);
    real *expected = memory_alloc(count, sizeof *expected);
    real *y[3] = {memory_alloc(count, sizeof **y), memory_alloc(count, sizeof **y),
                  memory_alloc(count, sizeof **y)};
    for (size_t i = 0; i < matrix->columns * width; i++)
        x[i] = sin((double)i);
    for (size_t i = 0; i < count; i++) {
        expected[i] = accumulate ? 3 : 0;
        for (size_t k = 0; k < matrix->columns; k++)
            expected[i] += dense[i / width * matrix->columns + k] * x[k * width + i % width];
    }
    int most = omp_get_max_threads();
    for (int threads = 1; threads <= 3; threads++) {
        for (size_t i = 0; i < count; i++)
            y[threads - 1][i] = accumulate ? 3 : NAN;
        omp_set_num_threads(threads);
        sparse_multiply(matrix, x, width, accumulate, y[threads - 1]);
    }
    omp_set_num_threads(most);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fabs(y[0][i] - expected[i]) <= 1e-12 * (1 + fabs(expected[i])),
                      "width %zu, element %zu: %g, not %g", width, i, (double)y[0][i],
                      (double)expected[i]);
    ck_assert_mem_eq(y[0], y[1], count * sizeof **y);
    ck_assert_mem_eq(y[0], y[2], count * sizeof **y);
    free(dense);
    free(x);
    free(expected);
    for (int i = 0; i < 3; i++)
        free(y[i]);
}

START_TEST(multiply)
{
    static const size_t widths[] = {1, 2, 7, 16, 33, 64, 100, 131};
    for (int weighted = 0; weighted < 2; weighted++) {
        struct sparse matrix = random_sparse(201, 90, 11, weighted);
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
            check_multiply(&matrix, widths[i], false);
            check_multiply(&matrix, widths[i], true);
        }
        sparse_free(&matrix);
    }
}
END_TEST

START_TEST(transpose)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        struct sparse matrix = random_sparse(50, 30, 4, weighted);
        struct sparse turned = sparse_transpose(&matrix), back = sparse_transpose(&turned);
        real *dense = dense_of(&matrix), *turned_dense = dense_of(&turned);
        for (size_t i = 0; i < 50; i++)
            for (size_t j = 0; j < 30; j++)
                ck_assert(dense[i * 30 + j] == turned_dense[j * 50 + i]);
        size_t entries = matrix.offsets[50];
        ck_assert_uint_eq(turned.rows, 30);
        ck_assert_mem_eq(back.offsets, matrix.offsets, 51 * sizeof *back.offsets);
        ck_assert_mem_eq(back.indices, matrix.indices, entries * sizeof *back.indices);
        free(dense);
        free(turned_dense);
        sparse_free(&matrix);
        sparse_free(&turned);
        sparse_free(&back);
    }
}
END_TEST

START_TEST(empty)
{
    struct sparse matrix = {.columns = 5, .offsets = memory_zeroed(1, sizeof(size_t))};
    sparse_multiply(&matrix, NULL, 3, false, NULL);
    struct sparse turned = sparse_transpose(&matrix);
    ck_assert_uint_eq(turned.rows, 5);
    ck_assert_uint_eq(turned.offsets[5], 0);
    sparse_free(&matrix);
    sparse_free(&turned);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sparse");
    TCase *cases = tcase_create("sparse");
    tcase_add_test(cases, multiply);
    tcase_add_test(cases, transpose);
    tcase_add_test(cases, empty);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
