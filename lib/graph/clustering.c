#include "graph/clustering.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static size_t degree(const struct graph *graph, size_t node)
{
    return graph->offsets[node + 1] - graph->offsets[node];
}

/* Whether a comes before b in the order by degree, then by number. */
static bool precedes(const struct graph *graph, uint32_t a, uint32_t b)
{
    size_t degree_a = degree(graph, a);
    size_t degree_b = degree(graph, b);
    return degree_a != degree_b ? degree_a < degree_b : a < b;
}

/* Every edge once, from the end that precedes: no node has more than sqrt(2 edges) of them. */
static void orient(const struct graph *simple, struct graph *oriented)
{
    size_t count;
    struct edge *edges = graph_edges(simple, &count);
    for (size_t i = 0; i < count; i++)
        if (!precedes(simple, edges[i].source, edges[i].target))
            edges[i] = (struct edge){edges[i].target, edges[i].source, 1};
    graph_from_edges(oriented, simple->nodes, edges, count, true, false, (struct names){0});
    free(edges);
}

static void add_atomically(uint64_t *total, uint64_t amount)
{
#pragma omp atomic
    *total += amount;
}

/* Triangles whose first node is `first`; marked[v] == first for its successors. */
static void count_from(const struct graph *oriented, uint32_t first, uint32_t *marked,
                       uint64_t *triangles)
{
    size_t begin = oriented->offsets[first];
    size_t end = oriented->offsets[first + 1];
    uint64_t found = 0;
    for (size_t i = begin; i < end; i++)
        marked[oriented->targets[i]] = first;
    for (size_t i = begin; i < end; i++) {
        uint32_t second = oriented->targets[i];
        uint64_t found_here = 0;
        for (size_t j = oriented->offsets[second]; j < oriented->offsets[second + 1]; j++) {
            uint32_t third = oriented->targets[j];
            if (marked[third] != first)
                continue;
            add_atomically(&triangles[third], 1);
            found_here++;
        }
        if (found_here > 0)
            add_atomically(&triangles[second], found_here);
        found += found_here;
    }
    if (found > 0)
        add_atomically(&triangles[first], found);
}

void clustering_triangles(const struct graph *simple, uint64_t *triangles)
{
    struct graph oriented;
    orient(simple, &oriented);
    memset(triangles, 0, simple->nodes * sizeof *triangles);
#pragma omp parallel
    {
        uint32_t *marked = memory_alloc(simple->nodes, sizeof *marked);
        memset(marked, 0xff, simple->nodes * sizeof *marked);
#pragma omp for schedule(dynamic, 256)
        for (size_t v = 0; v < simple->nodes; v++)
            count_from(&oriented, (uint32_t)v, marked, triangles);
        free(marked);
    }
    graph_free(&oriented);
}

struct clustering clustering_of(const struct graph *simple)
{
    struct clustering clustering = {0};
    uint64_t *triangles = memory_alloc(simple->nodes, sizeof *triangles);
    clustering_triangles(simple, triangles);
    uint64_t corners = 0; /* triangles, counted at each of their nodes */
    double paths = 0;     /* of two edges, by their middle node */
    for (size_t v = 0; v < simple->nodes; v++) {
        double neighbours = (double)degree(simple, v);
        double pairs = neighbours * (neighbours - 1) / 2;
        corners += triangles[v];
        paths += pairs;
        if (pairs > 0)
            clustering.average += (double)triangles[v] / pairs / (double)simple->nodes;
    }
    clustering.triangles = corners / 3;
    clustering.global = paths > 0 ? (double)corners / paths : 0;
    free(triangles);
    return clustering;
}
