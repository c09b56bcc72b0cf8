/*
 * Training times not to relate what no path joins: pairs of that kind, drawn at random and found
 * where the times are mistaken, and a loss that parts them while it keeps edges in order.
 */
#ifndef TESSERAE_SPACETIME_ORDER_PAIRS_H
#define TESSERAE_SPACETIME_ORDER_PAIRS_H

#include "base/rng.h"
#include "dag/dag.h"
#include "dag/reachability.h"
#include "grad/tape.h"

/* Pairs (count) to part: the source does not reach the target, though it may be reached by it. */
struct order_pairs {
    size_t count, mistaken;    /* the mistaken ones stand first */
    uint32_t *source, *target; /* (most) */
    size_t most;               /* half of them mistaken, half random, if there are so many */
    const struct dag *dag;     /* not owned; NULL until begun */
    struct reachability index;
    struct reachability_scratch scratch;
};

/*
 * Builds the index that tells; fails as reachability_build does. In small graphs most is no more
 * than every pair a few times. End it, also on failure.
 */
bool order_pairs_begin(struct order_pairs *pairs, const struct dag *dag, size_t most,
                       uint64_t seed, struct error *error);
void order_pairs_end(struct order_pairs *pairs);

/*
 * Finds pairs whose source precedes the target in every one of times (nodes, dim) though it does
 * not reach it, among about `scanned` pairs from random sources.
 */
void order_pairs_find(struct order_pairs *pairs, const real *times, size_t dim, size_t scanned,
                      struct rng *rng);

/* Draws the random pairs anew, uniformly; the mistaken ones stay. */
void order_pairs_draw(struct order_pairs *pairs, struct rng *rng);

/*
 * The loss of times on the tape, for edges (edge_count) and the present pairs: the hinge of the
 * edges and that of the pairs (partial_order_hinge_loss, partial_order_apart_loss), with weights
 * and margins that suit times whose range is about 1. edge_margin is what edges are to be forward
 * by.
 */
struct variable *order_pairs_loss(const struct order_pairs *pairs, struct tape *tape,
                                  struct variable *times, const uint32_t *edge_source,
                                  const uint32_t *edge_target, size_t edge_count,
                                  real edge_margin);

#endif
