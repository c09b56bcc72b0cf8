/*
 * Flow: samples carried from noise to data along the velocity (m_t(z) - z) / (1 - t) of a denoiser,
 * by S equal steps from a start to t = 1. The last step lands on the posterior mean.
 */
#ifndef TESSERAE_DIFFUSION_FLOW_H
#define TESSERAE_DIFFUSION_FLOW_H

#include "diffusion/denoiser.h"

enum flow_method { FLOW_EULER, FLOW_HEUN };

struct flow {
    enum flow_method method;
    size_t steps;  /* S >= 1 */
    double start;  /* 0 <= start < 1; not before the denoiser's least_time */
    uint64_t seed; /* of the noise */
};

/* The samples that go together. */
struct flow_batch {
    size_t first, count;    /* their numbers in the run: first .. first + count */
    const uint32_t *labels; /* (count), or NULL */
    const real *observed;   /* what is known, NaN what is not; or NULL. Known numbers keep to their
                               own straight path t x + (1 - t) e, which ends at x */
    size_t observed_stride; /* from one sample's to the next: columns, or 0, the same for all */
    real *samples;          /* (count, columns): where they start; then where they end */
};

/* The time before a step, start + (1 - start) step / S. */
double flow_time(const struct flow *flow, size_t step);

/* noise (count, columns): N(0, I), for the samples first .. first + count, each by itself. */
void flow_noise(const struct flow *flow, size_t first, size_t count, size_t columns, real *noise);

/*
 * Carries a batch from flow->start to 1. workspace: flow_workspace(...) reals. False where the
 * denoiser fails, or (EXIT_INTERRUPTED) a deferred signal came; the samples then are unfinished.
 */
bool flow_run(const struct flow *flow, const struct denoiser *denoiser, struct flow_batch *batch,
              real *workspace, struct error *error);
size_t flow_workspace(const struct flow *flow, size_t count, size_t columns);

#endif
