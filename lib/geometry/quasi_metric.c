#include "geometry/quasi_metric.h"

#include "base/threads.h"
#include "tensor/scatter.h"

#include <math.h>
#include <omp.h>

enum { LEAST_PAIRS = 512 }; /* fewer do not pay for a thread */

struct pair_pass {
    struct monotone_pass pass;
    const real *points;  /* (n, dimension): sigma_0 of the points */
    size_t dimension;
    const uint32_t *source, *target;
    size_t count;
    real *scratch;
};

/* --- one block --- */

static size_t lanes_of(const struct pair_pass *pairs, size_t first)
{
    return pairs->count - first < LANES ? pairs->count - first : LANES;
}

/* The differences of a block, (dimension, LANES), with their signs; absent lanes are 0. */
static void load_differences(const struct pair_pass *pairs, size_t first, real *differences)
{
    size_t lanes = lanes_of(pairs, first), dimension = pairs->dimension;
    if (lanes < LANES)
        memset(differences, 0, dimension * LANES * sizeof *differences);
    for (size_t i = 0; i < lanes; i++) {
        const real *x = pairs->points + pairs->source[first + i] * dimension;
        const real *y = pairs->points + pairs->target[first + i] * dimension;
        for (size_t j = 0; j < dimension; j++)
            differences[j * LANES + i] = x[j] - y[j];
    }
}

static real *run_block(const struct pair_pass *pairs, size_t first, real *scratch)
{
    real *input = monotone_input(scratch);
    load_differences(pairs, first, input);
#pragma omp simd
    for (size_t i = 0; i < pairs->dimension * LANES; i++)
        input[i] = input[i] < 0 ? -input[i] : input[i];
    return monotone_run(&pairs->pass, scratch);
}

/* Writes the gradients by x of every pair of the block, (lanes, dimension); by y they are minus. */
static void block_back(const struct pair_pass *pairs, size_t first, real *scratch, const real *dy,
                       struct monotone_gradients *gradients, real *by_source)
{
    size_t lanes = lanes_of(pairs, first), dimension = pairs->dimension;
    run_block(pairs, first, scratch);
    const real *du = monotone_run_back(&pairs->pass, scratch, dy, gradients);
    real *differences = monotone_input(scratch); /* their sizes are of no more use */
    load_differences(pairs, first, differences);
    for (size_t i = 0; i < lanes; i++)
        for (size_t j = 0; j < dimension; j++) {
            real d = differences[j * LANES + i], g = du[j * LANES + i];
            by_source[i * dimension + j] = d > 0 ? g : d < 0 ? -g : 0;
        }
}

/* --- the op; inputs: the points after sigma_0, then the network's --- */

enum { INPUT_POINTS, INPUT_NET };

static void send_to_points(const struct pair_pass *pairs, struct variable *points, real *by_source)
{
    size_t rows = tensor_rows(&points->value), count = pairs->count * pairs->dimension;
    real *gradient = variable_gradient(points);
    scatter_add_rows(by_source, pairs->source, pairs->count, pairs->dimension, gradient, rows);
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        by_source[i] = -by_source[i];
    scatter_add_rows(by_source, pairs->target, pairs->count, pairs->dimension, gradient, rows);
}

static void backward(struct variable *self)
{
    const struct pair_pass *pairs = self->context;
    struct arena *arena = &self->tape->arena;
    size_t threads = threads_for(pairs->count, LEAST_PAIRS);
    struct monotone_gradients *gradients = monotone_gradients_make(&pairs->pass, threads, arena);
    real *by_source = arena_alloc(arena, pairs->count * pairs->dimension, sizeof *by_source);
#pragma omp parallel num_threads(threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        real *scratch = pairs->scratch + thread * pairs->pass.scratch_size;
#pragma omp for schedule(static)
        for (size_t first = 0; first < pairs->count; first += LANES) {
            real dy[LANES] = {0};
            memcpy(dy, self->gradient + first, lanes_of(pairs, first) * sizeof *dy);
            block_back(pairs, first, scratch, dy, &gradients[thread],
                       by_source + first * pairs->dimension);
        }
    }
    if (self->inputs[INPUT_POINTS]->needs_gradient)
        send_to_points(pairs, self->inputs[INPUT_POINTS], by_source);
    monotone_send(&pairs->pass, gradients, threads, self->inputs + INPUT_NET);
}

static const uint32_t *keep_index(const struct variable *result, const uint32_t *index,
                                  size_t count)
{
    return result->needs_gradient ? tape_keep(result->tape, index, count * sizeof *index) : index;
}

