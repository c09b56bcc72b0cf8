#include "pathway/joint.h"

#include "base/memory.h"
#include "grad/ops.h"
#include "optim/training_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct joint_options joint_defaults(void)
{
    return (struct joint_options){.batch = 256, .rate = 0.01, .first_beta = 1, .last_beta = 32};
}

void joint_make(struct joint *j, const struct router *router)
{
    size_t nodes = router->nodes - 1, inputs = router->inputs;
    *j = (struct joint){.router = router,
                        .outputs = router->columns.labels ? router->classes.count : 1};
    const size_t shape[] = {nodes, inputs}, maps[] = {nodes * j->outputs, inputs};
    j->prototypes = parameters_add(&j->set, "prototypes", 2, shape);
    j->weight = parameters_add(&j->set, "weight", 2, maps);
    j->bias = parameters_add(&j->set, "bias", 1, maps);
    memcpy(j->prototypes->value.data, router->centres + inputs, nodes * inputs * sizeof(real));
}

void joint_free(struct joint *j)
{
    parameters_free(&j->set);
}

/* |x - p| for all rows and prototypes, by |x|^2 - 2 x p + |p|^2: (rows, nodes - 1). */
static struct variable *distances(struct tape *tape, struct variable *x, struct variable *p)
{
    struct variable *cross = tape_affine(tape, tape_matmul(tape, x, false, p, true), -2, 0);
    struct variable *x_norms = tape_row_sum(tape, tape_multiply(tape, x, x));
    struct variable *p_norms = tape_row_sum(tape, tape_multiply(tape, p, p));
    size_t rows = tensor_rows(&x->value);
    x_norms = tape_reshape(tape, x_norms, 2, (const size_t[]){rows, 1});
    struct variable *squares = tape_add(tape, tape_add(tape, cross, x_norms), p_norms);
    return tape_function(tape, tape_clamp_below(tape, squares, (real)1e-12),
                         FUNCTION_SQUARE_ROOT);
}

/*
 * The weight of every node but the root: its share among its siblings times the weight of its
 * parent (rows, nodes - 1). Groups of siblings stand one after the other, parents first.
 */
static struct variable *gate(struct tape *tape, const struct router *r, struct variable *d,
                             real beta)
{
    struct variable *weights = NULL, *closeness = tape_affine(tape, d, -beta, 0);
    for (size_t first = 1; first < r->nodes; ) {
        size_t parent = r->parent[first], count = r->children[parent];
        struct variable *share =
            tape_softmax(tape, tape_slice_columns(tape, closeness, first - 1, count));
        if (parent > 0)
            share = tape_multiply(tape, share, tape_slice_columns(tape, weights, parent - 1, 1));
        weights = weights ? tape_concatenate_columns(tape, weights, share) : share;
        first += count;
    }
    return weights;
}

/* 1 for leaves, 0 for inner nodes: whose maps count. */
static struct variable *leaf_mask(struct tape *tape, const struct router *r)
{
    real *mask = arena_alloc(&tape->arena, r->nodes - 1, sizeof *mask);
    for (size_t node = 1; node < r->nodes; node++)
        mask[node - 1] = r->children[node] == 0;
    return tape_constant(tape, tensor_matrix(mask, 1, r->nodes - 1));
}

struct variable *joint_loss(struct tape *tape, const struct joint *j, const real *x_values,
                            const real *targets, const int32_t *labels, size_t rows, real beta)
{
    const struct router *r = j->router;
    size_t nodes = r->nodes - 1;
    struct variable *x =
        tape_constant(tape, tensor_matrix((real *)(uintptr_t)x_values, rows, r->inputs));
    struct variable *d = distances(tape, x, tape_parameter(tape, j->prototypes));
    struct variable *w = tape_multiply(tape, gate(tape, r, d, beta), leaf_mask(tape, r));
    struct variable *maps = tape_linear(tape, x, tape_parameter(tape, j->weight),
                                        tape_parameter(tape, j->bias), ACTIVATION_NONE);
    uint32_t *row_of = arena_alloc(&tape->arena, rows * nodes, sizeof *row_of);
    for (size_t i = 0; i < rows * nodes; i++)
        row_of[i] = (uint32_t)(i / nodes);
    maps = tape_reshape(tape, maps, 2, (const size_t[]){rows * nodes, j->outputs});
    w = tape_reshape(tape, w, 2, (const size_t[]){rows * nodes, 1});
    struct variable *sum = tape_segment_sum(tape, tape_multiply(tape, maps, w), row_of, rows);
    return labels ? tape_cross_entropy(tape, sum, labels)
                  : tape_mean_squared_error(tape, sum, targets);
}

