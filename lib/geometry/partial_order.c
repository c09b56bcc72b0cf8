#include "geometry/partial_order.h"

#include "base/threads.h"
#include "tensor/scatter.h"
#include "tensor/vector_math.h"

#include <omp.h>

enum { LEAST_ROWS = 512, LEAST_PAIRS = 8192 }; /* fewer do not pay for a thread */

/* --- T(t), row by row; inputs of the op: the times, then the network's --- */

enum { INPUT_TIMES, INPUT_NET };

struct row_pass {
    struct monotone_pass pass;
    size_t rows, columns;
    const real *times;
    real *scratch;
};

/* Between rows (lanes, columns) and lanes (columns, LANES); absent lanes are 0. */
static void rows_to_lanes(const real *rows, size_t lanes, size_t columns, real *block)
{
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < LANES; i++)
            block[j * LANES + i] = i < lanes ? rows[i * columns + j] : 0;
}

static real *run_block(const struct row_pass *rows, size_t first, size_t lanes, real *scratch)
{
    rows_to_lanes(rows->times + first * rows->columns, lanes, rows->columns,
                  monotone_input(scratch));
    return monotone_run(&rows->pass, scratch);
}

static size_t lanes_of(const struct row_pass *rows, size_t first)
{
    return rows->rows - first < LANES ? rows->rows - first : LANES;
}

static void backward(struct variable *self)
{
    const struct row_pass *rows = self->context;
    struct arena *arena = &self->tape->arena;
    struct variable *times = self->inputs[INPUT_TIMES];
    size_t threads = threads_for(rows->rows, LEAST_ROWS), columns = rows->columns;
    struct monotone_gradients *gradients = monotone_gradients_make(&rows->pass, threads, arena);
    real *dtimes = times->needs_gradient ? variable_gradient(times) : NULL;
    real *room = arena_alloc(arena, threads * columns * LANES, sizeof *room);
#pragma omp parallel num_threads(threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        real *scratch = rows->scratch + thread * rows->pass.scratch_size;
        real *dy = room + thread * columns * LANES;
#pragma omp for schedule(static)
        for (size_t first = 0; first < rows->rows; first += LANES) {
            size_t lanes = lanes_of(rows, first);
            run_block(rows, first, lanes, scratch);
            rows_to_lanes(self->gradient + first * columns, lanes, columns, dy);
            const real *du = monotone_run_back(&rows->pass, scratch, dy, &gradients[thread]);
            for (size_t i = 0; dtimes && i < lanes; i++)
                for (size_t j = 0; j < columns; j++)
                    dtimes[(first + i) * columns + j] += du[j * LANES + i];
        }
    }
    monotone_send(&rows->pass, gradients, threads, self->inputs + INPUT_NET);
}

struct variable *partial_order_apply(struct tape *tape, const struct partial_order *order,
                                     struct variable *times)
{
    struct variable *inputs[INPUT_NET + MONOTONE_MOST_VARIABLES];
    inputs[INPUT_TIMES] = times;
    size_t variables = monotone_variables(tape, &order->net, inputs + INPUT_NET);
    struct variable *result = tape_record(tape, times->value.dimensions, times->value.shape,
                                          inputs, INPUT_NET + variables, backward);
    struct row_pass *rows = arena_zeroed(&tape->arena, 1, sizeof *rows);
    result->context = rows;
    *rows = (struct row_pass){.rows = tensor_rows(&times->value),
                              .columns = tensor_columns(&times->value),
                              .times = times->value.data};
    monotone_prepare(&rows->pass, &order->net, &tape->arena);
    size_t threads = threads_for(rows->rows, LEAST_ROWS);
    rows->scratch = arena_alloc(&tape->arena, threads * rows->pass.scratch_size, sizeof(real));
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t first = 0; first < rows->rows; first += LANES) {
        real *scratch = rows->scratch + (size_t)omp_get_thread_num() * rows->pass.scratch_size;
        size_t lanes = lanes_of(rows, first);
        const real *z = run_block(rows, first, lanes, scratch);
        for (size_t i = 0; i < lanes; i++)
            for (size_t j = 0; j < rows->columns; j++)
                result->value.data[(first + i) * rows->columns + j] = z[j * LANES + i];
    }
    return result;
}

