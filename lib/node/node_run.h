/* Runs of node classification: repeated trainings, their figures, and the best of them. */
#ifndef TESSERAE_NODE_NODE_RUN_H
#define TESSERAE_NODE_NODE_RUN_H

#include "node/class_runs.h"
#include "node/node_classifier_file.h"
#include "node/node_options.h"

/* Free with node_run_free. */
struct node_run {
    struct trained_classifier best; /* of the repeats, by the metric on the validation nodes */
    real *probabilities;            /* (nodes, classes), of the best */
    struct class_runs runs;
};

/* Settles what depends on the data; before training_settle. */
void node_run_settle(struct node_settings *settings, const struct node_data *data, uint64_t seed);

/*
 * Trains as the settings say, from the seeds seed, seed + 1, ... Where the table has splits, repeat
 * r takes the r-th of them (round and round), otherwise it draws one. Warns and fails
 * as class_runs_check_parts; otherwise as training_run. Whether it was interrupted stands in
 * settings->training.
 */
bool node_run(struct node_settings *settings, const struct node_data *data, uint64_t seed,
              struct node_run *run, struct error *error);

/* Puts figures of all parts into the metrics, and the options of the settings. */
void node_run_report(const struct node_run *run, const struct node_settings *settings,
                     struct report *report);

void node_run_free(struct node_run *run);

#endif
