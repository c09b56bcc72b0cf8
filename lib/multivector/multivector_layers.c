#include "multivector/multivector_layers.h"

#include "base/error.h"
#include "base/memory.h"
#include "grad/by_rows.h"
#include "grad/ops.h"

#include <math.h>
#include <stdlib.h>

static struct parameter *add(struct parameters *set, const char *prefix, const char *name,
                             int dimensions, const size_t *shape)
{
    char *full_name = memory_format("%s.%s", prefix, name);
    struct parameter *parameter = parameters_add(set, full_name, dimensions, shape);
    free(full_name);
    return parameter;
}

static void fill(struct parameter *parameter, real value)
{
    for (size_t i = 0, n = tensor_count(&parameter->value); i < n; i++)
        parameter->value.data[i] = value;
}

static void fill_normal(struct parameter *parameter, double deviation, struct rng *rng)
{
    for (size_t i = 0, n = tensor_count(&parameter->value); i < n; i++)
        parameter->value.data[i] = (real)(deviation * rng_normal(rng));
}

/* --- linear --- */

void multivector_linear_make(struct multivector_linear *layer, const struct clifford *algebra,
                             struct parameters *set, const char *prefix, size_t in, size_t out,
                             bool by_grade, bool with_bias)
{
    const size_t shape[3] = {by_grade ? algebra->grades : 1, out, in};
    layer->weight = add(set, prefix, "weight", 3, shape);
    layer->bias = with_bias ? add(set, prefix, "bias", 1, &out) : NULL;
    if (layer->bias)
        layer->bias->decays = false;
}

void multivector_linear_initialise(struct multivector_linear *layer, struct rng *rng)
{
    fill_normal(layer->weight, 1 / sqrt((double)tensor_columns(&layer->weight->value)), rng);
    if (layer->bias)
        fill(layer->bias, 0);
}

struct variable *multivector_linear_apply(struct tape *tape, const struct clifford_plan *plan,
                                          const struct multivector_linear *layer,
                                          struct variable *x)
{
    return multivector_linear(tape, plan, x, tape_parameter(tape, layer->weight),
                              layer->bias ? tape_parameter(tape, layer->bias) : NULL);
}

/* --- products --- */

void multivector_product_layer_make(struct multivector_product_layer *layer,
                                    const struct clifford_plan *plan, struct parameters *set,
                                    const char *prefix, size_t in, size_t out, bool mixes,
                                    bool normalises)
{
    if (!mixes && in != out)
        error_die(EX_SOFTWARE, "a product layer that does not mix keeps its channels");
    const size_t norm_shape[2] = {plan->algebra.grades, in}, shape[3] = {plan->paths, in, out};
    char *left = memory_format("%s.left", prefix), *right = memory_format("%s.right", prefix);
    layer->mixes = mixes;
    multivector_linear_make(&layer->left, &plan->algebra, set, left, in, out, true, true);
    multivector_linear_make(&layer->right, &plan->algebra, set, right, in, in, true, false);
    layer->normalise = normalises ? add(set, prefix, "normalise", 2, norm_shape) : NULL;
    layer->weight = add(set, prefix, "weight", mixes ? 3 : 2, shape);
    free(left);
    free(right);
}

void multivector_product_layer_initialise(struct multivector_product_layer *layer,
                                          const struct clifford_plan *plan, struct rng *rng)
{
    double fan = (double)plan->algebra.grades;
    if (layer->mixes)
        fan *= (double)layer->weight->value.shape[1];
    multivector_linear_initialise(&layer->left, rng);
    multivector_linear_initialise(&layer->right, rng);
    fill_normal(layer->weight, 1 / sqrt(fan), rng);
    if (layer->normalise)
        fill(layer->normalise, 0);
}

struct variable *multivector_product_layer_apply(struct tape *tape,
                                                 const struct clifford_plan *plan,
                                                 struct variable *frame,
                                                 const struct multivector_product_layer *layer,
                                                 struct variable *x)
{
    struct variable *z = multivector_linear_apply(tape, plan, &layer->right, x);
    if (layer->normalise)
        z = multivector_normalise(tape, plan, frame, z, tape_parameter(tape, layer->normalise));
    struct variable *first = multivector_linear_apply(tape, plan, &layer->left, x);
    struct variable *weight = tape_parameter(tape, layer->weight);
    return layer->mixes ? multivector_mix(tape, plan, frame, x, z, weight, first)
                        : multivector_product(tape, plan, frame, x, z, weight, first);
}

