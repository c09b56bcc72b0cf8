/*
 * Optimizers: SGD with momentum, Adam, AdamW; the two Adams are Riemannian for parameters that
 * have a manifold (and SGD follows geodesics there).
 */
#ifndef TESSERAE_OPTIM_OPTIMIZER_H
#define TESSERAE_OPTIM_OPTIMIZER_H

#include "grad/parameter.h"

#include <stdint.h>

enum optimizer_kind { OPTIMIZER_SGD, OPTIMIZER_ADAM, OPTIMIZER_ADAMW };

struct optimizer {
    enum optimizer_kind kind;
    real momentum;      /* SGD */
    bool nesterov;      /* SGD: look ahead along the momentum */
    real beta1, beta2;  /* Adam: decay of the first and second moment */
    real epsilon;       /* Adam: added to the root of the second moment */
    real weight_decay;  /* SGD and Adam: added to the gradient; AdamW: decoupled from it */
    uint64_t steps;     /* taken so far; part of the state that a checkpoint keeps */
};

/* An optimizer with the usual constants: momentum 0.9, betas 0.9 and 0.999, epsilon 1e-8. */
struct optimizer optimizer_make(enum optimizer_kind kind);

/*
 * Updates every parameter that is not frozen from its gradient, at the learning rate times the
 * parameter's rate_scale. Weight decay is not applied to parameters on a manifold.
 */
void optimizer_step(struct optimizer *optimizer, struct parameters *set, real rate);

/* Makes the moments of all parameters (zeros) where they are not there yet. */
void optimizer_prepare(const struct optimizer *optimizer, struct parameters *set);

/* The Euclidean norm of all gradients together. */
double gradient_norm(const struct parameters *set);

/* Scales all gradients so that their norm is at most `largest`; returns the norm before. */
double gradient_clip(struct parameters *set, double largest);

#endif
