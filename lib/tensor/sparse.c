#include "tensor/sparse.h"

#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

/*
 * The sums of a strip of columns are kept in registers while the entries of a row go by: LANES
 * columns each, at any address. A row is done strip by strip, since the rows of x that it asks for
 * stay in the first cache meanwhile; strips of 4 were faster than those of 8 or 16, and faster than
 * doing one strip of all rows before the next.
 */
enum { LANES = 16, STRIP = 4 };
typedef real lanes
    __attribute__((vector_size(LANES * sizeof(real)), aligned(sizeof(real)), may_alias));

/* How many entries ahead of the sum their rows of x are fetched. */
enum { AHEAD = 6 };

size_t sparse_entries(const struct sparse *matrix)
{
    return matrix->offsets[matrix->rows] - matrix->offsets[0];
}

struct sparse sparse_turn(const struct sparse *matrix, size_t *offsets, uint32_t *indices,
                          real *values)
{
    /* offsets[c + 2] counts column c; after the sums, offsets[c + 1] is where c fills next. */
    for (size_t i = matrix->offsets[0]; i < matrix->offsets[matrix->rows]; i++)
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
                           .values = values,
                           .row_scale = matrix->column_scale,
                           .column_scale = matrix->row_scale,
                           .diagonal = matrix->diagonal};
}

struct sparse sparse_transpose(const struct sparse *matrix)
{
    size_t entries = sparse_entries(matrix);
    size_t *offsets = memory_zeroed(matrix->columns + 2, sizeof *offsets);
    uint32_t *indices = memory_alloc(entries, sizeof *indices);
    real *values = matrix->values ? memory_alloc(entries, sizeof *values) : NULL;
    return sparse_turn(matrix, offsets, indices, values);
}

struct sparse sparse_slice(const struct sparse *matrix, size_t first, size_t count)
{
    struct sparse slice = *matrix;
    slice.rows = count;
    slice.offsets += first;
    if (matrix->row_scale)
        slice.row_scale += first;
    slice.diagonal_first += first;
    return slice;
}

void sparse_free(struct sparse *matrix)
{
    free((void *)(uintptr_t)matrix->offsets);
    free((void *)(uintptr_t)matrix->indices);
    free((void *)(uintptr_t)matrix->values);
    *matrix = (struct sparse){0};
}

static inline const lanes *lanes_at(const real *x)
{
    return (const lanes *)x;
}

/* What row `column` of x counts by in entry i, but for the row's scale. */
static inline real entry_value(const struct sparse *matrix, size_t i)
{
    real value = matrix->values ? matrix->values[i] : 1;
    return matrix->column_scale ? value * matrix->column_scale[matrix->indices[i]] : value;
}

/* The same for the diagonal of a row; 0 where it lies outside the matrix. */
static inline real diagonal_value(const struct sparse *matrix, size_t row)
{
    size_t column = matrix->diagonal_first + row;
    if (matrix->diagonal == 0 || column >= matrix->columns)
        return 0;
    return matrix->column_scale ? matrix->diagonal * matrix->column_scale[column]
                                : matrix->diagonal;
}

static inline void fetch_strip(const real *x, int count)
{
    enum { LINE = 64 / sizeof(real) };
    for (int k = 0; k < count * LANES; k += LINE)
        __builtin_prefetch(x + k);
}

/*
 * `count` (a constant) times LANES columns of one row of the product: x, y and the sums from the
 * strip's first column on. The sums start at zero, or at y.
 */
