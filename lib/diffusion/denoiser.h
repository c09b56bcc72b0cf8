/*
 * Denoiser: what tells of noisy records which clean one to expect. The closed-form scores of a data
 * set, a trained network and an external process all stand behind this one interface; samplers and
 * distillation know nothing else of them.
 *
 * The noise is that of the linear flow, for t from 0 (noise) to 1 (data),
 *
 *     z_t = t x + (1 - t) e,   e ~ N(0, I),
 *
 * and the answer is the posterior mean m_t(z) = E[x | z_t = z]. The other quantities that are
 * commonly predicted follow from it:
 *
 *     noise      e_t(z) = (z - t m) / (1 - t)
 *     velocity   v_t(z) = (m - z) / (1 - t) = m - e_t(z)
 *     score      s_t(z) = (t m - z) / (1 - t)^2
 *
 * so that a network that predicts v answers m = z + (1 - t) v, and one that predicts the noise
 * m = (z - (1 - t) e) / t, which is of no use at t = 0: see least_time.
 */
#ifndef TESSERAE_DIFFUSION_DENOISER_H
#define TESSERAE_DIFFUSION_DENOISER_H

#include "base/error.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is asked: the means of some rows, all at one time. */
struct denoising {
    const real *noisy;      /* (count, columns): z_t */
    size_t count;
    double time;            /* t, least_time <= t < 1 */
    const uint32_t *labels; /* (count): the class of each, below the denoiser's `classes`; NULL:
                               whatever class */
};

struct denoiser {
    size_t columns;    /* numbers of a record */
    size_t classes;    /* labels it can be asked for; 0: it knows none */
    double least_time; /* the earliest t it can be asked about; 0 for most */

    /*
     * Says that the next questions are about the samples first .. first + count of a run, in this
     * order, until the next begin(): a smoothed score has perturbations that are fixed per sample,
     * and may keep what does not change along a flow. NULL where samples make no difference.
     */
    bool (*begin)(void *self, size_t first, size_t count, struct error *error);

    /* mean (count, columns) = m_t(z). False with the error set where it cannot be told. */
    bool (*denoise)(void *self, const struct denoising *question, real *mean, struct error *error);

    void (*release)(void *self); /* frees self; NULL: nothing to free */
    void *self;
};

bool denoiser_begin(const struct denoiser *denoiser, size_t first, size_t count,
                    struct error *error);

/*
 * Asks; fails with EX_SOFTWARE on a question that the fields above rule out, and with EX_DATAERR
 * on an answer that is not finite.
 */
bool denoiser_denoise(const struct denoiser *denoiser, const struct denoising *question,
                      real *mean, struct error *error);

void denoiser_release(struct denoiser *denoiser);

/* e_t(z) = (z - t m) / (1 - t) of n numbers, t < 1; noise may be mean. */
void denoiser_noise_of_mean(const real *noisy, const real *mean, double time, size_t n,
                            real *noise);

/* m_t(z) = (z - (1 - t) e) / t of n numbers, t > 0; mean may be noise. */
void denoiser_mean_of_noise(const real *noisy, const real *noise, double time, size_t n,
                            real *mean);

#endif
