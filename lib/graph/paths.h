/* Shortest paths: breadth-first search where all weights are equal, Dijkstra elsewhere. */
#ifndef TESSERAE_GRAPH_PATHS_H
#define TESSERAE_GRAPH_PATHS_H

#include "graph/graph.h"

/*
 * Distances from each of the sources to every node, one row per source, (count, nodes) row-major,
 * INFINITY where there is no path. Sources are shared among the threads, 64 at a time where all
 * weights are equal. Weights must be >= 0. Sums are made in double precision and rounded once.
 * O(count (nodes + arcs)) unweighted, with a log factor weighted; memory O(nodes) per thread.
 */
void paths_from(const struct graph *graph, const uint32_t *sources, size_t count, float *distances);

/*
 * How many sources to ask paths_from for at a time when the rows are streamed out: what fits in
 * 16 MiB; more, up to 256 MiB, where that is not a batch for every thread; at least one.
 */
size_t paths_block(const struct graph *graph, int threads);

#endif
