/*
 * Closed-form scores: the posterior mean of a data set itself, exact or smoothed, with no training
 * (Scarvelis, Sáez de Ocáriz Borde and Solomon, "Closed-Form Diffusion Models", TMLR 2025).
 *
 * For training rows x_1 .. x_N under z_t = t x + (1 - t) e the posterior mean is
 *
 *     m_t(z) = sum_i softmax_i(-|z - t x_i|^2 / (2 (1 - t)^2)) x_i,
 *
 * whose flow ends at training rows. The smoothed score replaces it by
 *
 *     1/M sum_m m_t(z + sigma e_m),   e_m ~ N(0, I) fixed per sample,
 *
 * whose flow ends at barycentres of M training rows that are near each other. Of the logits,
 *
 *     t (z.x_i) / (1 - t)^2 + t sigma (e_m.x_i) / (1 - t)^2 - t^2 |x_i|^2 / (2 (1 - t)^2),
 *
 * the products e_m.x_i do not change along a flow: they are computed once per sample, and a step
 * takes one product z.x_i per row, whatever M is.
 */
#ifndef TESSERAE_DIFFUSION_CLOSED_FORM_H
#define TESSERAE_DIFFUSION_CLOSED_FORM_H

#include "diffusion/denoiser.h"
#include "diffusion/point_set.h"

struct closed_form_options {
    double sigma;         /* >= 0; 0: the exact score */
    size_t perturbations; /* M >= 1; 1 where sigma is 0 */
    uint64_t seed;        /* of the e_m */
};

/*
 * The denoiser of a point set, which must live on. Knows the classes of the set. Takes
 * (M + 2) count N reals for the samples of a begin(), and (M + 3) N for each thread.
 */
struct denoiser closed_form_denoiser(const struct point_set *points,
                                     const struct closed_form_options *options);

/* The most samples of a begin() that `bytes` of memory hold; at least 1. */
size_t closed_form_batch(const struct point_set *points, const struct closed_form_options *options,
                         size_t bytes);

/*
 * The perturbations of a sample: e_m (M, columns), the same for every denoiser that smooths with
 * this seed.
 */
void closed_form_perturbations(const struct closed_form_options *options, size_t sample,
                               size_t columns, real *perturbations);

#endif
