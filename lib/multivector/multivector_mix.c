/* The fully connected geometric product: partial products of channels, mixed by matrices. */
#include "multivector/multivector.h"
#include "multivector/multivector_lanes.h"

#include "base/error.h"
#include "tensor/blas.h"

#include <math.h>
#include <omp.h>

struct mix_context {
    const struct clifford_plan *plan;
    size_t batch, in, out;
    size_t lanes, blocks, threads; /* lanes = B in */
    real share; /* 1 / sqrt(2) beside a first-order term, else 1 */
    real *partial; /* (slots, B, in) */
    struct lane_block squares[CLIFFORD_MOST_BLADES];
};

/* A path's rows: its slots in the partial products and its output blades in y, as matrices. */
struct path_rows {
    size_t rows, partial, y, weight; /* where they begin */
};

static struct path_rows rows_of(const struct mix_context *c, size_t path)
{
    const struct clifford *algebra = &c->plan->algebra;
    size_t grade = c->plan->path[path].output;
    return (struct path_rows){.rows = clifford_grade_size(algebra, grade) * c->batch,
                              .partial = c->plan->first_slot[path] * c->lanes,
                              .y = algebra->first[grade] * c->batch * c->out,
                              .weight = path * c->in * c->out};
}

/* --- partial products --- */

static struct lane_block *new_blocks(struct arena *arena, size_t count)
{
    return arena_alloc(arena, count, sizeof(struct lane_block));
}

static void partial_products(const struct mix_context *c, const real *x, const real *z,
                             struct arena *arena)
{
    const struct clifford_plan *plan = c->plan;
    size_t blades = plan->algebra.blades, room_size = 2 * blades + plan->slots;
    struct lane_block *rooms = new_blocks(arena, c->threads * room_size);
#pragma omp parallel for schedule(static) num_threads(c->threads) if (c->threads > 1)
    for (size_t block = 0; block < c->blocks; block++) {
        struct lane_block *left = rooms + (size_t)omp_get_thread_num() * room_size;
        struct lane_block *right = left + blades, *slots = right + blades;
        lanes_load(x, blades, c->lanes, block * BLOCK_LANES, left);
        lanes_load(z, blades, c->lanes, block * BLOCK_LANES, right);
        clifford_sums_run(&plan->partial[CLIFFORD_FORWARD], c->squares, left, right, NULL, slots,
                          NULL);
        lanes_store(c->partial, plan->slots, c->lanes, block * BLOCK_LANES, false, slots);
    }
}

struct mix_gradients {
    real *dx, *dz, *dpartial;
    bool add_x, add_z;
    struct lane_block *dsquares; /* (threads, blades), or NULL */
};

static void partial_backward(const struct mix_context *c, struct variable *self, size_t block,
                             struct lane_block *room, const struct mix_gradients *g)
{
    const struct clifford_plan *plan = c->plan;
    size_t blades = plan->algebra.blades, at = block * BLOCK_LANES;
    const real *x = self->inputs[1]->value.data, *z = self->inputs[2]->value.data;
    struct lane_block *left = room, *probe = left + blades, *result = probe + blades;
    struct lane_block *slots = result + blades;
    lanes_load(g->dpartial, plan->slots, c->lanes, at, slots);
    lanes_load(x, blades, c->lanes, at, probe);
    if (g->dx || g->dsquares) {
        struct lane_block *slopes =
            g->dsquares ? g->dsquares + (size_t)omp_get_thread_num() * blades : NULL;
        lanes_load(z, blades, c->lanes, at, left);
        clifford_sums_run(&plan->partial[CLIFFORD_LEFT], c->squares, left, slots,
                          slopes ? probe : NULL, result, slopes);
        if (g->dx)
            lanes_store(g->dx, blades, c->lanes, at, g->add_x, result);
    }
    if (g->dz) {
        clifford_sums_run(&plan->partial[CLIFFORD_RIGHT], c->squares, probe, slots, NULL, result,
                          NULL);
        lanes_store(g->dz, blades, c->lanes, at, g->add_z, result);
    }
}

static void send_squares(const struct mix_context *c, const struct lane_block *dsquares,
                         struct variable *frame)
{
    const struct clifford *algebra = &c->plan->algebra;
    real sums[CLIFFORD_MOST_BLADES] = {0};
    for (size_t t = 0; t < c->threads; t++)
        for (size_t blade = 0; blade < algebra->blades; blade++)
            for (size_t lane = 0; lane < BLOCK_LANES; lane++)
                sums[blade] += dsquares[t * algebra->blades + blade].lane[lane];
    clifford_squares_backward(algebra, frame->value.data, sums, variable_gradient(frame));
}

/* --- the op --- */

