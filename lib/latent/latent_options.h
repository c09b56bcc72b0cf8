/*
 * The options of latent graph inference, as a group for argp: the spaces, the network over them,
 * its training. Name latent_argp among a program's groups and give its settings as the group's
 * input.
 */
#ifndef TESSERAE_LATENT_LATENT_OPTIONS_H
#define TESSERAE_LATENT_LATENT_OPTIONS_H

#include "latent/latent_fit.h"
#include "node/class_options.h"
#include "node/hyperparameters.h"

/* Numbers that were not given are negative, or 0 where 0 means nothing. */
struct latent_settings {
    struct class_settings classes;
    struct hyperparameters every; /* its hidden and dropouts are the model's once settled */
    struct node_data_options data;
    const char *spaces;          /* as given */
    struct latent_options model; /* its spaces are settled by latent_settle */
    bool only_given;             /* no space at all: the given graph alone, or none */
    int self;                    /* -1, 0, 1: one more branch */
    int embed;                   /* -1, 0 linear, 1 over the given graph */
    enum graph_loss graph_loss;
    double graph_weight, graph_rate, accuracy_decay, overlap, hidden_share;
    double self_loop;
    int draws;
    bool given; /* whether an option of a training was, but for `every` */
    struct training training;
};

extern const struct argp latent_argp;

struct latent_settings latent_settings_default(void);

/*
 * To be called after parsing: what was not given becomes what suits. EX_USAGE for options that do
 * not go together and for spaces that do not parse.
 */
bool latent_settle(struct latent_settings *settings, const struct common_options *common,
                   struct error *error);

/*
 * What makes a checkpoint this run's own: data, split, and everything that shapes the steps, as
 * text that the caller frees.
 */
char *latent_identity(const struct latent_settings *settings, const struct latent_fit *fit,
                      const struct node_data *data);

/* Puts the settings into a report's options. */
void latent_report_options(const struct latent_settings *settings, struct report *report);

void latent_settings_free(struct latent_settings *settings);

#endif
