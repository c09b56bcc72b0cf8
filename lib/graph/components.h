/* Connected components: weak ones, which ignore directions, and strong ones. */
#ifndef TESSERAE_GRAPH_COMPONENTS_H
#define TESSERAE_GRAPH_COMPONENTS_H

#include "graph/graph.h"

/*
 * component[v] (nodes) for every node, numbered by decreasing size and, among equals, by their
 * first node; directions are ignored. Returns the number of components. Union-find.
 */
size_t components(const struct graph *graph, uint32_t *component);

/*
 * As components, of the strong components: a path leads from each node to every other, along the
 * directions. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1972.
 */
size_t components_strong(const struct graph *graph, uint32_t *component);

/* The nodes of the largest component, ascending; free() the result. */
uint32_t *components_largest(const struct graph *graph, size_t *count);

/* Takes all nodes that are not in the largest component out of the graph. */
void components_keep_largest(struct graph *graph);

#endif
