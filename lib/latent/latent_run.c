#include "latent/latent_run.h"

#include "base/memory.h"
#include "latent/latent_start.h"
#include "tensor/standardise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- rows --- */

static void standardise_matrix(struct latent_rows *rows, struct feature_matrix *matrix)
{
    rows->mean = memory_alloc(matrix->columns, sizeof *rows->mean);
    rows->deviation = memory_alloc(matrix->columns, sizeof *rows->deviation);
    const struct standardisation s = {matrix->columns, rows->mean, rows->deviation};
    feature_matrix_fill(matrix);
    standardisation_fit(&s, matrix->dense, matrix->rows);
    standardise(&s, matrix->dense, matrix->rows, matrix->dense);
}

void latent_rows_make(struct latent_rows *rows, struct node_data *data,
                      const struct latent_settings *settings)
{
    *rows = (struct latent_rows){.inputs = {.features = &data->matrix}};
    if (settings->model.standardise)
        standardise_matrix(rows, &data->matrix);
    if (settings->model.given) {
        propagation_make(&rows->propagation, &data->graph, PROPAGATION_SYMMETRIC,
                         (real)settings->self_loop);
        rows->inputs.given = &rows->propagation;
    }
}

void latent_rows_free(struct latent_rows *rows)
{
    propagation_free(&rows->propagation);
    free(rows->mean);
    free(rows->deviation);
    *rows = (struct latent_rows){0};
}

/* --- one training --- */

bool latent_run_settle(struct latent_settings *s, const struct node_data *data, struct error *error)
{
    struct latent_options *o = &s->model;
    if (o->space_count && data->features.nodes <= o->neighbours)
        return error_set(error, EX_DATAERR,
                         "%zu rows of features for --k %zu; expected more rows "
                         "than neighbours",
                         data->features.nodes, o->neighbours);
    if (s->every.input_dropout < 0)
        s->every.input_dropout = data->words ? 0.5 : 0;
    o->input_dropout = s->every.input_dropout;
    if (s->overlap < 0)
        s->overlap = data->words ? 0.5 : 0.8;
    o->standardise = s->classes.scaling == FEATURES_AUTO && !data->words;
    o->directions = data->words;
    o->self = s->self < 0 ? !data->words && o->space_count > 0 : s->self == 1;
    s->classes.scaling = data->scaling;
    o->features = data->features.columns;
    o->outputs = data->table.classes.count;
    return true;
}

static void make_network(const struct latent_settings *s, const struct latent_rows *rows,
                         uint64_t seed, struct latent_network *network)
{
    size_t bytes = s->model.features * sizeof(real);
    latent_network_make(network, &s->model);
    if (rows->mean) {
        memcpy(network->mean->value.data, rows->mean, bytes);
        memcpy(network->deviation->value.data, rows->deviation, bytes);
    }
    latent_network_start(network, &rows->inputs, s->overlap, s->hidden_share, seed);
}

static bool train(struct latent_settings *s, const struct node_data *data, struct latent_fit *fit,
                  struct error *error)
{
    fit->training = s->training;
    char *identity = latent_identity(s, fit, data);
    fit->training.identity = identity;
    bool good = latent_fit(fit, error);
    free(identity);
    s->training = fit->training;
    return good;
}

static void keep(struct latent_run *run, struct latent_network *network,
                 struct latent_history *history, real *probabilities)
{
    latent_network_free(&run->best.network);
    latent_history_free(&run->history);
    free(run->probabilities);
    run->best.network = *network;
    run->history = *history;
    run->probabilities = probabilities;
}

static bool run_repeat(struct latent_settings *s, const struct node_data *data, size_t repeat,
                       uint64_t seed, struct latent_run *run, struct error *error)
{
    const struct latent_rows *rows = &run->rows;
    struct latent_network network;
    uint8_t *parts = class_runs_parts(&s->classes, &data->table, repeat, seed);
    bool good = class_runs_check_parts(&data->table, parts, repeat, error);
    make_network(s, rows, seed, &network);
    run->runs.parameters = parameters_count(&network.set);
    struct latent_fit fit = {.network = &network,
                             .inputs = rows->inputs,
                             .table = &data->table,
                             .parts = parts,
                             .metric = s->classes.metric,
                             .graph_loss = s->graph_loss,
                             .graph_weight = s->graph_weight,
                             .graph_rate = s->graph_rate,
                             .accuracy_decay = s->accuracy_decay,
                             .draws = (size_t)s->draws,
                             .seed = seed};
    good = good && train(s, data, &fit, error);
    real *probabilities = NULL;
    if (good)
        probabilities = latent_probabilities(&network, &rows->inputs, (size_t)s->draws, seed,
                                             data->table.marks != NULL);
    if (good && class_runs_record(&run->runs, &s->classes, &data->table, parts, probabilities,
                                  &s->training, 1)) {
        keep(run, &network, &fit.history, probabilities);
    } else {
        latent_network_free(&network);
        latent_history_free(&fit.history);
        free(probabilities);
    }
    free(parts);
    return good;
}

bool latent_run(struct latent_settings *s, struct node_data *data, uint64_t seed,
                struct latent_run *run, struct error *error)
{
    *run = (struct latent_run){.best = {.classes = names_copy(&data->table.classes),
                                        .several = data->table.marks != NULL,
                                        .scaling = data->scaling}};
    class_runs_make(&run->runs, s->classes.repeats);
    latent_rows_make(&run->rows, data, s);
    bool good = true;
    for (size_t r = 0; good && r < s->classes.repeats && !s->training.interrupted; r++)
        good = run_repeat(s, data, r, seed + r, run, error);
    if (!good)
        latent_run_free(run);
    return good;
}

void latent_run_remember(struct latent_run *run)
{
    latent_memory_make(&run->best.memory, &run->best.network, &run->rows.inputs);
}

/* --- the report --- */

void latent_run_report(const struct latent_run *run, const struct latent_settings *settings,
                       struct report *report)
{
    const struct latent_history *history = &run->history;
    latent_report_options(settings, report);
    class_runs_report(&run->runs, report);
    report_metric_json(report, "attention", latent_history_lists(history, history->attention));
    report_metric_json(report, "gradient_share",
                       latent_history_lists(history, history->gradient_shares));
}

void latent_run_free(struct latent_run *run)
{
    class_runs_free(&run->runs);
    trained_latent_free(&run->best);
    latent_rows_free(&run->rows);
    latent_history_free(&run->history);
    free(run->probabilities);
    *run = (struct latent_run){0};
}
