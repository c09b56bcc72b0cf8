#include "spacetime/time_spacing.h"

#include "base/memory.h"
#include "embedding/embedding_loss.h"
#include "grad/ops.h"
#include "graph/sampling.h"
#include "optim/training_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SOURCES = 512, MOST_PAIRS = 100000 };

static const double least_gap = 0.02, rate = 0.05; /* where gaps begin at 1 */

/* --- times of gaps; the op keeps the ranks --- */

/* The level (nodes + 1) of every rank: the sum of the gaps before it. */
static void sum_gaps(const real *logarithms, size_t count, double *levels)
{
    levels[0] = 0;
    for (size_t i = 0; i < count; i++)
        levels[i + 1] = levels[i] + least_gap + exp((double)logarithms[i]);
}

static void spaced_backward(struct variable *self)
{
    struct variable *gaps = self->inputs[0];
    const real *ranks = self->context, *logarithms = gaps->value.data;
    size_t nodes = tensor_rows(&self->value), dim = tensor_columns(&self->value);
    real *gradient = variable_gradient(gaps);
    double *at_rank = arena_alloc(&self->tape->arena, nodes, sizeof *at_rank);
    for (size_t k = 0; k < dim; k++) {
        memset(at_rank, 0, nodes * sizeof *at_rank);
        for (size_t v = 0; v < nodes; v++)
            at_rank[(size_t)ranks[v * dim + k]] += (double)self->gradient[v * dim + k];
        double later = 0; /* what all ranks after the gap receive */
        for (size_t i = nodes - 1; i > 0; i--) {
            later += at_rank[i];
            gradient[k * nodes + i - 1] +=
                (real)(later * exp((double)logarithms[k * nodes + i - 1]));
        }
    }
}

struct variable *tape_spaced_times(struct tape *tape, struct variable *gaps, const real *ranks)
{
    size_t dim = tensor_rows(&gaps->value), nodes = tensor_columns(&gaps->value);
    struct variable *times = tape_record(tape, 2, (const size_t[]){nodes, dim}, &gaps, 1,
                                         spaced_backward);
    times->context = tape_keep(tape, ranks, nodes * dim * sizeof *ranks);
    double *levels = arena_alloc(&tape->arena, nodes + 1, sizeof *levels);
    for (size_t k = 0; k < dim; k++) {
        sum_gaps(gaps->value.data + k * nodes, nodes, levels);
        for (size_t v = 0; v < nodes; v++)
            times->value.data[v * dim + k] = (real)levels[(size_t)ranks[v * dim + k]];
    }
    return times;
}

/* --- intervals; the op keeps which time is the least apart --- */

struct interval_context {
    const uint32_t *source, *target;
    size_t count;
    uint32_t *column;
};

static void interval_backward(struct variable *self)
{
    const struct interval_context *c = self->context;
    size_t columns = tensor_columns(&self->inputs[0]->value);
    real *gradient = variable_gradient(self->inputs[0]);
    for (size_t i = 0; i < c->count; i++) {
        gradient[c->target[i] * columns + c->column[i]] += self->gradient[i];
        gradient[c->source[i] * columns + c->column[i]] -= self->gradient[i];
    }
}

struct variable *tape_intervals(struct tape *tape, struct variable *times, const uint32_t *source,
                                const uint32_t *target, size_t count)
{
    struct variable *result = tape_record(tape, 1, &count, &times, 1, interval_backward);
    struct interval_context c = {tape_keep(tape, source, count * sizeof *source),
                                 tape_keep(tape, target, count * sizeof *target), count,
                                 arena_alloc(&tape->arena, count, sizeof(uint32_t))};
    result->context = tape_keep(tape, &c, sizeof c);
    size_t columns = tensor_columns(&times->value);
    for (size_t i = 0; i < count; i++) {
        const real *x = times->value.data + source[i] * columns;
        const real *y = times->value.data + target[i] * columns;
        size_t least = 0;
        for (size_t k = 1; k < columns; k++)
            least = y[k] - x[k] < y[least] - x[least] ? k : least;
        c.column[i] = (uint32_t)least;
        result->value.data[i] = y[least] - x[least];
    }
    return result;
}

/* --- longest paths --- */

struct path_pairs {
    size_t count;
    uint32_t *source, *target; /* (count) */
    float *length;             /* of the longest path */
    double mean;
};

/* The longest path from u to every node, by weight; below 0 where there is none. */
static void longest_paths(const struct dag *dag, uint32_t u, double *length)
{
    const struct graph *graph = &dag->graph;
    for (size_t v = 0; v < graph->nodes; v++)
        length[v] = -1;
    length[u] = 0;
    for (size_t i = dag->position[u]; i < graph->nodes; i++) {
        uint32_t v = dag->order[i];
        for (size_t a = graph->offsets[v]; length[v] >= 0 && a < graph->offsets[v + 1]; a++) {
            double by = length[v] + (graph->weights ? (double)graph->weights[a] : 1);
            uint32_t w = graph->targets[a];
            length[w] = length[w] < by ? by : length[w];
        }
    }
}

