/*
 * The training loop: step, evaluate, keep the best, save, stop early, be interrupted, go on.
 *
 * What a model must bring are two callbacks. Everything random in a step must depend on the step's
 * number alone (rng_make(seed, purpose, step)), so that a run that was interrupted and resumed
 * takes the same steps and ends with the same bytes.
 *
 * Where several ranks train together (dist/ranks.h), every one of them runs the loop over the same
 * parameters; loss() gives a rank's part of the loss, and parts and gradients are summed. Rank 0
 * saves.
 */
#ifndef TESSERAE_OPTIM_TRAINING_H
#define TESSERAE_OPTIM_TRAINING_H

#include "base/report.h"
#include "grad/tape.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"

struct training {
    struct parameters *set;
    struct optimizer optimizer;
    struct schedule schedule;     /* schedule.steps is the number of steps */
    double clip;                  /* largest norm of the gradient; 0: do not clip */
    uint64_t evaluate_every;      /* steps; 0: only after the last */
    uint64_t patience; /* evaluations without a better figure before stopping; 0: never */

    /* Builds the loss of a step on the tape (which is fresh). */
    struct variable *(*loss)(void *context, struct tape *tape, uint64_t step);

    /*
     * The figure that counts, the smaller the better, and anything else worth logging (line may
     * be NULL). NULL: the mean training loss since the last evaluation.
     */
    double (*evaluate)(void *context, struct cJSON *line);
    /* Called when a checkpoint was loaded into the set, before any step; or NULL. */
    void (*resumed)(void *context);
    void *context;

    const char *checkpoint; /* where the state is saved at evaluations and on interruption; NULL */
    bool resume;            /* go on from there; the file must exist */
    const char *identity;   /* written into the checkpoint; resuming another identity is refused */
    struct report_log *log; /* or NULL */
    bool show_progress;
    bool given;             /* whether any of training_argp's options was */

    /* Results. The set holds the best values, by the figure, when training_run returns. */
    uint64_t steps_done;
    uint64_t best_step;
    double best_figure;
    double last_loss;
    double seconds_per_step;
    bool interrupted;
};

/* Trains; false only when a file cannot be read or written, or the loss is not finite. */
bool training_run(struct training *training, struct error *error);

#endif
