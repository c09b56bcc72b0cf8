#include "spacetime/spacetime_result.h"

#include "base/memory.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>

static void judge_edges(const struct spacetime *model, const real *points,
                        const struct spacetime_targets *targets, struct spacetime_result *result)
{
    size_t count = result->edges = targets->count;
    real *distances = memory_alloc(count, sizeof *distances);
    spacetime_pair_distances(model, points, targets->nodes, targets->source, targets->target,
                             count, distances);
    double sum = 0, squares = 0;
    result->minimum_distortion = INFINITY;
    result->maximum_distortion = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        double d = (double)distances[i], w = (double)targets->weight[i], ratio = d / w;
        sum += ratio;
        result->mse += (d - w) * (d - w) / (double)count;
        result->relative_error += fabs(ratio - 1) / (double)count;
        result->minimum_distortion = fmin(result->minimum_distortion, ratio);
        result->maximum_distortion = fmax(result->maximum_distortion, ratio);
    }
    result->average_distortion = sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        double off = (double)distances[i] / (double)targets->weight[i] -
                     result->average_distortion;
        squares += off * off;
    }
    result->distortion_std = count > 1 ? sqrt(squares / (double)(count - 1)) : 0;
    free(distances);
}

struct spacetime_result spacetime_judge(const struct spacetime *model,
                                        const struct causal_order *order, const real *points,
                                        const struct dag *dag,
                                        const struct spacetime_targets *targets, uint64_t seed)
{
    struct spacetime_result result = {.parameters = parameters_count(&model->set) - 1};
    judge_edges(model, points, targets, &result); /* all parameters but the scale are learned */
    result.directionality = causality_directionality(dag, order->times, order->time_dim);
    result.times = causality_check(dag, order->times, order->time_dim, NULL, seed);
    result.answers = order->has_index ? causality_check(dag, NULL, 0, &order->index, seed)
                                      : result.times;
    return result;
}

bool spacetime_keeps_promise(const struct spacetime_result *result,
                             const struct causal_order *order)
{
    bool times_right = causality_agreement(&result->times) == 1;
    switch (order->causality) {
    case CAUSALITY_EDGES:
        return !order->misses_nothing || causality_recall(&result->times) == 1;
    case CAUSALITY_LABELS: return causality_recall(&result->times) == 1;
    default:
        return causality_agreement(&result->answers) == 1 &&
               (order->ground == GROUND_SEARCH || times_right);
    }
}

static void report_changes(const struct dag_changes *changes, struct report *report)
{
    size_t gone = changes->broken_count + changes->self_loops + changes->inner_edges;
    report_metric(report, "acyclicity_ceiling",
                  changes->edges ? 1 - (double)gone / (double)changes->edges : 1);
    report_metric(report, "joined_nodes", (double)changes->joined_nodes);
    report_metric(report, "dropped_edges", (double)gone);
}

void spacetime_report(const struct spacetime_result *result, const struct spacetime *model,
                      const struct causal_order *order, const struct dag_changes *changes,
                      struct report *report)
{
    const struct {
        const char *name;
        double value;
    } figures[] = {{"nodes", (double)order->nodes},
                   {"edges", (double)result->edges},
                   {"space_dim", (double)model->options.space_dim},
                   {"time_dim", (double)order->time_dim},
                   {"width", (double)order->width},
                   {"width_is_least", order->width_is_least},
                   {"edge_directionality", result->directionality},
                   {"average_distortion", result->average_distortion},
                   {"distortion_std", result->distortion_std},
                   {"maximum_distortion", result->maximum_distortion},
                   {"minimum_distortion", result->minimum_distortion},
                   {"average_relative_error", result->relative_error},
                   {"mse", result->mse},
                   {"pairs_checked", result->answers.pairs},
                   {"order_agreement", causality_agreement(&result->answers)},
                   {"reachability_precision", causality_precision(&result->answers)},
                   {"reachability_recall", causality_recall(&result->answers)},
                   {"false_positive_rate", causality_false_positive_rate(&result->answers)},
                   {"times_precision", causality_precision(&result->times)},
                   {"times_recall", causality_recall(&result->times)},
                   {"parameters", (double)result->parameters},
                   {"training_s", result->seconds}};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        report_metric(report, figures[i].name, figures[i].value);
    if (order->ground == GROUND_REFINED)
        report_metric(report, "unrefined_precision", order->unrefined_precision);
    if (!isnan(order->interval_error)) {
        report_metric(report, "ranks_interval_error", order->ranks_interval_error);
        report_metric(report, "interval_error", order->interval_error);
    }
    if (order->ground == GROUND_TRAINED) {
        report_metric(report, "trained_directionality", order->trained_directionality);
        report_metric(report, "repaired_nodes", (double)order->repaired);
    }
    report_metric_text(report, "order_by", causality_ground_names[order->ground]);
    char *promise = causal_order_promise(order);
    report_metric_text(report, "promise", promise);
    free(promise);
    report_changes(changes, report);
}

void spacetime_report_geometry(const struct spacetime_result *result,
                               const struct spacetime *model, const struct causal_order *order,
                               const struct dag_changes *changes, struct report *report)
{
    struct report part = {.metrics = cJSON_CreateObject()};
    spacetime_report(result, model, order, changes, &part);
    report_metric_json(report, spacetime_geometry_names[model->options.geometry], part.metrics);
}

void spacetime_table_header(FILE *file)
{
    fputs("geometry,space_dim,time_dim,parameters,average_distortion,distortion_std,"
          "maximum_distortion,minimum_distortion,average_relative_error,mse,edge_directionality,"
          "reachability_precision,reachability_recall\n",
          file);
}

void spacetime_table_row(FILE *file, const struct spacetime *model,
                         const struct spacetime_result *r)
{
    fprintf(file, "%s,%zu,%zu,%zu,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g\n",
            spacetime_geometry_names[model->options.geometry], model->options.space_dim,
            model->options.time_dim, r->parameters, r->average_distortion, r->distortion_std,
            r->maximum_distortion, r->minimum_distortion, r->relative_error, r->mse,
            r->directionality, causality_precision(&r->answers), causality_recall(&r->answers));
}
