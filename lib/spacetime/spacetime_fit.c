#include "spacetime/spacetime_fit.h"

#include "base/memory.h"
#include "embedding/embedding_start.h"
#include "spacetime/order_pairs.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_EVALUATED = 200000, MOST_LANDMARKS = 512, SCANNED = 400000 };

static const real steepness = 10;          /* of the sigmoid of the order's loss, as published */
static const real baseline_start = (real)0.1; /* times count in the baselines' intervals */
static const real edge_margin = (real)0.01;   /* of edges in time, with unrelated pairs */

/* --- targets --- */

struct spacetime_targets spacetime_targets_make(const struct dag *dag, uint64_t seed)
{
    struct spacetime_targets targets = {.nodes = dag->graph.nodes};
    struct edge *edges = graph_edges(&dag->graph, &targets.count);
    struct rng rng = rng_make(seed, RNG_PAIRS, 1);
    rng_shuffle(&rng, edges, targets.count, sizeof *edges);
    targets.source = memory_alloc(targets.count, sizeof *targets.source);
    targets.target = memory_alloc(targets.count, sizeof *targets.target);
    targets.weight = memory_alloc(targets.count, sizeof *targets.weight);
    for (size_t i = 0; i < targets.count; i++) {
        targets.source[i] = edges[i].source;
        targets.target[i] = edges[i].target;
        targets.weight[i] = edges[i].weight;
        targets.mean_weight += (double)edges[i].weight / (double)targets.count;
    }
    graph_from_edges(&targets.undirected, targets.nodes, edges, targets.count, false,
                     dag->graph.weights != NULL, (struct names){0});
    free(edges);
    return targets;
}

void spacetime_targets_free(struct spacetime_targets *targets)
{
    free(targets->source);
    free(targets->target);
    free(targets->weight);
    graph_free(&targets->undirected);
    *targets = (struct spacetime_targets){0};
}

/* --- the start --- */

/* Classical scaling of path lengths, of their roots where the model squares; NULL when it fails. */
static real *start_layout(const struct spacetime_fit *fit, double inverse_scale)
{
    const struct spacetime_options *o = &fit->model->options;
    if (o->features || o->published || o->geometry == SPACETIME_DE_SITTER)
        return NULL;
    struct rng rng = rng_make(fit->seed, RNG_LANDMARKS, 0);
    struct landmarks landmarks = landmarks_of_graph(&fit->targets->undirected, MOST_LANDMARKS,
                                                    &rng);
    real *layout = memory_alloc(o->nodes * o->space_dim, sizeof *layout);
    if (!embedding_scale_landmarks(&landmarks, inverse_scale,
                                   o->geometry == SPACETIME_MINKOWSKI, o->space_dim, layout)) {
        free(layout);
        layout = NULL;
    }
    landmarks_free(&landmarks);
    return layout;
}

/* Points that coincide would have no gradient to part them. */
static void jitter(real *layout, size_t count, struct rng *rng)
{
    for (size_t i = 0; layout && i < count; i++)
        layout[i] += (real)(0.01 * rng_normal(rng));
}

static void start(const struct spacetime_fit *fit, double inverse_scale)
{
    const struct spacetime_options *o = &fit->model->options;
    struct rng rng = rng_make(fit->seed, RNG_INITIAL, 0);
    real *layout = start_layout(fit, inverse_scale);
    jitter(layout, o->nodes * o->space_dim, &rng);
    bool given = fit->start_times && !o->published && !o->fixed_times;
    spacetime_initialise(fit->model, layout, given ? fit->start_times : NULL, &rng);
    struct spacetime *model = fit->model;
    for (size_t v = 0; o->geometry != SPACETIME_NEURAL && model->points && v < o->nodes; v++)
        for (size_t k = model->space_columns; k < model->columns; k++)
            model->points->value.data[v * model->columns + k] *= baseline_start;
    free(layout);
}

/* Free coordinates move fast; the networks' weights, whose every change moves all, slower. */
static void set_rates(struct spacetime *model)
{
    for (size_t i = 0; i < model->set.count; i++)
        if (model->set.list[i] != model->points && !model->options.published)
            model->set.list[i]->rate_scale = (real)0.1;
}

/* --- the loss --- */

struct context {
    const struct spacetime_fit *fit;
    real inverse_scale;
    struct tape evaluation_tape;
    struct order_pairs pairs, fixed_pairs; /* to part in steps, and in evaluations; or not begun */
};

