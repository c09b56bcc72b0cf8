#include "dag/dag.h"

#include "base/memory.h"
#include "dag/cycles.h"
#include "graph/components.h"

#include <stdlib.h>
#include <string.h>

void dag_reverse_graph(const struct graph *graph, struct graph *reverse)
{
    size_t count;
    struct edge *edges = graph_edges(graph, &count);
    for (size_t i = 0; i < count; i++)
        edges[i] = (struct edge){edges[i].target, edges[i].source, 1};
    graph_from_edges(reverse, graph->nodes, edges, count, true, false, (struct names){0});
    free(edges);
}

/* Depth-first search from the sources, without recursion: a deep graph must not fill the stack. */
struct search {
    const struct graph *graph;
    size_t *left;     /* (nodes): arcs of a node that are still to be followed */
    uint32_t *path;   /* from a source to the present node */
    bool *met;
    uint32_t *order;  /* filled from the end, in post-order */
    size_t free_places;
};

static void search_from(struct search *search, uint32_t source)
{
    const struct graph *graph = search->graph;
    size_t length = 1;
    search->path[0] = source;
    search->met[source] = true;
    search->left[source] = graph->offsets[source + 1];
    while (length > 0) {
        uint32_t node = search->path[length - 1];
        if (search->left[node] == graph->offsets[node]) {
            search->order[--search->free_places] = node;
            length--;
            continue;
        }
        uint32_t target = graph->targets[--search->left[node]];
        if (search->met[target])
            continue;
        search->met[target] = true;
        search->left[target] = graph->offsets[target + 1];
        search->path[length++] = target;
    }
}

/* A reverse post-order keeps what a node reaches close behind it: closures become short runs. */
static void order_nodes(struct dag *dag)
{
    const struct graph *graph = &dag->graph;
    size_t nodes = graph->nodes;
    bool *entered = memory_zeroed(nodes, sizeof *entered);
    for (size_t i = 0; i < graph->arcs; i++)
        entered[graph->targets[i]] = true;
    dag->order = memory_alloc(nodes, sizeof *dag->order);
    struct search search = {.graph = graph, .order = dag->order, .free_places = nodes};
    search.left = memory_alloc(nodes, sizeof *search.left);
    search.path = memory_alloc(nodes, sizeof *search.path);
    search.met = memory_zeroed(nodes, sizeof *search.met);
    for (size_t v = nodes; v-- > 0;)
        if (!entered[v])
            search_from(&search, (uint32_t)v);
    free(search.left);
    free(search.path);
    free(search.met);
    free(entered);
}

static void rank_nodes(struct dag *dag)
{
    const struct graph *graph = &dag->graph;
    dag->position = memory_alloc(graph->nodes, sizeof *dag->position);
    dag->rank = memory_zeroed(graph->nodes, sizeof *dag->rank);
    for (size_t p = 0; p < graph->nodes; p++) {
        uint32_t node = dag->order[p];
        uint32_t rank = dag->rank[node];
        dag->position[node] = (uint32_t)p;
        if (rank >= dag->height)
            dag->height = rank + 1;
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++)
            if (dag->rank[graph->targets[i]] <= rank)
                dag->rank[graph->targets[i]] = rank + 1;
    }
}

/* "'a' -> 'b' -> 'a'": as many nodes as fit, and of long names the beginning. */
static char *cycle_text(const struct graph *graph, const uint32_t *cycle, size_t length)
{
    enum { ROOM = ERROR_MESSAGE_SIZE / 2, NAME_ROOM = 60 };
    char *text;
    size_t bytes, shown = 0, used = 0;
    FILE *stream = memory_stream_open(&text, &bytes);
    for (; shown < length; shown++) {
        const char *name = graph->names.count ? graph->names.strings[cycle[shown]] : "?";
        used += strnlen(name, NAME_ROOM) + 6;
        if (shown > 0 && used > ROOM)
            break;
        fprintf(stream, "'%.*s' -> ", NAME_ROOM, name);
    }
    if (shown < length)
        fprintf(stream, "(%zu more) -> ", length - shown);
    fprintf(stream, "'%.*s'", NAME_ROOM, graph->names.count ? graph->names.strings[cycle[0]] : "?");
    memory_stream_close(stream, &text);
    return text;
}

