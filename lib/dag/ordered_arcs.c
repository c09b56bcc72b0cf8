#include "dag/ordered_arcs.h"

#include "base/memory.h"

#include <stdlib.h>

static int compare_targets(const void *left, const void *right)
{
    const struct ordered_arc *a = left;
    const struct ordered_arc *b = right;
    return (a->target > b->target) - (a->target < b->target);
}

void ordered_arcs_make(struct ordered_arcs *ordered, const struct dag *dag)
{
    const struct graph *graph = &dag->graph;
    ordered->offsets = memory_alloc(graph->nodes + 1, sizeof *ordered->offsets);
    ordered->arcs = memory_alloc(graph->arcs, sizeof *ordered->arcs);
    size_t filled = 0;
    for (size_t p = 0; p < graph->nodes; p++) {
        uint32_t node = dag->order[p];
        size_t first = filled;
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++)
            ordered->arcs[filled++] = (struct ordered_arc){dag->position[graph->targets[i]], i};
        qsort(ordered->arcs + first, filled - first, sizeof *ordered->arcs, compare_targets);
        ordered->offsets[p] = first;
    }
    ordered->offsets[graph->nodes] = filled;
}

void ordered_arcs_free(struct ordered_arcs *ordered)
{
    free(ordered->offsets);
    free(ordered->arcs);
}
