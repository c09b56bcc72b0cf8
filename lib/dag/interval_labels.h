/*
 * Interval labels: d random depth-first traversals give every node d intervals; where u reaches
 * v, every interval of u holds that of v (Yildirim, Chaoji and Zaki, "GRAIL: scalable reachability
 * index for large graphs", VLDB 2010). No pair is missed; a pair whose intervals are nested may
 * still be incomparable.
 */
#ifndef TESSERAE_DAG_INTERVAL_LABELS_H
#define TESSERAE_DAG_INTERVAL_LABELS_H

#include "base/rng.h"
#include "dag/dag.h"

/*
 * low and post are ranks in the traversal's post-order: post of the node, low the least post of
 * all that it reaches.
 */
struct interval {
    uint32_t low;
    uint32_t post;
};

struct interval_labels {
    size_t nodes;
    size_t traversals;          /* d, at least 1 */
    struct interval *intervals; /* (nodes, traversals) */
    uint32_t *tree_low;         /* (nodes): least post in the node's subtree of the first
                                   traversal's forest, whose nodes it is sure to reach */
};

/*
 * Makes the labels. Traversals come in pairs, the second one taking children in the reverse of
 * the first one's random order. O(d (nodes + arcs)), threaded over traversals.
 */
void interval_labels_make(struct interval_labels *labels, const struct dag *dag,
                          size_t traversals, uint64_t seed);

/* False: u does not reach v. True: it may. */
bool interval_labels_may_reach(const struct interval_labels *labels, uint32_t u, uint32_t v);

/* True: u reaches v, by arcs of the first traversal's forest. False: it may still. */
bool interval_labels_surely_reach(const struct interval_labels *labels, uint32_t u, uint32_t v);

/*
 * Time coordinates (2 * traversals) of a node: low and nodes - 1 - post of each traversal; where
 * u reaches v, those of u are at most those of v.
 */
void interval_labels_coordinates(const struct interval_labels *labels, uint32_t node,
                                 uint32_t *coordinates);

void interval_labels_free(struct interval_labels *labels);

#endif
