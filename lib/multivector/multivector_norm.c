/* The layer norm over the channels of a sample, and the invariants of channels. */
#include "multivector/multivector_pieces.h"

#include "base/error.h"
#include "tensor/vector_math.h"

#include <omp.h>

static const real norm_epsilon = (real)1e-16, mean_epsilon = (real)1e-6;

struct norm_context {
    struct multivector_pieces pieces;
    real *inverses; /* (B): 1 / (mean |x| + epsilon) */
};

static inline __attribute__((always_inline)) real smooth_norm(real q)
{
    return vector_square_root(vector_square_root(q * q + norm_epsilon));
}

/* 1 / (mean over the C channels of |x| + epsilon), from their q. */
static real inverse_of_row(const real *restrict q, size_t channels)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t c = 0; c < channels; c++)
        sum += smooth_norm(q[c]);
    return 1 / (sum / (real)channels + mean_epsilon);
}

/*
 * For one sample, from t = sum over blades of dy x (C): the factor scale / mean, the gradient of
 * the scale, and dq by way of the mean.
 */
static void row_slopes(const real *restrict q, const real *restrict t, const real *restrict scale,
                       size_t channels, real inverse, real *restrict factor,
                       real *restrict dscale, real *restrict dq)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t c = 0; c < channels; c++) {
        factor[c] = scale[c] * inverse;
        dscale[c] += t[c] * inverse;
        sum += t[c] * scale[c];
    }
    real dnorm = -sum * inverse * inverse / (real)channels;
#pragma omp simd
    for (size_t c = 0; c < channels; c++) {
        real norm = smooth_norm(q[c]);
        dq[c] = dnorm * q[c] / (2 * norm * norm * norm);
    }
}

enum { ROOM_FORM, ROOM_FACTOR, ROOM_DOT, ROOM_FORM_GRADIENT, ROOMS };

static void norm_backward(struct variable *self)
{
    const struct norm_context *c = self->context;
    const struct multivector_pieces *p = &c->pieces;
    struct variable *frame = self->inputs[0], *x = self->inputs[1], *scale = self->inputs[2];
    struct arena *arena = &self->tape->arena;
    size_t threads = p->threads, blades = p->algebra->blades;
    real *rooms = arena_alloc(arena, threads * ROOMS * p->length, sizeof *rooms);
    real *dscale = arena_zeroed(arena, threads * p->length, sizeof *dscale);
    double *dsquares = arena_zeroed(arena, threads * CLIFFORD_MOST_BLADES, sizeof *dsquares);
    bool add = x->gradient != NULL;
    real *dx = add ? x->gradient : self->gradient;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t piece = 0; piece < p->count; piece++) {
        size_t thread = (size_t)omp_get_thread_num();
        size_t count, at = multivector_piece(p, piece, &count);
        real *room = rooms + thread * ROOMS * p->length;
        real *q = room + ROOM_FORM * p->length, *factor = room + ROOM_FACTOR * p->length;
        real *t = room + ROOM_DOT * p->length, *dq = room + ROOM_FORM_GRADIENT * p->length;
        multivector_form(p, x->value.data, 0, blades, at, count, q);
        multivector_dot(p, x->value.data, self->gradient, 0, blades, at, count, t);
        for (size_t i = 0; i < count; i += p->channels)
            row_slopes(q + i, t + i, scale->value.data, p->channels,
                       c->inverses[(at + i) / p->channels], factor + i,
                       dscale + thread * p->length + i, dq + i);
        multivector_form_backward(p, x->value.data, self->gradient, factor, dq, 0, blades, at,
                                  count, add, dx, dsquares + thread * CLIFFORD_MOST_BLADES);
    }
    if (scale->needs_gradient)
        multivector_fold_tiles(p, dscale, p->length, 1, variable_gradient(scale));
    if (frame->needs_gradient)
        multivector_send_squares(p->algebra, frame, dsquares, threads);
    if (x->needs_gradient && !x->gradient)
        x->gradient = self->gradient;
}

