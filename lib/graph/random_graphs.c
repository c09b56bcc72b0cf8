#include "graph/random_graphs.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Chooses from positions 0, 1, 2, ... each with one probability, jumping over the others. */
struct chooser {
    struct rng *rng;
    double log_rest; /* log(1 - probability) */
    uint64_t next;   /* the next position chosen */
    uint64_t end;
};

/* Jumps by a geometrically distributed number of positions. */
static void jump(struct chooser *chooser)
{
    double skipped = floor(log1p(-rng_uniform(chooser->rng)) / chooser->log_rest);
    if (skipped < (double)(chooser->end - chooser->next))
        chooser->next += (uint64_t)skipped;
    else
        chooser->next = chooser->end;
}

static struct chooser choose_from(uint64_t count, double probability, struct rng *rng)
{
    struct chooser chooser = {.rng = rng, .log_rest = log1p(-probability), .end = count};
    if (probability > 0)
        jump(&chooser);
    else
        chooser.next = count;
    return chooser;
}

/* The next position chosen; false at the end. */
static bool chosen(struct chooser *chooser, uint64_t *position)
{
    if (chooser->next >= chooser->end)
        return false;
    *position = chooser->next++;
    jump(chooser);
    return true;
}

/* Pairs within nodes first .. first + count - 1; the smaller one is the source unless directed. */
static void choose_within(struct edge_list *list, size_t first, size_t count, double probability,
                          struct rng *rng)
{
    if (count < 2)
        return;
    uint64_t pairs = (uint64_t)count * (count - 1);
    struct chooser chooser = choose_from(list->directed ? pairs : pairs / 2, probability, rng);
    uint64_t position;
    uint64_t row = 1;        /* the undirected pairs (row, 0) ... (row, row - 1) */
    uint64_t row_starts = 0; /* the position of (row, 0) */
    while (chosen(&chooser, &position)) {
        if (list->directed) {
            uint64_t source = position / (count - 1);
            uint64_t target = position % (count - 1);
            edge_list_add(list, first + source, first + target + (target >= source), 1);
        } else {
            while (position - row_starts >= row)
                row_starts += row++;
            edge_list_add(list, first + (position - row_starts), first + row, 1);
        }
    }
}

/* Arcs from each of the sources to each of the targets. */
static void choose_between(struct edge_list *list, size_t first_source, size_t sources,
                           size_t first_target, size_t targets, double probability, struct rng *rng)
{
    struct chooser chooser = choose_from((uint64_t)sources * targets, probability, rng);
    uint64_t position;
    while (chosen(&chooser, &position))
        edge_list_add(list, first_source + position / targets, first_target + position % targets,
                      1);
}

void generate_erdos_renyi(struct edge_list *list, size_t nodes, double probability, bool directed,
                          struct rng *rng)
{
    list->nodes = nodes;
    list->directed = directed;
    choose_within(list, 0, nodes, probability, rng);
}

void generate_barabasi_albert(struct edge_list *list, size_t nodes, size_t attach, struct rng *rng)
{
    generate_star(list, attach + 1);
    list->nodes = nodes;
    for (size_t v = attach + 1; v < nodes; v++) {
        size_t ends = 2 * list->count; /* a node stands here as often as its degree */
        size_t first = list->count;
        while (list->count - first < attach) {
            uint64_t end = rng_below(rng, ends);
            struct edge edge = list->edges[end / 2];
            uint32_t target = end % 2 ? edge.source : edge.target;
            bool repeated = false;
            for (size_t i = first; i < list->count && !repeated; i++)
                repeated = list->edges[i].target == target;
            if (!repeated)
                edge_list_add(list, v, target, 1);
        }
    }
}

/* A set of undirected pairs: open addressing, never more than half full. */
struct pair_set {
    uint64_t *slots;
    size_t mask;
};

enum { NO_PAIR = 0, ERASED = 1 }; /* a pair's key is larger, since its nodes differ */

static uint64_t pair_key(uint64_t a, uint64_t b)
{
    return a < b ? b << 32 | a : a << 32 | b;
}

/* The slot of a pair, or the free slot at the end of its run. */
static uint64_t *pair_slot(const struct pair_set *set, uint64_t key)
{
    size_t slot = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & set->mask;
    while (set->slots[slot] != key && set->slots[slot] != NO_PAIR)
        slot = (slot + 1) & set->mask;
    return &set->slots[slot];
}

static struct pair_set make_pair_set(size_t most)
{
    size_t slots = 4;
    while (slots < 2 * most)
        slots *= 2;
    return (struct pair_set){memory_zeroed(slots, sizeof(uint64_t)), slots - 1};
}

static void generate_ring(struct edge_list *list, size_t nodes, size_t neighbours)
{
    list->nodes = nodes;
    for (size_t distance = 1; distance <= neighbours / 2; distance++)
        for (size_t v = 0; v < nodes; v++)
            edge_list_add(list, v, (v + distance) % nodes, 1);
}

void generate_watts_strogatz(struct edge_list *list, size_t nodes, size_t neighbours, double rewire,
                             struct rng *rng)
{
    generate_ring(list, nodes, neighbours);
    /* An erased pair keeps its slot, so there is one for every edge before and after. */
    struct pair_set present = make_pair_set(2 * list->count);
    uint32_t *degree = memory_alloc(nodes, sizeof *degree);
    for (size_t v = 0; v < nodes; v++)
        degree[v] = (uint32_t)neighbours;
    for (size_t i = 0; i < list->count; i++) {
        uint64_t key = pair_key(list->edges[i].source, list->edges[i].target);
        *pair_slot(&present, key) = key;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct edge *edge = &list->edges[i];
        if (rng_uniform(rng) >= rewire || degree[edge->source] == nodes - 1)
            continue;
        uint32_t target;
        uint64_t *slot;
        do {
            target = (uint32_t)rng_below(rng, nodes);
            slot = pair_slot(&present, pair_key(edge->source, target));
        } while (target == edge->source || *slot != NO_PAIR);
        *slot = pair_key(edge->source, target);
        *pair_slot(&present, pair_key(edge->source, edge->target)) = ERASED;
        degree[edge->target]--;
        degree[target]++;
        edge->target = target;
    }
    free(degree);
    free(present.slots);
}

void generate_random_dag(struct edge_list *list, size_t nodes, double probability, struct rng *rng)
{
    uint32_t *order = memory_alloc(nodes, sizeof *order);
    for (size_t v = 0; v < nodes; v++)
        order[v] = (uint32_t)v;
    rng_shuffle(rng, order, nodes, sizeof *order);
    list->nodes = nodes;
    choose_within(list, 0, nodes, probability, rng);
    list->directed = true;
    for (size_t i = 0; i < list->count; i++) {
        list->edges[i].source = order[list->edges[i].source];
        list->edges[i].target = order[list->edges[i].target];
    }
    free(order);
}

void generate_stochastic_block(struct edge_list *list, size_t nodes, size_t blocks, double within,
                               double between, bool directed, struct rng *rng, uint32_t *labels)
{
    list->nodes = nodes;
    list->directed = directed;
    for (size_t a = 0; a < blocks; a++) {
        size_t start = a * nodes / blocks;
        size_t end = (a + 1) * nodes / blocks;
        for (size_t v = start; labels && v < end; v++)
            labels[v] = (uint32_t)a;
        choose_within(list, start, end - start, within, rng);
        for (size_t b = directed ? 0 : a + 1; b < blocks; b++) {
            size_t other = b * nodes / blocks;
            if (b != a)
                choose_between(list, start, end - start, other, (b + 1) * nodes / blocks - other,
                               between, rng);
        }
    }
}
