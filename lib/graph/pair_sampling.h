/*
 * Sequential sampling: a given number of different whole numbers below a bound, each set of them as
 * likely as any other, in ascending order and without remembering any (Vitter, "An efficient
 * algorithm for sequential random sampling", ACM TOMS 1987, algorithms A and D). For drawing a
 * billion of a quadrillion pairs.
 */
#ifndef TESSERAE_GRAPH_PAIR_SAMPLING_H
#define TESSERAE_GRAPH_PAIR_SAMPLING_H

#include "base/rng.h"

#include <stdbool.h>

struct sequential_sample {
    struct rng rng;
    uint64_t left;      /* numbers that are still to be drawn */
    uint64_t remaining; /* numbers that may still be drawn */
    uint64_t next;      /* the smallest of those */
    double power;       /* the next random number, of which the root is drawn already; 0: none */
};

/* count <= bound < 2^53. */
struct sequential_sample sequential_sample_start(uint64_t count, uint64_t bound, struct rng rng);

/* The next number; false when all are drawn. O(1) on average. */
bool sequential_sample_next(struct sequential_sample *sample, uint64_t *number);

#endif
