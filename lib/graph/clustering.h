/* Clustering coefficients, from the triangles at every node. */
#ifndef TESSERAE_GRAPH_CLUSTERING_H
#define TESSERAE_GRAPH_CLUSTERING_H

#include "graph/graph.h"

struct clustering {
    uint64_t triangles;
    double global;  /* 3 triangles / paths of two edges; 0 where there is no such path */
    double average; /* of the nodes' local coefficients; 0 at nodes of degree 0 or 1 */
};

/*
 * triangles (nodes): the number of triangles at every node of a simple graph. Each triangle is
 * found once, from its node of least degree: O(arcs^1.5). Threaded.
 */
void clustering_triangles(const struct graph *simple, uint64_t *triangles);

struct clustering clustering_of(const struct graph *simple);

#endif
