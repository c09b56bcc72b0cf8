#include "spacetime/order_pairs.h"

#include "base/memory.h"
#include "geometry/partial_order.h"
#include "grad/ops.h"
#include "graph/sampling.h"

#include <stdlib.h>

enum {
    DRAWS = 4,    /* for each pair that is wanted, at most */
    EACH_PAIR = 8 /* as often as that at most, in small graphs */
};

/*
 * Pairs are pulled far apart, since a repair then takes back less than what they were parted by;
 * edges, of which there are fewer, hold against that by their weight.
 */
static const real apart_margin = (real)0.2, edge_weight = 300;

bool order_pairs_begin(struct order_pairs *pairs, const struct dag *dag, size_t most,
                       uint64_t seed, struct error *error)
{
    size_t enough = EACH_PAIR * dag->graph.nodes * dag->graph.nodes;
    *pairs = (struct order_pairs){.most = most < enough ? most : enough};
    struct reachability_options options = reachability_defaults();
    options.seed = seed;
    if (!reachability_build(&pairs->index, dag, &options, error))
        return false;
    pairs->dag = dag;
    pairs->source = memory_alloc(most, sizeof *pairs->source);
    pairs->target = memory_alloc(most, sizeof *pairs->target);
    reachability_scratch_begin(&pairs->scratch, &pairs->index);
    return true;
}

void order_pairs_end(struct order_pairs *pairs)
{
    if (pairs->dag) {
        reachability_scratch_end(&pairs->scratch);
        reachability_free(&pairs->index);
    }
    free(pairs->source);
    free(pairs->target);
    *pairs = (struct order_pairs){0};
}

/* --- which pairs --- */

/* Most pairs differ in the first times already. */
static bool precedes(const real *x, const real *y, size_t dim)
{
    size_t k = 0;
    while (k < dim && x[k] <= y[k])
        k++;
    return k == dim;
}

struct mistakes {
    struct node_pair *list;
    size_t count, capacity;
};

static void add_mistakes_of(struct order_pairs *pairs, const real *times, size_t dim, uint32_t u,
                            struct mistakes *mistakes)
{
    for (uint32_t v = 0; v < pairs->dag->graph.nodes; v++) {
        if (!precedes(times + u * dim, times + v * dim, dim) ||
            reachability_query(&pairs->index, &pairs->scratch, u, v))
            continue;
        mistakes->list = memory_grow(mistakes->list, &mistakes->capacity, mistakes->count + 1,
                                     sizeof *mistakes->list);
        mistakes->list[mistakes->count++] = (struct node_pair){u, v};
    }
}

void order_pairs_find(struct order_pairs *pairs, const real *times, size_t dim, size_t scanned,
                      struct rng *rng)
{
    size_t sources = scanned / pairs->dag->graph.nodes + 1, most = pairs->most / 2;
    struct mistakes mistakes = {0};
    uint32_t *from = sample_nodes(&pairs->dag->graph, &sources, rng);
    for (size_t i = 0; i < sources; i++)
        add_mistakes_of(pairs, times, dim, from[i], &mistakes);
    rng_shuffle(rng, mistakes.list, mistakes.count, sizeof *mistakes.list);
    pairs->mistaken = pairs->count = mistakes.count < most ? mistakes.count : most;
    for (size_t i = 0; i < pairs->mistaken; i++) {
        pairs->source[i] = mistakes.list[i].source;
        pairs->target[i] = mistakes.list[i].target;
    }
    free(from);
    free(mistakes.list);
}

void order_pairs_draw(struct order_pairs *pairs, struct rng *rng)
{
    size_t nodes = pairs->dag->graph.nodes, wanted = pairs->mistaken + (pairs->most + 1) / 2;
    pairs->count = pairs->mistaken;
    for (size_t draw = 0; pairs->count < wanted && draw < DRAWS * wanted && nodes > 1; draw++) {
        uint32_t u = (uint32_t)rng_below(rng, nodes);
        uint32_t v = (uint32_t)((u + 1 + rng_below(rng, nodes - 1)) % nodes);
        if (reachability_query(&pairs->index, &pairs->scratch, u, v))
            continue;
        pairs->source[pairs->count] = u;
        pairs->target[pairs->count++] = v;
    }
}

/* --- the loss --- */

struct variable *order_pairs_loss(const struct order_pairs *pairs, struct tape *tape,
                                  struct variable *times, const uint32_t *edge_source,
                                  const uint32_t *edge_target, size_t edge_count,
                                  real edge_margin)
{
    real share = (real)edge_count / (real)(pairs->count ? pairs->count : edge_count);
    struct variable *edges = partial_order_hinge_loss(tape, times, edge_source, edge_target,
                                                      edge_count, edge_margin);
    return tape_add(tape, tape_affine(tape, edges, edge_weight * share, 0),
                    partial_order_apart_loss(tape, times, pairs->source, pairs->target,
                                             pairs->count, apart_margin));
}
