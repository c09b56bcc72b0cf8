/*
 * Sampling: what score-sample is asked for, as a group of options for argp, and the sampler that
 * comes of it: a denoiser from data or from a process, classes, what is observed, where to start.
 */
#ifndef TESSERAE_DIFFUSION_SAMPLING_H
#define TESSERAE_DIFFUSION_SAMPLING_H

#include "diffusion/autoencoder.h"
#include "diffusion/sampler.h"
#include "diffusion/score_options.h"

struct sampling_settings {
    struct score_settings score;
    const char *denoiser;      /* a command; NULL: the score of data */
    struct record_shape shape; /* of its records; no dimensions: not given */
    double timeout;            /* seconds; negative: not given */
    struct flow flow;
    size_t count, batch;       /* batch 0: as memory allows */
    const char *guide;         /* classes, or NULL */
    const char *observed;      /* file, or NULL */
    const char *decoder;       /* a model of score-encode, whose latents are sampled; or NULL */
};

/* Its input is a struct sampling_settings; brings score_argp along. */
extern const struct argp sampling_argp;

struct sampling_settings sampling_settings_default(void);

struct sampling {
    struct score_model model;   /* of data */
    struct denoiser process;    /* or of a command */
    struct data_set observed;
    struct gaussian_start start;
    uint32_t *labels;           /* (count), or NULL */
    bool decodes;
    struct autoencoder decoder;
    real *decoded;              /* (batch, columns of what is decoded); NULL before the first */
    struct record_shape shape;  /* of what is drawn */
    struct record_shape written; /* of what becomes of it */
    struct sampler sampler;     /* without `finished` and its context */
};

/*
 * Reads and checks everything, and starts the process. Free with sampling_close, also when it
 * fails. The flow's noise and all perturbations come from the seed.
 */
bool sampling_open(const struct sampling_settings *settings, uint64_t seed, bool show_progress,
                   struct sampling *sampling, struct error *error);

/*
 * What is to be written of finished samples (count, columns): they themselves, in the scale of the
 * data, or what the decoder makes of them, which is good until the next call.
 */
const real *sampling_to_data(struct sampling *sampling, real *samples, size_t count);

void sampling_close(struct sampling *sampling);

void sampling_report_options(const struct sampling_settings *settings,
                             const struct sampling *sampling, struct report *report);

#endif
