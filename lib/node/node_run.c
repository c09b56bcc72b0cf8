#include "node/node_run.h"

#include "base/memory.h"
#include "node/node_predict.h"

#include <stdlib.h>
#include <string.h>

void node_run_settle(struct node_settings *s, const struct node_data *data, uint64_t seed)
{
    const struct node_fit fit = {.batch_nodes = s->batch_nodes, .fanout_count = s->fanout_count};
    uint8_t *parts = class_runs_parts(&s->classes, &data->table, 0, seed);
    size_t train = class_runs_training_items(&data->table, parts);
    node_settle_data(s, data, train, node_fit_steps_per_epoch(&fit, data->graph.nodes, train));
    free(parts);
}

static bool train(struct node_settings *s, const struct node_data *data,
                  const struct propagation *propagation, const uint8_t *parts, uint64_t seed,
                  struct node_classifier *model, struct error *error)
{
    struct node_fit fit = {.model = model,
                           .data = data,
                           .propagation = propagation,
                           .self_loop = (real)s->self_loop,
                           .parts = parts,
                           .metric = s->classes.metric,
                           .batch_nodes = s->batch_nodes,
                           .fanout_count = s->fanout_count,
                           .alpha_rate = s->alpha_rate,
                           .block_rate = s->block_rate,
                           .seed = seed};
    memcpy(fit.fanouts, s->fanouts, sizeof fit.fanouts);
    fit.training = s->training;
    char *identity = node_identity(s, &fit);
    fit.training.identity = identity;
    bool good = node_fit(&fit, error);
    free(identity);
    s->training = fit.training;
    return good;
}

static void make_model(const struct node_settings *s, const struct node_data *data,
                       struct trained_classifier *trained)
{
    struct node_classifier_options options = s->model;
    options.features = data->features.columns;
    options.outputs = data->table.classes.count;
    *trained = (struct trained_classifier){.classes = names_copy(&data->table.classes),
                                           .several = data->table.marks != NULL,
                                           .directed = data->graph.directed,
                                           .self_loop = s->self_loop,
                                           .scaling = data->scaling};
    node_classifier_make(&trained->model, &options);
}

/* Trains and judges one repeat. */
static bool run_repeat(struct node_settings *s, const struct node_data *data,
                       const struct propagation *propagation, size_t repeat, uint64_t seed,
                       struct node_run *run, struct error *error)
{
    struct trained_classifier trained;
    uint8_t *parts = class_runs_parts(&s->classes, &data->table, repeat, seed);
    real *probabilities = NULL;
    make_model(s, data, &trained);
    run->runs.parameters = parameters_count(&trained.model.set);
    bool good = class_runs_check_parts(&data->table, parts, repeat, error) &&
                train(s, data, propagation, parts, seed, &trained.model, error);
    if (good)
        probabilities = node_probabilities(&trained.model, data, propagation, trained.several,
                                           error);
    if (!probabilities) {
        trained_classifier_free(&trained);
        free(parts);
        return false;
    }
    if (class_runs_record(&run->runs, &s->classes, &data->table, parts, probabilities,
                          &s->training, s->steps_per_epoch)) {
        trained_classifier_free(&run->best);
        free(run->probabilities);
        run->best = trained;
        run->probabilities = probabilities;
    } else {
        trained_classifier_free(&trained);
        free(probabilities);
    }
    free(parts);
    return true;
}

bool node_run(struct node_settings *s, const struct node_data *data, uint64_t seed,
              struct node_run *run, struct error *error)
{
    struct propagation propagation = {0};
    *run = (struct node_run){0};
    class_runs_make(&run->runs, s->classes.repeats);
    propagation_make(&propagation, &data->graph, node_classifier_norm(&s->model),
                     (real)s->self_loop);
    bool good = true;
    for (size_t r = 0; good && r < s->classes.repeats && !s->training.interrupted; r++)
        good = run_repeat(s, data, &propagation, r, seed + r, run, error);
    propagation_free(&propagation);
    if (!good)
        node_run_free(run);
    return good;
}

void node_run_report(const struct node_run *run, const struct node_settings *settings,
                     struct report *report)
{
    node_report_options(settings, report);
    class_runs_report(&run->runs, report);
}

void node_run_free(struct node_run *run)
{
    trained_classifier_free(&run->best);
    free(run->probabilities);
    class_runs_free(&run->runs);
    *run = (struct node_run){0};
}