/* Whether unrelated pairs are parted. */
static bool parts_pairs(const struct spacetime_fit *fit)
{
    const struct spacetime_options *o = &fit->model->options;
    return fit->unrelated && o->geometry == SPACETIME_NEURAL && !o->fixed_times;
}

static bool begin_pairs(struct context *context, struct error *error)
{
    const struct spacetime_fit *fit = context->fit;
    if (!parts_pairs(fit))
        return true;
    if (!order_pairs_begin(&context->pairs, fit->dag, fit->unrelated, fit->seed, error) ||
        !order_pairs_begin(&context->fixed_pairs, fit->dag, fit->unrelated, fit->seed, error))
        return false;
    struct rng rng = rng_make(fit->seed, RNG_PAIRS, 2);
    order_pairs_draw(&context->fixed_pairs, &rng);
    return true;
}

/*
 * The loss of some edges, and of pairs where they are parted: new ones with a generator, else the
 * fixed ones. *space is its part of the distances, *time that of the times or NULL.
 */
static struct variable *loss_of(struct context *context, struct tape *tape, size_t first,
                                size_t count, struct rng *rng, struct variable **space,
                                struct variable **time)
{
    const struct spacetime_fit *fit = context->fit;
    const struct spacetime *model = fit->model;
    const uint32_t *source = fit->targets->source + first, *target = fit->targets->target + first;
    struct variable *features = NULL;
    if (fit->features)
        features = tape_constant(tape, tensor_matrix((real *)(uintptr_t)fit->features,
                                                     model->options.nodes,
                                                     model->options.features));
    struct variable *points = spacetime_points(model, tape, features);
    struct variable *distances =
        spacetime_distances(model, tape, points, source, target, count);
    *space = embedding_loss(tape, distances, fit->targets->weight + first,
                            context->inverse_scale, fit->loss);
    *time = NULL;
    if (model->options.fixed_times)
        return *space;
    struct variable *times = spacetime_times(model, tape, points);
    struct order_pairs *pairs = rng ? &context->pairs : &context->fixed_pairs;
    if (pairs->dag && rng) { /* anew in every step: a resumed run has to find the same */
        order_pairs_find(pairs, times->value.data, model->options.time_dim, SCANNED, rng);
        order_pairs_draw(pairs, rng);
    }
    *time = pairs->dag
                ? order_pairs_loss(pairs, tape, times, source, target, count, edge_margin)
                : partial_order_loss(tape, times, source, target, count, steepness);
    return tape_add(tape, *space, *time);
}

static struct variable *step_loss(void *data, struct tape *tape, uint64_t step)
{
    struct context *context = data;
    size_t count = context->fit->targets->count, batch = context->fit->batch;
    size_t batches = (count + batch - 1) / batch, which = step % batches;
    size_t first = count * which / batches, end = count * (which + 1) / batches;
    struct variable *space, *time;
    struct rng rng = rng_make(context->fit->seed, RNG_PAIRS, (uint32_t)step + 3);
    return loss_of(context, tape, first, end - first, &rng, &space, &time);
}

/* The order's loss is 0 only when every edge is in order, so it counts in full. */
static double evaluate(void *data, struct cJSON *line)
{
    struct context *context = data;
    size_t count = context->fit->targets->count;
    struct variable *space, *time;
    tape_reset(&context->evaluation_tape);
    loss_of(context, &context->evaluation_tape, 0,
            count < MOST_EVALUATED ? count : MOST_EVALUATED, NULL, &space, &time);
    double space_loss = (double)space->value.data[0];
    double time_loss = time ? (double)time->value.data[0] : 0;
    if (line) {
        cJSON_AddItemToObject(line, "space_loss", report_number(space_loss));
        cJSON_AddItemToObject(line, "time_loss", report_number(time_loss));
    }
    return space_loss + time_loss;
}

bool spacetime_fit(struct spacetime_fit *fit, struct error *error)
{
    bool published = fit->model->options.published;
    double scale = published ? 1 : fit->targets->mean_weight;
    struct context context = {.fit = fit, .inverse_scale = (real)(1 / scale)};
    fit->training.set = &fit->model->set;
    fit->training.loss = step_loss;
    fit->training.evaluate = evaluate;
    fit->training.context = &context;
    set_rates(fit->model);
    start(fit, 1 / scale);
    bool good = begin_pairs(&context, error) && training_run(&fit->training, error);
    order_pairs_end(&context.pairs);
    order_pairs_end(&context.fixed_pairs);
    fit->model->scale->value.data[0] = (real)scale;
    tape_free(&context.evaluation_tape);
    return good;
}
