#include "node/node_fit.h"

#include "base/memory.h"
#include "dist/ranks.h"
#include "graph/batches.h"
#include "node/node_predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct context {
    struct node_fit *fit;
    struct class_targets targets; /* of all training nodes; items are nodes */
    struct class_targets own;     /* of those of this rank; items are its rows */
    struct row_share share;       /* of a batch among the ranks */
    struct partition partition;   /* of all nodes, or of the positions of the training nodes */
    uint64_t epoch;               /* that the partition is of, plus 1; 0 before the first */
    struct induced induced;
    struct propagation propagation; /* of the induced subgraph */
    struct neighbourhood neighbourhood;
    uint32_t *seeds;              /* of a sampled batch */
    real *features;               /* of a batch */
    size_t features_capacity;
    struct arena arena;           /* of the targets */
    struct error error;           /* what went wrong within a step */
};

size_t node_fit_steps_per_epoch(const struct node_fit *fit, size_t nodes, size_t train)
{
    if (fit->batch_nodes == 0)
        return 1;
    size_t all = fit->fanout_count ? train : nodes;
    return (all + fit->batch_nodes - 1) / fit->batch_nodes;
}

/* --- steps --- */

/* The features of a batch's nodes, as a matrix that is lent until the next batch. */
static struct feature_matrix batch_features(struct context *context, const uint32_t *nodes,
                                            size_t count)
{
    const struct node_data *data = context->fit->data;
    size_t columns = data->features.columns;
    context->features = memory_grow(context->features, &context->features_capacity,
                                    count * columns, sizeof *context->features);
    if (!node_data_features(data, nodes, 0, count, context->features, &context->error))
        memset(context->features, 0xff, count * columns * sizeof *context->features); /* NaN */
    return (struct feature_matrix){.rows = count, .columns = columns, .dense = context->features};
}

/* The partition of the step's epoch; returns the step's part of it. */
static const uint32_t *part_of_step(struct context *context, uint64_t step, size_t total,
                                    size_t *count)
{
    const struct node_fit *fit = context->fit;
    size_t parts = (total + fit->batch_nodes - 1) / fit->batch_nodes;
    uint64_t epoch = step / parts;
    if (context->epoch != epoch + 1)
        partition_draw(&context->partition, total, fit->batch_nodes, fit->seed, epoch);
    context->epoch = epoch + 1;
    return partition_part(&context->partition, step % parts, count);
}

/* The mean loss of the targets of all ranks, this rank's part of it. */
static struct variable *part_of_loss(const struct class_targets *own, struct tape *tape,
                                     struct variable *logits)
{
    double all = (double)own->count;
    ranks_sum_doubles(&all, 1);
    struct variable *loss = class_targets_loss(own, tape, logits);
    if (ranks_count() == 1)
        return loss;
    return tape_affine(tape, loss, all > 0 ? (real)((double)own->count / all) : 0, 0);
}

static struct variable *whole_graph_loss(struct context *context, struct tape *tape,
                                         struct rng *rng)
{
    const struct node_fit *fit = context->fit;
    const struct shared_view shared = shared_view_of(fit->propagation, &fit->data->share);
    const struct node_view view = {.features = &fit->data->matrix,
                                   .matrix = tape_keep(tape, &shared.matrix, sizeof shared.matrix),
                                   .transpose = tape_keep(tape, &shared.transpose,
                                                          sizeof shared.transpose)};
    tape->rows_before = fit->data->share.first;
    struct variable *logits = node_classifier_logits(fit->model, tape, &view, rng);
    return part_of_loss(&context->own, tape, logits);
}

static struct variable *induced_loss(struct context *context, struct tape *tape, uint64_t step,
                                     struct rng *rng)
{
    const struct node_fit *fit = context->fit;
    struct row_share *share = &context->share;
    size_t count;
    const uint32_t *nodes = part_of_step(context, step, fit->data->graph.nodes, &count);
    induced_take(&context->induced, &fit->data->graph, nodes, count);
    propagation_make(&context->propagation, &context->induced.graph,
                     node_classifier_norm(&fit->model->options), fit->self_loop);
    row_share_make(share, count);
    const struct shared_view shared = shared_view_of(&context->propagation, share);
    struct feature_matrix features = batch_features(context, nodes + share->first, share->count);
    const struct node_view view = {.features = &features,
                                   .matrix = tape_keep(tape, &shared.matrix, sizeof shared.matrix),
                                   .transpose = tape_keep(tape, &shared.transpose,
                                                          sizeof shared.transpose)};
    struct class_targets targets =
        class_targets_make(&fit->data->table, fit->parts, SPLIT_TRAIN, nodes + share->first,
                           share->count, &tape->arena);
    tape->rows_before = share->first;
    struct variable *logits = node_classifier_logits(fit->model, tape, &view, rng);
    return part_of_loss(&targets, tape, logits);
}