/* --- the loss of pairs; the op keeps what each pair's source gets, (count, columns) --- */

struct loss_context {
    const uint32_t *source, *target;
    size_t count;
    real *slopes;
};

static void loss_backward(struct variable *self)
{
    const struct loss_context *c = self->context;
    struct variable *times = self->inputs[0];
    size_t columns = tensor_columns(&times->value), rows = tensor_rows(&times->value);
    real *gradient = variable_gradient(times), dloss = self->gradient[0];
    for (size_t sign = 0; sign < 2; sign++) { /* then minus the same to the target */
        real factor = sign ? -1 : dloss;
#pragma omp simd
        for (size_t i = 0; i < c->count * columns; i++)
            c->slopes[i] *= factor;
        scatter_add_rows(c->slopes, sign ? c->target : c->source, c->count, columns, gradient,
                         rows);
    }
}

/* Fills a pair's slopes with sigmoid'(steepness d); adds to the loss; whether it is in order. */
static bool pair_loss(const real *x, const real *y, size_t columns, real steepness, real *slopes,
                      double *loss)
{
    real sum = 0;
    bool ordered = true;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < columns; k++) {
        real s = vector_sigmoid(steepness * (x[k] - y[k]));
        sum += s;
        slopes[k] = steepness * s * (1 - s);
    }
    for (size_t k = 0; k < columns; k++)
        ordered &= x[k] <= y[k];
    *loss += (double)sum;
    return ordered;
}

struct variable *partial_order_loss(struct tape *tape, struct variable *times,
                                    const uint32_t *source, const uint32_t *target, size_t count,
                                    real steepness)
{
    struct variable *result = tape_record(tape, 0, NULL, &times, 1, loss_backward);
    size_t columns = tensor_columns(&times->value), ordered = 0;
    const real *z = times->value.data;
    struct loss_context c = {tape_keep(tape, source, count * sizeof *source),
                             tape_keep(tape, target, count * sizeof *target), count,
                             arena_alloc(&tape->arena, count * columns, sizeof(real))};
    result->context = tape_keep(tape, &c, sizeof c);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        ordered += pair_loss(z + source[i] * columns, z + target[i] * columns, columns, steepness,
                             c.slopes + i * columns, &sum);
    real factor = (real)((double)(count - ordered) / (double)count / (double)(count * columns));
    for (size_t i = 0; i < count * columns; i++)
        c.slopes[i] *= factor;
    result->value.data[0] = (real)sum * factor;
    return result;
}

/* The slopes of one pair, max(0, margin + x - y); adds to twice the loss. */
static void hinge_pair(const real *x, const real *y, size_t columns, real margin, real *slopes,
                       double *twice)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < columns; k++) {
        real behind = margin + x[k] - y[k];
        slopes[k] = behind > 0 ? behind : 0;
        sum += slopes[k] * slopes[k];
    }
    *twice += (double)sum;
}

struct variable *partial_order_hinge_loss(struct tape *tape, struct variable *times,
                                          const uint32_t *source, const uint32_t *target,
                                          size_t count, real margin)
{
    struct variable *result = tape_record(tape, 0, NULL, &times, 1, loss_backward);
    size_t columns = tensor_columns(&times->value);
    const real *z = times->value.data;
    struct loss_context c = {tape_keep(tape, source, count * sizeof *source),
                             tape_keep(tape, target, count * sizeof *target), count,
                             arena_alloc(&tape->arena, count * columns, sizeof(real))};
    result->context = tape_keep(tape, &c, sizeof c);
    double twice = 0;
    for (size_t i = 0; i < count; i++)
        hinge_pair(z + source[i] * columns, z + target[i] * columns, columns, margin,
                   c.slopes + i * columns, &twice);
    real factor = count ? 1 / (real)count : 0;
    for (size_t i = 0; i < count * columns; i++)
        c.slopes[i] *= factor;
    result->value.data[0] = (real)(twice / 2) * factor;
    return result;
}

