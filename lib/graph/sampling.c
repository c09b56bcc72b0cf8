#include "graph/sampling.h"

#include "base/memory.h"

#include <stdlib.h>

static int compare_nodes(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

uint32_t *sample_nodes(const struct graph *graph, size_t *count, struct rng *rng)
{
    uint32_t *nodes = memory_alloc(graph->nodes, sizeof *nodes);
    for (size_t v = 0; v < graph->nodes; v++)
        nodes[v] = (uint32_t)v;
    if (*count >= graph->nodes) {
        *count = graph->nodes;
        return nodes;
    }
    /* The first steps of a Fisher-Yates shuffle. */
    for (size_t i = 0; i < *count; i++) {
        size_t j = i + rng_below(rng, graph->nodes - i);
        uint32_t node = nodes[j];
        nodes[j] = nodes[i];
        nodes[i] = node;
    }
    qsort(nodes, *count, sizeof *nodes, compare_nodes);
    return nodes;
}
