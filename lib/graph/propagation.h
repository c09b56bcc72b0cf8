/*
 * Propagation: the matrix by which a graph's nodes hear their neighbours, and its transpose for the
 * way back. Row v has an entry for every arc that ends in v, so messages follow the direction of
 * directed edges.
 *
 *     symmetric   D^-1/2 (A + s I) D^-1/2   the graph convolution of Kipf and Welling (2017)
 *     mean        D^-1 (A + s I)            the mean over those who are heard (GraphSAGE)
 *     sum         A + s I
 *
 * A has the edges' weights (1 without), D the row sums of A + s I, for rows and columns alike; a
 * node whose sum is not positive hears nothing. No values are stored: an undirected graph lends its
 * arcs and weights to both matrices, a directed one is turned round once.
 */
#ifndef TESSERAE_GRAPH_PROPAGATION_H
#define TESSERAE_GRAPH_PROPAGATION_H

#include "graph/graph.h"
#include "tensor/sparse.h"

enum propagation_norm { PROPAGATION_SYMMETRIC, PROPAGATION_MEAN, PROPAGATION_SUM };

/* Initialise with {0}; free with propagation_free. */
struct propagation {
    struct sparse matrix;    /* (nodes, nodes) */
    struct sparse transpose; /* of matrix */
    real *scales;            /* (nodes): what the two share */
    size_t *offsets;         /* of the arcs turned round; NULL in an undirected graph */
    uint32_t *indices;
    real *values;            /* weights as reals, where the graph cannot lend its floats */
    real *turned_values;
    size_t capacity[5];      /* of these arrays */
};

/*
 * Makes the matrices; self_loop is s, 0 for none. The graph must outlive them. Called again on the
 * same struct it reuses the memory: for the subgraphs of a training that allocates nothing once
 * the largest has been seen. O(nodes + arcs).
 */
void propagation_make(struct propagation *propagation, const struct graph *graph,
                      enum propagation_norm norm, real self_loop);

void propagation_free(struct propagation *propagation);

#endif
