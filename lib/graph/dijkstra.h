/*
 * Dijkstra's algorithm with an indexed heap of four children per node: decrease-key, so that the
 * heap never holds a node twice, and a tree half as deep as a binary one.
 */
#ifndef TESSERAE_GRAPH_DIJKSTRA_H
#define TESSERAE_GRAPH_DIJKSTRA_H

#include "graph/graph.h"

/* A node of the heap: 16 bytes, four children to a cache line. */
struct dijkstra_entry {
    double distance;
    uint32_t node;
};

/* Working memory of one thread; 28 bytes per node. */
struct dijkstra {
    const struct graph *graph;
    double *distances;           /* (nodes): lengths are summed in double precision */
    uint32_t *positions;         /* (nodes): of a node in the heap */
    struct dijkstra_entry *heap; /* (nodes) */
    size_t heap_count;
};

void dijkstra_begin(struct dijkstra *dijkstra, const struct graph *graph);
void dijkstra_end(struct dijkstra *dijkstra);

/*
 * distances (nodes): the least sum of weights on a path from source, INFINITY where there is
 * none. Weights must be >= 0; O((nodes + arcs) log nodes).
 */
void dijkstra_from(struct dijkstra *dijkstra, uint32_t source, float *distances);

#endif