static struct variable *network_distances(struct tape *tape, const struct quasi_metric *metric,
                                          struct variable *points, const uint32_t *source,
                                          const uint32_t *target, size_t count)
{
    struct variable *inputs[INPUT_NET + MONOTONE_MOST_VARIABLES];
    inputs[INPUT_POINTS] = points;
    size_t variables = monotone_variables(tape, &metric->net, inputs + INPUT_NET);
    struct variable *result =
        tape_record(tape, 1, &count, inputs, INPUT_NET + variables, backward);
    struct pair_pass *pairs = arena_zeroed(&tape->arena, 1, sizeof *pairs);
    result->context = pairs;
    *pairs = (struct pair_pass){.points = points->value.data,
                                .dimension = metric->net.sizes[0],
                                .source = keep_index(result, source, count),
                                .target = keep_index(result, target, count),
                                .count = count};
    monotone_prepare(&pairs->pass, &metric->net, &tape->arena);
    size_t threads = threads_for(count, LEAST_PAIRS);
    pairs->scratch = arena_alloc(&tape->arena, threads * pairs->pass.scratch_size, sizeof(real));
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t first = 0; first < count; first += LANES) {
        real *scratch =
            pairs->scratch + (size_t)omp_get_thread_num() * pairs->pass.scratch_size;
        memcpy(result->value.data + first, run_block(pairs, first, scratch),
               lanes_of(pairs, first) * sizeof(real));
    }
    return result;
}

struct variable *quasi_metric_distances(struct tape *tape, const struct quasi_metric *metric,
                                        struct variable *points, const uint32_t *source,
                                        const uint32_t *target, size_t count)
{
    struct variable *bent = fractal_apply(tape, points, tape_parameter(tape, metric->exponents),
                                          metric->net.form);
    return network_distances(tape, metric, bent, source, target, count);
}

/* --- parameters --- */

void quasi_metric_make(struct quasi_metric *metric, struct parameters *set, size_t dimension,
                       size_t layers, size_t width, enum exponent_form form)
{
    size_t sizes[MONOTONE_MOST_LAYERS + 1] = {dimension};
    for (size_t l = 1; l <= layers; l++)
        sizes[l] = l < layers ? width : 1;
    metric->exponents = parameters_add(set, "metric.exponents", 1, (const size_t[]){2});
    metric->exponents->decays = false;
    metric->net.form = form;
    metric->net.leaky = false;
    monotone_make(&metric->net, set, "metric", sizes, layers, 2, false);
}

static void set_exponents(const struct quasi_metric *metric, struct parameter *exponents,
                          real small, real large)
{
    exponents->value.data[0] = exponent_raw(metric->net.form, small);
    exponents->value.data[1] = exponent_raw(metric->net.form, large);
}

static void published_layer(struct quasi_metric *metric, size_t l, struct rng *rng)
{
    struct tensor *weight = &metric->net.weight[l]->value;
    size_t count = tensor_count(weight);
    for (size_t i = 0; i < count; i++)
        weight->data[i] = (real)(rng_uniform(rng) / (double)count);
    metric->net.identity[l]->value.data[0] = (real)0.1;
    set_exponents(metric, metric->net.exponents[l], 1 + (real)1e-6, 1 + (real)1e-3);
}

/*
 * |x - y| = (sum (x - y)^2)^(1/2): squares on the way into the first layer, a root on the way into
 * the last. Each unit weighs the squares differently; the units of the next layer take their mean.
 */
static void euclidean_layer(struct quasi_metric *metric, size_t l, struct rng *rng)
{
    struct tensor *weight = &metric->net.weight[l]->value;
    size_t rows = metric->net.sizes[l + 1], columns = metric->net.sizes[l];
    bool first = l == 0, last = l + 1 == metric->net.layers;
    for (size_t k = 0; k < rows; k++) {
        double sum = 0;
        for (size_t j = 0; j < columns; j++) {
            weight->data[k * columns + j] = (real)(0.5 + rng_uniform(rng));
            sum += (double)weight->data[k * columns + j];
        }
        double total = first ? (double)columns : 1;
        for (size_t j = 0; j < columns; j++)
            weight->data[k * columns + j] =
                (real)((double)weight->data[k * columns + j] * total / sum);
    }
    metric->net.identity[l]->value.data[0] = 0;
    real exponent = first ? 2 : last ? (real)0.5 : 1;
    set_exponents(metric, metric->net.exponents[l], exponent, exponent);
}

void quasi_metric_initialise(struct quasi_metric *metric, enum quasi_metric_start start,
                             struct rng *rng)
{
    bool published = start == QUASI_METRIC_PUBLISHED;
    set_exponents(metric, metric->exponents, published ? 1 + (real)1e-6 : 1,
                  published ? 1 + (real)1e-3 : 1);
    for (size_t l = 0; l < metric->net.layers; l++) {
        if (published)
            published_layer(metric, l, rng);
        else
            euclidean_layer(metric, l, rng);
    }
}
