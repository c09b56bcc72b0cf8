#include "spacetime/spacetime_run.h"

#include "base/memory.h"
#include "base/progress.h"
#include "spacetime/order_repair.h"

#include <stdlib.h>

static bool read_graph(struct spacetime_input *input, struct stream *stream,
                       const struct spacetime_settings *s, struct error *error)
{
    if (!dag_read(stream, s->cycles, &input->dag, error) ||
        (s->features_path && !spacetime_read_features(s->features_path, &input->dag,
                                                      &input->features, &input->feature_columns,
                                                      error)))
        return false;
    if (input->dag.graph.arcs == 0)
        return error_set(error, EX_DATAERR,
                         "%s: no edge is left between different nodes; expected one at least",
                         stream_name(stream));
    char *changes = dag_changes_text(&input->dag.changes);
    if (changes)
        error_warn("%s: %s", stream_name(stream), changes);
    free(changes);
    return true;
}

bool spacetime_input_read(struct spacetime_input *input, const char *path,
                          const struct spacetime_settings *settings, struct error *error)
{
    *input = (struct spacetime_input){0};
    struct stream *stream = stream_open(path, error);
    bool good = stream && read_graph(input, stream, settings, error);
    if (stream)
        stream_close(stream);
    if (good)
        input->targets = spacetime_targets_make(&input->dag, settings->fit.seed);
    return good;
}

void spacetime_input_free(struct spacetime_input *input)
{
    dag_free(&input->dag);
    free(input->features);
    spacetime_targets_free(&input->targets);
}

/* Trained times, in place of those where training started. */
static void take_trained_times(struct placed_spacetime *placed, const struct spacetime_input *input)
{
    const struct spacetime_options *o = &placed->model.options;
    struct causal_order *order = &placed->order;
    spacetime_events(&placed->model, input->features, o->nodes, NULL, order->times);
    order->trained_directionality =
        causality_directionality(&input->dag, order->times, order->time_dim);
    if (o->geometry == SPACETIME_NEURAL && !o->published)
        order->repaired = order_repair(&input->dag, order->times, order->time_dim);
}

bool spacetime_run(struct spacetime_settings *settings, enum spacetime_geometry geometry,
                   const struct spacetime_input *input, struct placed_spacetime *placed,
                   struct spacetime_result *result, struct error *error)
{
    struct spacetime_fit *fit = &settings->fit;
    struct spacetime_options options = settings->model;
    struct causal_order *order = &placed->order;
    *placed = (struct placed_spacetime){0};
    if (!causal_order_make(order, &input->dag, &settings->causality, error))
        return false;
    options.geometry = geometry;
    options.nodes = input->dag.graph.nodes;
    options.features = input->feature_columns;
    options.time_dim = order->time_dim;
    options.fixed_times = order->ground != GROUND_TRAINED;
    if (!spacetime_make(&placed->model, &options, error))
        return false;
    fit->model = &placed->model;
    fit->dag = &input->dag;
    fit->targets = &input->targets;
    fit->features = input->features;
    fit->start_times = order->times;
    char *identity = spacetime_identity(settings, order);
    fit->training.identity = identity;
    double started = progress_seconds();
    bool good = spacetime_fit(fit, error);
    double seconds = progress_seconds() - started;
    free(identity);
    if (!good)
        return false;
    placed->points = spacetime_raw_points(&placed->model, input->features, options.nodes);
    if (!options.fixed_times)
        take_trained_times(placed, input);
    *result = spacetime_judge(&placed->model, order, placed->points, &input->dag,
                              &input->targets, fit->seed);
    result->seconds = seconds;
    order->checked = result->answers;
    order->misses_nothing = order->causality != CAUSALITY_EDGES ||
                            causality_moves_forward(&input->dag, order->times, order->time_dim);
    return spacetime_keeps_promise(result, order) ||
           error_set(error, EX_SOFTWARE,
                     "the order in time was checked and is wrong; please report this");
}
