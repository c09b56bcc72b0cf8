/*
 * Statistics: what there is to say of a graph in single figures, by the field's names.
 *
 * Neighbours, degrees, clustering, diameter and homophily are those of the simple graph:
 * directions and self loops aside, unless the name says otherwise.
 */
#ifndef TESSERAE_GRAPH_STATISTICS_H
#define TESSERAE_GRAPH_STATISTICS_H

#include "graph/graph.h"
#include "graph/labels.h"
#include "io/figures.h"

/*
 * In this order:
 *   nodes, edges, self_loops, weighted (0 or 1), directed (0 or 1);
 *   weight_minimum, weight_mean, weight_maximum where there are weights;
 *   density: edges without loops of all that there might be;
 *   components (weak), largest_component (its nodes), and for directed graphs strong_components,
 *   largest_strong_component, reciprocity (arcs whose reverse is there);
 *   is_tree, is_forest (directions aside), and for directed graphs is_dag: 0 or 1;
 *   degree_minimum, degree_median, degree_mean, degree_maximum, degree_std, isolated_nodes, and
 *   for directed graphs in_degree_maximum, out_degree_maximum, sources, sinks;
 *   degree_assortativity: the correlation of the degrees at the ends of edges, of out-degree and
 *   in-degree where directed (Newman, Phys. Rev. E 2003);
 *   triangles, global_clustering, average_clustering;
 *   diameter (of the largest component, in edges), diameter_exact: 1, or 0 for a lower bound
 *   after searches that visited about `budget` nodes and arcs;
 *   with labels: classes, edge_homophily (edges between equal labels), node_homophily (mean over
 *   nodes of their equally labelled neighbours' share; Pei et al., ICLR 2020), adjusted_homophily
 *   (Platonov et al., NeurIPS 2023).
 * labels may be NULL.
 */
void statistics_compute(const struct graph *graph, const struct labels *labels, uint64_t budget,
                        struct figures *statistics);

#endif
