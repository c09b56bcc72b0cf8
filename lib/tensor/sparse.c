#include "tensor/sparse.h"

#include "base/memory.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

struct sparse sparse_transpose(const struct sparse *matrix)
{
    size_t entries = matrix->offsets[matrix->rows];
    size_t *offsets = memory_zeroed(matrix->columns + 2, sizeof *offsets);
    uint32_t *indices = memory_alloc(entries, sizeof *indices);
    real *values = matrix->values ? memory_alloc(entries, sizeof *values) : NULL;

    /* offsets[c + 2] counts column c; after the sums, offsets[c + 1] is where c fills next. */
    for (size_t i = 0; i < entries; i++)
        offsets[matrix->indices[i] + 2]++;
    for (size_t c = 2; c < matrix->columns + 2; c++)
        offsets[c] += offsets[c - 1];
    for (size_t row = 0; row < matrix->rows; row++) {
        for (size_t i = matrix->offsets[row]; i < matrix->offsets[row + 1]; i++) {
            size_t place = offsets[matrix->indices[i] + 1]++;
            indices[place] = (uint32_t)row;
            if (values)
                values[place] = matrix->values[i];
        }
    }
    return (struct sparse){.rows = matrix->columns,
                           .columns = matrix->rows,
                           .offsets = offsets,
                           .indices = indices,
                           .values = values};
}

void sparse_free(struct sparse *matrix)
{
    free((void *)(uintptr_t)matrix->offsets);
    free((void *)(uintptr_t)matrix->indices);
    free((void *)(uintptr_t)matrix->values);
    *matrix = (struct sparse){0};
}

/* The first row whose entries begin at or after `entry`. */
static size_t row_of_entry(const struct sparse *matrix, size_t entry)
{
    size_t low = 0, high = matrix->rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (matrix->offsets[middle] < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void multiply_row(const struct sparse *matrix, size_t row, const real *restrict x,
                         size_t width, bool accumulate, real *restrict y)
{
    if (!accumulate)
        memset(y, 0, width * sizeof *y);
    for (size_t i = matrix->offsets[row]; i < matrix->offsets[row + 1]; i++) {
        const real *restrict source = x + (size_t)matrix->indices[i] * width;
        real value = matrix->values ? matrix->values[i] : 1;
#pragma omp simd
        for (size_t c = 0; c < width; c++)
            y[c] += value * source[c];
    }
}

void sparse_multiply(const struct sparse *matrix, const real *x, size_t width, bool accumulate,
                     real *y)
{
    size_t entries = matrix->offsets[matrix->rows];
#pragma omp parallel if (entries * width > 32768)
    {
        size_t threads = (size_t)omp_get_num_threads();
        size_t thread = (size_t)omp_get_thread_num();
        size_t first = row_of_entry(matrix, entries * thread / threads);
        size_t end = thread + 1 == threads ? matrix->rows
                                           : row_of_entry(matrix, entries * (thread + 1) / threads);
        if (thread == 0)
            first = 0;
        for (size_t row = first; row < end; row++)
            multiply_row(matrix, row, x, width, accumulate, y + row * width);
    }
}
