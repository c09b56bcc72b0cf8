#include "dag/realizer.h"

#include "base/memory.h"
#include "base/threads.h"
#include "dag/transitive_orientation.h"

#include <stdlib.h>
#include <string.h>

/*
 * Order c of a cover's realizer: nodes by the last element of chain c that reaches them (reached:
 * 0 for none, otherwise its position + 1), then topologically; a counting sort. starts has a place
 * for every value.
 */
static void sort_by_chain(struct realizer *realizer, const struct dag *dag,
                          const struct chain_cover *cover, size_t c, uint32_t *reached,
                          size_t *starts)
{
    const struct graph *graph = &dag->graph;
    size_t length = cover->offsets[c + 1] - cover->offsets[c];
    memset(reached, 0, graph->nodes * sizeof *reached);
    memset(starts, 0, (length + 2) * sizeof *starts);
    for (size_t p = 0; p < graph->nodes; p++) {
        uint32_t node = dag->order[p];
        if (cover->chain[node] == c)
            reached[node] = cover->position[node] + 1;
        starts[reached[node] + 1]++;
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++)
            if (reached[graph->targets[i]] < reached[node])
                reached[graph->targets[i]] = reached[node];
    }
    for (size_t value = 1; value <= length; value++)
        starts[value] += starts[value - 1];
    for (size_t p = 0; p < graph->nodes; p++) {
        uint32_t node = dag->order[p];
        realizer->ranks[node * realizer->orders + c] = (uint32_t)starts[reached[node]]++;
    }
}

bool realizer_from_cover(struct realizer *realizer, const struct dag *dag,
                         const struct chain_cover *cover, size_t most_bytes, struct error *error)
{
    size_t nodes = cover->nodes, bytes;
    *realizer = (struct realizer){.nodes = nodes, .orders = cover->chains};
    if (!memory_multiply(nodes * sizeof *realizer->ranks, cover->chains, &bytes) ||
        bytes > most_bytes)
        return error_set(error, EX_DATAERR, "%zu time coordinates of %zu nodes take more than the "
                         "%zu MiB they may; the width is %s%zu", cover->chains, nodes,
                         most_bytes >> 20, cover->minimum ? "" : "at most ", cover->chains);
    realizer->ranks = memory_alloc(nodes * cover->chains, sizeof *realizer->ranks);
#pragma omp parallel num_threads((int)threads_for(bytes, 1 << 20))
    {
        uint32_t *reached = memory_alloc(nodes, sizeof *reached);
        size_t *starts = memory_alloc(nodes + 2, sizeof *starts);
#pragma omp for schedule(dynamic)
        for (size_t c = 0; c < cover->chains; c++)
            sort_by_chain(realizer, dag, cover, c, reached, starts);
        free(starts);
        free(reached);
    }
    return true;
}

/* Which of its four relatives a DAG is looked at as. */
struct aspect {
    bool mirrored; /* node v is numbered nodes - 1 - v: left and right change sides */
    bool reversed; /* arcs are turned round */
};

/* The depth-first topological order of an aspect, as places of the nodes in the DAG's own order. */
static void number_nodes(const struct dag *dag, struct aspect aspect, uint32_t *place)
{
    size_t count;
    uint32_t last = (uint32_t)dag->graph.nodes - 1;
    struct edge *edges = graph_edges(&dag->graph, &count);
    for (size_t i = 0; i < count; i++) {
        struct edge edge = edges[i];
        uint32_t source = aspect.reversed ? edge.target : edge.source;
        uint32_t target = aspect.reversed ? edge.source : edge.target;
        edges[i] = (struct edge){aspect.mirrored ? last - source : source,
                                 aspect.mirrored ? last - target : target, 1};
    }
    struct dag relative;
    dag_from_edges(&relative, dag->graph.nodes, edges, count);
    for (size_t v = 0; v < dag->graph.nodes; v++) {
        uint32_t position = relative.position[aspect.mirrored ? last - v : v];
        place[v] = aspect.reversed ? last - position : position;
    }
    dag_free(&relative);
    free(edges);
}

/* The pairs of nodes that have the same order twice: a Fenwick tree counts those before. */
static uint64_t count_agreements(const struct realizer *realizer)
{
    size_t nodes = realizer->nodes;
    uint32_t *second = memory_alloc(nodes, sizeof *second); /* by the first order */
    uint32_t *tree = memory_zeroed(nodes + 1, sizeof *tree);
    uint64_t pairs = 0;
    for (size_t v = 0; v < nodes; v++)
        second[realizer->ranks[2 * v]] = realizer->ranks[2 * v + 1];
    for (size_t i = 0; i < nodes; i++) {
        for (size_t k = second[i]; k > 0; k &= k - 1)
            pairs += tree[k];
        for (size_t k = (size_t)second[i] + 1; k <= nodes; k += k & -k)
            tree[k]++;
    }
    free(tree);
    free(second);
    return pairs;
}

