/*
 * The arcs of a DAG in terms of topological positions: those of each node sorted by the position
 * of their target, so that a shorter way to a node is met before a longer one.
 */
#ifndef TESSERAE_DAG_ORDERED_ARCS_H
#define TESSERAE_DAG_ORDERED_ARCS_H

#include "dag/dag.h"

struct ordered_arc {
    uint32_t target; /* its topological position */
    size_t arc;      /* the arc's position in the graph */
};

struct ordered_arcs {
    size_t *offsets; /* (nodes + 1): the arcs of the node at a position */
    struct ordered_arc *arcs;
};

void ordered_arcs_make(struct ordered_arcs *ordered, const struct dag *dag);
void ordered_arcs_free(struct ordered_arcs *ordered);

#endif
