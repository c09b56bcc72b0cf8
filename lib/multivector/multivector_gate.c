/* Gates and norms: each grade of each channel is multiplied by a function of its own form. */
#include "multivector/multivector_pieces.h"

#include "base/error.h"
#include "tensor/vector_math.h"

#include <omp.h>

enum gate_kind { GATE_SILU, GATE_NORMALISE };

static const real norm_epsilon = (real)1e-16, divisor_epsilon = (real)1e-6;

struct gate_context {
    enum gate_kind kind;
    struct multivector_pieces pieces;
    const real *tiles[2]; /* (grades, length): slope and shift, or sigmoid(weight) */
};

/* What a thread needs for one piece of one grade, each of the pieces' length. */
enum { ROOM_FORM, ROOM_FACTOR, ROOM_DOT, ROOM_FORM_GRADIENT, ROOMS };

/* The smoothed norm (q^2 + epsilon)^(1/4). */
static inline __attribute__((always_inline)) real smooth_norm(real q)
{
    return vector_square_root(vector_square_root(q * q + norm_epsilon));
}

/* q of a grade; the scalar's gate goes by the scalar itself. */
static void invariant(const struct gate_context *c, const real *x, size_t grade, size_t at,
                      size_t count, real *q)
{
    const struct clifford *algebra = c->pieces.algebra;
    if (c->kind == GATE_SILU && grade == 0) {
        for (size_t i = 0; i < count; i++)
            q[i] = x[at + i];
        return;
    }
    multivector_form(&c->pieces, x, algebra->first[grade], algebra->first[grade + 1], at, count, q);
}

static void factors(const struct gate_context *c, size_t grade, size_t count,
                    const real *restrict q, real *restrict factor)
{
    const real *restrict first = c->tiles[0] + grade * c->pieces.length;
    if (c->kind == GATE_SILU) {
        const real *restrict second = c->tiles[1] + grade * c->pieces.length;
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            factor[i] = vector_sigmoid(first[i] * q[i] + second[i]);
    } else {
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            factor[i] = 1 / (first[i] * (smooth_norm(q[i]) - 1) + 1 + divisor_epsilon);
    }
}

/* From t = dFactor to dq, adding to the tiles of the parameters' gradients. */
static void silu_slopes(const struct gate_context *c, size_t grade, size_t count,
                        const real *restrict q, const real *restrict gate, const real *restrict t,
                        real *restrict dslope, real *restrict dshift, real *restrict dq)
{
    const real *restrict slope = c->tiles[0] + grade * c->pieces.length;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real inner = t[i] * gate[i] * (1 - gate[i]);
        dslope[i] += inner * q[i];
        dshift[i] += inner;
        dq[i] = inner * slope[i];
    }
}

static void normalise_slopes(const struct gate_context *c, size_t grade, size_t count,
                             const real *restrict q, const real *restrict factor,
                             const real *restrict t, real *restrict dweight, real *restrict dq)
{
    const real *restrict share = c->tiles[0] + grade * c->pieces.length;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real norm = smooth_norm(q[i]), ddivisor = -t[i] * factor[i] * factor[i];
        dweight[i] += ddivisor * (norm - 1) * share[i] * (1 - share[i]);
        dq[i] = ddivisor * share[i] * q[i] / (2 * norm * norm * norm);
    }
}

struct gate_gradients {
    real *tiles;      /* (threads, 2, grades, length) */
    double *dsquares; /* (threads, CLIFFORD_MOST_BLADES), or NULL */
    real *dx;         /* or NULL */
    bool add;
};

static size_t tiles_of_thread(const struct gate_context *c)
{
    return 2 * c->pieces.algebra->grades * c->pieces.length;
}

static void piece_backward(const struct gate_context *c, struct variable *self, size_t piece,
                           size_t thread, real *room, const struct gate_gradients *g)
{
    const struct multivector_pieces *pieces = &c->pieces;
    const struct clifford *algebra = pieces->algebra;
    const real *x = self->inputs[1]->value.data, *dy = self->gradient;
    size_t length = pieces->length, count, at = multivector_piece(pieces, piece, &count);
    real *q = room + ROOM_FORM * length, *factor = room + ROOM_FACTOR * length;
    real *t = room + ROOM_DOT * length, *dq = room + ROOM_FORM_GRADIENT * length;
    double *dsquares = g->dsquares ? g->dsquares + thread * CLIFFORD_MOST_BLADES : NULL;
    for (size_t k = 0; k < algebra->grades; k++) {
        real *dfirst = g->tiles + thread * tiles_of_thread(c) + k * length;
        real *dsecond = dfirst + algebra->grades * length;
        size_t first = algebra->first[k], end = algebra->first[k + 1];
        invariant(c, x, k, at, count, q);
        factors(c, k, count, q, factor);
        multivector_dot(pieces, x, dy, first, end, at, count, t);
        if (c->kind == GATE_SILU)
            silu_slopes(c, k, count, q, factor, t, dfirst, dsecond, dq);
        else
            normalise_slopes(c, k, count, q, factor, t, dfirst, dq);
        if (c->kind == GATE_SILU && k == 0) { /* its invariant is x itself, of slope 1 */
            for (size_t i = 0; g->dx && i < count; i++)
                g->dx[at + i] = (g->add ? g->dx[at + i] : 0) + factor[i] * dy[at + i] + dq[i];
        } else if (g->dx) {
            multivector_form_backward(pieces, x, dy, factor, dq, first, end, at, count, g->add,
                                      g->dx, dsquares);
        }
    }
}

