/*
 * Neural quasi-metric: a learned distance of points in R^D,
 *
 *     u_0 = |sigma_0(x) - sigma_0(y)|  (entry by entry),   u_j = W_j sigma_j(u_{j-1}),
 *     D(x, y) = u_J,
 *
 * a monotone network (monotone.h) without biases of the differences. D is symmetric, not negative,
 * 0 for x = y, and obeys the triangle inequality up to a factor that the exponents set; with none
 * above 1 it is a metric ("Neural spacetimes for DAG representation learning", ICLR 2025).
 */
#ifndef TESSERAE_GEOMETRY_QUASI_METRIC_H
#define TESSERAE_GEOMETRY_QUASI_METRIC_H

#include "geometry/monotone.h"

struct quasi_metric {
    struct monotone net;              /* D -> width -> ... -> 1 */
    struct parameter *exponents;      /* (2): raw s and l of sigma_0 */
};

enum quasi_metric_start {
    QUASI_METRIC_PUBLISHED, /* V uniform in [0, 1 / (in out)], lambda 0.1, exponents 1 + 1e-6, 1 +
                               1e-3: a very small D at first */
    QUASI_METRIC_EUCLIDEAN  /* D(x, y) = |x - y| but for random parts that tell the units apart */
};

/*
 * Adds the parameters ("metric.exponents", "metric.0.weight", ...) to a set, which owns them.
 * layers is at most MONOTONE_MOST_LAYERS.
 */
void quasi_metric_make(struct quasi_metric *metric, struct parameters *set, size_t dimension,
                       size_t layers, size_t width, enum exponent_form form);

/* QUASI_METRIC_EUCLIDEAN needs EXPONENT_FREE and two layers. */
void quasi_metric_initialise(struct quasi_metric *metric, enum quasi_metric_start start,
                             struct rng *rng);

/*
 * D of pairs (count) of the rows of points (n, D), on the tape. About 2 (D + width (layers - 1))
 * transcendental functions for a pair, twice as many on the way back; keeps only the result.
 */
struct variable *quasi_metric_distances(struct tape *tape, const struct quasi_metric *metric,
                                        struct variable *points, const uint32_t *source,
                                        const uint32_t *target, size_t count);

#endif
