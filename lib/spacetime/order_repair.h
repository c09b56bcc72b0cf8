/* Times that keep to a DAG: moved until none decreases along an edge, or put in ranks. */
#ifndef TESSERAE_SPACETIME_ORDER_REPAIR_H
#define TESSERAE_SPACETIME_ORDER_REPAIR_H

#include "dag/dag.h"
#include "tensor/real.h"

/*
 * Moves times (nodes, dim) so that every one of them increases along every arc, and so along every
 * path: to the middle between the least that are not below their predecessors and the greatest that
 * are not above their successors. Of all that do not decrease, no others have a smaller largest
 * move; equal ones are then parted by a unit in the last place. Returns how many nodes had to move.
 */
size_t order_repair(const struct dag *dag, real *times, size_t dim);

/*
 * Replaces each of times (nodes, dim) by its rank, 0 to nodes - 1. Equal times go by the
 * topological order, so that times which do not decrease along arcs become total orders that go
 * along all of them.
 */
void order_rank(const struct dag *dag, real *times, size_t dim);

#endif
