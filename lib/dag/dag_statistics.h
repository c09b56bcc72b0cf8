/* What there is to say of the order of a DAG in single figures. */
#ifndef TESSERAE_DAG_DAG_STATISTICS_H
#define TESSERAE_DAG_DAG_STATISTICS_H

#include "dag/chain_cover.h"
#include "dag/closure.h"
#include "dag/dag.h"
#include "graph/statistics.h"

struct dag_figures {
    struct figures statistics;
    struct closure_summary closure; /* needed is NULL where the sweep was left out */
    struct chain_cover cover;
};

/*
 * In this order:
 *   nodes, edges, sources, sinks, isolated_nodes: of the DAG, after what was done about cycles;
 *   joined_nodes, joined_components, largest_component, dropped_edges, dropped_self_loops: what was
 *   done (dropped: to break cycles; edges within components are not counted there);
 *   height: the nodes of a longest path; longest_path: its edges;
 *   width: the size of a largest antichain, width_exact: 1, or 0 where width is the number of
 *   chains found, an upper bound, and width_lower the size of the antichain found;
 *   closure_size: pairs (u, v), u != v, where u reaches v; order_density: of nodes (nodes - 1) / 2
 *   pairs; reduction_size: edges of the Hasse diagram;
 *   dimension_at_most_two: 1 or 0; NAN where it was not decided.
 * The search for the width follows at most `effort` arcs. The closure is swept when that visits at
 * most so many, or when `sweep` says that it must; otherwise what depends on it is NAN.
 */
void dag_figures_compute(const struct dag *dag, uint64_t effort, bool sweep,
                         struct dag_figures *figures);

void dag_figures_free(struct dag_figures *figures);

#endif
