#include "tensor/narrow.h"

#include "base/threads.h"
#include "tensor/lane_vector.h"

#include <string.h>

enum { MOST_VECTORS = 4, MOST_RESULTS = 8 };

bool narrow_fits(size_t width)
{
    return width >= LANE_COUNT && width <= MOST_VECTORS * LANE_COUNT;
}

/* Where vector v of a row begins: the last one ends with the row, over the one before. */
KERNEL size_t start_of(size_t v, size_t vectors, size_t width)
{
    return v + 1 < vectors ? v * LANE_COUNT : width - LANE_COUNT;
}

/* Adds to `count` rows of the target, `stride` apart, or writes them; overlaps get the same. */
KERNEL void put(real *target, size_t stride, size_t count, size_t vectors, size_t width, bool add,
                lane_vector sums[][MOST_VECTORS])
{
    for (size_t r = 0; r < count; r++) {
        for (size_t v = 0; add && v < vectors; v++)
            sums[r][v] += *(const lane_vector_anywhere *)(target + r * stride +
                                                          start_of(v, vectors, width));
        for (size_t v = 0; v < vectors; v++)
            *(lane_vector_anywhere *)(target + r * stride + start_of(v, vectors, width)) =
                sums[r][v];
    }
}

/*
 * sums[r] = sum over k of scalars[r s + k t] rows[k]: a strip of `count` results, each of some
 * vectors, in registers. Both products are made of it, the strides tell which.
 */
KERNEL void strip(const real *scalars, size_t of_result, size_t of_term, const real *rows,
                  size_t terms, size_t width, size_t count, size_t vectors, real *target,
                  size_t stride, bool add)
{
    lane_vector sums[MOST_RESULTS][MOST_VECTORS];
    for (size_t r = 0; r < count; r++)
        for (size_t v = 0; v < vectors; v++)
            sums[r][v] = (lane_vector){0};
    for (size_t k = 0; k < terms; k++) {
        lane_vector row[MOST_VECTORS];
        for (size_t v = 0; v < vectors; v++)
            row[v] = *(const lane_vector_anywhere *)(rows + k * width +
                                                     start_of(v, vectors, width));
        for (size_t r = 0; r < count; r++)
            for (size_t v = 0; v < vectors; v++)
                sums[r][v] += scalars[r * of_result + k * of_term] * row[v];
    }
    put(target, stride, count, vectors, width, add, sums);
}

/* All results first .. end - 1 in strips of `count`, then one by one. */
KERNEL void strips(const real *scalars, size_t of_result, size_t of_term, const real *rows,
                   size_t terms, size_t width, size_t first, size_t end, size_t count,
                   size_t vectors, real *target, bool add)
{
    size_t r = first;
    for (; r + count <= end; r += count)
        strip(scalars + r * of_result, of_result, of_term, rows, terms, width, count, vectors,
              target + r * width, width, add);
    for (; r < end; r++)
        strip(scalars + r * of_result, of_result, of_term, rows, terms, width, 1, vectors,
              target + r * width, width, add);
}

/* How many results of so many vectors: sums may take 24 of 32 registers, or 12 of 16. */
KERNEL size_t results_at_once(size_t vectors)
{
    size_t most = (LANE_BYTES == 64 ? 24 : 12) / vectors;
    return most < MOST_RESULTS ? most : MOST_RESULTS;
}

/* The same for any width that fits: as many results at a time as there are registers for. */
static void strips_of_width(const real *scalars, size_t of_result, size_t of_term,
                            const real *rows, size_t terms, size_t width, size_t first, size_t end,
                            real *target, bool add)
{
    switch ((width + LANE_COUNT - 1) / LANE_COUNT) {
    case 1:
        strips(scalars, of_result, of_term, rows, terms, width, first, end, results_at_once(1), 1,
               target, add);
        break;
    case 2:
        strips(scalars, of_result, of_term, rows, terms, width, first, end, results_at_once(2), 2,
               target, add);
        break;
    case 3:
        strips(scalars, of_result, of_term, rows, terms, width, first, end, results_at_once(3), 3,
               target, add);
        break;
    default:
        strips(scalars, of_result, of_term, rows, terms, width, first, end, results_at_once(4), 4,
               target, add);
    }
}

void narrow_multiply(const real *x, size_t rows, size_t in, const real *w, size_t out, bool add,
                     real *y)
{
    enum { ROWS = 96 }; /* of a share, so that threads divide them evenly */
    size_t shares = (rows + ROWS - 1) / ROWS;
#pragma omp parallel for num_threads(threads_for(2 * rows * in * out, THREAD_LEAST_FLOPS))
    for (size_t share = 0; share < shares; share++) {
        size_t end = (share + 1) * ROWS < rows ? (share + 1) * ROWS : rows;
        strips_of_width(x, in, 1, w, in, out, share * ROWS, end, y, add);
    }
}

/* Results first .. end - 1 of a gram, by rows that stay in the cache while all take them. */
static void gram_results(const real *y, size_t rows, size_t out, const real *x, size_t in,
                         size_t first, size_t end, real *w)
{
    enum { ROWS = 192 };
    for (size_t row = 0; row < rows; row += ROWS) {
        size_t terms = rows - row < ROWS ? rows - row : ROWS;
        strips_of_width(y + row * out, 1, out, x + row * in, terms, in, first, end, w, true);
    }
}

void narrow_gram(const real *y, size_t rows, size_t out, const real *x, size_t in, bool add,
                 real *w)
{
    enum { RESULTS = 8 }; /* of a share */
    size_t shares = (out + RESULTS - 1) / RESULTS;
    size_t threads = threads_for(2 * rows * in * out, THREAD_LEAST_FLOPS);
    if (!add)
        memset(w, 0, out * in * sizeof *w);
#pragma omp parallel for schedule(static, 1) num_threads(threads)
    for (size_t thread = 0; thread < threads; thread++) {
        size_t first = shares * thread / threads * RESULTS;
        size_t end = shares * (thread + 1) / threads * RESULTS;
        gram_results(y, rows, out, x, in, first, end < out ? end : out, w);
    }
}
