/*
 * Sampler: draws samples batch by batch, and gives each batch away when it is finished. Sample i is
 * the same whatever the batches are, but for rounding.
 */
#ifndef TESSERAE_DIFFUSION_SAMPLER_H
#define TESSERAE_DIFFUSION_SAMPLER_H

#include "diffusion/flow.h"
#include "diffusion/gaussian_start.h"

struct sampler {
    struct flow flow;
    const struct denoiser *denoiser;
    size_t count, batch;                /* samples; how many of them go together */
    const uint32_t *labels;             /* (count): the class of each, or NULL */
    const real *observed;               /* (observed_rows, columns), NaN what is not known; NULL */
    size_t observed_rows;               /* 1: the same for all samples; else one for each */
    const struct gaussian_start *start; /* for flow.start > 0; NULL: noise alone */
    bool show_progress;

    /* Takes `count` finished samples; may change them. */
    bool (*finished)(void *context, real *samples, size_t count, struct error *error);
    void *context;
    size_t done; /* result: samples that are finished */
};

/* False where a batch failed; those before it have been given away. */
bool sampler_run(struct sampler *sampler, struct error *error);

#endif
