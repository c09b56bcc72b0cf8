#include "graph/components.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = UINT32_MAX };

struct group {
    uint32_t label;
    uint32_t size;
    uint32_t first; /* its smallest node */
};

static int compare_groups(const void *left, const void *right)
{
    const struct group *a = left;
    const struct group *b = right;
    if (a->size != b->size)
        return a->size < b->size ? 1 : -1;
    return (a->first > b->first) - (a->first < b->first);
}

/* Replaces labels below `count` by ranks: decreasing size, then the smallest node. */
static void rank_by_size(uint32_t *label, size_t nodes, size_t count)
{
    struct group *groups = memory_zeroed(count, sizeof *groups);
    for (size_t v = 0; v < nodes; v++) {
        struct group *group = &groups[label[v]];
        if (group->size++ == 0)
            *group = (struct group){label[v], 1, (uint32_t)v};
    }
    qsort(groups, count, sizeof *groups, compare_groups);
    uint32_t *rank = memory_alloc(count, sizeof *rank);
    for (size_t i = 0; i < count; i++)
        rank[groups[i].label] = (uint32_t)i;
    for (size_t v = 0; v < nodes; v++)
        label[v] = rank[label[v]];
    free(rank);
    free(groups);
}

/* The root of a node's set; every step on the way skips one generation. */
static uint32_t find_root(uint32_t *parent, uint32_t node)
{
    while (parent[node] != node) {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    return node;
}

size_t components(const struct graph *graph, uint32_t *component)
{
    uint32_t *parent = memory_alloc(graph->nodes, sizeof *parent);
    for (size_t v = 0; v < graph->nodes; v++)
        parent[v] = (uint32_t)v;
    for (size_t v = 0; v < graph->nodes; v++) {
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            uint32_t a = find_root(parent, (uint32_t)v);
            uint32_t b = find_root(parent, graph->targets[i]);
            /* The smaller index becomes the root, so a root comes before its set. */
            if (a < b)
                parent[b] = a;
            else
                parent[a] = b;
        }
    }
    size_t count = 0;
    for (size_t v = 0; v < graph->nodes; v++) {
        uint32_t root = find_root(parent, (uint32_t)v);
        component[v] = root == v ? (uint32_t)count++ : component[root];
    }
    free(parent);
    rank_by_size(component, graph->nodes, count);
    return count;
}

/* The state of a depth-first search without recursion: deep graphs must not overflow the stack. */
struct strong_search {
    const struct graph *graph;
    uint32_t *component; /* NONE until the node's component is complete */
    uint32_t *order;     /* when a node was met; NONE before */
    uint32_t *low;       /* the earliest open node that is reached from its subtree */
    size_t *next_arc;    /* of each node, the arc to follow next */
    uint32_t *path;      /* from the root of the search to the present node */
    uint32_t *open;      /* nodes met whose component is not complete, in order */
    size_t path_length;
    size_t open_count;
    uint32_t met;
    uint32_t components;
};

static void enter(struct strong_search *search, uint32_t node)
{
    search->order[node] = search->low[node] = search->met++;
    search->next_arc[node] = search->graph->offsets[node];
    search->path[search->path_length++] = node;
    search->open[search->open_count++] = node;
}

static void lower(uint32_t *low, uint32_t candidate)
{
    if (candidate < *low)
        *low = candidate;
}

/* Closes the component when the node is its root, and goes back to the node's parent. */
static void leave(struct strong_search *search, uint32_t node)
{
    if (search->low[node] == search->order[node]) {
        uint32_t member;
        do {
            member = search->open[--search->open_count];
            search->component[member] = search->components;
        } while (member != node);
        search->components++;
    }
    search->path_length--;
    if (search->path_length > 0)
        lower(&search->low[search->path[search->path_length - 1]], search->low[node]);
}

static void search_from(struct strong_search *search, uint32_t root)
{
    enter(search, root);
    while (search->path_length > 0) {
        uint32_t node = search->path[search->path_length - 1];
        if (search->next_arc[node] == search->graph->offsets[node + 1]) {
            leave(search, node);
            continue;
        }
        uint32_t target = search->graph->targets[search->next_arc[node]++];
        if (search->order[target] == NONE)
            enter(search, target);
        else if (search->component[target] == NONE)
            lower(&search->low[node], search->order[target]);
    }
}

size_t components_strong(const struct graph *graph, uint32_t *component)
{
    size_t nodes = graph->nodes;
    struct strong_search search = {.graph = graph, .component = component};
    search.order = memory_alloc(nodes, sizeof *search.order);
    search.low = memory_alloc(nodes, sizeof *search.low);
    search.next_arc = memory_alloc(nodes, sizeof *search.next_arc);
    search.path = memory_alloc(nodes, sizeof *search.path);
    search.open = memory_alloc(nodes, sizeof *search.open);
    memset(search.order, 0xff, nodes * sizeof *search.order);
    memset(component, 0xff, nodes * sizeof *component);
    for (size_t v = 0; v < nodes; v++)
        if (search.order[v] == NONE)
            search_from(&search, (uint32_t)v);
    free(search.order);
    free(search.low);
    free(search.next_arc);
    free(search.path);
    free(search.open);
    rank_by_size(component, nodes, search.components);
    return search.components;
}

uint32_t *components_largest(const struct graph *graph, size_t *count)
{
    uint32_t *component = memory_alloc(graph->nodes, sizeof *component);
    components(graph, component);
    uint32_t *largest = memory_alloc(graph->nodes, sizeof *largest);
    *count = 0;
    for (size_t v = 0; v < graph->nodes; v++)
        if (component[v] == 0)
            largest[(*count)++] = (uint32_t)v;
    free(component);
    return largest;
}

void components_keep_largest(struct graph *graph)
{
    size_t count;
    uint32_t *nodes = components_largest(graph, &count);
    struct graph component;
    graph_subgraph(graph, nodes, count, &component);
    free(nodes);
    graph_free(graph);
    *graph = component;
}
