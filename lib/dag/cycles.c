#include "dag/cycles.h"

#include "base/memory.h"
#include "dag/dag.h"
#include "graph/components.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = UINT32_MAX };

static uint32_t find_self_loop(const struct graph *graph)
{
    for (size_t v = 0; v < graph->nodes; v++)
        if (graph_find_arc(graph, (uint32_t)v, (uint32_t)v) != GRAPH_NO_ARC)
            return (uint32_t)v;
    return NONE;
}

/* The nodes from start to node along the parents that a search left. */
static uint32_t *trace_back(const uint32_t *parent, uint32_t start, uint32_t node, size_t *length)
{
    *length = 1;
    for (uint32_t v = node; v != start; v = parent[v])
        ++*length;
    uint32_t *path = memory_alloc(*length, sizeof *path);
    size_t place = *length;
    for (uint32_t v = node; place > 0; v = parent[v])
        path[--place] = v;
    return path;
}

/* The shortest cycle through a node of a strong component of several: breadth-first search. */
static uint32_t *shortest_cycle(const struct graph *graph, uint32_t start, size_t *length)
{
    uint32_t *parent = memory_alloc(graph->nodes, sizeof *parent);
    uint32_t *queue = memory_alloc(graph->nodes, sizeof *queue);
    uint32_t *cycle = NULL;
    size_t queued = 1;
    memset(parent, 0xff, graph->nodes * sizeof *parent);
    queue[0] = start;
    for (size_t taken = 0; taken < queued && !cycle; taken++) {
        uint32_t node = queue[taken];
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1] && !cycle; i++) {
            uint32_t target = graph->targets[i];
            if (target == start) {
                cycle = trace_back(parent, start, node, length);
            } else if (parent[target] == NONE) {
                parent[target] = node;
                queue[queued++] = target;
            }
        }
    }
    free(queue);
    free(parent);
    return cycle;
}

/* The first node of the smallest strong component that has several; NONE where none has. */
static uint32_t find_cyclic_node(const struct graph *graph)
{
    uint32_t *component = memory_alloc(graph->nodes, sizeof *component);
    uint32_t *size = memory_zeroed(graph->nodes, sizeof *size);
    components_strong(graph, component);
    for (size_t v = 0; v < graph->nodes; v++)
        size[component[v]]++;
    uint32_t best = NONE;
    for (size_t v = 0; v < graph->nodes; v++)
        if (size[component[v]] > 1 && (best == NONE || size[component[v]] < size[component[best]]))
            best = (uint32_t)v;
    free(size);
    free(component);
    return best;
}

uint32_t *cycles_find(const struct graph *graph, size_t *length)
{
    uint32_t loop = find_self_loop(graph);
    if (loop != NONE) {
        uint32_t *cycle = memory_alloc(1, sizeof *cycle);
        cycle[0] = loop;
        *length = 1;
        return cycle;
    }
    uint32_t start = find_cyclic_node(graph);
    return start == NONE ? NULL : shortest_cycle(graph, start, length);
}

/*
 * The nodes that are not yet in the sequence, in lists by what they would cost there: sinks, then
 * by out-degree less in-degree, then sources. Degrees count the arcs to nodes that are left.
 */
struct ranking {
    const struct graph *graph;
    const struct graph *reverse;
    const uint32_t *component;
    uint32_t *in, *out;   /* (nodes) */
    uint32_t *list;       /* (nodes): the list a node is in; NONE once it is taken */
    uint32_t *next, *previous;
    uint32_t *heads;      /* (lists) */
    uint32_t most_degree; /* lists 1 .. 2 most_degree + 1 hold differences */
    uint32_t highest;     /* no node is in a list of differences above it */
};

static uint32_t sources_list(const struct ranking *ranking)
{
    return 2 * ranking->most_degree + 2;
}

static uint32_t list_of(const struct ranking *ranking, uint32_t node)
{
    if (ranking->out[node] == 0)
        return 0;
    if (ranking->in[node] == 0)
        return sources_list(ranking);
    return ranking->most_degree + 1 + ranking->out[node] - ranking->in[node];
}

static void enlist(struct ranking *ranking, uint32_t node)
{
    uint32_t list = list_of(ranking, node);
    uint32_t head = ranking->heads[list];
    ranking->list[node] = list;
    ranking->next[node] = head;
    ranking->previous[node] = NONE;
    if (head != NONE)
        ranking->previous[head] = node;
    ranking->heads[list] = node;
    if (list < sources_list(ranking) && list > ranking->highest)
        ranking->highest = list;
}

