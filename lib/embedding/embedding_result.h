/* What came of a fitted embedding: figures for a report or a table, and the learned f. */
#ifndef TESSERAE_EMBEDDING_EMBEDDING_RESULT_H
#define TESSERAE_EMBEDDING_EMBEDDING_RESULT_H

#include "base/report.h"
#include "embedding/embedding_quality.h"
#include "embedding/embedding_targets.h"

struct embedding_result {
    struct embedding_quality train, test; /* test.pairs is 0 when nothing was held out */
    double mean_average_precision;        /* NaN without a graph */
    double seconds;                       /* of training */
};

/* Judges a model on its targets; mean average precision over at most 5,000 nodes. */
struct embedding_result embedding_judge(const struct graph_embedding *model, const real *features,
                                        const struct embedding_targets *targets, uint64_t seed);

/*
 * Puts everything into a report's metrics: the distortions (with test_ in front for held-out
 * pairs), radii and curvatures by factor, the snowflake's exponents, and f tabulated.
 */
void embedding_report(const struct embedding_result *result, const struct graph_embedding *model,
                      double largest_distance, struct report *report);

/* The same as one object under the geometry's name, for runs that compare several. */
void embedding_report_geometry(const struct embedding_result *result,
                               const struct graph_embedding *model, const char *geometry,
                               struct report *report);

/* The header, and one row, of the table that compares geometries. */
void embedding_table_header(FILE *file);
void embedding_table_row(FILE *file, const char *geometry, const struct graph_embedding *model,
                         const struct embedding_result *result);

/* Writes f as CSV distance,value from 0 to the largest distance; f(t) = t without a snowflake. */
bool embedding_profile_write(const char *path, const struct graph_embedding *model,
                             double largest_distance, struct error *error);

/* The largest distance in the base space (before f) among the training pairs. */
double embedding_largest_distance(const struct graph_embedding *model, const real *features,
                                  const struct pairs *pairs);

#endif