/* The seeds are shared, and every rank hears what its own need: a node's sample is its own. */
static struct variable *sampled_loss(struct context *context, struct tape *tape, uint64_t step,
                                     struct rng *rng)
{
    const struct node_fit *fit = context->fit;
    struct neighbourhood *sample = &context->neighbourhood;
    size_t count;
    const uint32_t *which = part_of_step(context, step, context->targets.count, &count);
    row_share_make(&context->share, count);
    count = context->share.count;
    for (size_t i = 0; i < count; i++)
        context->seeds[i] = context->targets.items[which[context->share.first + i]];
    neighbourhood_draw(sample, &fit->propagation->matrix, context->seeds, count, fit->fanouts,
                       fit->fanout_count, fit->seed, step);
    struct feature_matrix features = batch_features(context, sample->nodes, sample->rows[0]);
    const struct node_view view = {.features = &features, .matrix = sample->matrix,
                                   .transpose = sample->transpose, .sampled = true};
    struct class_targets targets = class_targets_make(&fit->data->table, fit->parts, SPLIT_TRAIN,
                                                      context->seeds, count, &tape->arena);
    struct variable *logits = node_classifier_logits(fit->model, tape, &view, rng);
    return part_of_loss(&targets, tape, logits);
}

static struct variable *step_loss(void *data, struct tape *tape, uint64_t step)
{
    struct context *context = data;
    struct rng rng = rng_make(context->fit->seed, RNG_NOISE, (uint32_t)step);
    if (context->fit->batch_nodes == 0)
        return whole_graph_loss(context, tape, &rng);
    return context->fit->fanout_count ? sampled_loss(context, tape, step, &rng)
                                      : induced_loss(context, tape, step, &rng);
}

/* --- evaluation --- */

real *node_probabilities(const struct node_classifier *model, const struct node_data *data,
                         const struct propagation *propagation, bool several,
                         struct error *error)
{
    real *values = node_predict(model, data, propagation, NULL, NULL, error);
    if (values)
        class_probabilities(values, data->graph.nodes, model->options.outputs, several);
    return values;
}

static double evaluate(void *data, struct cJSON *line)
{
    struct context *context = data;
    const struct node_fit *fit = context->fit;
    const struct label_table *table = &fit->data->table;
    real *probabilities = node_probabilities(fit->model, fit->data, fit->propagation,
                                             table->marks != NULL, &context->error);
    if (!probabilities)
        return NAN;
    double figure =
        class_figures_evaluate(table, fit->parts, fit->metric, probabilities, line);
    free(probabilities);
    return figure;
}

static void set_block_rates(const struct node_fit *fit)
{
    const struct node_classifier *model = fit->model;
    double rate = fit->training.schedule.rate; /* without one, nothing moves */
    for (size_t l = 0; model->blocks && l < model->options.layers; l++)
        smpnn_block_scale_rates(&model->blocks[l], rate > 0 ? fit->alpha_rate / rate : 0,
                                rate > 0 ? fit->block_rate / rate : 0);
}

/* The training nodes, and which of them are this rank's. */
static void make_targets(struct context *context)
{
    const struct node_fit *fit = context->fit;
    const struct row_share *share = &fit->data->share;
    uint32_t *rows = memory_alloc(share->count, sizeof *rows);
    for (size_t i = 0; i < share->count; i++)
        rows[i] = (uint32_t)(share->first + i);
    context->targets = class_targets_make(&fit->data->table, fit->parts, SPLIT_TRAIN, NULL, 0,
                                          &context->arena);
    context->own = class_targets_make(&fit->data->table, fit->parts, SPLIT_TRAIN, rows,
                                      share->count, &context->arena);
    free(rows);
}

bool node_fit(struct node_fit *fit, struct error *error)
{
    struct context context = {.fit = fit};
    make_targets(&context);
    context.seeds = memory_alloc(fit->batch_nodes, sizeof *context.seeds);
    fit->training.set = &fit->model->set;
    fit->training.loss = step_loss;
    fit->training.evaluate = evaluate;
    fit->training.context = &context;
    node_classifier_initialise(fit->model, fit->seed);
    set_block_rates(fit);
    bool good = training_run(&fit->training, error);
    if (context.error.exit_code != EX_OK) { /* the cause, not what came of it */
        *error = context.error;
        good = false;
    }
    arena_free(&context.arena);
    partition_free(&context.partition);
    induced_free(&context.induced);
    propagation_free(&context.propagation);
    neighbourhood_free(&context.neighbourhood);
    free(context.seeds);
    free(context.features);
    row_share_free(&context.share);
    return good;
}
