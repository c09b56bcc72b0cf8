/*
 * Mixtures of softmax weights, the inner loop of every closed-form score: M distributions over the
 * same n points, whose logits share a term and differ by a multiple of something fixed, are
 * averaged,
 *
 *     w_i = 1/M sum over m of softmax_i(slope (shared_i + scale shifts_mi)).
 *
 * The slope is applied after the largest has been subtracted: late in a flow it is so large that
 * the logits themselves would lose their digits.
 *
 * Weights below the precision of a real in all are 0: a point whose logit lies more than
 * mixture_cutoff(n) under the largest of its distribution cannot be told from none, even n of them.
 */
#ifndef TESSERAE_DIFFUSION_MIXTURE_H
#define TESSERAE_DIFFUSION_MIXTURE_H

#include "tensor/real.h"

#include <stddef.h>

struct mixture {
    size_t count;        /* n >= 1 */
    size_t components;   /* M >= 1 */
    const real *shared;  /* (n) */
    const real *shifts;  /* (M, n); NULL: none, and M = 1 */
    real scale;
    real slope;          /* >= 0 */
    const real *counts;  /* (n): how many points each stands for; NULL: 1 */
};

/* log(n / epsilon): the logits that count are above the largest less this. */
real mixture_cutoff(size_t n);

/* The room, in reals, that mixture_weights needs of its caller: about M n. */
size_t mixture_room(size_t n, size_t components);

/*
 * weights (n), which may be `shared`; returns how many are not 0. log_sums (M): the logarithms of
 * the partition sums, sum_i counts_i exp(logit_i); may be NULL. One thread.
 */
size_t mixture_weights(const struct mixture *mixture, real *room, real *weights,
                       double *log_sums);

#endif
