#include "dag_shapes.h"

#include "base/memory.h"
#include "base/rng.h"
#include "graph/random_graphs.h"

#include <stdlib.h>

static void add_random(struct edge_list *list, size_t nodes, double probability, struct rng *rng)
{
    list->nodes = nodes;
    for (size_t u = 0; u < nodes; u++)
        for (size_t v = u + 1; v < nodes; v++)
            if (rng_uniform(rng) < probability)
                edge_list_add(list, u, v, 1);
}

static void add_standard(struct edge_list *list, size_t n)
{
    list->nodes = 2 * n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j)
                edge_list_add(list, i, n + j, 1);
}

/* An order on first .. end - 1, split at random into two parts, one after or beside the other. */
static void add_series_parallel(struct edge_list *list, size_t first, size_t end, struct rng *rng)
{
    if (end - first < 2)
        return;
    size_t middle = first + 1 + rng_below(rng, end - first - 1);
    add_series_parallel(list, first, middle, rng);
    add_series_parallel(list, middle, end, rng);
    if (rng_below(rng, 2) == 0)
        return;
    for (size_t u = first; u < middle; u++)
        for (size_t v = middle; v < end; v++)
            edge_list_add(list, u, v, 1);
}

static void add_layers(struct edge_list *list, size_t layers, size_t width, struct rng *rng)
{
    list->nodes = layers * width;
    for (size_t layer = 0; layer + 1 < layers; layer++)
        for (size_t i = 0; i < width; i++)
            for (size_t j = 0; j < width; j++)
                if (rng_uniform(rng) < 0.35)
                    edge_list_add(list, layer * width + i, (layer + 1) * width + j, 1);
}

static void add_chains(struct edge_list *list, size_t chains, size_t length)
{
    list->nodes = chains * length;
    for (size_t v = 0; v + 1 < list->nodes; v++)
        if ((v + 1) % length)
            edge_list_add(list, v, v + 1, 1);
}

static void turn_round(struct edge_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        list->edges[i] = (struct edge){list->edges[i].target, list->edges[i].source, 1};
}

static void add_shape(struct edge_list *list, enum dag_shape shape, struct rng *rng)
{
    switch (shape) {
    case SHAPE_CHAIN: generate_path(list, 25); return;
    case SHAPE_ANTICHAIN: list->nodes = 20; return;
    case SHAPE_GRID: generate_grid(list, 42, 7); return;
    case SHAPE_TREE: generate_tree(list, 40, 2 + rng_below(rng, 3)); return;
    case SHAPE_IN_TREE:
        generate_tree(list, 40, 3);
        turn_round(list);
        return;
    case SHAPE_DENSE: add_random(list, 90, 0.5, rng); return;
    case SHAPE_SPARSE: add_random(list, 90, 0.06, rng); return;
    case SHAPE_VERY_SPARSE: add_random(list, 140, 0.015, rng); return;
    case SHAPE_STANDARD: add_standard(list, 3 + rng_below(rng, 6)); return;
    case SHAPE_SERIES_PARALLEL:
        list->nodes = 30;
        add_series_parallel(list, 0, list->nodes, rng);
        return;
    case SHAPE_LAYERS: add_layers(list, 6, 8, rng); return;
    case SHAPE_CHAINS_APART: add_chains(list, 5, 9); return;
    default: list->nodes = 1; return;
    }
}

void dag_shape_make(struct dag *dag, enum dag_shape shape, uint32_t seed)
{
    struct rng rng = rng_make(seed, RNG_TEST, shape);
    struct edge_list list = {.directed = true};
    add_shape(&list, shape, &rng);
    uint32_t *number = memory_alloc(list.nodes, sizeof *number);
    for (size_t v = 0; v < list.nodes; v++)
        number[v] = (uint32_t)v;
    rng_shuffle(&rng, number, list.nodes, sizeof *number);
    for (size_t i = 0; i < list.count; i++)
        list.edges[i] = (struct edge){number[list.edges[i].source], number[list.edges[i].target],
                                      1};
    dag_from_edges(dag, list.nodes, list.edges, list.count);
    free(number);
    edge_list_free(&list);
}

bool *dag_shape_closure(const struct dag *dag)
{
    size_t nodes = dag->graph.nodes;
    bool *reaches = memory_zeroed(nodes * nodes, sizeof *reaches);
    for (size_t v = 0; v < nodes; v++) {
        reaches[v * nodes + v] = true;
        for (size_t i = dag->graph.offsets[v]; i < dag->graph.offsets[v + 1]; i++)
            reaches[v * nodes + dag->graph.targets[i]] = true;
    }
    for (size_t k = 0; k < nodes; k++)
        for (size_t u = 0; u < nodes; u++)
            for (size_t v = 0; v < nodes && reaches[u * nodes + k]; v++)
                reaches[u * nodes + v] |= reaches[k * nodes + v];
    return reaches;
}
