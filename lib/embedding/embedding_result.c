#include "embedding/embedding_result.h"

#include "base/memory.h"
#include "base/output.h"
#include "io/csv.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_JUDGED_NODES = 5000, PROFILE_POINTS = 256 };

struct embedding_result embedding_judge(const struct graph_embedding *model, const real *features,
                                        const struct embedding_targets *targets, uint64_t seed)
{
    struct embedding_result result = {.train = embedding_quality(model, features, &targets->train)};
    if (targets->held_out.count)
        result.test = embedding_quality(model, features, &targets->held_out);
    result.mean_average_precision =
        targets->has_graph ? embedding_mean_average_precision(model, features, &targets->graph,
                                                              MOST_JUDGED_NODES, seed)
                           : NAN;
    return result;
}

double embedding_largest_distance(const struct graph_embedding *model, const real *features,
                                  const struct pairs *pairs)
{
    struct graph_embedding base = *model; /* the same parameters, without the snowflake */
    base.has_snowflake = false;
    real *distances = memory_alloc(pairs->count, sizeof *distances);
    embedding_distances(&base, features, pairs->source, pairs->target, pairs->count, distances);
    double largest = 0;
    for (size_t i = 0; i < pairs->count; i++)
        largest = fmax(largest, (double)distances[i]);
    free(distances);
    return largest;
}

static double profile_value(const struct graph_embedding *model, double distance)
{
    return model->has_snowflake ? snowflake_value(&model->snowflake, distance) : distance;
}

static void report_quality(const char *split, const struct embedding_quality *quality,
                           struct report *report)
{
    const struct {
        const char *name;
        double value;
    } figures[] = {{"pairs", (double)quality->pairs},
                   {"mse", quality->mse},
                   {"average_distortion", quality->average_distortion},
                   {"worst_distortion", quality->worst_distortion},
                   {"rank_correlation", quality->rank_correlation}};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        char *name = memory_format("%s%s", split, figures[i].name);
        report_metric(report, name, figures[i].value);
        free(name);
    }
}

static void report_factors(const struct graph_embedding *model, struct report *report)
{
    static const char *const kinds[] = {"euclidean", "hyperbolic", "spherical"};
    cJSON *factors = cJSON_CreateArray();
    for (size_t f = 0; f < model->space.count; f++) {
        const struct factor *factor = &model->space.factors[f];
        double radius = exp((double)model->log_radius->value.data[f]);
        double curvature = factor->kind == FACTOR_EUCLIDEAN    ? 0
                           : factor->kind == FACTOR_HYPERBOLIC ? -1 / (radius * radius)
                                                               : 1 / (radius * radius);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "kind", kinds[factor->kind]);
        cJSON_AddNumberToObject(item, "dimension", (double)factor->dimension);
        cJSON_AddItemToObject(item, "curvature", report_number(curvature));
        cJSON_AddItemToArray(factors, item);
    }
    report_metric_json(report, "factors", factors);
}

static void report_snowflake(const struct graph_embedding *model, double largest,
                             struct report *report)
{
    double exponents[2 * SNOWFLAKE_MOST_LAYERS], power, table[2][PROFILE_POINTS];
    snowflake_exponents(&model->snowflake, exponents, &power);
    report_metric_values(report, "snowflake_exponents", exponents, 2 * model->snowflake.layers);
    report_metric(report, "snowflake_p", power);
    for (size_t i = 0; i < PROFILE_POINTS; i++) {
        table[0][i] = largest * (double)i / (PROFILE_POINTS - 1);
        table[1][i] = profile_value(model, table[0][i]);
    }
    report_metric_values(report, "snowflake_distance", table[0], PROFILE_POINTS);
    report_metric_values(report, "snowflake_value", table[1], PROFILE_POINTS);
}

void embedding_report(const struct embedding_result *result, const struct graph_embedding *model,
                      double largest_distance, struct report *report)
{
    report_quality(result->test.pairs ? "train_" : "", &result->train, report);
    if (result->test.pairs)
        report_quality("test_", &result->test, report);
    report_metric(report, "mean_average_precision", result->mean_average_precision);
    report_metric(report, "parameters", (double)parameters_count(&model->set));
    report_metric(report, "training_s", result->seconds);
    report_factors(model, report);
    if (model->has_snowflake && largest_distance > 0)
        report_snowflake(model, largest_distance, report);
}

void embedding_report_geometry(const struct embedding_result *result,
                               const struct graph_embedding *model, const char *geometry,
                               struct report *report)
{
    struct report part = {.metrics = cJSON_CreateObject()};
    embedding_report(result, model, 0, &part);
    report_metric_json(report, geometry, part.metrics);
}

void embedding_table_header(FILE *file)
{
    fputs("geometry,dim,parameters,split,pairs,mse,average_distortion,worst_distortion,"
          "mean_average_precision,rank_correlation,training_s\n",
          file);
}

void embedding_table_row(FILE *file, const char *geometry, const struct graph_embedding *model,
                         const struct embedding_result *result)
{
    bool test = result->test.pairs > 0;
    const struct embedding_quality *quality = test ? &result->test : &result->train;
    csv_write_field(file, geometry);
    fprintf(file, ",%zu,%zu,%s,%zu,%.6g,%.6g,%.6g,", space_dimension(&model->space),
            parameters_count(&model->set), test ? "test" : "train", quality->pairs, quality->mse,
            quality->average_distortion, quality->worst_distortion);
    if (isfinite(result->mean_average_precision))
        fprintf(file, "%.6g", result->mean_average_precision);
    fprintf(file, ",%.6g,%.3g\n", quality->rank_correlation, result->seconds);
}

bool embedding_profile_write(const char *path, const struct graph_embedding *model,
                             double largest_distance, struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    fputs("distance,value\n", output.file);
    for (size_t i = 0; i < PROFILE_POINTS; i++) {
        double distance = largest_distance * (double)i / (PROFILE_POINTS - 1);
        fprintf(output.file, "%.7g,%.7g\n", distance, profile_value(model, distance));
    }
    return output_commit(&output, error);
}
