#include "nn/node_run.h"

#include "base/memory.h"
#include "nn/node_predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double default_shares[3] = {0.6, 0.2, 0.2};

/* --- splits --- */

/* The parts of a repeat; to be freed. */
static uint8_t *parts_of_repeat(const struct node_settings *s, const struct label_table *table,
                                size_t repeat, uint64_t seed)
{
    uint8_t *parts = memory_alloc(table->items, sizeof *parts);
    if (table->splits && !s->has_shares)
        memcpy(parts, table->parts[repeat % table->splits], table->items);
    else /* several labels have no classes to stratify by */
        split_stratified(table->labels, table->items, table->marks ? 1 : table->classes.count,
                         s->has_shares ? s->shares : default_shares, seed, parts);
    return parts;
}

static bool has_mark(const struct label_table *table, size_t item, size_t class)
{
    return table->marks ? table->marks[item * table->classes.count + class] != 0
                        : (size_t)table->labels[item] == class;
}

static void warn_of_absent_classes(const struct label_table *table, const uint32_t *items,
                                   size_t count)
{
    for (size_t c = 0; c < table->classes.count; c++) {
        bool met = false;
        for (size_t i = 0; !met && i < count; i++)
            met = has_mark(table, items[i], c);
        if (!met)
            error_warn("class '%.64s' has no training node; it will hardly be predicted",
                       table->classes.strings[c]);
    }
}

/* Whether there is something to learn from. */
static bool check_parts(const struct label_table *table, const uint8_t *parts, bool warn,
                        struct error *error)
{
    struct arena arena = {0};
    struct class_targets train =
        class_targets_make(table, parts, SPLIT_TRAIN, NULL, 0, &arena);
    struct class_targets validation =
        class_targets_make(table, parts, SPLIT_VALIDATION, NULL, 0, &arena);
    bool good = train.count > 0 ||
                error_set(error, EX_DATAERR,
                          "no training node has a label; expected one at least");
    if (good && warn && validation.count == 0)
        error_warn("the split has no validation node; the parameters with the least training loss "
                   "are kept");
    if (good && warn)
        warn_of_absent_classes(table, train.items, train.count);
    arena_free(&arena);
    return good;
}

/* --- one training --- */

static size_t count_training(const struct label_table *table, const uint8_t *parts)
{
    size_t count = 0;
    for (size_t i = 0; i < table->items; i++)
        count += table->labels[i] >= 0 && parts[i] == SPLIT_TRAIN;
    return count;
}

void node_run_settle(struct node_settings *s, const struct node_data *data, uint64_t seed)
{
    const struct node_fit fit = {.batch_nodes = s->batch_nodes, .fanout_count = s->fanout_count};
    uint8_t *parts = parts_of_repeat(s, &data->table, 0, seed);
    size_t train = count_training(&data->table, parts);
    node_settle_data(s, data, train, node_fit_steps_per_epoch(&fit, data->graph.nodes, train));
    free(parts);
}

static bool train(struct node_settings *s, const struct node_data *data,
                  const struct propagation *propagation, const uint8_t *parts, uint64_t seed,
                  struct node_classifier *model, struct error *error)
{
    struct node_fit fit = {.model = model, .data = data, .propagation = propagation,
                           .self_loop = (real)s->self_loop, .parts = parts, .metric = s->metric,
                           .batch_nodes = s->batch_nodes, .fanout_count = s->fanout_count,
                           .alpha_rate = s->alpha_rate, .seed = seed};
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

/* Keeps a repeat's model and probabilities where they are the best so far. */
static void keep_best(struct node_run *run, size_t repeat, enum class_metric metric,
                      struct trained_classifier *trained, real *probabilities)
{
    const struct class_figures *all = run->figures[SPLIT_VALIDATION];
    bool better = repeat == 0 || class_figures_rank(&all[repeat], metric) <
                                     class_figures_rank(&all[run->best_repeat], metric);
    if (better) {
        trained_classifier_free(&run->best);
        free(run->probabilities);
        run->best = *trained;
        run->probabilities = probabilities;
        run->best_repeat = repeat;
    } else {
        trained_classifier_free(trained);
        free(probabilities);
    }
}

/* Trains and judges one repeat. */
static bool run_repeat(struct node_settings *s, const struct node_data *data,
                       const struct propagation *propagation, size_t repeat, uint64_t seed,
                       struct node_run *run, struct error *error)
{
    struct trained_classifier trained;
    uint8_t *parts = parts_of_repeat(s, &data->table, repeat, seed);
    real *probabilities = NULL;
    make_model(s, data, &trained);
    run->parameters = parameters_count(&trained.model.set);
    bool good = check_parts(&data->table, parts, repeat == 0, error) &&
                train(s, data, propagation, parts, seed, &trained.model, error);
    if (good)
        probabilities = node_probabilities(&trained.model, data, propagation, trained.several,
                                           error);
    if (!probabilities) {
        trained_classifier_free(&trained);
        free(parts);
        return false;
    }
    for (enum split_part part = SPLIT_TRAIN; part < SPLIT_PARTS; part++)
        run->figures[part][repeat] = class_figures_of(&data->table, parts, part, probabilities);
    size_t per_epoch = s->training.schedule.steps / s->epochs; /* 0 with --steps */
    run->best_epochs[repeat] = (double)s->training.best_step / (double)(per_epoch ? per_epoch : 1);
    run->seconds_per_epoch = s->training.seconds_per_step * (double)(per_epoch ? per_epoch : 1);
    keep_best(run, repeat, s->metric, &trained, probabilities);
    free(parts);
    return true;
}

bool node_run(struct node_settings *s, const struct node_data *data, uint64_t seed,
              struct node_run *run, struct error *error)
{
    struct propagation propagation = {0};
    *run = (struct node_run){.best_epochs = memory_alloc(s->repeats, sizeof(double))};
    for (int part = 0; part < SPLIT_PARTS; part++)
        run->figures[part] = memory_zeroed(s->repeats, sizeof *run->figures[part]);
    propagation_make(&propagation, &data->graph, node_classifier_norm(&s->model),
                     (real)s->self_loop);
    bool good = true;
    for (size_t r = 0; good && r < s->repeats && !s->training.interrupted; r++) {
        good = run_repeat(s, data, &propagation, r, seed + r, run, error);
        run->repeats += good;
    }
    propagation_free(&propagation);
    if (!good)
        node_run_free(run);
    return good;
}

void node_run_report(const struct node_run *run, const struct node_settings *settings,
                     struct report *report)
{
    node_report_options(settings, report);
    for (enum split_part part = SPLIT_TRAIN; part < SPLIT_PARTS; part++)
        class_figures_report(run->figures[part], run->repeats, part, report);
    report_metric(report, "parameters", (double)run->parameters);
    report_metric(report, "seconds_per_epoch", run->seconds_per_epoch);
    report_metric(report, "best_repeat", (double)run->best_repeat);
    if (run->repeats == 1)
        report_metric(report, "best_epoch", run->best_epochs[0]);
    else
        report_metric_repeated(report, "best_epoch", run->best_epochs, run->repeats);
}

void node_run_free(struct node_run *run)
{
    trained_classifier_free(&run->best);
    free(run->probabilities);
    for (int part = 0; part < SPLIT_PARTS; part++)
        free(run->figures[part]);
    free(run->best_epochs);
    *run = (struct node_run){0};
}
