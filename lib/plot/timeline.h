/*
 * Timeline: a place for the nodes of a family tree (a citation graph, a genealogy of programs) one
 * of whose coordinates is given, the time of each node. The other is chosen here.
 */
#ifndef TESSERAE_PLOT_TIMELINE_H
#define TESSERAE_PLOT_TIMELINE_H

#include <stddef.h>

/* An edge between two points, in either direction of time. */
struct point_edge {
    size_t source, target;
};

/*
 * Chooses a lane, a whole number from 0, for each of count nodes. A node's parent is the latest
 * of its earlier neighbours; a node and the child from which the longest line of descent goes out
 * share a lane, if they are `gap` apart in time; every other child begins a lane of its own, the
 * free one nearest to its parent's. No two nodes less than `gap` apart share a lane. Returns the
 * number of lanes. O(count^2) at worst.
 */
size_t timeline_place(const double *time, size_t count, const struct point_edge *edges,
                      size_t edge_count, double gap, double *lanes);

#endif
