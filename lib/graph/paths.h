/* Shortest paths: breadth-first search where all weights are equal, Dijkstra elsewhere. */
#ifndef TESSERAE_GRAPH_PATHS_H
#define TESSERAE_GRAPH_PATHS_H

#include "graph/graph.h"

/*
 * Distances from each of the sources to every node, one row per source, (count, nodes) row-major,
 * INFINITY where there is no path. Sources are shared among the threads. Weights must be >= 0.
 * O(count (nodes + arcs)) unweighted, with a log factor weighted; memory O(nodes) per thread.
 */
void paths_from(const struct graph *graph, const uint32_t *sources, size_t count, float *distances);

/*
 * component[v] (nodes) for every node, numbered by decreasing size; directions are ignored.
 * Returns the number of components.
 */
size_t components(const struct graph *graph, uint32_t *component);

/* The nodes of the largest component, ascending; free() the result. */
uint32_t *components_largest(const struct graph *graph, size_t *count);

#endif
