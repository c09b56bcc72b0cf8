/*
 * Graphs of random points: who lies near whom, and complete graphs whose weights are a named
 * function w of the Euclidean distance t = |x - y|.
 */
#ifndef TESSERAE_GRAPH_POINT_GRAPHS_H
#define TESSERAE_GRAPH_POINT_GRAPHS_H

#include "base/rng.h"
#include "graph/generators.h"

/* Standard normal in R^dim; uniform in the unit ball; uniform in the cube [0, 1)^dim. */
enum point_distribution { POINTS_NORMAL, POINTS_BALL, POINTS_CUBE };

/* The names of the distributions, NULL-terminated, in the order of the enum. */
extern const char *const point_distribution_names[];

/* Fills points (count, dim), row by row. */
void points_sample(float *points, size_t count, size_t dim, enum point_distribution distribution,
                   struct rng *rng);

/*
 * Weights by name. All are 0 at t = 0 and grow with t; all but `squared` are metrics or, as
 * published, target dissimilarities of "Neural Snowflakes: Universal Latent Graph Inference via
 * Trainable Latent Geometries" (ICLR 2024) and "Neural Spacetimes for DAG Representation Learning"
 * (ICLR 2025).
 */
enum point_weight {
    WEIGHT_EUCLIDEAN,     /* t */
    WEIGHT_SQRT,          /* t^0.5 */
    WEIGHT_SQUARED,       /* t^2 */
    WEIGHT_LOG,           /* log(1 + t) */
    WEIGHT_SQRT_LOG,      /* t^0.5 log(1 + t)^0.5 */
    WEIGHT_ROOT_LOG,      /* t^0.1 log(1 + t)^0.9 */
    WEIGHT_RATIONAL_SQRT, /* 1 - 1 / (1 + t^0.5) */
    WEIGHT_EXP_LOG,       /* 1 - exp(-(t - 1) / log t), continued by 0 at 0, 1 - 1/e at 1 */
    WEIGHT_RATIONAL,      /* 1 - 1 / (1 + t) */
    WEIGHT_RATIONAL_ROOTS /* 1 - 1 / (1 + t^0.2 + t^0.5) */
};

extern const char *const point_weight_names[];

double point_weight(enum point_weight weight, double distance);

/* The complete graph on points (count, dim), weighted. */
void generate_metric(struct edge_list *list, const float *points, size_t count, size_t dim,
                     enum point_weight weight);

/*
 * The random geometric graph: points at a distance of at most radius are joined. Weighted with
 * the weight that is pointed to, unweighted for NULL. Sweeps along the first coordinate.
 */
void generate_geometric(struct edge_list *list, const float *points, size_t count, size_t dim,
                        double radius, const enum point_weight *weight);

/* Gives every edge of a list the weight of its length between points (list->nodes, dim). */
void weigh_edges(struct edge_list *list, const float *points, size_t dim,
                 enum point_weight weight);

/* The radius at which `count` points in the unit cube have `degree` neighbours, border aside. */
double geometric_radius(size_t count, size_t dim, double degree);

#endif
