/*
 * The causal side of a spacetime: what it promises about who can reach whom, the times that keep
 * the promise without training, and the measure of what was kept.
 *
 *     edges    every edge is trained to point forward in time; nothing is promised of other pairs
 *     labels   times are interval labels: no path is missed, some pairs are related in error
 *     exact    never wrong: times realize the order, or an index is searched beside the times
 */
#ifndef TESSERAE_NN_SPACETIME_CAUSALITY_H
#define TESSERAE_NN_SPACETIME_CAUSALITY_H

#include "graph/dag.h"
#include "graph/reachability.h"
#include "tensor/real.h"

enum causality { CAUSALITY_EDGES, CAUSALITY_LABELS, CAUSALITY_EXACT };
extern const char *const causality_names[]; /* in that order, NULL-terminated */

struct causality_options {
    enum causality causality;
    size_t time_dim; /* T; 0: the least that is found to serve */
    uint64_t seed;
};

/* What makes the times right. */
enum causality_ground {
    GROUND_TRAINED,  /* training alone */
    GROUND_LABELS,   /* interval labels */
    GROUND_REALIZER, /* one or two total orders whose intersection is the order */
    GROUND_CHAINS,   /* an order for every chain of a cover */
    GROUND_SEARCH    /* interval labels, and an index that is asked instead of them */
};
extern const char *const causality_ground_names[]; /* in that order, NULL-terminated */

struct causal_order {
    enum causality causality;
    enum causality_ground ground;
    size_t nodes;
    size_t time_dim;
    real *times; /* (nodes, time_dim): of GROUND_TRAINED where training starts, in (0, 1]; else
                    whole numbers that stay */
    size_t width;       /* chains of the cover that was found */
    bool width_is_least; /* whether it is the width of the order */
    bool has_index;     /* of CAUSALITY_EXACT */
    struct reachability index;
};

/*
 * Makes the times, and for CAUSALITY_EXACT the index. EX_DATAERR when exact times of so few
 * dimensions are not found; the message tells the width. Free with causal_order_free, also on
 * failure.
 */
bool causal_order_make(struct causal_order *order, const struct dag *dag,
                       const struct causality_options *options, struct error *error);

void causal_order_free(struct causal_order *order);

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

#endif
