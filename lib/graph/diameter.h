/*
 * Diameter: the longest of all shortest paths, in edges.
 *
 * Bounds on every node's eccentricity are drawn together by searches until no node can exceed the
 * largest eccentricity seen: a handful of them on most real graphs (Takes and Kosters,
 * "Determining the diameter of small world networks", CIKM 2011). The first two searches are the
 * classical double sweep; where a few do not settle the matter, 64 run at once.
 */
#ifndef TESSERAE_GRAPH_DIAMETER_H
#define TESSERAE_GRAPH_DIAMETER_H

#include "graph/graph.h"

struct diameter {
    size_t value; /* exact, or the largest eccentricity found: a lower bound */
    bool exact;
    size_t searches;
};

/*
 * The diameter of a connected component, given as its `count` nodes, of an undirected graph. Stops
 * with a lower bound once the searches have visited more than `budget` arcs and nodes; two
 * searches are always made.
 */
struct diameter diameter_of(const struct graph *graph, const uint32_t *component, size_t count,
                            uint64_t budget);

#endif
