/*
 * Spacing: times trained within an order's constraints.
 *
 * Where times are ranks, every comparison rests on which of two ranks is the smaller, so that the
 * gaps between one rank and the next may be any that are positive,
 *
 *     t_k(v) = sum over i < r_k(v) of (LEAST + exp(g_k,i)),
 *
 * and the order stays what it was, exactly. The gaps are learned so that the interval of two nodes,
 *
 *     I(u, v) = min_k (t_k(v) - t_k(u)),
 *
 * is the length of the longest path from u to v. It is positive where u precedes v, and intervals
 * along a path add up to no more than that of its ends, as with proper time in relativity, which is
 * that of the longest worldline (in causal sets, the longest chain: Brightwell and Gregory,
 * "Structure of random discrete spacetime", Phys. Rev. Lett. 66, 1991).
 */
#ifndef TESSERAE_SPACETIME_TIME_SPACING_H
#define TESSERAE_SPACETIME_TIME_SPACING_H

#include "base/error.h"
#include "dag/dag.h"
#include "grad/tape.h"

/*
 * Times (nodes, T) of ranks (nodes, T), whole numbers in [0, nodes), and of the logarithms g
 * (T, nodes) of the gaps, on the tape. Sums are in double.
 */
struct variable *tape_spaced_times(struct tape *tape, struct variable *gaps, const real *ranks);

/* The intervals (count) of pairs of nodes, on the tape. */
struct variable *tape_intervals(struct tape *tape, struct variable *times, const uint32_t *source,
                                const uint32_t *target, size_t count);

struct time_spacing {
    uint64_t steps;
    uint64_t seed;
    bool show_progress;
    /* Results: the mean of |interval / longest path - 1| over the pairs that were fitted. */
    double ranks_error; /* with equal gaps of the best size */
    double error;
};

/*
 * Spaces times (nodes, dim), which must be such ranks and grow along paths, in place: they are then
 * in the unit of the weights, and compare as before, also as rounded. Fitted are at most 100,000
 * related pairs from at most 512 sources. False when the training fails.
 */
bool time_spacing_fit(struct time_spacing *spacing, const struct dag *dag, real *times, size_t dim,
                      struct error *error);

#endif
