#include "nn/feature_matrix.h"

#include "base/memory.h"
#include "tensor/dropout.h"

#include <stdlib.h>
#include <string.h>

static size_t count_entries(const real *values, size_t count)
{
    size_t entries = 0;
    for (size_t i = 0; i < count; i++)
        entries += values[i] != 0;
    return entries;
}

static void compress(struct feature_matrix *matrix, const real *values, size_t entries)
{
    size_t *offsets = memory_alloc(matrix->rows + 1, sizeof *offsets);
    uint32_t *indices = memory_alloc(entries, sizeof *indices);
    real *kept = memory_alloc(entries, sizeof *kept);
    size_t filled = 0;
    for (size_t row = 0; row < matrix->rows; row++) {
        offsets[row] = filled;
        for (size_t j = 0; j < matrix->columns; j++) {
            real value = values[row * matrix->columns + j];
            if (value == 0)
                continue;
            indices[filled] = (uint32_t)j;
            kept[filled++] = value;
        }
    }
    offsets[matrix->rows] = filled;
    matrix->sparse = (struct sparse){.rows = matrix->rows, .columns = matrix->columns,
                                     .offsets = offsets, .indices = indices, .values = kept};
    matrix->transpose = sparse_transpose(&matrix->sparse);
}

/* Entries of a row of the transpose stand in the order of the rows they come from. */
static void trace_origins(struct feature_matrix *matrix, size_t entries)
{
    size_t *next = memory_alloc(matrix->columns, sizeof *next);
    matrix->origin = memory_alloc(entries, sizeof *matrix->origin);
    for (size_t j = 0; j < matrix->columns; j++)
        next[j] = matrix->transpose.offsets[j];
    for (size_t i = 0; i < entries; i++)
        matrix->origin[next[matrix->sparse.indices[i]]++] = i;
    free(next);
}

void feature_matrix_make(struct feature_matrix *matrix, real *values, size_t rows, size_t columns)
{
    *matrix = (struct feature_matrix){.rows = rows, .columns = columns, .dense = values};
    size_t entries = count_entries(values, rows * columns);
    if (entries > rows * columns / FEATURE_MATRIX_SPARSE_BELOW)
        return;
    compress(matrix, values, entries);
    trace_origins(matrix, entries);
    free(values);
    matrix->dense = NULL;
}

/* The same pattern with other values, for this step. */
static struct sparse *with_values(struct tape *tape, const struct sparse *pattern,
                                  const real *values)
{
    struct sparse *matrix = tape_keep(tape, pattern, sizeof *pattern);
    matrix->values = values;
    return matrix;
}

/* The entries of x after dropout: the mask is that of the elements of a dense matrix. */
static real *drop_entries(const struct feature_matrix *matrix, struct tape *tape, real dropout,
                          struct rng *rng)
{
    const struct sparse *x = &matrix->sparse;
    struct dropout mask = dropout_make(dropout, rng_bits64(rng));
    real *values = arena_alloc(&tape->arena, sparse_entries(x), sizeof *values);
    for (size_t row = 0; row < x->rows; row++) {
        uint64_t start = (uint64_t)(tape->rows_before + row) * matrix->columns;
        for (size_t i = x->offsets[row]; i < x->offsets[row + 1]; i++)
            values[i] = dropout_factor(&mask, start + x->indices[i]) * x->values[i];
    }
    return values;
}

static struct variable *sparse_product(const struct feature_matrix *matrix, struct tape *tape,
                                       struct variable *weight, real dropout, struct rng *rng)
{
    const struct sparse *x = &matrix->sparse, *back = &matrix->transpose;
    if (dropout > 0) {
        size_t entries = sparse_entries(x);
        real *values = drop_entries(matrix, tape, dropout, rng);
        real *back_values = arena_alloc(&tape->arena, entries, sizeof *back_values);
        for (size_t i = 0; i < entries; i++)
            back_values[i] = values[matrix->origin[i]];
        x = with_values(tape, x, values);
        back = with_values(tape, back, back_values);
    }
    return tape_sparse_multiply(tape, x, back, tape_transpose(tape, weight));
}

struct variable *feature_matrix_product(const struct feature_matrix *matrix, struct tape *tape,
                                        struct variable *weight, struct variable *bias,
                                        real dropout, struct rng *rng)
{
    if (!matrix->dense) {
        struct variable *product = sparse_product(matrix, tape, weight, dropout, rng);
        return bias ? tape_add(tape, product, bias) : product;
    }
    struct variable *x =
        tape_constant(tape, tensor_matrix(matrix->dense, matrix->rows, matrix->columns));
    if (dropout > 0)
        x = tape_dropout(tape, x, dropout, rng);
    return tape_linear(tape, x, weight, bias, ACTIVATION_NONE);
}

void feature_matrix_row(const struct feature_matrix *matrix, size_t row, real *values)
{
    if (matrix->dense) {
        memcpy(values, matrix->dense + row * matrix->columns, matrix->columns * sizeof *values);
        return;
    }
    for (size_t e = matrix->sparse.offsets[row]; e < matrix->sparse.offsets[row + 1]; e++)
        values[matrix->sparse.indices[e]] = matrix->sparse.values[e];
}

void feature_matrix_fill(struct feature_matrix *matrix)
{
    if (matrix->dense)
        return;
    struct feature_matrix filled = {.rows = matrix->rows, .columns = matrix->columns};
    filled.dense = memory_zeroed(matrix->rows * matrix->columns, sizeof(real));
    for (size_t i = 0; i < matrix->rows; i++)
        feature_matrix_row(matrix, i, filled.dense + i * matrix->columns);
    feature_matrix_free(matrix);
    *matrix = filled;
}

void feature_matrix_free(struct feature_matrix *matrix)
{
    free(matrix->dense);
    sparse_free(&matrix->sparse);
    sparse_free(&matrix->transpose);
    free(matrix->origin);
    *matrix = (struct feature_matrix){0};
}
