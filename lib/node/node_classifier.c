#include "node/node_classifier.h"

#include "base/memory.h"
#include "nn/message_passing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const node_architecture_names[] = {"smpnn", "gcn", "sgc", "mlp", NULL};
const char *const smpnn_convolution_names[] = {"gcn", "sage", "none", NULL};

/* --- layout --- */

static void add_dense(struct node_classifier *model, const char *name, size_t in, size_t out,
                      bool bias)
{
    char *full_name = memory_format("%s.weight", name);
    model->weights[model->dense] =
        parameters_add(&model->set, full_name, 2, (const size_t[]){out, in});
    free(full_name);
    if (bias) {
        full_name = memory_format("%s.bias", name);
        model->biases[model->dense] = parameters_add(&model->set, full_name, 1, &out);
        model->biases[model->dense]->decays = false;
        free(full_name);
    }
    model->dense++;
}

static void make_smpnn(struct node_classifier *model)
{
    const struct node_classifier_options *o = &model->options;
    add_dense(model, "input", o->features, o->hidden, true);
    model->blocks = memory_zeroed(o->layers, sizeof *model->blocks);
    for (size_t l = 0; l < o->layers; l++) {
        char *prefix = memory_format("block.%zu", l);
        smpnn_block_make(&model->blocks[l], &model->set, prefix, o->hidden, &o->smpnn);
        free(prefix);
    }
    if (o->smpnn.norm) {
        model->norm_scale = parameters_add(&model->set, "output.norm.scale", 1, &o->hidden);
        model->norm_shift = parameters_add(&model->set, "output.norm.shift", 1, &o->hidden);
        model->norm_scale->decays = model->norm_shift->decays = false;
    }
    add_dense(model, "output", o->hidden, o->outputs, true);
}

static void make_layers(struct node_classifier *model)
{
    const struct node_classifier_options *o = &model->options;
    for (size_t l = 0; l < o->layers; l++) {
        char *name = memory_format("layer.%zu", l);
        add_dense(model, name, l ? o->hidden : o->features,
                  l + 1 < o->layers ? o->hidden : o->outputs, true);
        free(name);
    }
}

void node_classifier_make(struct node_classifier *model,
                          const struct node_classifier_options *options)
{
    *model = (struct node_classifier){.options = *options};
    model->weights = memory_zeroed(options->layers + 2, sizeof(void *));
    model->biases = memory_zeroed(options->layers + 2, sizeof(void *));
    switch (options->architecture) {
    case NODE_SMPNN: make_smpnn(model); break;
    case NODE_GCN:
    case NODE_MLP: make_layers(model); break;
    case NODE_SGC: add_dense(model, "layer", options->features, options->outputs, true); break;
    }
}

void node_classifier_initialise(struct node_classifier *model, uint64_t seed)
{
    struct rng rng = rng_make(seed, RNG_INITIAL, 0);
    for (size_t i = 0; i < model->dense; i++) {
        struct tensor *weight = &model->weights[i]->value;
        parameter_start_glorot(model->weights[i], &rng);
        if (model->blocks && i + 1 == model->dense) /* the head of an SMPNN */
            memset(weight->data, 0, tensor_count(weight) * sizeof *weight->data);
        if (model->biases[i])
            for (size_t j = 0, n = tensor_count(&model->biases[i]->value); j < n; j++)
                model->biases[i]->value.data[j] = 0;
    }
    for (size_t l = 0; model->blocks && l < model->options.layers; l++)
        smpnn_block_initialise(&model->blocks[l], &model->options.smpnn, &rng);
    for (size_t j = 0; model->norm_scale && j < model->options.hidden; j++) {
        model->norm_scale->value.data[j] = 1;
        model->norm_shift->value.data[j] = 0;
    }
}

enum propagation_norm node_classifier_norm(const struct node_classifier_options *options)
{
    return options->architecture == NODE_SMPNN && options->smpnn.convolution == SMPNN_SAGE
               ? PROPAGATION_MEAN
               : PROPAGATION_SYMMETRIC;
}

size_t node_classifier_hops(const struct node_classifier_options *options)
{
    bool deaf = options->architecture == NODE_MLP || (options->architecture == NODE_SMPNN &&
                                                      options->smpnn.convolution == SMPNN_NONE);
    return deaf ? 0 : options->layers;
}

/* --- the way forward --- */

size_t node_classifier_stages(const struct node_classifier *model)
{
    return model->options.layers + (model->options.architecture == NODE_SMPNN ? 2 : 1);
}

size_t node_classifier_input_width(const struct node_classifier *model)
{
    return model->weights[0]->value.shape[0];
}

static struct variable *leaf(struct tape *tape, struct parameter *parameter)
{
    return parameter ? tape_parameter(tape, parameter) : NULL;
}

