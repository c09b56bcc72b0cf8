/*
 * The options of node classification, as a group for argp: what is read, the network, its training.
 * Name node_argp among a program's groups and give its settings as the group's input.
 */
#ifndef TESSERAE_NODE_NODE_OPTIONS_H
#define TESSERAE_NODE_NODE_OPTIONS_H

#include "base/options.h"
#include "base/report.h"
#include "node/class_options.h"
#include "node/hyperparameters.h"
#include "node/node_data.h"
#include "node/node_fit.h"

#include <argp.h>

/* Numbers that were not given are negative, or 0 where 0 means nothing. */
struct node_settings {
    struct node_data_options data;
    struct node_classifier_options model;
    struct class_settings classes;
    struct hyperparameters every; /* its hidden and dropouts are the model's once settled */
    double self_loop;
    double alpha_rate;
    double block_rate;
    size_t steps_per_epoch;       /* settled with the data */
    size_t batch_nodes;
    size_t fanouts[SAMPLE_MOST_LAYERS];
    size_t fanout_count;
    bool given; /* whether an option of the network or its learning was, but for `every` */
    struct training training;
};

extern const struct argp node_argp;

struct node_settings node_settings_default(void);

/*
 * To be called after parsing: what was not given becomes what suits the network. EX_USAGE for
 * options that do not go together.
 */
bool node_settle(struct node_settings *settings, const struct common_options *common,
                 struct error *error);

/*
 * What was not given and depends on the data, of which `train` nodes are for training: the dropout
 * of features, weight decay, the blocks' rate, steps and those between evaluations.
 */
void node_settle_data(struct node_settings *settings, const struct node_data *data, size_t train,
                      size_t steps_per_epoch);

/*
 * What makes a checkpoint this run's own: the data and everything that shapes the steps, as text
 * that the caller frees. fit must have its model.
 */
char *node_identity(const struct node_settings *settings, const struct node_fit *fit);

/* Puts the settings into a report's options. */
void node_report_options(const struct node_settings *settings, struct report *report);

#endif
