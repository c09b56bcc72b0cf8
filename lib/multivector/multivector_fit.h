/* Training of models of multivectors: batches, held-out samples, the delayed start of a metric. */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_FIT_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_FIT_H

#include "multivector/multivector_model.h"
#include "optim/training.h"

struct multivector_fit {
    struct multivector_model *model;
    const struct multivector_data *train;
    const struct multivector_data *validation; /* NULL: the training loss decides */
    const struct multivector_model *start; /* begin with its parameters and scales; or NULL */
    size_t batch;            /* samples of a step */
    double metric_start;     /* the share of the steps after which a learned metric is freed */
    uint64_t seed;
    struct training training; /* set, loss, evaluate and context are set by multivector_fit */
};

/*
 * Measures the scales on the training data and draws the parameters, or takes both from `start`,
 * which must have the same parameters (EX_DATAERR), and trains. Every step takes the next `batch`
 * samples of an order that is shuffled anew for every pass over the data. Evaluations log
 * validation_mse and, of a learned metric, its eigenvalues. EX_USAGE for a batch of too many
 * graphs; otherwise as training_run.
 */
bool multivector_fit(struct multivector_fit *fit, struct error *error);

/* Errors of a model's predictions over all targets of the data, in their units. */
struct multivector_errors {
    double mean_squared;
    double mean_absolute;
    double standardised;          /* mean squared in the network's units, as the loss is */
    double of_part[SAMPLE_PARTS]; /* mean squared, of each kind of target; NaN: none */
};
struct multivector_errors multivector_errors_of(const struct multivector_model *model,
                                                const struct multivector_data *predictions,
                                                const struct multivector_data *data);

/* Splits the data: a share is held out, drawn by the seed; at least one sample stays in each. */
void multivector_hold_out(const struct multivector_data *data, double share, uint64_t seed,
                          struct multivector_data *train, struct multivector_data *held_out);

#endif
