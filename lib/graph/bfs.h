/*
 * Breadth-first search: shortest paths by the number of arcs.
 *
 * bfs_batch runs 64 searches at once, one per bit of a word, so that an arc is followed once for
 * all searches that reach it in the same level (Then et al., "The More the Merrier: Efficient
 * Multi-Source Graph Traversal", VLDB 2014).
 */
#ifndef TESSERAE_GRAPH_BFS_H
#define TESSERAE_GRAPH_BFS_H

#include "graph/graph.h"

enum { BFS_BATCH = 64 };

/* Working memory of one thread; 300 bytes per node. */
struct bfs {
    const struct graph *graph;
    uint64_t *seen;     /* (nodes): bit i is set when search i has reached the node */
    uint64_t *frontier; /* (nodes): the searches that reached it in the present level */
    uint64_t *next;     /* (nodes): those that reach it in the next one */
    uint32_t *queue;    /* nodes with a frontier */
    uint32_t *next_queue;
    float *levels;    /* (nodes, BFS_BATCH) */
    uint64_t visited; /* nodes and arcs, since bfs_begin */
};

void bfs_begin(struct bfs *bfs, const struct graph *graph);
void bfs_end(struct bfs *bfs);

/*
 * Searches from at most BFS_BATCH sources at once: bfs->levels[v * BFS_BATCH + i] becomes `step`
 * times the least number of arcs from sources[i] to v, INFINITY where there is no path.
 */
void bfs_search(struct bfs *bfs, const uint32_t *sources, size_t count, float step);

/*
 * The same as distances (count, nodes), row-major: one row for each source.
 */
void bfs_batch(struct bfs *bfs, const uint32_t *sources, size_t count, float step,
               float *distances);

/*
 * One search: levels (nodes) is the least number of arcs from source, UINT32_MAX where there is
 * no path; order (nodes) the nodes reached, nearest first. Returns how many were reached.
 */
size_t bfs_levels(const struct graph *graph, uint32_t source, uint32_t *levels, uint32_t *order);

#endif
