/*
 * Interval labels refined by training: fewer pairs that are related in error, and still none
 * missed.
 *
 * The labels are the start. Training pulls apart pairs that they relate in error, found anew every
 * so often, and random unrelated ones (partial_order_apart_loss), against a hinge that keeps edges
 * in order. What is learned is then repaired (order_repair) and put in ranks: each time is a total
 * order that goes along every edge, whatever training did, so that no path is missed.
 */
#ifndef TESSERAE_SPACETIME_LABEL_REFINEMENT_H
#define TESSERAE_SPACETIME_LABEL_REFINEMENT_H

#include "base/error.h"
#include "dag/dag.h"
#include "tensor/real.h"

struct label_refinement {
    uint64_t steps;
    uint64_t seed;
    bool show_progress;
};

/*
 * Refines times (nodes, dim), which must not decrease along edges, to the repaired ranks of the
 * step with the least false positives; to those of the times themselves where no step was better.
 * An interrupt ends it with the best so far. False when the training fails.
 */
bool label_refine(const struct label_refinement *refinement, const struct dag *dag, real *times,
                  size_t dim, struct error *error);

#endif