/* --- the loss of pairs apart; the op keeps each pair's coordinate and slope --- */

struct apart_context {
    const uint32_t *source, *target;
    size_t count;
    uint32_t *column;
    real *slope; /* of the loss by z_source, in that column */
};

static void apart_backward(struct variable *self)
{
    const struct apart_context *c = self->context;
    size_t columns = tensor_columns(&self->inputs[0]->value);
    real *gradient = variable_gradient(self->inputs[0]), dloss = self->gradient[0];
    for (size_t i = 0; i < c->count; i++) {
        gradient[c->source[i] * columns + c->column[i]] += dloss * c->slope[i];
        gradient[c->target[i] * columns + c->column[i]] -= dloss * c->slope[i];
    }
}

struct variable *partial_order_apart_loss(struct tape *tape, struct variable *times,
                                          const uint32_t *source, const uint32_t *target,
                                          size_t count, real margin)
{
    struct variable *result = tape_record(tape, 0, NULL, &times, 1, apart_backward);
    size_t columns = tensor_columns(&times->value);
    struct apart_context c = {tape_keep(tape, source, count * sizeof *source),
                              tape_keep(tape, target, count * sizeof *target), count,
                              arena_alloc(&tape->arena, count, sizeof(uint32_t)),
                              arena_alloc(&tape->arena, count, sizeof(real))};
    result->context = tape_keep(tape, &c, sizeof c);
    double twice = 0;
    for (size_t i = 0; i < count; i++) {
        const real *x = times->value.data + source[i] * columns;
        const real *y = times->value.data + target[i] * columns;
        size_t most = 0;
        for (size_t k = 1; k < columns; k++)
            most = x[k] - y[k] > x[most] - y[most] ? k : most;
        real lacking = margin - (x[most] - y[most]);
        lacking = lacking > 0 ? lacking : 0;
        c.column[i] = (uint32_t)most;
        c.slope[i] = -lacking / (real)count;
        twice += (double)lacking * (double)lacking;
    }
    result->value.data[0] = count ? (real)(twice / 2 / (double)count) : 0;
    return result;
}

bool partial_order_precedes(const real *x, const real *y, size_t times)
{
    bool precedes = true;
    for (size_t k = 0; k < times; k++)
        precedes &= x[k] <= y[k];
    return precedes;
}

/* --- parameters --- */

void partial_order_make(struct partial_order *order, struct parameters *set, size_t times,
                        size_t layers, size_t width)
{
    size_t sizes[MONOTONE_MOST_LAYERS + 1] = {times};
    for (size_t l = 1; l <= layers; l++)
        sizes[l] = l < layers ? width : times;
    order->net.form = EXPONENT_FREE;
    order->net.leaky = true;
    monotone_make(&order->net, set, "order", sizes, layers, 1, true);
}

void partial_order_initialise(struct partial_order *order, enum partial_order_start start,
                              struct rng *rng)
{
    bool published = start == PARTIAL_ORDER_PUBLISHED;
    for (size_t l = 0; l < order->net.layers; l++) {
        struct tensor *weight = &order->net.weight[l]->value, *bias = &order->net.bias[l]->value;
        double widest = published ? 1 : 0.01;
        for (size_t i = 0; i < tensor_count(weight); i++)
            weight->data[i] = (real)(widest * rng_uniform(rng));
        for (size_t i = 0; i < tensor_count(bias); i++)
            bias->data[i] = published ? (real)rng_uniform(rng) : 0;
        order->net.identity[l]->value.data[0] = published ? (real)0.1 : 1;
        order->net.exponents[l]->value.data[0] = published ? (real)0.5 : 1;
    }
}