static inline __attribute__((always_inline)) void
multiply_strip(const struct sparse *matrix, size_t row, const real *x, size_t width,
               bool accumulate, real *y, const int count)
{
    lanes sum[STRIP] = {{0}};
    real loop = diagonal_value(matrix, row);
    if (loop != 0) {
        const lanes *source = lanes_at(x + (matrix->diagonal_first + row) * width);
#pragma GCC unroll 4
        for (int k = 0; k < count; k++)
            sum[k] = loop * source[k];
    }
    const uint32_t *indices = matrix->indices;
    size_t last = matrix->offsets[matrix->rows];
    for (size_t i = matrix->offsets[row], end = matrix->offsets[row + 1]; i < end; i++) {
        const lanes *source = lanes_at(x + (size_t)indices[i] * width);
        real value = entry_value(matrix, i);
        if (i + AHEAD < last)
            fetch_strip(x + (size_t)indices[i + AHEAD] * width, count);
#pragma GCC unroll 4
        for (int k = 0; k < count; k++)
            sum[k] += value * source[k];
    }
    real scale = matrix->row_scale ? matrix->row_scale[row] : 1;
    lanes *target = (lanes *)y;
#pragma GCC unroll 4
    for (int k = 0; k < count; k++)
        target[k] = accumulate ? target[k] + scale * sum[k] : scale * sum[k];
}

/* The same for the last columns, fewer than LANES. */
static void multiply_rest(const struct sparse *matrix, size_t row, const real *x, size_t width,
                          bool accumulate, real *y, size_t count)
{
    real sum[LANES] = {0}, loop = diagonal_value(matrix, row);
    for (size_t c = 0; loop != 0 && c < count; c++)
        sum[c] = loop * x[(matrix->diagonal_first + row) * width + c];
    for (size_t i = matrix->offsets[row]; i < matrix->offsets[row + 1]; i++) {
        const real *source = x + (size_t)matrix->indices[i] * width;
        real value = entry_value(matrix, i);
        for (size_t c = 0; c < count; c++)
            sum[c] += value * source[c];
    }
    real scale = matrix->row_scale ? matrix->row_scale[row] : 1;
    for (size_t c = 0; c < count; c++)
        y[c] = accumulate ? y[c] + scale * sum[c] : scale * sum[c];
}

static void multiply_row(const struct sparse *matrix, size_t row, const real *x, size_t width,
                         bool accumulate, real *y)
{
    size_t first = 0;
    for (; first + STRIP * LANES <= width; first += STRIP * LANES)
        multiply_strip(matrix, row, x + first, width, accumulate, y + first, STRIP);
    for (; first + LANES <= width; first += LANES)
        multiply_strip(matrix, row, x + first, width, accumulate, y + first, 1);
    if (first < width)
        multiply_rest(matrix, row, x + first, width, accumulate, y + first, width - first);
}

/* What rows 0 .. row of the product cost, in entries: a row counts as one beside its own. */
static size_t work_before(const struct sparse *matrix, size_t row)
{
    return matrix->offsets[row] - matrix->offsets[0] + row;
}

/* The first row before which there is at least so much work. */
static size_t row_of_work(const struct sparse *matrix, size_t work)
{
    size_t low = 0, high = matrix->rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (work_before(matrix, middle) < work)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void sparse_multiply_and(const struct sparse *matrix, const real *x, size_t width, bool accumulate,
                         real *y, sparse_finish *finish, void *context)
{
    enum { LEAST_WORK = 32768, PIECES_OF_THREAD = 16, FINISH_ELEMENTS = 4096 };
    size_t work = work_before(matrix, matrix->rows);
    size_t threads = threads_for(work * width, LEAST_WORK);
    size_t pieces = threads > 1 ? threads * PIECES_OF_THREAD : 1;
    size_t step = width < FINISH_ELEMENTS ? FINISH_ELEMENTS / (width ? width : 1) : 1;
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)threads) if (threads > 1)
    for (size_t piece = 0; piece < pieces; piece++) {
        size_t row = row_of_work(matrix, work * piece / pieces);
        size_t end = row_of_work(matrix, work * (piece + 1) / pieces);
        while (row < end) {
            size_t first = row;
            for (; row < end && row - first < step; row++)
                multiply_row(matrix, row, x, width, accumulate, y + row * width);
            if (finish)
                finish(context, first, row - first);
        }
    }
}

void sparse_multiply(const struct sparse *matrix, const real *x, size_t width, bool accumulate,
                     real *y)
{
    sparse_multiply_and(matrix, x, width, accumulate, y, NULL, NULL);
}
