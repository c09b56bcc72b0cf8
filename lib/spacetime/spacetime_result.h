/* What came of a fitted spacetime: figures for a report or a table. */
#ifndef TESSERAE_SPACETIME_SPACETIME_RESULT_H
#define TESSERAE_SPACETIME_SPACETIME_RESULT_H

#include "base/report.h"
#include "spacetime/spacetime_fit.h"

#include <stdio.h>

struct spacetime_result {
    size_t edges;
    double mse;                /* mean (d - w)^2 over edges */
    double average_distortion; /* mean d / w */
    double distortion_std;     /* of d / w, of the sample */
    double maximum_distortion; /* largest d / w, and the least */
    double minimum_distortion;
    double relative_error;     /* mean |d / w - 1| */
    double directionality;     /* share of edges along which no time decreases */
    struct causality_figures times; /* the product order of the times against searches */
    struct causality_figures answers; /* what a query answers: by the index where there is one */
    size_t parameters;
    double seconds;            /* of training */
};

/*
 * Judges a model by its edges, and by the order's times (nodes, T), which for trained times must
 * be those that came of training.
 */
struct spacetime_result spacetime_judge(const struct spacetime *model,
                                        const struct causal_order *order, const real *points,
                                        const struct dag *dag,
                                        const struct spacetime_targets *targets, uint64_t seed);

/* Whether an order that is promised to be exact was found to be so. */
bool spacetime_keeps_promise(const struct spacetime_result *result,
                             const struct causal_order *order);

/* Puts everything into a report's metrics, with what was done about cycles. */
void spacetime_report(const struct spacetime_result *result, const struct spacetime *model,
                      const struct causal_order *order, const struct dag_changes *changes,
                      struct report *report);

/* The same as one object under the geometry's name, for runs that compare. */
void spacetime_report_geometry(const struct spacetime_result *result,
                               const struct spacetime *model, const struct causal_order *order,
                               const struct dag_changes *changes, struct report *report);

/* The header, and one row, of the table that compares geometries. */
void spacetime_table_header(FILE *file);
void spacetime_table_row(FILE *file, const struct spacetime *model,
                         const struct spacetime_result *result);

#endif
