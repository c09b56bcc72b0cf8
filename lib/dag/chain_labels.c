#include "dag/chain_labels.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { NO_LABEL = UINT32_MAX };

/* The labels of one node while they are gathered. */
struct gathering {
    uint32_t *position; /* (chains), NO_LABEL where there is none */
    uint32_t *chains;   /* those with a label, in no order */
    size_t count;
    bool last; /* the greater position prevails, otherwise the smaller */
};

static void gather(struct gathering *gathering, struct chain_label label)
{
    uint32_t *position = &gathering->position[label.chain];
    if (*position == NO_LABEL) {
        gathering->chains[gathering->count++] = label.chain;
        *position = label.position;
    } else if (gathering->last ? label.position > *position : label.position < *position) {
        *position = label.position;
    }
}

static int compare_chains(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Moves the gathered labels to where they are kept, sorted. */
static void settle(struct gathering *gathering, struct chain_label *labels)
{
    qsort(gathering->chains, gathering->count, sizeof *gathering->chains, compare_chains);
    for (size_t i = 0; i < gathering->count; i++) {
        uint32_t chain = gathering->chains[i];
        labels[i] = (struct chain_label){chain, gathering->position[chain]};
        gathering->position[chain] = NO_LABEL;
    }
    gathering->count = 0;
}

/* What becomes of a node's labels: appended in the order of the search; places are by node. */
struct storage {
    struct chain_label *labels;
    size_t capacity;
    size_t filled;
    size_t *first; /* (nodes) */
    size_t *count; /* (nodes) */
};

static void gather_node(struct gathering *gathering, const struct storage *storage,
                        const struct graph *before, struct chain_place own, uint32_t node)
{
    gather(gathering, (struct chain_label){own.chain, own.position});
    for (size_t i = before->offsets[node]; i < before->offsets[node + 1]; i++) {
        uint32_t neighbour = before->targets[i];
        for (size_t k = 0; k < storage->count[neighbour]; k++)
            gather(gathering, storage->labels[storage->first[neighbour] + k]);
    }
}

/* Puts the labels in the order of the nodes. */
static void arrange(struct chain_labels *labels, const struct storage *storage)
{
    labels->labels = memory_alloc(storage->filled, sizeof *labels->labels);
    labels->offsets[0] = 0;
    for (size_t v = 0; v < labels->nodes; v++) {
        if (storage->count[v])
            memcpy(labels->labels + labels->offsets[v], storage->labels + storage->first[v],
                   storage->count[v] * sizeof *labels->labels);
        labels->offsets[v + 1] = labels->offsets[v] + storage->count[v];
    }
}

/*
 * Labels in one direction; `before` leads from a node to those whose labels it inherits. False, and
 * nothing is kept, when there would be more than most_labels.
 */
static bool make_directed(struct chain_labels *labels, const struct dag *dag,
                          const struct graph *before, size_t most_labels)
{
    size_t nodes = labels->nodes;
    bool last = labels->direction == CHAIN_LAST_REACHING;
    struct gathering gathering = {.last = last};
    gathering.position = memory_alloc(labels->chains, sizeof *gathering.position);
    gathering.chains = memory_alloc(labels->chains, sizeof *gathering.chains);
    memset(gathering.position, 0xff, labels->chains * sizeof *gathering.position);
    struct storage storage = {.first = memory_alloc(nodes, sizeof *storage.first)};
    storage.count = memory_alloc(nodes, sizeof *storage.count);
    bool fits = true;
    for (size_t p = 0; p < nodes && fits; p++) {
        uint32_t node = dag->order[last ? p : nodes - 1 - p];
        gather_node(&gathering, &storage, before, labels->own[node], node);
        storage.first[node] = storage.filled;
        storage.count[node] = gathering.count;
        fits = gathering.count <= most_labels - storage.filled;
        if (!fits)
            break;
        storage.labels = memory_grow(storage.labels, &storage.capacity,
                                     storage.filled + gathering.count, sizeof *storage.labels);
        settle(&gathering, storage.labels + storage.filled);
        storage.filled += storage.count[node];
    }
    if (fits)
        arrange(labels, &storage);
    free(storage.labels);
    free(storage.first);
    free(storage.count);
    free(gathering.position);
    free(gathering.chains);
    return fits;
}

static struct chain_labels labels_begin(const struct dag *dag, const struct chain_cover *cover,
                                        enum chain_direction direction)
{
    struct chain_labels labels = {cover->nodes, cover->chains, direction, NULL, NULL, NULL};
    labels.offsets = memory_alloc(cover->nodes + 1, sizeof *labels.offsets);
    labels.own = memory_alloc(cover->nodes, sizeof *labels.own);
    for (size_t v = 0; v < cover->nodes; v++)
        labels.own[v] = (struct chain_place){cover->chain[v], cover->position[v], dag->rank[v]};
    return labels;
}

bool chain_labels_make(struct chain_labels *labels, const struct dag *dag,
                       const struct chain_cover *cover, size_t most_bytes)
{
    size_t fixed =
        (cover->nodes + 1) * sizeof *labels->offsets + cover->nodes * sizeof *labels->own;
    size_t most = most_bytes > fixed ? (most_bytes - fixed) / sizeof *labels->labels : 0;
    struct graph reverse;
    struct chain_labels forward = labels_begin(dag, cover, CHAIN_FIRST_REACHED);
    *labels = labels_begin(dag, cover, CHAIN_LAST_REACHING);
    dag_reverse_graph(&dag->graph, &reverse);
    bool has_last = make_directed(labels, dag, &reverse, most);
    if (has_last)
        most = labels->offsets[labels->nodes];
    bool has_first = make_directed(&forward, dag, &dag->graph, most);
    graph_free(&reverse);
    if (has_first && !(has_last && most <= forward.offsets[forward.nodes])) {
        chain_labels_free(labels);
        *labels = forward;
        return true;
    }
    chain_labels_free(&forward);
    if (!has_last)
        chain_labels_free(labels);
    return has_last;
}

/*
 * The place of a chain among a node's labels, or of the nearest smaller one (or the first). Labels
 * lie evenly among the chains by and large, so the search goes out from where the chain should be:
 * one or two cache lines are looked at in place of one for each halving.
 */
static const struct chain_label *find_label(const struct chain_labels *labels, uint32_t node,
                                            uint32_t chain)
{
    const struct chain_label *first = labels->labels + labels->offsets[node];
    size_t count = labels->offsets[node + 1] - labels->offsets[node];
    size_t low = (size_t)((uint64_t)chain * count / labels->chains), high = low + 1;
    size_t step = 4;
    for (; low > 0 && first[low].chain > chain; step *= 2) {
        high = low;
        low = low > step ? low - step : 0;
    }
    for (; high < count && first[high].chain <= chain; step *= 2) {
        low = high;
        high = high + step < count ? high + step : count;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (first[middle].chain <= chain)
            low = middle;
        else
            high = middle;
    }
    return first + low;
}

bool chain_labels_reach(const struct chain_labels *labels, uint32_t u, uint32_t v)
{
    bool last = labels->direction == CHAIN_LAST_REACHING;
    struct chain_place own = labels->own[last ? u : v];
    if (labels->own[u].rank >= labels->own[v].rank)
        return u == v;
    const struct chain_label *label = find_label(labels, last ? v : u, own.chain);
    return label->chain == own.chain &&
           (last ? own.position <= label->position : label->position <= own.position);
}

size_t chain_labels_bytes(const struct chain_labels *labels)
{
    return (labels->nodes + 1) * sizeof *labels->offsets + labels->nodes * sizeof *labels->own +
           labels->offsets[labels->nodes] * sizeof *labels->labels;
}

void chain_labels_free(struct chain_labels *labels)
{
    free(labels->offsets);
    free(labels->labels);
    free(labels->own);
    *labels = (struct chain_labels){0};
}
