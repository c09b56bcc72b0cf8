/* Runs of latent graph inference: what a network reads of node data, repeated trainings, the best.
 */
#ifndef TESSERAE_LATENT_LATENT_RUN_H
#define TESSERAE_LATENT_LATENT_RUN_H

#include "latent/latent_file.h"
#include "latent/latent_options.h"
#include "node/class_runs.h"
#include "node/node_data.h"

/*
 * Rows as a network reads them. Counted words stay as node data has them, and only the directions
 * of their coordinates count; other features are standardised unless scaling says otherwise.
 */
struct latent_rows {
    struct latent_inputs inputs;
    real *mean, *deviation;         /* (features), where they are standardised; or NULL */
    struct propagation propagation; /* of the given graph */
};

/* Standardises data's matrix in place where it should be; data must outlive the rows. */
void latent_rows_make(struct latent_rows *rows, struct node_data *data,
                      const struct latent_settings *settings);

void latent_rows_free(struct latent_rows *rows);

/* Free with latent_run_free. */
struct latent_run {
    struct class_runs runs;
    struct trained_latent best;    /* of the repeats, by the metric on the validation items; it
                                      remembers nothing yet, see latent_run_remember */
    struct latent_history history; /* its own */
    real *probabilities;           /* (rows, classes), of the best */
    struct latent_rows rows;       /* what it was trained on */
};

/* Settles what depends on the data. EX_DATAERR when there are not more rows than neighbours. */
bool latent_run_settle(struct latent_settings *settings, const struct node_data *data,
                       struct error *error);

/*
 * Trains as the settings say, from the seeds seed, seed + 1, ... (class_runs_parts). Fails as
 * class_runs_check_parts and training_run do. The data must outlive the run.
 */
bool latent_run(struct latent_settings *settings, struct node_data *data, uint64_t seed,
                struct latent_run *run, struct error *error);

/* Lets the best network remember its items, before it is saved. */
void latent_run_remember(struct latent_run *run);

/* Puts figures, attention and gradient shares over time into the metrics, and the options. */
void latent_run_report(const struct latent_run *run, const struct latent_settings *settings,
                       struct report *report);

void latent_run_free(struct latent_run *run);

#endif
