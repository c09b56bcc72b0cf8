/*
 * Checkpoints: the whole state of a training run in one safetensors file, so that the run can go
 * on bit for bit. It stands here and not in base/ since it speaks of parameters and optimizers.
 */
#ifndef TESSERAE_OPTIM_CHECKPOINT_H
#define TESSERAE_OPTIM_CHECKPOINT_H

#include "optim/optimizer.h"

struct checkpoint {
    uint64_t step;              /* steps taken */
    uint64_t best_step;
    uint64_t evaluations_since; /* since the best */
    double best_figure;         /* INFINITY before the first evaluation */
    double loss_sum;            /* since the last evaluation */
    uint64_t loss_count;
    real *best_values;          /* parameters_count(set), the caller's */
};

/* Writes the file beside and renames it. The identity is the run's configuration as text. */
bool checkpoint_save(const char *path, const struct checkpoint *state, const struct parameters *set,
                     const struct optimizer *optimizer, const char *identity, struct error *error);

/*
 * Fills state, parameters, moments and the optimizer's steps. EX_NOINPUT when there is no file,
 * EX_DATAERR when it is damaged or of another run (identity).
 */
bool checkpoint_load(const char *path, struct checkpoint *state, struct parameters *set,
                     struct optimizer *optimizer, const char *identity, struct error *error);

/*
 * Only the number of steps that a checkpoint of this run has taken; 0 when it was interrupted
 * before the first.
 */
bool checkpoint_steps(const char *path, const char *identity, uint64_t *steps,
                      struct error *error);

#endif