static bool refuse_cycles(const struct graph *graph, const char *place, struct error *error)
{
    size_t length;
    uint32_t *cycle = cycles_find(graph, &length);
    if (!cycle)
        return true;
    char *text = cycle_text(graph, cycle, length);
    error_set(error, EX_DATAERR,
              "%s: the graph has a cycle, %s; expected none, or --condense or --break-cycles",
              place, text);
    free(text);
    free(cycle);
    return false;
}

static int compare_edges(const void *left, const void *right)
{
    const struct edge *a = left;
    const struct edge *b = right;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    return (a->weight > b->weight) - (a->weight < b->weight);
}

/*
 * Numbers strong components by their first member, whose names they take: first (components) is
 * it, and of_node (nodes) is changed to the new numbers.
 */
static void number_components(uint32_t *of_node, size_t nodes, size_t components,
                              uint32_t *first)
{
    uint32_t *number = memory_alloc(components, sizeof *number);
    memset(number, 0xff, components * sizeof *number);
    uint32_t numbered = 0;
    for (size_t v = 0; v < nodes; v++) {
        uint32_t *own = &number[of_node[v]];
        if (*own == UINT32_MAX) {
            *own = numbered;
            first[numbered++] = (uint32_t)v;
        }
        of_node[v] = *own;
    }
    free(number);
}

static void count_components(const uint32_t *of_node, size_t nodes, size_t components,
                             struct dag_changes *changes)
{
    size_t *sizes = memory_zeroed(components, sizeof *sizes);
    for (size_t v = 0; v < nodes; v++)
        sizes[of_node[v]]++;
    changes->largest_component = nodes > 0;
    for (size_t c = 0; c < components; c++) {
        changes->joined_components += sizes[c] > 1;
        changes->joined_nodes += sizes[c] > 1 ? sizes[c] : 0;
        if (sizes[c] > changes->largest_component)
            changes->largest_component = sizes[c];
    }
    free(sizes);
}

/* The edges between components, those with the same ends side by side, the least weight first. */
static struct edge *outer_edges(const struct graph *graph, const uint32_t *of_node, size_t *count,
                                struct dag_changes *changes)
{
    size_t kept = 0;
    struct edge *edges = graph_edges(graph, count);
    for (size_t i = 0; i < *count; i++) {
        uint32_t source = of_node[edges[i].source], target = of_node[edges[i].target];
        if (source != target)
            edges[kept++] = (struct edge){source, target, edges[i].weight};
        else if (edges[i].source == edges[i].target)
            changes->self_loops++;
        else
            changes->inner_edges++;
    }
    *count = kept;
    qsort(edges, kept, sizeof *edges, compare_edges);
    return edges;
}

static struct names names_of_nodes(const struct names *members, const uint32_t *nodes,
                                   size_t count)
{
    struct names names = {0};
    for (size_t i = 0; i < count && members->count; i++)
        names_add(&names, members->strings[nodes[i]], strlen(members->strings[nodes[i]]));
    return names;
}

/* Strong components become nodes. The input graph's names become the members. */
static void condense(struct graph *graph, struct dag *dag)
{
    struct dag_changes *changes = &dag->changes;
    uint32_t *of_node = memory_alloc(graph->nodes, sizeof *of_node);
    size_t components = components_strong(graph, of_node);
    uint32_t *first = memory_alloc(components, sizeof *first);
    number_components(of_node, graph->nodes, components, first);
    count_components(of_node, graph->nodes, components, changes);
    size_t count;
    struct edge *edges = outer_edges(graph, of_node, &count, changes);
    graph_from_edges(&dag->graph, components, edges, count, true, graph->weights != NULL,
                     names_of_nodes(&graph->names, first, components));
    changes->parallel_edges = count - dag->graph.arcs;
    if (components < graph->nodes) {
        dag->members = graph->names;
        graph->names = (struct names){0};
        dag->member_nodes = of_node;
        of_node = NULL;
    }
    free(edges);
    free(first);
    free(of_node);
    graph_free(graph);
}

/* Leaves out the arcs that are dropped. */
static void break_cycles(struct graph *graph, struct dag *dag)
{
    struct dag_changes *changes = &dag->changes;
    bool *dropped = memory_alloc(graph->arcs, sizeof *dropped);
    size_t count, kept = 0;
    size_t drop_count = cycles_break(graph, dropped);
    struct edge *edges = graph_edges(graph, &count);
    changes->broken = memory_alloc(drop_count, sizeof *changes->broken);
    changes->largest_component = graph->nodes > 0;
    for (size_t i = 0; i < count; i++) {
        if (!dropped[i])
            edges[kept++] = edges[i];
        else if (edges[i].source == edges[i].target)
            changes->self_loops++;
        else
            changes->broken[changes->broken_count++] = edges[i];
    }
    graph_from_edges(&dag->graph, graph->nodes, edges, kept, true, graph->weights != NULL,
                     graph->names);
    graph->names = (struct names){0};
    free(edges);
    free(dropped);
    graph_free(graph);
}

