#include "graph/generators.h"

#include "base/memory.h"

#include <stdlib.h>

void edge_list_add(struct edge_list *list, size_t source, size_t target, float weight)
{
    list->edges = memory_grow(list->edges, &list->capacity, list->count + 1, sizeof *list->edges);
    list->edges[list->count++] = (struct edge){(uint32_t)source, (uint32_t)target, weight};
}

void edge_list_free(struct edge_list *list)
{
    free(list->edges);
    *list = (struct edge_list){0};
}

void edge_list_graph(const struct edge_list *list, struct graph *graph)
{
    graph_from_edges(graph, list->nodes, list->edges, list->count, list->directed, list->weighted,
                     names_numbered(list->nodes));
}

void generate_path(struct edge_list *list, size_t nodes)
{
    list->nodes = nodes;
    for (size_t v = 1; v < nodes; v++)
        edge_list_add(list, v - 1, v, 1);
}

void generate_cycle(struct edge_list *list, size_t nodes)
{
    generate_path(list, nodes);
    edge_list_add(list, nodes - 1, 0, 1);
}

void generate_star(struct edge_list *list, size_t nodes)
{
    list->nodes = nodes;
    for (size_t v = 1; v < nodes; v++)
        edge_list_add(list, 0, v, 1);
}

void generate_complete(struct edge_list *list, size_t nodes, bool directed)
{
    list->nodes = nodes;
    list->directed = directed;
    for (size_t v = 0; v < nodes; v++)
        for (size_t w = directed ? 0 : v + 1; w < nodes; w++)
            if (w != v)
                edge_list_add(list, v, w, 1);
}

void generate_grid(struct edge_list *list, size_t nodes, size_t columns)
{
    list->nodes = nodes;
    for (size_t v = 0; v < nodes; v++) {
        if ((v + 1) % columns != 0 && v + 1 < nodes)
            edge_list_add(list, v, v + 1, 1);
        if (nodes - v > columns)
            edge_list_add(list, v, v + columns, 1);
    }
}

void generate_tree(struct edge_list *list, size_t nodes, size_t branching)
{
    list->nodes = nodes;
    for (size_t v = 1; v < nodes; v++)
        edge_list_add(list, (v - 1) / branching, v, 1);
}
