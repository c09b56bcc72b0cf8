/*
 * Pieces of whole rows of a batch of multivectors (blades, B, C), for the ops that go along the
 * B C values of every blade. What belongs to a channel is repeated to the length of a piece once,
 * so that the loops run over a piece without looking at channels.
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_PIECES_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_PIECES_H

#include "multivector/multivector.h"

enum { MULTIVECTOR_PIECE = 512 };

struct multivector_pieces {
    const struct clifford *algebra;
    size_t batch, channels, lanes; /* lanes = B C */
    size_t length;                 /* of a piece: whole rows of C, at least one */
    size_t count;
    size_t threads;
    real squares[CLIFFORD_MOST_BLADES];
};

/* How x is cut; ends the program when its rows are not blades B. */
struct multivector_pieces multivector_pieces_of(const struct clifford_plan *plan,
                                                const struct variable *frame,
                                                const struct variable *x, const char *op);

/* The first value of a piece, and in *count how many it has. */
size_t multivector_piece(const struct multivector_pieces *pieces, size_t piece, size_t *count);

/* tile (rows, length): parameters (rows, C) repeated. */
real *multivector_tile(const struct multivector_pieces *pieces, const real *parameters, size_t rows,
                       struct arena *arena);

/*
 * Adds to the gradient of parameters (rows, C) the sum of the threads' tiles (threads, stride),
 * each (rows, length) at its beginning.
 */
void multivector_fold_tiles(const struct multivector_pieces *pieces, const real *tiles,
                            size_t stride, size_t rows, real *gradient);

/* q = sum over the blades first .. end - 1 of squares x^2, for the values from `at` on. */
void multivector_form(const struct multivector_pieces *pieces, const real *x, size_t first_blade,
                      size_t end_blade, size_t at, size_t count, real *q);

/*
 * The rest of a way back: dx_I = factor dy_I + 2 squares_I x_I dq for the blades first .. end - 1,
 * or +=; dx may be dy. Adds the sum of dq x_I^2 to dsquares[I] unless that is NULL.
 */
void multivector_form_backward(const struct multivector_pieces *pieces, const real *x,
                               const real *dy, const real *factor, const real *dq,
                               size_t first_blade, size_t end_blade, size_t at, size_t count,
                               bool add, real *dx, double *dsquares);

/* t = sum over the blades of dy x. */
void multivector_dot(const struct multivector_pieces *pieces, const real *x, const real *dy,
                     size_t first_blade, size_t end_blade, size_t at, size_t count, real *t);

/* Sends the threads' dsquares (threads, CLIFFORD_MOST_BLADES) to the frame. */
void multivector_send_squares(const struct clifford *algebra, struct variable *frame,
                              const double *dsquares, size_t threads);

#endif
