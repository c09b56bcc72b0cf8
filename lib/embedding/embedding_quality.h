/* How well an embedding reproduces distances and neighbourhoods. */
#ifndef TESSERAE_EMBEDDING_EMBEDDING_QUALITY_H
#define TESSERAE_EMBEDDING_EMBEDDING_QUALITY_H

#include "embedding/graph_embedding.h"
#include "graph/pairs.h"

struct embedding_quality {
    size_t pairs;
    double mse;                /* mean (d - g)^2 */
    double average_distortion; /* mean |d / g - 1| */
    double worst_distortion;   /* max(d / g) / min(d / g); infinite when two points coincide */
    double rank_correlation;   /* Spearman's, over at most a million pairs */
};

/* Compares the embedded distances d with the targets g of the pairs. */
struct embedding_quality embedding_quality(const struct graph_embedding *model,
                                           const real *features, const struct pairs *pairs);

/*
 * Mean average precision of neighbourhood reconstruction: for every node v with neighbours, the
 * mean over its neighbours w of the share of neighbours among the nodes that are embedded no
 * farther from v than w is. Exact up to `most_nodes` nodes, else over that many random ones.
 */
double embedding_mean_average_precision(const struct graph_embedding *model, const real *features,
                                        const struct graph *graph, size_t most_nodes,
                                        uint64_t seed);

/* The embedded distances of pairs, (count); for those who judge in their own way. */
void embedding_distances(const struct graph_embedding *model, const real *features,
                         const uint32_t *source, const uint32_t *target, size_t count,
                         real *distances);

/* The points of all nodes as people want them (see space_display_points); free() the result. */
real *embedding_display_points(const struct graph_embedding *model, const real *features);

#endif
