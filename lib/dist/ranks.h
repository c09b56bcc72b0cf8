/*
 * Ranks: the processes that work on one training together. Over MPI where tesserae was configured
 * --with-mpi and started by mpirun; one process, rank 0 of 1, otherwise. The calls are the same, so
 * code that sums its gradients over all ranks needs no second version for one.
 *
 * A program that never calls ranks_start is one process, too: what sums over ranks may stand in the
 * training loop of all programs.
 *
 * All of these but ranks_rank and ranks_count are collective: every rank must make the same calls
 * in the same order. A rank that exits before ranks_finish (on an error) makes mpirun end the
 * others.
 */
#ifndef TESSERAE_DIST_RANKS_H
#define TESSERAE_DIST_RANKS_H

#include <stdbool.h>
#include <stddef.h>

/* Joins the ranks; once per process, before any other call. */
void ranks_start(void);

/* This process among ranks_count(), from 0. */
int ranks_rank(void);
int ranks_count(void);

/* values[i] becomes the sum of values[i] over all ranks, the same bytes on each. */
void ranks_sum_floats(float *values, size_t count);
void ranks_sum_doubles(double *values, size_t count);

/* Whether something is so on any rank. */
bool ranks_any(bool here);

/* Copies the bytes of rank `root` to all others. */
void ranks_broadcast(void *bytes, size_t count, int root);

/*
 * Sends bytes to every rank: `bytes` holds those for rank 0, then those for rank 1 and so on, whose
 * numbers are counts (ranks). Returns what came, in the order of the ranks, *received bytes; free()
 * it. At most 2^31 - 1 bytes to and from each rank.
 */
void *ranks_exchange(const void *bytes, const size_t *counts, size_t *received);

/* Waits until every rank is here. */
void ranks_wait(void);

/* Leaves the ranks; nothing of the above may be called any more. */
void ranks_finish(void);

#endif