/* --- training --- */

struct run {
    struct joint joint;
    const struct joint_options *options;
    const real *rows;     /* (count, inputs + 1) */
    size_t count;
    real target_mean, target_scale;
    double mean_distance; /* to the nearest prototype */
};

static struct variable *step_loss(void *context, struct tape *tape, uint64_t step)
{
    const struct run *run = context;
    const struct router *r = run->joint.router;
    const struct joint_options *o = run->options;
    size_t inputs = r->inputs;
    struct rng rng = rng_make(o->seed, RNG_BATCHES, (uint32_t)step);
    real *x = arena_alloc(&tape->arena, o->batch * inputs, sizeof *x);
    real *targets = arena_alloc(&tape->arena, o->batch, sizeof *targets);
    int32_t *labels = arena_alloc(&tape->arena, o->batch, sizeof *labels);
    for (size_t i = 0; i < o->batch; i++) {
        const real *row = run->rows + rng_below(&rng, run->count) * (inputs + 1);
        standardise(&r->scaling, row, 1, x + i * inputs);
        labels[i] = (int32_t)row[inputs];
        targets[i] = (row[inputs] - run->target_mean) / run->target_scale;
    }
    double part = (double)step / (double)o->steps;
    double beta = o->first_beta * pow(o->last_beta / o->first_beta, part) / run->mean_distance;
    return joint_loss(tape, &run->joint, x, targets, r->columns.labels ? labels : NULL, o->batch,
                      (real)beta);
}

static double mean_distance(const struct router *r, const real *rows, size_t count)
{
    real *z = memory_alloc(r->inputs, sizeof *z);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        real d[2] = {0, 0};
        standardise(&r->scaling, rows + i * (r->inputs + 1), 1, z);
        for (size_t node = 0; r->children[node] > 0; )
            node = router_nearest_child(r, node, z, NULL, d);
        sum += sqrt((double)d[0]);
    }
    free(z);
    return sum > 0 ? sum / (double)count : 1;
}

static void fit_target(struct run *run)
{
    size_t inputs = run->joint.router->inputs;
    real *targets = memory_alloc(run->count, sizeof *targets);
    for (size_t i = 0; i < run->count; i++)
        targets[i] = run->rows[i * (inputs + 1) + inputs];
    standardisation_fit(&(struct standardisation){1, &run->target_mean, &run->target_scale},
                        targets, run->count);
    free(targets);
}

bool joint_refine(struct router *router, const struct joint_options *options, const real *rows,
                  size_t count, struct error *error)
{
    if (router->leaves < 2)
        return true;
    struct run run = {.options = options, .rows = rows, .count = count,
                      .mean_distance = mean_distance(router, rows, count)};
    joint_make(&run.joint, router);
    fit_target(&run);
    struct training training = training_defaults(options->steps, options->rate);
    training.set = &run.joint.set;
    training.loss = step_loss;
    training.context = &run;
    training.evaluate_every = 0; /* the last prototypes count, since beta grows */
    training.schedule.last_rate = options->rate / 100;
    bool good = training_run(&training, error) &&
                (!training.interrupted || error_set(error, EXIT_INTERRUPTED, "interrupted"));
    if (good)
        memcpy(router->centres + router->inputs, run.joint.prototypes->value.data,
               (router->nodes - 1) * router->inputs * sizeof(real));
    joint_free(&run.joint);
    return good;
}