static void delist(struct ranking *ranking, uint32_t node)
{
    uint32_t before = ranking->previous[node], after = ranking->next[node];
    if (before == NONE)
        ranking->heads[ranking->list[node]] = after;
    else
        ranking->next[before] = after;
    if (after != NONE)
        ranking->previous[after] = before;
    ranking->list[node] = NONE;
}

/* Takes one from the degrees of a node's neighbours on one side. */
static void lower_degrees(struct ranking *ranking, const struct graph *graph, uint32_t node,
                          uint32_t *degree)
{
    for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++) {
        uint32_t other = graph->targets[i];
        if (other == node || ranking->list[other] == NONE ||
            ranking->component[other] != ranking->component[node])
            continue;
        delist(ranking, other);
        degree[other]--;
        enlist(ranking, other);
    }
}

static void take(struct ranking *ranking, uint32_t node)
{
    delist(ranking, node);
    lower_degrees(ranking, ranking->graph, node, ranking->in);
    lower_degrees(ranking, ranking->reverse, node, ranking->out);
}

/* The node whose arcs back to it are fewest, compared with those away from it; or NONE. */
static uint32_t best_difference(struct ranking *ranking)
{
    while (ranking->highest > 0 && ranking->heads[ranking->highest] == NONE)
        ranking->highest--;
    return ranking->highest > 0 ? ranking->heads[ranking->highest] : NONE;
}

static void count_degrees(struct ranking *ranking)
{
    const struct graph *graph = ranking->graph;
    for (size_t v = 0; v < graph->nodes; v++) {
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            uint32_t target = graph->targets[i];
            if (target != v && ranking->component[target] == ranking->component[v]) {
                ranking->out[v]++;
                ranking->in[target]++;
            }
        }
    }
    for (size_t v = 0; v < graph->nodes; v++) {
        uint32_t most = ranking->in[v] > ranking->out[v] ? ranking->in[v] : ranking->out[v];
        if (most > ranking->most_degree)
            ranking->most_degree = most;
    }
}

static void ranking_begin(struct ranking *ranking)
{
    size_t nodes = ranking->graph->nodes;
    ranking->in = memory_zeroed(nodes, sizeof *ranking->in);
    ranking->out = memory_zeroed(nodes, sizeof *ranking->out);
    ranking->list = memory_alloc(nodes, sizeof *ranking->list);
    ranking->next = memory_alloc(nodes, sizeof *ranking->next);
    ranking->previous = memory_alloc(nodes, sizeof *ranking->previous);
    count_degrees(ranking);
    size_t lists = (size_t)sources_list(ranking) + 1;
    ranking->heads = memory_alloc(lists, sizeof *ranking->heads);
    memset(ranking->heads, 0xff, lists * sizeof *ranking->heads);
    for (size_t v = nodes; v-- > 0;)
        enlist(ranking, (uint32_t)v);
}

static void ranking_end(struct ranking *ranking)
{
    free(ranking->in);
    free(ranking->out);
    free(ranking->list);
    free(ranking->next);
    free(ranking->previous);
    free(ranking->heads);
}

/* place (nodes): sinks are put last, sources first, and where there are neither the best node. */
static void arrange(struct ranking *ranking, uint32_t *place)
{
    uint32_t first = 0, last = (uint32_t)ranking->graph->nodes;
    while (first < last) {
        uint32_t sink = ranking->heads[0];
        uint32_t source = ranking->heads[sources_list(ranking)];
        uint32_t node = sink != NONE ? sink : source != NONE ? source : best_difference(ranking);
        place[node] = sink != NONE ? --last : first++;
        take(ranking, node);
    }
}

size_t cycles_break(const struct graph *graph, bool *dropped)
{
    struct graph reverse;
    uint32_t *component = memory_alloc(graph->nodes, sizeof *component);
    uint32_t *place = memory_alloc(graph->nodes, sizeof *place);
    components_strong(graph, component);
    dag_reverse_graph(graph, &reverse);
    struct ranking ranking = {.graph = graph, .reverse = &reverse, .component = component};
    ranking_begin(&ranking);
    arrange(&ranking, place);
    size_t count = 0;
    for (size_t v = 0; v < graph->nodes; v++) {
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            uint32_t target = graph->targets[i];
            dropped[i] = component[v] == component[target] && place[target] <= place[v];
            count += dropped[i];
        }
    }
    ranking_end(&ranking);
    graph_free(&reverse);
    free(place);
    free(component);
    return count;
}