/* --- gates --- */

void multivector_silu_make(struct multivector_silu *layer, const struct clifford *algebra,
                           struct parameters *set, const char *prefix, size_t channels)
{
    const size_t shape[2] = {algebra->grades, channels};
    layer->slope = add(set, prefix, "slope", 2, shape);
    layer->shift = add(set, prefix, "shift", 2, shape);
    layer->shift->decays = false;
}

void multivector_silu_initialise(struct multivector_silu *layer)
{
    fill(layer->slope, 1);
    fill(layer->shift, 0);
}

struct variable *multivector_silu_apply(struct tape *tape, const struct clifford_plan *plan,
                                        struct variable *frame,
                                        const struct multivector_silu *layer, struct variable *x)
{
    return multivector_silu(tape, plan, frame, x, tape_parameter(tape, layer->slope),
                            tape_parameter(tape, layer->shift));
}

/* --- CGMLP --- */

static void block_make(struct cgmlp_block *block, const struct clifford_plan *plan,
                       struct parameters *set, const char *prefix, size_t in, size_t out)
{
    char *linear = memory_format("%s.linear", prefix), *silu = memory_format("%s.silu", prefix);
    char *product = memory_format("%s.product", prefix);
    multivector_linear_make(&block->linear, &plan->algebra, set, linear, in, out, true, true);
    multivector_silu_make(&block->silu, &plan->algebra, set, silu, out);
    multivector_product_layer_make(&block->product, plan, set, product, out, out, false, true);
    block->norm = add(set, prefix, "norm", 1, &out);
    block->norm->decays = false;
    free(linear);
    free(silu);
    free(product);
}

void cgmlp_make(struct cgmlp *mlp, const struct clifford_plan *plan, struct parameters *set,
                const char *prefix, size_t in, size_t hidden, size_t out, size_t blocks)
{
    if (blocks < 1 || blocks > CGMLP_MOST_BLOCKS)
        error_die(EX_SOFTWARE, "a CGMLP has 1 to %d blocks", CGMLP_MOST_BLOCKS);
    enum { VALUES_AT_ONCE = 1 << 15 }; /* of a batch of hidden channels */
    size_t values = plan->algebra.blades * (hidden > out ? hidden : out);
    mlp->blocks = blocks;
    mlp->plan = plan;
    mlp->out = out;
    mlp->at_once = values < VALUES_AT_ONCE ? VALUES_AT_ONCE / values : 1;
    for (size_t i = 0; i < blocks; i++) {
        char *name = memory_format("%s.%zu", prefix, i);
        block_make(&mlp->block[i], plan, set, name, i == 0 ? in : hidden,
                   i + 1 == blocks ? out : hidden);
        free(name);
    }
}

void cgmlp_initialise(struct cgmlp *mlp, const struct clifford_plan *plan, struct rng *rng)
{
    for (size_t i = 0; i < mlp->blocks; i++) {
        struct cgmlp_block *block = &mlp->block[i];
        multivector_linear_initialise(&block->linear, rng);
        multivector_silu_initialise(&block->silu);
        multivector_product_layer_initialise(&block->product, plan, rng);
        fill(block->norm, 1);
    }
}

/* All blocks, for a few samples or for many; a by_rows_function. */
static struct variable *apply_blocks(struct tape *tape, struct variable *x, struct variable *frame,
                                     const void *context)
{
    const struct cgmlp *mlp = context;
    const struct clifford_plan *plan = mlp->plan;
    for (size_t i = 0; i < mlp->blocks; i++) {
        const struct cgmlp_block *block = &mlp->block[i];
        x = multivector_linear_apply(tape, plan, &block->linear, x);
        x = multivector_silu_apply(tape, plan, frame, &block->silu, x);
        x = multivector_product_layer_apply(tape, plan, frame, &block->product, x);
        x = multivector_layer_norm(tape, plan, frame, x, tape_parameter(tape, block->norm));
    }
    return x;
}

struct variable *cgmlp_apply(struct tape *tape, const struct clifford_plan *plan,
                             struct variable *frame, const struct cgmlp *mlp, struct variable *x)
{
    size_t blades = plan->algebra.blades, samples = tensor_rows(&x->value) / blades;
    if (samples <= mlp->at_once)
        return apply_blocks(tape, x, frame, mlp);
    return tape_by_rows(tape, x, frame, blades, mlp->out, mlp->at_once, apply_blocks, mlp);
}

