#include "graph/order.h"

#include "base/memory.h"

#include <stdlib.h>

static size_t degree(const struct graph *graph, uint32_t node)
{
    return graph->offsets[node + 1] - graph->offsets[node];
}

/* By degree, then by number. */
static int compare_nodes(const void *a, const void *b, void *graph)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    size_t left_degree = degree(graph, left), right_degree = degree(graph, right);
    if (left_degree != right_degree)
        return left_degree < right_degree ? -1 : 1;
    return (left > right) - (left < right);
}

static void sort_nodes(const struct graph *graph, uint32_t *nodes, size_t count)
{
    qsort_r(nodes, count, sizeof *nodes, compare_nodes, (void *)(uintptr_t)graph);
}

void order_by_degree(const struct graph *graph, uint32_t *order)
{
    for (size_t v = 0; v < graph->nodes; v++)
        order[v] = (uint32_t)v;
    sort_nodes(graph, order, graph->nodes);
}

/* Puts the neighbours of a node that were not seen yet behind those that are in order. */
static size_t follow(const struct graph *graph, uint32_t node, bool *seen, uint32_t *order,
                     size_t filled)
{
    size_t first = filled;
    for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++) {
        uint32_t target = graph->targets[i];
        if (!seen[target])
            order[filled++] = target;
        seen[target] = true;
    }
    sort_nodes(graph, order + first, filled - first);
    return filled;
}

static void turn_round(uint32_t *order, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        uint32_t kept = order[i];
        order[i] = order[count - 1 - i];
        order[count - 1 - i] = kept;
    }
}

void order_cuthill_mckee(const struct graph *graph, uint32_t *order)
{
    bool *seen = memory_zeroed(graph->nodes, sizeof *seen);
    uint32_t *starts = memory_alloc(graph->nodes, sizeof *starts);
    order_by_degree(graph, starts);
    for (size_t s = 0, next = 0, filled = 0; s < graph->nodes; s++) {
        if (!seen[starts[s]])
            order[filled++] = starts[s];
        seen[starts[s]] = true;
        for (; next < filled; next++)
            filled = follow(graph, order[next], seen, order, filled);
    }
    turn_round(order, graph->nodes);
    free(starts);
    free(seen);
}
