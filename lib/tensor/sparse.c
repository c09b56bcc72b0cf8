#include "tensor/sparse.h"

#include "base/memory.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/*
 * The sums of a strip of columns are kept in registers while the entries of a row go by. The
 * compiler keeps an array in memory, so the registers are named: LANES columns each, at any
 * address.
 */
enum { LANES = 16, STRIP = 4 * LANES };
typedef real lanes
    __attribute__((vector_size(LANES * sizeof(real)), aligned(sizeof(real)), may_alias));

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

static inline const lanes *lanes_at(const real *x)
{
    return (const lanes *)x;
}

static inline real entry_value(const struct sparse *matrix, size_t entry)
{
    return matrix->values ? matrix->values[entry] : 1;
}

/* STRIP columns of one row: y += the row times x, both from the strip's first column on. */
static inline void add_strip(const struct sparse *matrix, size_t row, const real *x, size_t width,
                             real *y)
{
    lanes *target = (lanes *)y;
    lanes a = target[0], b = target[1], c = target[2], d = target[3];
    for (size_t i = matrix->offsets[row]; i < matrix->offsets[row + 1]; i++) {
        const lanes *source = lanes_at(x + (size_t)matrix->indices[i] * width);
        real value = entry_value(matrix, i);
        a += value * source[0];
        b += value * source[1];
        c += value * source[2];
        d += value * source[3];
    }
    target[0] = a;
    target[1] = b;
    target[2] = c;
    target[3] = d;
}

/* The same for LANES columns. */
static inline void add_lanes(const struct sparse *matrix, size_t row, const real *x, size_t width,
                             real *y)
{
    lanes sum = *lanes_at(y);
    for (size_t i = matrix->offsets[row]; i < matrix->offsets[row + 1]; i++)
        sum += entry_value(matrix, i) * *lanes_at(x + (size_t)matrix->indices[i] * width);
    *(lanes *)y = sum;
}

/* The same for the few columns that are left. */
static inline void add_rest(const struct sparse *matrix, size_t row, const real *x, size_t width,
                            size_t count, real *restrict y)
{
    for (size_t i = matrix->offsets[row]; i < matrix->offsets[row + 1]; i++) {
        const real *restrict source = x + (size_t)matrix->indices[i] * width;
        real value = entry_value(matrix, i);
        for (size_t c = 0; c < count; c++)
            y[c] += value * source[c];
    }
}

static void multiply_row(const struct sparse *matrix, size_t row, const real *x, size_t width,
                         bool accumulate, real *y)
{
    size_t first = 0;
    if (!accumulate)
        memset(y, 0, width * sizeof *y);
    for (; first + STRIP <= width; first += STRIP)
        add_strip(matrix, row, x + first, width, y + first);
    for (; first + LANES <= width; first += LANES)
        add_lanes(matrix, row, x + first, width, y + first);
    if (first < width)
        add_rest(matrix, row, x + first, width, width - first, y + first);
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
