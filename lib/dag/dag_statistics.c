#include "dag/dag_statistics.h"

#include "base/memory.h"
#include "dag/realizer.h"

#include <math.h>
#include <stdlib.h>

static void add_size(struct figures *statistics, const struct dag *dag)
{
    const struct graph *graph = &dag->graph;
    size_t sources = 0, sinks = 0, isolated = 0;
    bool *entered = memory_zeroed(graph->nodes, sizeof *entered);
    for (size_t i = 0; i < graph->arcs; i++)
        entered[graph->targets[i]] = true;
    for (size_t v = 0; v < graph->nodes; v++) {
        bool left = graph->offsets[v] < graph->offsets[v + 1];
        sources += left && !entered[v];
        sinks += !left && entered[v];
        isolated += !left && !entered[v];
    }
    free(entered);
    figures_add(statistics, "nodes", (double)graph->nodes);
    figures_add(statistics, "edges", (double)graph->arcs);
    figures_add(statistics, "sources", (double)sources);
    figures_add(statistics, "sinks", (double)sinks);
    figures_add(statistics, "isolated_nodes", (double)isolated);
}

static void add_changes(struct figures *statistics, const struct dag_changes *changes)
{
    figures_add(statistics, "joined_nodes", (double)changes->joined_nodes);
    figures_add(statistics, "joined_components", (double)changes->joined_components);
    figures_add(statistics, "largest_component", (double)changes->largest_component);
    figures_add(statistics, "dropped_edges", (double)changes->broken_count);
    figures_add(statistics, "dropped_self_loops", (double)changes->self_loops);
}

static void add_width(struct figures *statistics, const struct chain_cover *cover)
{
    figures_add(statistics, "width", (double)cover->chains);
    figures_add(statistics, "width_exact", cover->minimum);
    figures_add(statistics, "width_lower", (double)cover->antichain_count);
}

/* 1, 0, or NAN where it is not known. */
static double at_most_two(const struct dag *dag, uint64_t closure_size)
{
    struct realizer realizer;
    switch (realizer_of_two(&realizer, dag, closure_size, REALIZER_EXACT_NODES)) {
    case DIMENSION_AT_MOST_TWO: realizer_free(&realizer); return 1;
    case DIMENSION_ABOVE_TWO: return 0;
    default: return (double)NAN;
    }
}

static void add_closure(struct dag_figures *figures, const struct dag *dag, bool sweep)
{
    double nodes = (double)dag->graph.nodes;
    double size = (double)NAN, reduction = (double)NAN, two = (double)NAN;
    if (sweep) {
        closure_sweep(dag, &figures->closure);
        size = (double)figures->closure.size;
        reduction = (double)figures->closure.reduction;
        two = at_most_two(dag, figures->closure.size);
    }
    figures_add(&figures->statistics, "closure_size", size);
    figures_add(&figures->statistics, "order_density",
                   nodes > 1 ? size / (nodes * (nodes - 1) / 2) : (double)NAN);
    figures_add(&figures->statistics, "reduction_size", reduction);
    figures_add(&figures->statistics, "dimension_at_most_two", two);
}

void dag_figures_compute(const struct dag *dag, uint64_t effort, bool sweep,
                         struct dag_figures *figures)
{
    *figures = (struct dag_figures){0};
    add_size(&figures->statistics, dag);
    add_changes(&figures->statistics, &dag->changes);
    figures_add(&figures->statistics, "height", (double)dag->height);
    figures_add(&figures->statistics, "longest_path",
                   dag->height ? (double)(dag->height - 1) : 0);
    chain_cover_make(&figures->cover, dag, effort);
    add_width(&figures->statistics, &figures->cover);
    add_closure(figures, dag, sweep || closure_sweep_visits(dag) <= effort);
}

void dag_figures_free(struct dag_figures *figures)
{
    free(figures->closure.needed);
    chain_cover_free(&figures->cover);
}