bool dag_from_graph(struct graph *graph, enum cycle_policy policy, const char *place,
                    struct dag *dag, struct error *error)
{
    *dag = (struct dag){.changes.edges = graph->arcs};
    if (policy == CYCLES_REFUSE) {
        if (!refuse_cycles(graph, place, error)) {
            graph_free(graph);
            return false;
        }
        dag->graph = *graph;
        dag->changes.largest_component = graph->nodes > 0;
        *graph = (struct graph){0};
    } else if (policy == CYCLES_CONDENSE) {
        condense(graph, dag);
    } else {
        break_cycles(graph, dag);
    }
    order_nodes(dag);
    rank_nodes(dag);
    return true;
}

bool dag_read(struct stream *stream, enum cycle_policy policy, struct dag *dag,
              struct error *error)
{
    const struct graph_read_options reading = {.directed = true,
                                               .allow_self_loops = policy != CYCLES_REFUSE};
    struct graph graph;
    *dag = (struct dag){0};
    if (!graph_read(stream, &reading, &graph, error))
        return false;
    return dag_from_graph(&graph, policy, stream_name(stream), dag, error);
}

void dag_from_edges(struct dag *dag, size_t nodes, const struct edge *edges, size_t count)
{
    *dag = (struct dag){.changes.edges = count, .changes.largest_component = nodes > 0};
    graph_from_edges(&dag->graph, nodes, edges, count, true, true, (struct names){0});
    order_nodes(dag);
    rank_nodes(dag);
}

uint32_t dag_find(const struct dag *dag, const char *name)
{
    uint32_t member = names_find(dag_names(dag), name);
    return member == NAMES_ABSENT ? NAMES_ABSENT : dag_node_of(dag, member);
}

const struct names *dag_names(const struct dag *dag)
{
    return dag->member_nodes ? &dag->members : &dag->graph.names;
}

uint32_t dag_node_of(const struct dag *dag, size_t member)
{
    return dag->member_nodes ? dag->member_nodes[member] : (uint32_t)member;
}

char *dag_changes_text(const struct dag_changes *changes)
{
    char *text;
    size_t bytes;
    FILE *stream = memory_stream_open(&text, &bytes);
    const char *comma = "";
    if (changes->joined_components) {
        fprintf(stream, "joined %zu nodes into %zu, the largest of %zu, with %zu edges inside",
                changes->joined_nodes, changes->joined_components, changes->largest_component,
                changes->inner_edges);
        if (changes->parallel_edges)
            fprintf(stream, " and %zu parallel to another", changes->parallel_edges);
        comma = "; ";
    }
    if (changes->broken_count) {
        fprintf(stream, "dropped %zu of %zu edges to break cycles", changes->broken_count,
                changes->edges);
        comma = "; ";
    }
    if (changes->self_loops)
        fprintf(stream, "%sdropped %zu self loops", comma, changes->self_loops);
    memory_stream_close(stream, &text);
    if (bytes > 0)
        return text;
    free(text);
    return NULL;
}

uint32_t *dag_longest_path(const struct dag *dag)
{
    const struct graph *graph = &dag->graph;
    uint32_t *path = memory_alloc(dag->height, sizeof *path);
    size_t wanted = dag->height; /* the path is filled from its end */
    for (size_t p = graph->nodes; p-- > 0 && wanted > 0;) {
        uint32_t node = dag->order[p];
        if (dag->rank[node] + 1 != wanted)
            continue;
        if (wanted == dag->height ||
            graph_find_arc(graph, node, path[wanted]) != GRAPH_NO_ARC)
            path[--wanted] = node;
    }
    return path;
}

void dag_free(struct dag *dag)
{
    graph_free(&dag->graph);
    names_free(&dag->members);
    free(dag->order);
    free(dag->position);
    free(dag->rank);
    free(dag->member_nodes);
    free(dag->changes.broken);
    *dag = (struct dag){0};
}