struct variable *multivector_layer_norm(struct tape *tape, const struct clifford_plan *plan,
                                        struct variable *frame, struct variable *x,
                                        struct variable *scale)
{
    struct norm_context *c = arena_zeroed(&tape->arena, 1, sizeof *c);
    c->pieces = multivector_pieces_of(plan, frame, x, "multivector_layer_norm");
    const struct multivector_pieces *p = &c->pieces;
    if (tensor_count(&scale->value) != p->channels)
        error_die(EX_SOFTWARE, "multivector_layer_norm: a scale is needed for every channel");
    c->inverses = arena_alloc(&tape->arena, p->batch, sizeof *c->inverses);
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape,
                                     (struct variable *[]){frame, x, scale}, 3, norm_backward);
    y->context = c;
    real *rooms = arena_alloc(&tape->arena, p->threads * 2 * p->length, sizeof *rooms);
#pragma omp parallel for schedule(static) num_threads(p->threads) if (p->threads > 1)
    for (size_t piece = 0; piece < p->count; piece++) {
        size_t count, at = multivector_piece(p, piece, &count);
        real *q = rooms + (size_t)omp_get_thread_num() * 2 * p->length, *factor = q + p->length;
        multivector_form(p, x->value.data, 0, p->algebra->blades, at, count, q);
        for (size_t i = 0; i < count; i += p->channels) {
            real inverse = inverse_of_row(q + i, p->channels);
            c->inverses[(at + i) / p->channels] = inverse;
            for (size_t k = 0; k < p->channels; k++)
                factor[i + k] = scale->value.data[k] * inverse;
        }
        for (size_t blade = 0; blade < p->algebra->blades; blade++) {
            const real *restrict source = x->value.data + blade * p->lanes + at;
            real *restrict target = y->value.data + blade * p->lanes + at;
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                target[i] = source[i] * factor[i];
        }
    }
    return y;
}

/* --- invariants --- */

static void invariants_backward(struct variable *self)
{
    const struct multivector_pieces *p = self->context;
    struct variable *frame = self->inputs[0], *x = self->inputs[1];
    size_t grades = p->algebra->grades, channels = p->channels;
    double dsquares[CLIFFORD_MOST_BLADES] = {0};
    real *dx = x->needs_gradient ? variable_gradient(x) : NULL;
    for (size_t b = 0; b < p->batch; b++) {
        const real *dq = self->gradient + b * grades * channels;
        for (size_t blade = 0; blade < p->algebra->blades; blade++) {
            const real *row = x->value.data + blade * p->lanes + b * channels;
            const real *dq_row = dq + p->algebra->grade[blade] * channels;
            for (size_t c = 0; c < channels; c++) {
                if (dx)
                    dx[blade * p->lanes + b * channels + c] +=
                        blade == 0 ? dq_row[c] : 2 * p->squares[blade] * row[c] * dq_row[c];
                dsquares[blade] += blade == 0 ? 0 : (double)(dq_row[c] * row[c] * row[c]);
            }
        }
    }
    if (frame->needs_gradient)
        multivector_send_squares(p->algebra, frame, dsquares, 1);
}

struct variable *multivector_invariants(struct tape *tape, const struct clifford_plan *plan,
                                        struct variable *frame, struct variable *x)
{
    struct multivector_pieces pieces =
        multivector_pieces_of(plan, frame, x, "multivector_invariants");
    const struct multivector_pieces *p = tape_keep(tape, &pieces, sizeof pieces);
    size_t grades = plan->algebra.grades;
    struct variable *y = tape_record(tape, 2, (const size_t[]){p->batch, grades * p->channels},
                                     (struct variable *[]){frame, x}, 2, invariants_backward);
    y->context = (void *)(uintptr_t)p;
    for (size_t b = 0; b < p->batch; b++) {
        for (size_t k = 0; k < grades; k++) {
            real *q = y->value.data + (b * grades + k) * p->channels;
            if (k == 0)
                for (size_t c = 0; c < p->channels; c++)
                    q[c] = x->value.data[b * p->channels + c];
            else
                multivector_form(p, x->value.data, plan->algebra.first[k],
                                 plan->algebra.first[k + 1], b * p->channels, p->channels, q);
        }
    }
    return y;
}