static void send_inputs(struct variable *self)
{
    const struct mix_context *c = self->context;
    struct variable *frame = self->inputs[0], *x = self->inputs[1], *z = self->inputs[2];
    struct arena *arena = &self->tape->arena;
    size_t blades = c->plan->algebra.blades, room_size = 3 * blades + c->plan->slots;
    struct mix_gradients g = {
        .dpartial = arena_alloc(arena, c->plan->slots * c->lanes, sizeof(real))};
    real beta_x = 0, beta_z = 0;
    if (x->needs_gradient)
        g.dx = variable_gradient_or_new(x, &beta_x);
    if (z->needs_gradient)
        g.dz = variable_gradient_or_new(z, &beta_z);
    g.add_x = beta_x != 0;
    g.add_z = beta_z != 0 || x == z;
    if (frame->needs_gradient)
        g.dsquares = arena_zeroed(arena, c->threads * blades, sizeof *g.dsquares);
    for (size_t p = 0; p < c->plan->paths; p++) {
        struct path_rows r = rows_of(c, p);
        blas_matmul(false, true, r.rows, c->in, c->out, c->share, self->gradient + r.y,
                    self->inputs[3]->value.data + r.weight, 0, g.dpartial + r.partial);
    }
    struct lane_block *rooms = new_blocks(arena, c->threads * room_size);
#pragma omp parallel for schedule(static) num_threads(c->threads) if (c->threads > 1)
    for (size_t block = 0; block < c->blocks; block++)
        partial_backward(c, self, block, rooms + (size_t)omp_get_thread_num() * room_size, &g);
    if (g.dsquares)
        send_squares(c, g.dsquares, frame);
}

static void mix_backward(struct variable *self)
{
    const struct mix_context *c = self->context;
    struct variable *weight = self->inputs[3], *first = self->inputs[4];
    real beta;
    if (weight->needs_gradient) {
        real *dweight = variable_gradient_or_new(weight, &beta);
        for (size_t p = 0; p < c->plan->paths; p++) {
            struct path_rows r = rows_of(c, p);
            blas_matmul(true, false, c->in, c->out, r.rows, c->share, c->partial + r.partial,
                        self->gradient + r.y, beta, dweight + r.weight);
        }
    }
    if (self->inputs[0]->needs_gradient || self->inputs[1]->needs_gradient ||
        self->inputs[2]->needs_gradient)
        send_inputs(self);
    if (first && first->needs_gradient)
        variable_hand_over_scaled(self, first, c->share);
}

static void lay_squares(struct mix_context *c, const real *lambda)
{
    real squares[CLIFFORD_MOST_BLADES];
    clifford_squares(&c->plan->algebra, lambda, squares);
    for (size_t blade = 0; blade < c->plan->algebra.blades; blade++)
        for (size_t lane = 0; lane < BLOCK_LANES; lane++)
            c->squares[blade].lane[lane] = squares[blade];
}

struct variable *multivector_mix(struct tape *tape, const struct clifford_plan *plan,
                                 struct variable *frame, struct variable *x, struct variable *z,
                                 struct variable *weight, struct variable *first)
{
    size_t blades = plan->algebra.blades, in = tensor_columns(&x->value);
    size_t count = tensor_count(&x->value), lanes = count / blades, batch = lanes / in;
    size_t out = tensor_columns(&weight->value);
    if (count % (blades * in) || tensor_count(&z->value) != count ||
        tensor_columns(&z->value) != in ||
        (first && tensor_count(&first->value) != blades * batch * out) ||
        tensor_count(&weight->value) != plan->paths * in * out)
        error_die(EX_SOFTWARE, "multivector_mix: the shapes do not fit");
    struct mix_context *c = arena_zeroed(&tape->arena, 1, sizeof *c);
    *c = (struct mix_context){.plan = plan,
                              .batch = batch,
                              .in = in,
                              .out = out,
                              .lanes = lanes,
                              .blocks = (lanes + BLOCK_LANES - 1) / BLOCK_LANES,
                              .threads = lanes_threads(plan->terms, lanes),
                              .share = first ? (real)M_SQRT1_2 : 1,
                              .partial = arena_alloc(&tape->arena, plan->slots * lanes,
                                                     sizeof(real))};
    lay_squares(c, frame->value.data);
    struct variable *y = tape_record(tape, 3, (const size_t[]){blades, batch, out},
                                     (struct variable *[]){frame, x, z, weight, first}, 5,
                                     mix_backward);
    y->context = c;
    partial_products(c, x->value.data, z->value.data, &tape->arena);
    for (size_t i = 0, n = tensor_count(&y->value); i < n; i++)
        y->value.data[i] = first ? c->share * first->value.data[i] : 0;
    for (size_t p = 0; p < plan->paths; p++) {
        struct path_rows r = rows_of(c, p);
        blas_matmul(false, false, r.rows, out, in, c->share, c->partial + r.partial,
                    weight->value.data + r.weight, 1, y->value.data + r.y);
    }
    return y;
}
