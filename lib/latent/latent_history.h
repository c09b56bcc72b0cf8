/*
 * What a training of latent graph inference was on its way: which spaces attention took, and which
 * the gradient pulled at.
 */
#ifndef TESSERAE_LATENT_LATENT_HISTORY_H
#define TESSERAE_LATENT_LATENT_HISTORY_H

#include "latent/latent_network.h"

struct cJSON;

/*
 * For each evaluation the attention beta of each layer's branches in the step before it, and their
 * gradient shares: the norm of the gradient that reached a space's parameters, over the sum of
 * these norms in the layer (0 of a given graph, and where no layer draws graphs of its own). Free
 * with latent_history_free.
 */
struct latent_history {
    size_t evaluations;
    size_t branches;
    size_t each; /* layers times branches */
    uint64_t every,
        steps;         /* of the training: evaluation e is after step (e + 1) every, or the last */
    double *attention; /* (evaluations, each) */
    double *gradient_shares;           /* (evaluations, each) */
    char *names[LATENT_MOST_BRANCHES]; /* (branches) */
};

/* An empty one with room for `evaluations`. */
void latent_history_make(struct latent_history *history, const struct latent_options *options,
                         size_t evaluations);

/* Adds the newest evaluation to a line of a log: attention_LAYER_SPACE, gradient_share_LAYER_SPACE.
 */
void latent_history_log(const struct latent_history *history, struct cJSON *line);

/* An object with a list over the evaluations for each LAYER_SPACE, of one of the two tables. */
struct cJSON *latent_history_lists(const struct latent_history *history, const double *values);

/* Writes CSV: step, and the columns of the log; a row for each evaluation. */
bool latent_history_write(const struct latent_history *history, const char *path,
                          struct error *error);

void latent_history_free(struct latent_history *history);

#endif
