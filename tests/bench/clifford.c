/*
 * One side of the bench of multivector networks: forward, backward and, but for the layer alone,
 * Adam.
 *
 *     clifford CASE FILE
 *
 * CASE is what follows, with anything after a dash left out:
 *   layer   one product layer, n = 5, 32 channels, 32 samples, by all its inputs;
 *   hulls   the network of convex hulls: 16 points in R^5, four product layers of 32 channels, the
 *           invariants to a perceptron; 32 samples;
 *   bodies  the network of charged particles: a CGGNN of three layers of 28 channels in R^3, 100
 *           systems of five particles;
 * Writes data, loss and gradients to FILE and serves as steps.h says.
 */
#include "steps.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "multivector/multivector_layers.h"
#include "nn/mlp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HULL_POINTS = 16, HULL_LAYERS = 4, HULL_BATCH = 32, LAYER_BATCH = 32, WIDE = 32 };
enum { BODIES = 5, SYSTEMS = 100 };
enum { NODES = BODIES * SYSTEMS, EDGES = NODES * (BODIES - 1) };
enum { BODY_CHANNELS = 28, BODY_LAYERS = 3 };

struct work {
    struct clifford_plan plan;
    struct clifford_metric metric;
    struct parameters set;
    struct tape tape;
    size_t dimension, samples, vectors, outputs;
    real *inputs;  /* (samples, vectors, dimension) */
    real *scalars; /* of nodes (NODES), then of edges (EDGES) */
    real *targets; /* as the network's output */
    struct parameter *x;
    struct multivector_product_layer product[HULL_LAYERS];
    struct multivector_linear embed;
    struct mlp head;
    struct cggnn gnn;
    struct multivector_edges edges;
    uint32_t senders[EDGES], receivers[EDGES];
    struct variable *(*loss)(struct work *work, struct variable *frame);
};

static real *random_values(struct rng *rng, size_t count)
{
    real *values = memory_alloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (real)rng_normal(rng);
    return values;
}

static struct variable *constant(struct tape *tape, real *data, size_t samples, size_t channels,
                                 size_t size)
{
    return tape_constant(tape, tensor_of_shape(data, 3, (const size_t[]){samples, channels, size}));
}

/* --- the layer: sum of weights times what comes out --- */

static struct variable *layer_loss(struct work *w, struct variable *frame)
{
    struct tape *tape = &w->tape;
    struct variable *y = multivector_product_layer_apply(tape, &w->plan, frame, &w->product[0],
                                                         tape_parameter(tape, w->x));
    struct tensor weights = y->value;
    weights.data = w->targets;
    return tape_sum(tape, tape_multiply(tape, y, tape_constant(tape, weights)));
}

static void make_layer(struct work *w, struct rng *rng)
{
    size_t blades = w->plan.algebra.blades;
    const size_t shape[3] = {blades, LAYER_BATCH, WIDE};
    w->x = parameters_add(&w->set, "x", 3, shape);
    for (size_t i = 0; i < blades * LAYER_BATCH * WIDE; i++)
        w->x->value.data[i] = (real)rng_normal(rng);
    multivector_product_layer_make(&w->product[0], &w->plan, &w->set, "product.0", WIDE, WIDE,
                                   false, true);
    multivector_product_layer_initialise(&w->product[0], &w->plan, rng);
    w->outputs = blades * LAYER_BATCH * WIDE;
    w->loss = layer_loss;
}

/* --- convex hulls --- */

static struct variable *hulls_loss(struct work *w, struct variable *frame)
{
    struct tape *tape = &w->tape;
    const struct multivector_part points = {
        1, constant(tape, w->inputs, HULL_BATCH, HULL_POINTS, w->dimension)};
    struct variable *x = multivector_enter(tape, &w->plan, frame, &points, 1);
    x = multivector_linear_apply(tape, &w->plan, &w->embed, x);
    for (size_t l = 0; l < HULL_LAYERS; l++)
        x = multivector_product_layer_apply(tape, &w->plan, frame, &w->product[l], x);
    x = mlp_apply(tape, &w->head, multivector_invariants(tape, &w->plan, frame, x));
    return tape_mean_squared_error(tape, x, w->targets);
}

static void make_hulls(struct work *w, struct rng *rng)
{
    const size_t sizes[] = {w->plan.algebra.grades * WIDE, WIDE, 1};
    multivector_linear_make(&w->embed, &w->plan.algebra, &w->set, "embed", HULL_POINTS, WIDE, false,
                            true);
    multivector_linear_initialise(&w->embed, rng);
    for (size_t l = 0; l < HULL_LAYERS; l++) {
        char *name = memory_format("product.%zu", l);
        multivector_product_layer_make(&w->product[l], &w->plan, &w->set, name, WIDE, WIDE, false,
                                       true);
        multivector_product_layer_initialise(&w->product[l], &w->plan, rng);
        free(name);
    }
    mlp_make(&w->head, &w->set, "head", sizes, 2, ACTIVATION_SILU);
    mlp_initialise(&w->head, rng);
    w->samples = HULL_BATCH;
    w->vectors = HULL_POINTS;
    w->outputs = HULL_BATCH;
    w->loss = hulls_loss;
}

