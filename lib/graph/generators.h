/*
 * Generators of regular graphs, and the edge list that all generators fill.
 *
 * Nodes are numbered from 0. Every edge is listed once; where it has a natural direction (along a
 * path, away from the centre or the root) it is listed in that direction.
 */
#ifndef TESSERAE_GRAPH_GENERATORS_H
#define TESSERAE_GRAPH_GENERATORS_H

#include "graph/graph.h"

#include <stdbool.h>
#include <stddef.h>

/* Initialise with {0}; free with edge_list_free. */
struct edge_list {
    struct edge *edges;
    size_t count;
    size_t capacity;
    size_t nodes;
    bool directed;
    bool weighted; /* otherwise every weight is 1 */
};

void edge_list_add(struct edge_list *list, size_t source, size_t target, float weight);
void edge_list_free(struct edge_list *list);

/* The graph of an edge list, its nodes named by their numbers. */
void edge_list_graph(const struct edge_list *list, struct graph *graph);

/* 0 - 1 - ... - (nodes - 1). */
void generate_path(struct edge_list *list, size_t nodes);

/* A path that is closed; at least 3 nodes. */
void generate_cycle(struct edge_list *list, size_t nodes);

/* Node 0 and its neighbours. */
void generate_star(struct edge_list *list, size_t nodes);

/* Every pair of nodes; both directions of it where directed. */
void generate_complete(struct edge_list *list, size_t nodes, bool directed);

/*
 * The first `nodes` nodes of a rectangular grid, row by row, with edges to the right and down.
 * The last row is short when nodes is not a multiple of columns.
 */
void generate_grid(struct edge_list *list, size_t nodes, size_t columns);

/* The balanced tree that is filled level by level; branching children to a node. */
void generate_tree(struct edge_list *list, size_t nodes, size_t branching);

#endif
