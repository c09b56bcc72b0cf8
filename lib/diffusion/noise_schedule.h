/*
 * Noise schedules: how much noise stands over the data at a level u from 0 (data) to 1 (noise),
 *
 *     x_u = alpha(u) x + sigma(u) e,   e ~ N(0, I).
 *
 * All of them run through the same mixtures of data and noise: divided by alpha + sigma, x_u is the
 * z_t = t x + (1 - t) e of the flow (denoiser.h) at t = alpha / (alpha + sigma), and the noise e is
 * the same. So any denoiser serves any schedule, and a schedule says no more than which levels are
 * visited how often.
 */
#ifndef TESSERAE_DIFFUSION_NOISE_SCHEDULE_H
#define TESSERAE_DIFFUSION_NOISE_SCHEDULE_H

enum noise_schedule {
    NOISE_FLOW,   /* alpha = 1 - u, sigma = u */
    NOISE_COSINE, /* alpha^2 = cos^2(pi/2 (u + s) / (1 + s)) / cos^2(pi/2 s / (1 + s)), s = 0.008;
                     alpha^2 + sigma^2 = 1 (Nichol and Dhariwal, 2021) */
    NOISE_LINEAR  /* alpha^2 = exp(-0.1 u - 9.95 u^2): the linear variances of Ho et al. 2020 in
                     continuous time (Song et al., 2021); alpha^2 + sigma^2 = 1 */
};

/* The names in that order, NULL-terminated. */
extern const char *const noise_schedule_names[];

struct noise_level {
    double alpha, sigma;
};

struct noise_level noise_schedule_level(enum noise_schedule schedule, double u);

/* t = alpha / (alpha + sigma) */
double noise_level_time(struct noise_level level);

/* The u whose level has the time t of the flow; held within 0 and 1. */
double noise_schedule_at_time(enum noise_schedule schedule, double t);

#endif
