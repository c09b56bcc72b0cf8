/*
 * Training of a node classifier: on the whole graph at every step, on the induced subgraphs of a
 * random partition drawn anew for every epoch, or on sampled neighbourhoods of the training nodes.
 *
 * Where there are several ranks (dist/ranks.h), each computes its share of the rows of every batch
 * and asks the others for what it hears of theirs; of sampled neighbourhoods, its share of the
 * seeds with all that they hear. The steps are those of one process but for rounding (and, of
 * sampled neighbourhoods, for the masks of dropout).
 */
#ifndef TESSERAE_NODE_NODE_FIT_H
#define TESSERAE_NODE_NODE_FIT_H

#include "graph/neighbour_sampling.h"
#include "nn/classification.h"
#include "node/node_classifier.h"
#include "node/node_data.h"
#include "optim/training.h"

struct node_fit {
    struct node_classifier *model;
    const struct node_data *data;
    const struct propagation *propagation; /* of the whole graph, as the model wants it */
    real self_loop;                        /* of the propagation of subgraphs */
    const uint8_t *parts;                  /* (nodes): the split */
    enum class_metric metric;              /* what chooses the parameters, on validation nodes */
    size_t batch_nodes;                    /* 0: the whole graph */
    size_t fanouts[SAMPLE_MOST_LAYERS];    /* neighbours a layer listens to, from input to output */
    size_t fanout_count;                   /* 0: induced subgraphs; else the model's layers */
    double alpha_rate;                     /* highest learning rate of the alphas */
    double block_rate;                     /* and of the blocks' other parameters */
    uint64_t seed;
    struct training training; /* schedule, checkpoint, log; the rest is filled in */
};

/*
 * The steps of an epoch: 1 on the whole graph; a partition's parts of `nodes` nodes; or batches of
 * the `train` training nodes where neighbourhoods are sampled.
 */
size_t node_fit_steps_per_epoch(const struct node_fit *fit, size_t nodes, size_t train);

/*
 * Initialises the model from the seed and trains it. The parameters kept are those that are best on
 * the validation nodes; without such nodes those of the least training loss. False when training
 * fails (see training_run).
 */
bool node_fit(struct node_fit *fit, struct error *error);

/* The probabilities (nodes, classes) that a model gives; NULL as node_predict. free() them. */
real *node_probabilities(const struct node_classifier *model, const struct node_data *data,
                         const struct propagation *propagation, bool several,
                         struct error *error);

#endif
