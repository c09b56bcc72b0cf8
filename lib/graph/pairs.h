/*
 * Pairs of nodes with a target distance: what an embedding is fitted to.
 */
#ifndef TESSERAE_GRAPH_PAIRS_H
#define TESSERAE_GRAPH_PAIRS_H

#include "base/rng.h"
#include "graph/graph.h"
#include "io/array.h"

struct pairs {
    size_t count;
    uint32_t *source;   /* (count) */
    uint32_t *target;   /* (count) */
    float *distance;    /* (count), finite and > 0 */
    size_t unreachable; /* pairs that were left out since no path joins them */
};

/* All pairs of distinct nodes, by shortest paths; (N (N - 1) / 2). Memory 12 bytes a pair. */
struct pairs pairs_all(const struct graph *graph, bool show_progress);

/* The edges with their weights (1 where there are none). */
struct pairs pairs_edges(const struct graph *graph);

/*
 * About `count` pairs with their shortest paths: from `landmarks` random nodes to random others,
 * and, in an unweighted graph, the edges too (at most half of the pairs), so that neighbourhoods
 * are seen. Memory O(nodes + count).
 */
struct pairs pairs_sampled(const struct graph *graph, size_t count, size_t landmarks,
                           struct rng *rng, bool show_progress);

/*
 * All pairs of a symmetric matrix of dissimilarities (N, N); EX_DATAERR when it is not square, not
 * symmetric, not 0 on the diagonal, negative, or not finite, naming row and column.
 */
bool pairs_from_matrix(const struct array *matrix, const char *place, struct pairs *pairs,
                       struct error *error);

/* Random order, so that consecutive pieces are samples without replacement. */
void pairs_shuffle(struct pairs *pairs, struct rng *rng);

/* Moves the last `share` of (shuffled) pairs into a list of their own. */
struct pairs pairs_split(struct pairs *pairs, double share);

/* The mean of the target distances. */
double pairs_mean(const struct pairs *pairs);

void pairs_free(struct pairs *pairs);

#endif
