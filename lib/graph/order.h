/*
 * Orders of a graph's nodes, for sparse products: where neighbours stand near to each other, what
 * is read of them is still in the cache. order[i] is the node that shall come i-th; graph_subgraph
 * makes the graph of it.
 */
#ifndef TESSERAE_GRAPH_ORDER_H
#define TESSERAE_GRAPH_ORDER_H

#include "graph/graph.h"

/* By the number of arcs, least first; equals as they stand. O(n log n). */
void order_by_degree(const struct graph *graph, uint32_t *order);

/*
 * Reverse Cuthill-McKee: breadth first from a node of the least degree, neighbours by degree, for
 * every component; then all turned round (Cuthill and McKee, "Reducing the bandwidth of sparse
 * symmetric matrices", 1969; George 1971). Of an undirected graph. O(n log n + arcs log degree).
 */
void order_cuthill_mckee(const struct graph *graph, uint32_t *order);

#endif
