/* Cycles of directed graphs: finding one, and dropping edges until there is none. */
#ifndef TESSERAE_DAG_CYCLES_H
#define TESSERAE_DAG_CYCLES_H

#include "graph/graph.h"

/*
 * The nodes of a cycle in order, each with an arc to the next and the last to the first, *length of
 * them; free() the result. NULL where there is none. A self loop if there is one, otherwise the
 * shortest cycle through the first node of the smallest strong component that has any.
 */
uint32_t *cycles_find(const struct graph *graph, size_t *length);

/*
 * A small set of arcs without which the graph is acyclic: dropped (arcs) is set true for them and
 * false for the others. Returns how many there are. The greedy heuristic of Eades, Lin and Smyth
 * ("A fast and effective heuristic for the feedback arc set problem", IPL 1993) within each strong
 * component, so that only arcs of cycles are dropped; O(nodes + arcs). Self loops are dropped.
 */
size_t cycles_break(const struct graph *graph, bool *dropped);

#endif