static struct sparse shared_slice(const struct sparse *matrix, const struct row_share *share)
{
    struct sparse slice = *matrix;
    if (share->ranks == 1)
        return slice;
    slice = sparse_slice(matrix, share->first, share->count);
    slice.share = share;
    return slice;
}

struct shared_view shared_view_of(const struct propagation *propagation,
                                  const struct row_share *share)
{
    return (struct shared_view){.matrix = shared_slice(&propagation->matrix, share),
                                .transpose = shared_slice(&propagation->transpose, share)};
}

/* A h, where A is that of the network's hop. */
static struct variable *propagate(struct tape *tape, const struct node_view *view, size_t hop,
                                  struct variable *h)
{
    size_t which = view->sampled ? hop : 0;
    return tape_sparse_multiply(tape, view->matrix + which, view->transpose + which, h);
}

/* The first stage of all architectures: dropout(X) W^T, and the bias of an SMPNN. */
static struct variable *read_features(const struct node_classifier *model, struct tape *tape,
                                      const struct node_view *view, struct rng *rng)
{
    struct parameter *bias = model->options.architecture == NODE_SMPNN ? model->biases[0] : NULL;
    return feature_matrix_product(view->features, tape, leaf(tape, model->weights[0]),
                                  leaf(tape, bias),
                                  rng ? (real)model->options.input_dropout : 0, rng);
}

/* A GCN or MLP from one product with weights to the next: dropout(ReLU([A] h + b)) W^T. */
static struct variable *layer_stage(const struct node_classifier *model, struct tape *tape,
                                    size_t stage, const struct node_view *view, struct variable *h,
                                    struct rng *rng)
{
    if (model->options.architecture == NODE_GCN)
        h = propagate(tape, view, stage - 1, h);
    h = tape_add(tape, h, leaf(tape, model->biases[stage - 1]));
    if (stage == model->options.layers)
        return h;
    h = tape_activation(tape, h, ACTIVATION_RELU);
    if (rng)
        h = tape_dropout(tape, h, (real)model->options.dropout, rng);
    return tape_linear(tape, h, leaf(tape, model->weights[stage]), NULL, ACTIVATION_NONE);
}

/* A^layers (X W^T) + b: the product with the weights comes first, since it is the narrower. */
static struct variable *sgc_stage(const struct node_classifier *model, struct tape *tape,
                                  size_t stage, const struct node_view *view, struct variable *h)
{
    h = propagate(tape, view, stage - 1, h);
    return stage == model->options.layers ? tape_add(tape, h, leaf(tape, model->biases[0])) : h;
}

static struct variable *smpnn_stage(const struct node_classifier *model, struct tape *tape,
                                    size_t stage, const struct node_view *view, struct variable *h,
                                    struct rng *rng)
{
    const struct node_classifier_options *o = &model->options;
    if (stage == 0)
        return read_features(model, tape, view, rng);
    if (stage <= o->layers) {
        bool hears = o->smpnn.convolution != SMPNN_NONE;
        size_t which = view->sampled ? stage - 1 : 0;
        return smpnn_block_apply(&model->blocks[stage - 1], tape, h,
                                 hears ? view->matrix + which : NULL,
                                 hears ? view->transpose + which : NULL, &o->smpnn,
                                 (real)o->dropout, rng);
    }
    const struct message_layer head = {.norm_scale = leaf(tape, model->norm_scale),
                                       .norm_shift = leaf(tape, model->norm_shift),
                                       .norm_epsilon = (real)o->smpnn.norm_epsilon,
                                       .weight = leaf(tape, model->weights[1]),
                                       .bias = leaf(tape, model->biases[1]),
                                       .activation = ACTIVATION_NONE};
    return tape_message_layer(tape, h, &head);
}

struct variable *node_classifier_stage(const struct node_classifier *model, struct tape *tape,
                                       size_t stage, const struct node_view *view,
                                       struct variable *h, struct rng *rng)
{
    if (model->options.architecture == NODE_SMPNN)
        return smpnn_stage(model, tape, stage, view, h, rng);
    if (stage == 0)
        return read_features(model, tape, view, rng);
    return model->options.architecture == NODE_SGC
               ? sgc_stage(model, tape, stage, view, h)
               : layer_stage(model, tape, stage, view, h, rng);
}

struct variable *node_classifier_logits(const struct node_classifier *model, struct tape *tape,
                                        const struct node_view *view, struct rng *rng)
{
    struct variable *h = NULL;
    for (size_t stage = 0; stage < node_classifier_stages(model); stage++)
        h = node_classifier_stage(model, tape, stage, view, h, rng);
    return h;
}

void node_classifier_free(struct node_classifier *model)
{
    free(model->weights);
    free(model->biases);
    free(model->blocks);
    parameters_free(&model->set);
    *model = (struct node_classifier){0};
}