static void gate_backward(struct variable *self)
{
    const struct gate_context *c = self->context;
    const struct multivector_pieces *pieces = &c->pieces;
    struct variable *frame = self->inputs[0], *x = self->inputs[1];
    struct arena *arena = &self->tape->arena;
    size_t threads = pieces->threads, rooms = ROOMS * pieces->length;
    struct gate_gradients g = {
        .tiles = arena_zeroed(arena, threads * tiles_of_thread(c), sizeof(real)),
        .dsquares = frame->needs_gradient
                        ? arena_zeroed(arena, threads * CLIFFORD_MOST_BLADES, sizeof(double))
                        : NULL,
        .add = x->gradient != NULL};
    g.dx = g.add ? x->gradient : self->gradient; /* taken over below, or thrown away */
    real *room = arena_alloc(arena, threads * rooms, sizeof(real));
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (size_t piece = 0; piece < pieces->count; piece++) {
        size_t thread = (size_t)omp_get_thread_num();
        piece_backward(c, self, piece, thread, room + thread * rooms, &g);
    }
    size_t parameters = c->kind == GATE_SILU ? 2 : 1;
    for (size_t i = 0; i < parameters; i++)
        if (self->inputs[2 + i]->needs_gradient)
            multivector_fold_tiles(pieces, g.tiles + i * pieces->algebra->grades * pieces->length,
                                   tiles_of_thread(c), pieces->algebra->grades,
                                   variable_gradient(self->inputs[2 + i]));
    if (frame->needs_gradient)
        multivector_send_squares(pieces->algebra, frame, g.dsquares, threads);
    if (x->needs_gradient && !x->gradient)
        x->gradient = self->gradient;
}

static struct variable *gate(struct tape *tape, const struct clifford_plan *plan,
                             struct variable *frame, struct variable *x, struct variable *first,
                             struct variable *second, enum gate_kind kind, const char *op)
{
    struct gate_context *c = arena_zeroed(&tape->arena, 1, sizeof *c);
    c->kind = kind;
    c->pieces = multivector_pieces_of(plan, frame, x, op);
    struct multivector_pieces *pieces = &c->pieces;
    size_t grades = plan->algebra.grades;
    const struct variable *parameters[2] = {first, second};
    for (size_t i = 0; i < 2 && parameters[i]; i++) {
        if (tensor_count(&parameters[i]->value) != grades * pieces->channels)
            error_die(EX_SOFTWARE, "%s: the parameters are not grades by channels", op);
        real *tile = multivector_tile(pieces, parameters[i]->value.data, grades, &tape->arena);
        for (size_t k = 0; kind == GATE_NORMALISE && k < grades * pieces->length; k++)
            tile[k] = vector_sigmoid(tile[k]);
        c->tiles[i] = tile;
    }
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape,
                                     (struct variable *[]){frame, x, first, second}, 4,
                                     gate_backward);
    y->context = c;
    real *room = arena_alloc(&tape->arena, pieces->threads * 2 * pieces->length, sizeof *room);
#pragma omp parallel for schedule(static) num_threads(pieces->threads) if (pieces->threads > 1)
    for (size_t piece = 0; piece < pieces->count; piece++) {
        size_t count, at = multivector_piece(pieces, piece, &count);
        real *q = room + (size_t)omp_get_thread_num() * 2 * pieces->length;
        real *factor = q + pieces->length;
        for (size_t k = 0; k < grades; k++) {
            invariant(c, x->value.data, k, at, count, q);
            factors(c, k, count, q, factor);
            size_t end = plan->algebra.first[k + 1];
            for (size_t blade = plan->algebra.first[k]; blade < end; blade++) {
                const real *restrict source = x->value.data + blade * pieces->lanes + at;
                real *restrict target = y->value.data + blade * pieces->lanes + at;
#pragma omp simd
                for (size_t i = 0; i < count; i++)
                    target[i] = source[i] * factor[i];
            }
        }
    }
    return y;
}

struct variable *multivector_silu(struct tape *tape, const struct clifford_plan *plan,
                                  struct variable *frame, struct variable *x,
                                  struct variable *slope, struct variable *shift)
{
    return gate(tape, plan, frame, x, slope, shift, GATE_SILU, "multivector_silu");
}

struct variable *multivector_normalise(struct tape *tape, const struct clifford_plan *plan,
                                       struct variable *frame, struct variable *x,
                                       struct variable *weight)
{
    return gate(tape, plan, frame, x, weight, NULL, GATE_NORMALISE, "multivector_normalise");
}