static void set_order(struct realizer *realizer, size_t order, const uint32_t *place)
{
    for (size_t v = 0; v < realizer->nodes; v++)
        realizer->ranks[v * realizer->orders + order] = place[v];
}

/* The orders extend the DAG's, so they are a realizer when no more pairs agree in both. */
static bool try_depth_first(struct realizer *realizer, const struct dag *dag,
                            uint64_t closure_size)
{
    bool found = false;
    uint32_t *place = memory_alloc(realizer->nodes, sizeof *place);
    for (int reversed = 0; reversed < 2 && !found; reversed++) {
        for (int mirrored = 0; mirrored < 2; mirrored++) {
            number_nodes(dag, (struct aspect){mirrored, reversed}, place);
            set_order(realizer, (size_t)mirrored, place);
        }
        found = count_agreements(realizer) == closure_size;
    }
    free(place);
    return found;
}

/* after (nodes, nodes): whether the row's node reaches the column's. */
static struct bit_matrix dense_closure(const struct dag *dag)
{
    const struct graph *graph = &dag->graph;
    struct bit_matrix after = bit_matrix_make(graph->nodes);
    for (size_t p = graph->nodes; p-- > 0;) {
        uint32_t node = dag->order[p];
        uint64_t *row = bit_matrix_row(&after, node);
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++) {
            const uint64_t *further = bit_matrix_row(&after, graph->targets[i]);
            for (size_t w = 0; w < after.words; w++)
                row[w] |= further[w];
            bit_matrix_set(&after, node, graph->targets[i]);
        }
    }
    return after;
}

static struct bit_matrix incomparable_pairs(const struct bit_matrix *after)
{
    struct bit_matrix apart = bit_matrix_make(after->nodes);
    for (size_t u = 0; u < after->nodes; u++) {
        for (size_t v = 0; v < u; v++) {
            if (bit_matrix_get(after, u, v) || bit_matrix_get(after, v, u))
                continue;
            bit_matrix_set(&apart, u, v);
            bit_matrix_set(&apart, v, u);
        }
    }
    return apart;
}

/* How many nodes come before each in the order of the closure and of a transitive orientation. */
static void count_before(const struct bit_matrix *after, const struct bit_matrix *oriented,
                         uint32_t *place)
{
    memset(place, 0, after->nodes * sizeof *place);
    for (size_t v = 0; v < after->nodes; v++) {
        const uint64_t *reached = bit_matrix_row(after, v);
        const uint64_t *before = bit_matrix_row(oriented, v);
        for (size_t w = 0; w < after->words; w++) {
            place[v] += (uint32_t)__builtin_popcountll(before[w]);
            for (uint64_t rest = reached[w]; rest; rest &= rest - 1)
                place[64 * w + (size_t)__builtin_ctzll(rest)]++;
        }
    }
}

/* The order with the incomparable pairs oriented one way, and with them oriented the other way. */
static bool orient_incomparable(struct realizer *realizer, const struct dag *dag)
{
    struct bit_matrix after = dense_closure(dag);
    struct bit_matrix apart = incomparable_pairs(&after);
    struct bit_matrix forward = bit_matrix_make(realizer->nodes);
    struct bit_matrix backward = bit_matrix_make(realizer->nodes);
    bool found = transitive_orientation(&apart, &forward, &backward);
    if (found) {
        uint32_t *place = memory_alloc(realizer->nodes, sizeof *place);
        count_before(&after, &backward, place);
        set_order(realizer, 0, place);
        count_before(&after, &forward, place);
        set_order(realizer, 1, place);
        free(place);
    }
    bit_matrix_free(&after);
    bit_matrix_free(&apart);
    bit_matrix_free(&forward);
    bit_matrix_free(&backward);
    return found;
}

enum dimension_two realizer_of_two(struct realizer *realizer, const struct dag *dag,
                                   uint64_t closure_size, size_t most_nodes)
{
    size_t nodes = dag->graph.nodes;
    bool total = closure_size == (uint64_t)nodes * (nodes ? nodes - 1 : 0) / 2;
    *realizer = (struct realizer){.nodes = nodes, .orders = total ? 1 : 2};
    realizer->ranks = memory_alloc(nodes, realizer->orders * sizeof *realizer->ranks);
    if (total) {
        set_order(realizer, 0, dag->position);
        return DIMENSION_AT_MOST_TWO;
    }
    if (try_depth_first(realizer, dag, closure_size) ||
        (nodes <= most_nodes && orient_incomparable(realizer, dag)))
        return DIMENSION_AT_MOST_TWO;
    realizer_free(realizer);
    return nodes <= most_nodes ? DIMENSION_ABOVE_TWO : DIMENSION_UNKNOWN;
}

void realizer_free(struct realizer *realizer)
{
    free(realizer->ranks);
    *realizer = (struct realizer){0};
}
