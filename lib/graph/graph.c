#include "graph/graph.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Where each key's run begins when the arcs are ordered by it; (nodes + 1). */
static void count_runs(const struct edge *arcs, size_t count, size_t nodes, bool by_source,
                       size_t *starts)
{
    memset(starts, 0, (nodes + 1) * sizeof *starts);
    for (size_t i = 0; i < count; i++)
        starts[(size_t)(by_source ? arcs[i].source : arcs[i].target) + 1]++;
    for (size_t v = 0; v < nodes; v++)
        starts[v + 1] += starts[v];
}

/* One stable pass of a radix sort whose digits are whole nodes. */
static void distribute(const struct edge *arcs, size_t count, bool by_source, size_t *starts,
                       struct edge *ordered)
{
    for (size_t i = 0; i < count; i++)
        ordered[starts[by_source ? arcs[i].source : arcs[i].target]++] = arcs[i];
}

/* Orders arcs by source, then target, then position: two passes, the last key first. */
static void sort_arcs(struct edge *arcs, size_t count, size_t nodes)
{
    struct edge *scratch = memory_alloc(count, sizeof *scratch);
    size_t *starts = memory_alloc(nodes + 1, sizeof *starts);
    count_runs(arcs, count, nodes, false, starts);
    distribute(arcs, count, false, starts, scratch);
    count_runs(scratch, count, nodes, true, starts);
    distribute(scratch, count, true, starts, arcs);
    free(starts);
    free(scratch);
}

/* Both directions of every edge of an undirected graph; a self loop has only one. */
static struct edge *edges_to_arcs(const struct edge *edges, size_t count, bool directed,
                                  size_t *arc_count)
{
    struct edge *arcs = memory_alloc(directed ? count : 2 * count, sizeof *arcs);
    size_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        struct edge edge = edges[i];
        arcs[filled++] = edge;
        if (!directed && edge.source != edge.target)
            arcs[filled++] = (struct edge){edge.target, edge.source, edge.weight};
    }
    *arc_count = filled;
    return arcs;
}

/* Drops all but the first of sorted arcs with the same ends; returns how many are left. */
static size_t merge_duplicates(struct edge *arcs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && arcs[kept - 1].source == arcs[i].source &&
            arcs[kept - 1].target == arcs[i].target)
            continue;
        arcs[kept++] = arcs[i];
    }
    return kept;
}

void graph_from_edges(struct graph *graph, size_t nodes, const struct edge *edges, size_t count,
                      bool directed, bool weighted, struct names names)
{
    size_t arc_count;
    struct edge *arcs = edges_to_arcs(edges, count, directed, &arc_count);
    sort_arcs(arcs, arc_count, nodes);
    arc_count = merge_duplicates(arcs, arc_count);
    *graph =
        (struct graph){.nodes = nodes, .arcs = arc_count, .directed = directed, .names = names};
    graph->offsets = memory_alloc(nodes + 1, sizeof *graph->offsets);
    graph->targets = memory_alloc(arc_count, sizeof *graph->targets);
    count_runs(arcs, arc_count, nodes, true, graph->offsets);
    for (size_t i = 0; i < arc_count; i++)
        graph->targets[i] = arcs[i].target;
    if (weighted) {
        graph->weights = memory_alloc(arc_count, sizeof *graph->weights);
        for (size_t i = 0; i < arc_count; i++)
            graph->weights[i] = arcs[i].weight;
    }
    free(arcs);
}

struct edge *graph_edges(const struct graph *graph, size_t *count)
{
    struct edge *edges = memory_alloc(graph->arcs, sizeof *edges);
    *count = 0;
    for (size_t v = 0; v < graph->nodes; v++) {
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            if (!graph->directed && graph->targets[i] < v)
                continue;
            edges[(*count)++] = (struct edge){(uint32_t)v, graph->targets[i],
                                              graph->weights ? graph->weights[i] : 1.0f};
        }
    }
    return edges;
}

size_t graph_find_arc(const struct graph *graph, uint32_t source, uint32_t target)
{
    size_t low = graph->offsets[source];
    size_t high = graph->offsets[source + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (graph->targets[middle] < target)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < graph->offsets[source + 1] && graph->targets[low] == target;
    return found ? low : GRAPH_NO_ARC;
}

void graph_take_new_names(struct graph *graph)
{
    graph->offsets =
        memory_resize(graph->offsets, graph->names.count + 1, sizeof *graph->offsets);
    for (; graph->nodes < graph->names.count; graph->nodes++)
        graph->offsets[graph->nodes + 1] = graph->arcs;
}

void graph_subgraph(const struct graph *graph, const uint32_t *nodes, size_t count,
                    struct graph *subgraph)
{
    enum { OUTSIDE = UINT32_MAX };
    uint32_t *position = memory_alloc(graph->nodes, sizeof *position);
    memset(position, 0xff, graph->nodes * sizeof *position);
    struct names names = {0};
    for (size_t i = 0; i < count; i++) {
        position[nodes[i]] = (uint32_t)i;
        if (graph->names.count)
            names_add(&names, graph->names.strings[nodes[i]],
                      strlen(graph->names.strings[nodes[i]]));
    }
    size_t edge_count;
    size_t kept = 0;
    struct edge *edges = graph_edges(graph, &edge_count);
    for (size_t i = 0; i < edge_count; i++) {
        uint32_t source = position[edges[i].source];
        uint32_t target = position[edges[i].target];
        if (source != OUTSIDE && target != OUTSIDE)
            edges[kept++] = (struct edge){source, target, edges[i].weight};
    }
    graph_from_edges(subgraph, count, edges, kept, graph->directed, graph->weights != NULL, names);
    free(edges);
    free(position);
}

void graph_simple(const struct graph *graph, struct graph *simple)
{
    size_t count;
    size_t kept = 0;
    struct edge *edges = graph_edges(graph, &count);
    for (size_t i = 0; i < count; i++)
        if (edges[i].source != edges[i].target)
            edges[kept++] = edges[i];
    graph_from_edges(simple, graph->nodes, edges, kept, false, false, (struct names){0});
    free(edges);
}

void graph_free(struct graph *graph)
{
    free(graph->offsets);
    free(graph->targets);
    free(graph->weights);
    names_free(&graph->names);
    *graph = (struct graph){0};
}