/* --- charged particles: charge, position and velocity in, displacement out --- */

static struct variable *bodies_loss(struct work *w, struct variable *frame)
{
    struct tape *tape = &w->tape;
    const struct multivector_part parts[] = {
        {0, constant(tape, w->scalars, NODES, 1, 1)}, {1, constant(tape, w->inputs, NODES, 2, 3)}};
    const struct multivector_part edge = {0, constant(tape, w->scalars + NODES, EDGES, 1, 1)};
    struct variable *x = multivector_enter(tape, &w->plan, frame, parts, 2);
    struct variable *features = multivector_enter(tape, &w->plan, frame, &edge, 1);
    x = cggnn_apply(tape, &w->plan, frame, &w->gnn, &w->edges, x, features);
    x = multivector_leave(tape, &w->plan, frame, x, 1);
    return tape_mean_squared_error(tape, x, w->targets);
}

static void make_bodies(struct work *w, struct rng *rng)
{
    const struct cggnn_options options = {.in = 3, .hidden = BODY_CHANNELS, .out = 1,
                                          .edge_channels = 1, .layers = BODY_LAYERS, .blocks = 2};
    size_t e = 0;
    for (uint32_t node = 0; node < NODES; node++)
        for (uint32_t other = node / BODIES * BODIES; other < (node / BODIES + 1) * BODIES; other++)
            if (other != node) {
                w->receivers[e] = node;
                w->senders[e++] = other;
            }
    multivector_edges_make(&w->edges, &w->plan.algebra, NODES, w->senders, w->receivers, EDGES);
    cggnn_make(&w->gnn, &w->plan, &w->set, "gnn", &options);
    cggnn_initialise(&w->gnn, &w->plan, rng);
    w->samples = NODES;
    w->vectors = 2;
    w->outputs = NODES * 3;
    w->loss = bodies_loss;
}

/* --- the two ways to run --- */

static bool is_case(const char *argument, const char *name)
{
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && (argument[length] == '-' || !argument[length]);
}

static void make_work(struct work *w, const char *name)
{
    const real ones[CLIFFORD_MOST_DIMENSIONS] = {1, 1, 1, 1, 1, 1};
    bool bodies = is_case(name, "bodies");
    struct error error = {0};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    w->dimension = bodies ? 3 : 5;
    if (!clifford_plan_make(&w->plan, w->dimension, ones, &error))
        error_exit(&error);
    clifford_metric_make(&w->metric, CLIFFORD_METRIC_FIXED, w->dimension, &w->set);
    clifford_metric_initialise(&w->metric, ones, &rng);
    if (bodies)
        make_bodies(w, &rng);
    else if (is_case(name, "hulls"))
        make_hulls(w, &rng);
    else
        make_layer(w, &rng);
    w->inputs = random_values(&rng, w->samples * w->vectors * w->dimension + 1);
    w->scalars = random_values(&rng, NODES + EDGES);
    w->targets = random_values(&rng, w->outputs);
}

static double differentiate(void *context)
{
    struct work *w = context;
    tape_reset(&w->tape);
    parameters_zero_gradient(&w->set);
    struct variable *loss = w->loss(w, clifford_metric_frame(&w->metric, &w->tape));
    tape_backward(&w->tape, loss);
    return (double)loss->value.data[0];
}

static void add_reals(struct safetensors *file, const char *name, size_t count, const real *values)
{
    safetensors_add(file, name, DTYPE_F32, 1, &count, values);
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    if (argc != 3)
        error_die(EX_USAGE, "usage: clifford CASE FILE");
    struct work *w = memory_zeroed(1, sizeof *w);
    const size_t edges = EDGES;
    struct safetensors file = {0};
    make_work(w, argv[1]);
    struct steps steps = {.set = &w->set, .differentiate = differentiate, .context = w,
                          .rate = w->x ? 0 : (real)1e-4};
    add_reals(&file, "inputs", w->samples * w->vectors * w->dimension, w->inputs);
    add_reals(&file, "scalars", NODES + EDGES, w->scalars);
    add_reals(&file, "targets", w->outputs, w->targets);
    safetensors_add(&file, "senders", DTYPE_U32, 1, &edges, w->senders);
    safetensors_add(&file, "receivers", DTYPE_U32, 1, &edges, w->receivers);
    steps_write(&steps, &file, argv[2]);
    steps_serve(&steps);
    tape_free(&w->tape);
    multivector_edges_free(&w->edges);
    parameters_free(&w->set);
    clifford_plan_free(&w->plan);
    free(w->inputs);
    free(w->scalars);
    free(w->targets);
    free(w);
    return EX_OK;
}
