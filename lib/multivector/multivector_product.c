/* The weighted geometric product of channels, by the lists of a plan. */
#include "multivector/multivector.h"
#include "multivector/multivector_lanes.h"

#include "base/error.h"

#include <math.h>
#include <omp.h>

/* What a thread brings together for a block. */
struct product_room {
    struct lane_block x[CLIFFORD_MOST_BLADES], z[CLIFFORD_MOST_BLADES], y[CLIFFORD_MOST_BLADES];
    struct lane_block result[CLIFFORD_MOST_BLADES];
};

struct product_context {
    const struct clifford_plan *plan;
    size_t batch, channels, lanes, blocks, phases, threads;
    real share; /* 1 / sqrt(2) beside a first-order term, else 1 */
    real squares[CLIFFORD_MOST_BLADES];
    const struct lane_block *coefficients; /* (phases, coefficients): share squares[S] w_p */
    struct product_room *rooms;            /* (threads) */
};

static void lay_coefficients(struct product_context *c, const real *weight, struct arena *arena)
{
    const struct clifford_plan *plan = c->plan;
    struct lane_block *table =
        arena_alloc(arena, c->phases * plan->coefficients, sizeof *table);
    c->coefficients = table;
    for (size_t phase = 0; phase < c->phases; phase++) {
        for (size_t k = 0; k < plan->coefficients; k++, table++) {
            if (plan->coefficient_path[k] == CLIFFORD_NO_PATH)
                continue;
            const real *w = weight + plan->coefficient_path[k] * c->channels;
            real factor = c->share * c->squares[plan->coefficient_blade[k]];
            size_t channel = lanes_first_channel(phase, c->channels);
            for (size_t lane = 0; lane < BLOCK_LANES; lane++) {
                table->lane[lane] = factor * w[channel];
                channel = channel + 1 == c->channels ? 0 : channel + 1;
            }
        }
    }
}

/* Adds a coefficient's slopes of one phase to its weights' gradient; returns its square's. */
static real send_coefficient(const struct product_context *c, const struct lane_block *slopes,
                             size_t phase, real square, const real *w, real *dw)
{
    size_t channel = lanes_first_channel(phase, c->channels);
    real sum = 0;
    for (size_t lane = 0; lane < BLOCK_LANES; lane++) {
        real slope = c->share * slopes->lane[lane];
        sum += slope * w[channel];
        dw[channel] += slope * square;
        channel = channel + 1 == c->channels ? 0 : channel + 1;
    }
    return sum;
}

/* From the slopes by coefficients, (threads, phases, coefficients), to weights and squares. */
static void send_slopes(const struct product_context *c, const struct lane_block *slopes,
                        struct variable *weight, struct variable *frame, struct arena *arena)
{
    const struct clifford_plan *plan = c->plan;
    real squares[CLIFFORD_MOST_BLADES] = {0};
    real *dweight = weight->needs_gradient
                        ? variable_gradient(weight)
                        : arena_zeroed(arena, tensor_count(&weight->value), sizeof *dweight);
    for (size_t t = 0; t < c->threads * c->phases; t++) {
        for (size_t k = 0; k < plan->coefficients; k++, slopes++) {
            if (plan->coefficient_path[k] == CLIFFORD_NO_PATH)
                continue;
            size_t row = plan->coefficient_path[k] * c->channels;
            size_t blade = plan->coefficient_blade[k];
            squares[blade] += send_coefficient(c, slopes, t % c->phases, c->squares[blade],
                                               weight->value.data + row, dweight + row);
        }
    }
    if (frame->needs_gradient)
        clifford_squares_backward(&plan->algebra, frame->value.data, squares,
                                  variable_gradient(frame));
}

/* The gradients of x and z that are wanted, and whether to add to what is there. */
struct product_gradients {
    real *dx, *dz;
    bool add_x, add_z;
    struct lane_block *slopes; /* (threads, phases, coefficients), or NULL */
};

static void block_backward(const struct product_context *c, struct variable *self, size_t block,
                           struct product_room *room, const struct product_gradients *g)
{
    const struct clifford_plan *plan = c->plan;
    size_t blades = plan->algebra.blades, at = block * BLOCK_LANES, phase = block % c->phases;
    const real *x = self->inputs[1]->value.data, *z = self->inputs[2]->value.data;
    const struct lane_block *coefficients = c->coefficients + phase * plan->coefficients;
    lanes_load(self->gradient, blades, c->lanes, at, room->y);
    lanes_load(x, blades, c->lanes, at, room->x);
    if (g->dx || g->slopes) {
        size_t table = (size_t)omp_get_thread_num() * c->phases + phase;
        lanes_load(z, blades, c->lanes, at, room->z);
        clifford_plan_multiply(plan, CLIFFORD_LEFT, coefficients, room->z, room->y,
                               g->slopes ? room->x : NULL, room->result,
                               g->slopes ? g->slopes + table * plan->coefficients : NULL);
        if (g->dx)
            lanes_store(g->dx, blades, c->lanes, at, g->add_x, room->result);
    }
    if (g->dz) {
        clifford_plan_multiply(plan, CLIFFORD_RIGHT, coefficients, room->x, room->y, NULL,
                               room->result, NULL);
        lanes_store(g->dz, blades, c->lanes, at, g->add_z, room->result);
    }
}

