/*
 * Training of latent graph inference: cross entropy of the training items, plus the graph loss
 * with the advantage delta_i = E[ac_i] - ac_i, where ac_i tells whether item i was classified right
 * in this step, and E[ac_i] is its running mean.
 */
#ifndef TESSERAE_LATENT_LATENT_FIT_H
#define TESSERAE_LATENT_LATENT_FIT_H

#include "latent/latent_history.h"
#include "nn/classification.h"
#include "optim/training.h"

struct latent_fit {
    struct latent_network *network; /* started */
    struct latent_inputs inputs;
    const struct label_table *table;
    const uint8_t *parts;     /* (rows) */
    enum class_metric metric; /* on the validation items, chooses the parameters */
    enum graph_loss graph_loss;
    double graph_weight;   /* of the graph loss in the total */
    double graph_rate;     /* highest learning rate of the graph branch */
    double accuracy_decay; /* of the running mean, 0.9 */
    size_t draws;          /* graphs over which probabilities are averaged; 0: the nearest
                              neighbours */
    uint64_t seed;
    struct training training;      /* schedule, checkpoint, log; the rest is filled in */
    struct latent_history history; /* result; free with latent_history_free */
};

/*
 * Trains. The parameters kept are those that are best on the validation items; without such those
 * of the least training loss. False when training fails (see training_run).
 */
bool latent_fit(struct latent_fit *fit, struct error *error);

/* Probabilities (rows, outputs), the mean of those by `draws` graphs, or by the nearest: free()
 * them. */
real *latent_probabilities(const struct latent_network *network, const struct latent_inputs *inputs,
                           size_t draws, uint64_t seed, bool several);

#endif