/* --- CGGNN --- */

void multivector_edges_make(struct multivector_edges *edges, const struct clifford *algebra,
                            size_t nodes, const uint32_t *senders, const uint32_t *receivers,
                            size_t count)
{
    size_t rows = algebra->blades * count;
    edges->nodes = nodes;
    edges->count = count;
    edges->senders = memory_alloc(rows + 1, sizeof *edges->senders);
    edges->receivers = memory_alloc(rows + 1, sizeof *edges->receivers);
    for (size_t blade = 0; blade < algebra->blades; blade++) {
        for (size_t e = 0; e < count; e++) {
            edges->senders[blade * count + e] = (uint32_t)(blade * nodes) + senders[e];
            edges->receivers[blade * count + e] = (uint32_t)(blade * nodes) + receivers[e];
        }
    }
}

void multivector_edges_free(struct multivector_edges *edges)
{
    free(edges->senders);
    free(edges->receivers);
    *edges = (struct multivector_edges){0};
}

void cggnn_make(struct cggnn *gnn, const struct clifford_plan *plan, struct parameters *set,
                const char *prefix, const struct cggnn_options *options)
{
    if (options->layers > CGGNN_MOST_LAYERS)
        error_die(EX_SOFTWARE, "a CGGNN has at most %d layers", CGGNN_MOST_LAYERS);
    size_t hidden = options->hidden;
    gnn->options = *options;
    char *embed = memory_format("%s.embed", prefix), *project = memory_format("%s.project", prefix);
    multivector_linear_make(&gnn->embed, &plan->algebra, set, embed, options->in, hidden, false,
                            true);
    for (size_t l = 0; l < options->layers; l++) {
        char *edge = memory_format("%s.%zu.edge", prefix, l);
        char *node = memory_format("%s.%zu.node", prefix, l);
        cgmlp_make(&gnn->edge[l], plan, set, edge, hidden + options->edge_channels, hidden, hidden,
                   options->blocks);
        cgmlp_make(&gnn->node[l], plan, set, node, 2 * hidden, hidden, hidden, options->blocks);
        free(edge);
        free(node);
    }
    multivector_linear_make(&gnn->project, &plan->algebra, set, project, hidden, options->out, true,
                            true);
    free(embed);
    free(project);
}

void cggnn_initialise(struct cggnn *gnn, const struct clifford_plan *plan, struct rng *rng)
{
    multivector_linear_initialise(&gnn->embed, rng);
    for (size_t l = 0; l < gnn->options.layers; l++) {
        cgmlp_initialise(&gnn->edge[l], plan, rng);
        cgmlp_initialise(&gnn->node[l], plan, rng);
    }
    multivector_linear_initialise(&gnn->project, rng);
}

/* edge(h_receiver - h_sender, features), averaged at the receivers. */
static struct variable *messages(struct tape *tape, const struct clifford_plan *plan,
                                 struct variable *frame, const struct cgmlp *edge,
                                 const struct multivector_edges *edges, struct variable *h,
                                 struct variable *features)
{
    size_t rows = plan->algebra.blades * edges->count;
    struct variable *message =
        tape_subtract(tape, tape_gather_rows(tape, h, edges->receivers, rows),
                      tape_gather_rows(tape, h, edges->senders, rows));
    if (features)
        message = tape_concatenate_columns(tape, message, features);
    message = cgmlp_apply(tape, plan, frame, edge, message);
    return tape_segment_mean(tape, message, edges->receivers, plan->algebra.blades * edges->nodes);
}

struct variable *cggnn_apply(struct tape *tape, const struct clifford_plan *plan,
                             struct variable *frame, const struct cggnn *gnn,
                             const struct multivector_edges *edges, struct variable *x,
                             struct variable *features)
{
    struct variable *h = multivector_linear_apply(tape, plan, &gnn->embed, x);
    for (size_t l = 0; l < gnn->options.layers; l++) {
        struct variable *received =
            messages(tape, plan, frame, &gnn->edge[l], edges, h, features);
        struct variable *update = cgmlp_apply(tape, plan, frame, &gnn->node[l],
                                              tape_concatenate_columns(tape, h, received));
        h = tape_add(tape, h, update);
    }
    return multivector_linear_apply(tape, plan, &gnn->project, h);
}
