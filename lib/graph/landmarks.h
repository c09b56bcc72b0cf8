/*
 * Landmarks: some nodes with their distances to all nodes, from which a whole layout can be
 * guessed before any training.
 */
#ifndef TESSERAE_GRAPH_LANDMARKS_H
#define TESSERAE_GRAPH_LANDMARKS_H

#include "base/rng.h"
#include "graph/graph.h"
#include "io/array.h"

struct landmarks {
    size_t count;
    size_t nodes;
    uint32_t *landmarks; /* (count) random nodes, all different */
    float *distances;    /* (count, nodes), finite: nodes without a path stand as far away as the
                            farthest pair that has one */
};

/* Shortest paths from random landmarks: as many as 32 MiB of distances hold, at most `most`. */
struct landmarks landmarks_of_graph(const struct graph *graph, size_t most, struct rng *rng);

/* The same from a checked matrix of dissimilarities (N, N). */
struct landmarks landmarks_of_matrix(const struct array *matrix, size_t most, struct rng *rng);

void landmarks_free(struct landmarks *landmarks);

#endif
