#include "multivector/multivector_pieces.h"

#include "base/error.h"
#include "base/threads.h"

#include <string.h>

struct multivector_pieces multivector_pieces_of(const struct clifford_plan *plan,
                                                const struct variable *frame,
                                                const struct variable *x, const char *op)
{
    enum { LEAST_VALUES = 1 << 16 }; /* of a thread */
    const struct clifford *algebra = &plan->algebra;
    size_t rows = tensor_rows(&x->value), channels = tensor_columns(&x->value);
    if (rows % algebra->blades)
        error_die(EX_SOFTWARE, "%s: the rows are not blades by samples", op);
    size_t batch = rows / algebra->blades;
    size_t rows_of_piece = channels && channels < MULTIVECTOR_PIECE ? MULTIVECTOR_PIECE / channels
                                                                    : 1;
    struct multivector_pieces pieces = {.algebra = algebra,
                                        .batch = batch,
                                        .channels = channels,
                                        .lanes = batch * channels,
                                        .length = rows_of_piece * channels,
                                        .count = (batch + rows_of_piece - 1) / rows_of_piece};
    pieces.threads = threads_for(rows * channels, LEAST_VALUES);
    clifford_squares(algebra, frame->value.data, pieces.squares);
    return pieces;
}

size_t multivector_piece(const struct multivector_pieces *pieces, size_t piece, size_t *count)
{
    size_t first = piece * pieces->length, left = pieces->lanes - first;
    *count = left < pieces->length ? left : pieces->length;
    return first;
}

real *multivector_tile(const struct multivector_pieces *pieces, const real *parameters, size_t rows,
                       struct arena *arena)
{
    size_t channels = pieces->channels, length = pieces->length;
    real *tile = arena_alloc(arena, rows * length, sizeof *tile);
    for (size_t row = 0; row < rows; row++)
        for (size_t at = 0; at < length; at += channels)
            memcpy(tile + row * length + at, parameters + row * channels, channels * sizeof *tile);
    return tile;
}

void multivector_fold_tiles(const struct multivector_pieces *pieces, const real *tiles,
                            size_t stride, size_t rows, real *gradient)
{
    size_t channels = pieces->channels, length = pieces->length;
    for (size_t thread = 0; thread < pieces->threads; thread++) {
        for (size_t row = 0; row < rows; row++) {
            const real *tile = tiles + thread * stride + row * length;
            for (size_t at = 0; at < length; at += channels)
                for (size_t c = 0; c < channels; c++)
                    gradient[row * channels + c] += tile[at + c];
        }
    }
}

void multivector_form(const struct multivector_pieces *pieces, const real *x, size_t first_blade,
                      size_t end_blade, size_t at, size_t count, real *restrict q)
{
    for (size_t blade = first_blade; blade < end_blade; blade++) {
        const real *restrict row = x + blade * pieces->lanes + at;
        real square = pieces->squares[blade];
        if (blade == first_blade) {
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                q[i] = square * row[i] * row[i];
        } else {
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                q[i] += square * row[i] * row[i];
        }
    }
}

void multivector_form_backward(const struct multivector_pieces *pieces, const real *x,
                               const real *dy, const real *factor, const real *dq,
                               size_t first_blade, size_t end_blade, size_t at, size_t count,
                               bool add, real *dx, double *dsquares)
{
    for (size_t blade = first_blade; blade < end_blade; blade++) {
        const real *row = x + blade * pieces->lanes + at;
        const real *dy_row = dy + blade * pieces->lanes + at;
        real *dx_row = dx + blade * pieces->lanes + at;
        real twice = 2 * pieces->squares[blade], sum = 0;
        if (add) {
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                dx_row[i] += factor[i] * dy_row[i] + twice * row[i] * dq[i];
        } else {
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                dx_row[i] = factor[i] * dy_row[i] + twice * row[i] * dq[i];
        }
        if (!dsquares)
            continue;
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < count; i++)
            sum += dq[i] * row[i] * row[i];
        dsquares[blade] += (double)sum;
    }
}

void multivector_dot(const struct multivector_pieces *pieces, const real *x, const real *dy,
                     size_t first_blade, size_t end_blade, size_t at, size_t count,
                     real *restrict t)
{
    for (size_t blade = first_blade; blade < end_blade; blade++) {
        const real *restrict row = x + blade * pieces->lanes + at;
        const real *restrict dy_row = dy + blade * pieces->lanes + at;
        if (blade == first_blade) {
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                t[i] = row[i] * dy_row[i];
        } else {
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                t[i] += row[i] * dy_row[i];
        }
    }
}

void multivector_send_squares(const struct clifford *algebra, struct variable *frame,
                              const double *dsquares, size_t threads)
{
    real sums[CLIFFORD_MOST_BLADES] = {0};
    for (size_t blade = 0; blade < algebra->blades; blade++) {
        double sum = 0;
        for (size_t thread = 0; thread < threads; thread++)
            sum += dsquares[thread * CLIFFORD_MOST_BLADES + blade];
        sums[blade] = (real)sum;
    }
    clifford_squares_backward(algebra, frame->value.data, sums, variable_gradient(frame));
}