static void product_backward(struct variable *self)
{
    const struct product_context *c = self->context;
    struct variable *frame = self->inputs[0], *x = self->inputs[1], *z = self->inputs[2];
    struct variable *weight = self->inputs[3], *first = self->inputs[4];
    struct product_gradients g = {0};
    real beta_x = 0, beta_z = 0;
    if (x->needs_gradient)
        g.dx = variable_gradient_or_new(x, &beta_x);
    if (z->needs_gradient)
        g.dz = variable_gradient_or_new(z, &beta_z);
    g.add_x = beta_x != 0;
    g.add_z = beta_z != 0 || x == z;
    if (weight->needs_gradient || frame->needs_gradient)
        g.slopes = arena_zeroed(&self->tape->arena,
                                c->threads * c->phases * c->plan->coefficients, sizeof *g.slopes);
#pragma omp parallel for schedule(static) num_threads(c->threads) if (c->threads > 1)
    for (size_t block = 0; block < c->blocks; block++)
        block_backward(c, self, block, &c->rooms[omp_get_thread_num()], &g);
    if (g.slopes)
        send_slopes(c, g.slopes, weight, frame, &self->tape->arena);
    if (first && first->needs_gradient)
        variable_hand_over_scaled(self, first, c->share);
}

/* y = share first + the weighted product */
static void block_forward(const struct product_context *c, const real *x, const real *z,
                          const real *first, size_t block, struct product_room *room, real *y)
{
    const struct clifford_plan *plan = c->plan;
    size_t blades = plan->algebra.blades, at = block * BLOCK_LANES;
    lanes_load(x, blades, c->lanes, at, room->x);
    lanes_load(z, blades, c->lanes, at, room->z);
    clifford_plan_multiply(plan, CLIFFORD_FORWARD,
                           c->coefficients + block % c->phases * plan->coefficients, room->x,
                           room->z, NULL, room->result, NULL);
    if (first) {
        lanes_load(first, blades, c->lanes, at, room->y);
        for (size_t blade = 0; blade < blades; blade++)
            for (size_t v = 0; v < BLOCK_VECTORS; v++)
                room->result[blade].part[v] += c->share * room->y[blade].part[v];
    }
    lanes_store(y, blades, c->lanes, at, false, room->result);
}

struct variable *multivector_product(struct tape *tape, const struct clifford_plan *plan,
                                     struct variable *frame, struct variable *x,
                                     struct variable *z, struct variable *weight,
                                     struct variable *first)
{
    size_t blades = plan->algebra.blades, channels = tensor_columns(&x->value);
    size_t count = tensor_count(&x->value), lanes = count / blades;
    if (count % (blades * channels) || tensor_count(&z->value) != count ||
        tensor_columns(&z->value) != channels || (first && tensor_count(&first->value) != count) ||
        tensor_count(&weight->value) != plan->paths * channels)
        error_die(EX_SOFTWARE, "multivector_product: the shapes do not fit");
    struct product_context *c = arena_zeroed(&tape->arena, 1, sizeof *c);
    *c = (struct product_context){.plan = plan,
                                  .batch = lanes / channels,
                                  .channels = channels,
                                  .lanes = lanes,
                                  .blocks = (lanes + BLOCK_LANES - 1) / BLOCK_LANES,
                                  .phases = lanes_phases(channels),
                                  .threads = lanes_threads(plan->terms, lanes),
                                  .share = first ? (real)M_SQRT1_2 : 1};
    c->rooms = arena_alloc(&tape->arena, c->threads, sizeof *c->rooms);
    clifford_squares(&plan->algebra, frame->value.data, c->squares);
    lay_coefficients(c, weight->value.data, &tape->arena);
    struct variable *y = tape_record(tape, 3, (const size_t[]){blades, c->batch, channels},
                                     (struct variable *[]){frame, x, z, weight, first}, 5,
                                     product_backward);
    y->context = c;
#pragma omp parallel for schedule(static) num_threads(c->threads) if (c->threads > 1)
    for (size_t block = 0; block < c->blocks; block++)
        block_forward(c, x->value.data, z->value.data, first ? first->value.data : NULL, block,
                      &c->rooms[omp_get_thread_num()], y->value.data);
    return y;
}
