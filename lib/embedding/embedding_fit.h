/*
 * Fitting a graph embedding to pairs of nodes with target distances.
 *
 * Targets are divided by their mean, so that learning rates mean the same for every graph; the
 * fitted model is scaled back. Several starts can be tried; the best after a tenth of the steps is
 * trained to the end.
 */
#ifndef TESSERAE_EMBEDDING_EMBEDDING_FIT_H
#define TESSERAE_EMBEDDING_EMBEDDING_FIT_H

#include "embedding/embedding_loss.h"
#include "embedding/embedding_start.h"
#include "embedding/graph_embedding.h"
#include "graph/pairs.h"
#include "optim/training.h"

struct embedding_fit {
    struct graph_embedding *model;
    const struct pairs *pairs;    /* in random order; every step takes the next `batch` */
    const struct pairs *held_out; /* logged at evaluations; they choose nothing; or NULL */
    const real *features;         /* (nodes, model->features), or NULL */
    enum embedding_loss loss;
    size_t batch;
    uint64_t seed;
    size_t restarts;              /* starts to try, at least 1 */
    const struct landmarks *landmarks; /* for starts by scaling; or NULL */
    enum embedding_start starts[3]; /* taken in turn by the restarts */
    size_t start_count;
    struct training training;     /* schedule, clipping, checkpoint, log; the rest is filled in */
};

/*
 * Trains the model in place. False when training fails (see training_run). The results stand in
 * fit->training.
 */
bool embedding_fit(struct embedding_fit *fit, struct error *error);

#endif
