#include "dag/reachability.h"

#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

struct reachability_options reachability_defaults(void)
{
    return (struct reachability_options){.method = REACHABILITY_AUTO,
                                         .most_label_bytes = 256u << 20,
                                         .effort = 1000000000,
                                         .traversals = 5};
}

/* Leaves the index without chains when their labels are too large. */
static bool build_chains(struct reachability *index, const struct dag *dag,
                         const struct reachability_options *options, struct error *error)
{
    struct chain_cover cover;
    chain_cover_make(&cover, dag, options->effort);
    bool fits = chain_labels_make(&index->chains, dag, &cover, options->most_label_bytes);
    index->minimum_chains = cover.minimum;
    if (!fits)
        error_set(error, EX_DATAERR, "the labels of %zu nodes and %zu chains (the width is %s%zu) "
                  "take more than the %zu MiB they may", cover.nodes, cover.chains,
                  cover.minimum ? "" : "at most ", cover.chains, options->most_label_bytes >> 20);
    chain_cover_free(&cover);
    return fits;
}

static void build_intervals(struct reachability *index, const struct dag *dag,
                            const struct reachability_options *options)
{
    const struct graph *graph = &dag->graph;
    interval_labels_make(&index->intervals, dag, options->traversals, options->seed);
    index->rank = memory_alloc(graph->nodes, sizeof *index->rank);
    index->offsets = memory_alloc(graph->nodes + 1, sizeof *index->offsets);
    index->targets = memory_alloc(graph->arcs, sizeof *index->targets);
    memcpy(index->rank, dag->rank, graph->nodes * sizeof *index->rank);
    memcpy(index->offsets, graph->offsets, (graph->nodes + 1) * sizeof *index->offsets);
    if (graph->arcs)
        memcpy(index->targets, graph->targets, graph->arcs * sizeof *index->targets);
}

bool reachability_build(struct reachability *index, const struct dag *dag,
                        const struct reachability_options *options, struct error *error)
{
    struct error refusal = {0};
    *index = (struct reachability){.nodes = dag->graph.nodes, .method = REACHABILITY_CHAINS};
    if (options->method != REACHABILITY_INTERVALS && build_chains(index, dag, options, &refusal))
        return true;
    if (options->method == REACHABILITY_CHAINS)
        return error_set(error, refusal.exit_code, "%s", refusal.message);
    index->method = REACHABILITY_INTERVALS;
    build_intervals(index, dag, options);
    return true;
}

void reachability_scratch_begin(struct reachability_scratch *scratch,
                                const struct reachability *index)
{
    *scratch = (struct reachability_scratch){0};
    if (index->method == REACHABILITY_CHAINS)
        return;
    scratch->seen = memory_zeroed(index->nodes, sizeof *scratch->seen);
    scratch->stack = memory_alloc(index->nodes, sizeof *scratch->stack);
}

void reachability_scratch_end(struct reachability_scratch *scratch)
{
    free(scratch->seen);
    free(scratch->stack);
}

/* The number of a new search; nodes that are marked with it have been met. */
static uint32_t next_search(struct reachability_scratch *scratch, size_t nodes)
{
    if (++scratch->searches == 0) {
        memset(scratch->seen, 0, nodes * sizeof *scratch->seen);
        scratch->searches = 1;
    }
    return scratch->searches;
}

/* Whether the labels leave it open that u, another node, reaches v. */
static bool may_reach(const struct reachability *index, uint32_t u, uint32_t v)
{
    return index->rank[u] < index->rank[v] && interval_labels_may_reach(&index->intervals, u, v);
}

/* Depth-first search from u through the nodes whose labels leave it open that they reach v. */
static bool search(const struct reachability *index, struct reachability_scratch *scratch,
                   uint32_t u, uint32_t v)
{
    uint32_t mark = next_search(scratch, index->nodes);
    size_t height = 1;
    scratch->stack[0] = u;
    while (height > 0) {
        uint32_t node = scratch->stack[--height];
        for (size_t i = index->offsets[node]; i < index->offsets[node + 1]; i++) {
            uint32_t next = index->targets[i];
            if (next == v)
                return true;
            if (scratch->seen[next] == mark)
                continue;
            scratch->seen[next] = mark;
            if (!may_reach(index, next, v))
                continue;
            if (interval_labels_surely_reach(&index->intervals, next, v))
                return true;
            scratch->stack[height++] = next;
        }
    }
    return false;
}

bool reachability_query(const struct reachability *index, struct reachability_scratch *scratch,
                        uint32_t u, uint32_t v)
{
    if (index->method == REACHABILITY_CHAINS)
        return chain_labels_reach(&index->chains, u, v);
    if (u == v)
        return true;
    if (!may_reach(index, u, v))
        return false;
    return interval_labels_surely_reach(&index->intervals, u, v) || search(index, scratch, u, v);
}

enum reachability_relation reachability_relate(const struct reachability *index,
                                               struct reachability_scratch *scratch, uint32_t u,
                                               uint32_t v)
{
    if (u == v)
        return RELATION_SAME;
    if (reachability_query(index, scratch, u, v))
        return RELATION_BEFORE;
    return reachability_query(index, scratch, v, u) ? RELATION_AFTER : RELATION_APART;
}

void reachability_batch(const struct reachability *index, const struct node_pair *pairs,
                        size_t count, bool *answers)
{
#pragma omp parallel num_threads((int)threads_for(count, 4096))
    {
        struct reachability_scratch scratch;
        reachability_scratch_begin(&scratch, index);
#pragma omp for schedule(dynamic, 2048)
        for (size_t i = 0; i < count; i++)
            answers[i] = reachability_query(index, &scratch, pairs[i].source, pairs[i].target);
        reachability_scratch_end(&scratch);
    }
}

size_t reachability_bytes(const struct reachability *index)
{
    if (index->method == REACHABILITY_CHAINS)
        return chain_labels_bytes(&index->chains);
    return index->nodes * (index->intervals.traversals * sizeof *index->intervals.intervals +
                           sizeof *index->intervals.tree_low + sizeof *index->rank) +
           (index->nodes + 1) * sizeof *index->offsets +
           index->offsets[index->nodes] * sizeof *index->targets;
}

void reachability_free(struct reachability *index)
{
    chain_labels_free(&index->chains);
    interval_labels_free(&index->intervals);
    free(index->rank);
    free(index->offsets);
    free(index->targets);
    *index = (struct reachability){0};
}
