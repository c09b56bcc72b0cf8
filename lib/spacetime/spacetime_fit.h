/*
 * Fitting a spacetime to the weighted edges of a DAG: the loss of the distances on edges, and where
 * times are learned that of the order: the published one of edges (partial_order_loss), or with
 * unrelated pairs one that also parts these (order_pairs_loss).
 *
 * Weights are divided by their mean, so that learning rates mean the same for every graph, and the
 * model's scale makes that good; the published recipe takes them as they are.
 */
#ifndef TESSERAE_SPACETIME_SPACETIME_FIT_H
#define TESSERAE_SPACETIME_SPACETIME_FIT_H

#include "embedding/embedding_loss.h"
#include "optim/training.h"
#include "spacetime/spacetime.h"
#include "spacetime/spacetime_causality.h"

/* The edges of a DAG in random order, and a start for free coordinates. */
struct spacetime_targets {
    size_t count;
    uint32_t *source, *target; /* (count) */
    float *weight;             /* (count), > 0 */
    double mean_weight;
    size_t nodes;
    struct graph undirected;   /* the same edges without directions */
};

struct spacetime_targets spacetime_targets_make(const struct dag *dag, uint64_t seed);
void spacetime_targets_free(struct spacetime_targets *targets);

struct spacetime_fit {
    struct spacetime *model;
    const struct spacetime_targets *targets;
    const real *features;    /* (nodes, features), or NULL */
    const real *start_times; /* (nodes, T) where learned times start, or NULL */
    enum embedding_loss loss;
    size_t batch;            /* edges in a step */
    const struct dag *dag;   /* of the targets; needed where unrelated is not 0 */
    size_t unrelated;        /* pairs without a path in a step, for learned times; 0: none. Not for
                                the baselines, whose times are part of their distances */
    uint64_t seed;
    struct training training; /* schedule, clipping, checkpoint, log; the rest is filled in */
};

/* Starts the model and trains it in place; false when training fails (see training_run). */
bool spacetime_fit(struct spacetime_fit *fit, struct error *error);

#endif
