#include "dag/chain_cover.h"

#include "base/memory.h"
#include "dag/chain_flow.h"

#include <stdlib.h>
#include <string.h>

/* Numbers the chains in the order of their first nodes and lists their members. */
static void list_chains(struct chain_cover *cover, const struct dag *dag, const uint32_t *next)
{
    bool *follows = memory_zeroed(cover->nodes, sizeof *follows);
    for (size_t v = 0; v < cover->nodes; v++)
        if (next[v] != UINT32_MAX)
            follows[next[v]] = true;
    size_t listed = 0;
    for (size_t p = 0; p < cover->nodes; p++) {
        uint32_t position = 0;
        if (follows[dag->order[p]])
            continue;
        cover->offsets[cover->chains] = listed;
        for (uint32_t v = dag->order[p]; v != UINT32_MAX; v = next[v]) {
            cover->chain[v] = (uint32_t)cover->chains;
            cover->position[v] = position++;
            cover->members[listed++] = v;
        }
        cover->chains++;
    }
    cover->offsets[cover->chains] = listed;
    free(follows);
}

/*
 * König's theorem: the nodes whose exit is reached from where a unit may start, and whose entry is
 * not. From a reached exit everything after it is reached, so no two of them are comparable.
 */
static void take_unreached(struct chain_cover *cover, const struct chain_flow *flow)
{
    for (size_t v = 0; v < cover->nodes; v++)
        if (flow->level[2 * v] != CHAIN_FLOW_FAR && flow->level[2 * v + 1] == CHAIN_FLOW_FAR)
            cover->antichain[cover->antichain_count++] = (uint32_t)v;
}

/* Nodes of equal rank are an antichain. */
static void take_largest_level(struct chain_cover *cover, const struct dag *dag)
{
    size_t best = 0;
    size_t *counts = memory_zeroed(dag->height, sizeof *counts);
    for (size_t v = 0; v < cover->nodes; v++)
        counts[dag->rank[v]]++;
    for (size_t rank = 0; rank < dag->height; rank++)
        if (counts[rank] > counts[best])
            best = rank;
    for (size_t v = 0; v < cover->nodes; v++)
        if (dag->rank[v] == best)
            cover->antichain[cover->antichain_count++] = (uint32_t)v;
    free(counts);
}

void chain_cover_make(struct chain_cover *cover, const struct dag *dag, uint64_t effort)
{
    size_t nodes = dag->graph.nodes;
    *cover = (struct chain_cover){.nodes = nodes};
    cover->offsets = memory_alloc(nodes + 1, sizeof *cover->offsets);
    cover->members = memory_alloc(nodes, sizeof *cover->members);
    cover->chain = memory_alloc(nodes, sizeof *cover->chain);
    cover->position = memory_alloc(nodes, sizeof *cover->position);
    cover->antichain = memory_alloc(nodes, sizeof *cover->antichain);
    struct chain_flow flow;
    chain_flow_begin(&flow, dag);
    cover->minimum = chain_flow_maximize(&flow, effort);
    if (cover->minimum)
        take_unreached(cover, &flow);
    else
        take_largest_level(cover, dag);
    uint32_t *next = memory_alloc(nodes, sizeof *next);
    chain_flow_follow(&flow, next);
    list_chains(cover, dag, next);
    free(next);
    chain_flow_end(&flow);
    cover->minimum |= cover->antichain_count == cover->chains;
}

void chain_cover_free(struct chain_cover *cover)
{
    free(cover->offsets);
    free(cover->members);
    free(cover->chain);
    free(cover->position);
    free(cover->antichain);
    *cover = (struct chain_cover){0};
}
