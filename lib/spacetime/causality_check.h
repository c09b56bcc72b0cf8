/* The measure of an order in time: how often it agrees with searches along the edges. */
#ifndef TESSERAE_SPACETIME_CAUSALITY_CHECK_H
#define TESSERAE_SPACETIME_CAUSALITY_CHECK_H

#include "dag/dag.h"
#include "dag/reachability.h"
#include "tensor/real.h"

/* Ordered pairs of different nodes, checked against breadth-first search. */
struct causality_figures {
    double pairs;
    double related;         /* pairs that a path joins */
    double true_positives;  /* of them, those that the answer calls related */
    double false_positives;
};

/*
 * Compares the product order of times (nodes, dim), or the index where it is not NULL, with
 * searches along the arcs: all pairs where these are at most 4,000,000, else all pairs from as many
 * random sources as make at least 1,000,000.
 */
struct causality_figures causality_check(const struct dag *dag, const real *times, size_t dim,
                                         const struct reachability *index, uint64_t seed);

/* 1 where nothing was claimed, or nothing was to be found. */
double causality_precision(const struct causality_figures *figures);
double causality_recall(const struct causality_figures *figures);

/* The share of pairs answered rightly, and of unrelated pairs that are called related. */
double causality_agreement(const struct causality_figures *figures);
double causality_false_positive_rate(const struct causality_figures *figures);

/* The share of the dag's arcs whose times, (nodes, dim), do not decrease. */
double causality_directionality(const struct dag *dag, const real *times, size_t dim);

/*
 * Whether along every arc no time decreases and one increases: then every path is an order in time,
 * and none is missed.
 */
bool causality_moves_forward(const struct dag *dag, const real *times, size_t dim);

#endif