/* Every source gives as many pairs at most, taken at random from all that it reaches. */
static void add_pairs_of(struct path_pairs *pairs, const struct dag *dag, uint32_t u, size_t most,
                         double *length, uint32_t *reached, struct rng *rng)
{
    size_t count = 0;
    longest_paths(dag, u, length);
    for (uint32_t v = 0; v < dag->graph.nodes; v++)
        if (length[v] > 0)
            reached[count++] = v;
    rng_shuffle(rng, reached, count, sizeof *reached);
    for (size_t i = 0; i < count && i < most; i++) {
        pairs->source[pairs->count] = u;
        pairs->target[pairs->count] = reached[i];
        pairs->length[pairs->count++] = (float)length[reached[i]];
    }
}

static void find_pairs(struct path_pairs *pairs, const struct dag *dag, uint64_t seed)
{
    size_t nodes = dag->graph.nodes, sources = MOST_SOURCES;
    struct rng rng = rng_make(seed, RNG_LANDMARKS, 1);
    uint32_t *from = sample_nodes(&dag->graph, &sources, &rng);
    size_t most = MOST_PAIRS / sources;
    *pairs = (struct path_pairs){.source = memory_alloc(MOST_PAIRS, sizeof *pairs->source),
                                 .target = memory_alloc(MOST_PAIRS, sizeof *pairs->target),
                                 .length = memory_alloc(MOST_PAIRS, sizeof *pairs->length)};
    double *length = memory_alloc(nodes, sizeof *length);
    uint32_t *reached = memory_alloc(nodes, sizeof *reached);
    for (size_t i = 0; i < sources; i++)
        add_pairs_of(pairs, dag, from[i], most, length, reached, &rng);
    for (size_t i = 0; i < pairs->count; i++)
        pairs->mean += (double)pairs->length[i] / (double)pairs->count;
    free(from);
    free(length);
    free(reached);
}

static void free_pairs(struct path_pairs *pairs)
{
    free(pairs->source);
    free(pairs->target);
    free(pairs->length);
}

/* --- the fit --- */

struct context {
    struct parameter *gaps;
    const real *ranks;
    struct path_pairs pairs;
    real scale; /* of intervals, so that gaps of 1 are the best equal ones */
};

static struct variable *intervals_of(const struct context *c, struct tape *tape)
{
    struct variable *times = tape_spaced_times(tape, tape_parameter(tape, c->gaps), c->ranks);
    return tape_intervals(tape, times, c->pairs.source, c->pairs.target, c->pairs.count);
}

static struct variable *step_loss(void *data, struct tape *tape, uint64_t step)
{
    (void)step;
    const struct context *c = data;
    struct variable *intervals = tape_affine(tape, intervals_of(c, tape), c->scale, 0);
    return embedding_loss(tape, intervals, c->pairs.length, 1, EMBEDDING_LOSS_RELATIVE);
}

/* The factor of least squared relative error, and the mean of the error with the present scale. */
static double best_scale(const struct context *c, double *error)
{
    struct tape tape = {0};
    const real *intervals = intervals_of(c, &tape)->value.data;
    double sum = 0, squares = 0;
    *error = 0;
    for (size_t i = 0; i < c->pairs.count; i++) {
        double ratio = (double)intervals[i] / (double)c->pairs.length[i];
        sum += ratio;
        squares += ratio * ratio;
        *error += fabs((double)c->scale * ratio - 1) / (double)c->pairs.count;
    }
    tape_free(&tape);
    return squares > 0 ? sum / squares : 1;
}

static real next_above(real x)
{
    return sizeof(real) == sizeof(float) ? (real)nextafterf((float)x, INFINITY)
                                         : (real)nextafter((double)x, INFINITY);
}

/* Ranks become times; levels that rounding would join are parted again. */
static void put_times(const struct context *c, real *times, size_t nodes, size_t dim)
{
    double *sums = memory_alloc(nodes + 1, sizeof *sums);
    real *levels = memory_alloc(nodes, sizeof *levels);
    for (size_t k = 0; k < dim; k++) {
        sum_gaps(c->gaps->value.data + k * nodes, nodes, sums);
        for (size_t i = 0; i < nodes; i++) {
            levels[i] = (real)(sums[i] * (double)c->scale);
            if (i > 0 && levels[i] <= levels[i - 1])
                levels[i] = next_above(levels[i - 1]);
        }
        for (size_t v = 0; v < nodes; v++)
            times[v * dim + k] = levels[(size_t)times[v * dim + k]];
    }
    free(sums);
    free(levels);
}

bool time_spacing_fit(struct time_spacing *spacing, const struct dag *dag, real *times, size_t dim,
                      struct error *error)
{
    size_t nodes = dag->graph.nodes;
    struct parameters set = {0};
    struct context c = {.ranks = times, .scale = 1};
    find_pairs(&c.pairs, dag, spacing->seed);
    c.gaps = parameters_add(&set, "gaps", 2, (const size_t[]){dim, nodes});
    for (size_t i = 0; i < dim * nodes; i++)
        c.gaps->value.data[i] = (real)log(1 - least_gap);
    struct training training = training_defaults(spacing->steps, rate);
    training.schedule.last_rate = rate / 100;
    training.evaluate_every = spacing->steps;
    training.show_progress = spacing->show_progress;
    training.set = &set;
    training.loss = step_loss;
    training.context = &c;
    c.scale = (real)best_scale(&c, &spacing->ranks_error);
    best_scale(&c, &spacing->ranks_error);
    bool good = training_run(&training, error);
    if (good) {
        best_scale(&c, &spacing->error);
        put_times(&c, times, nodes, dim);
    }
    free_pairs(&c.pairs);
    parameters_free(&set);
    return good;
}
