/* The options of training a denoiser: which network, which noise, which labels. */
#ifndef TESSERAE_DIFFUSION_DENOISER_OPTIONS_H
#define TESSERAE_DIFFUSION_DENOISER_OPTIONS_H

#include "base/options.h"
#include "diffusion/denoiser_fit.h"
#include "optim/trained_program.h"

struct denoiser_settings {
    struct denoiser_fit fit;
    struct record_shape shape; /* --shape; dimensions 0 where it was not given */
    const char *labels_path;   /* --labels, or NULL */
    const char *label_column;  /* --label-column, or NULL */
    int kind;                  /* of the network; -1: what suits the data */
    size_t width, levels, blocks; /* 0: what suits it */
    size_t held_out;           /* SIZE_MAX: denoiser_held_out_of */
};

/* The group; its input is a struct denoiser_settings. */
extern const struct argp denoiser_argp;

struct denoiser_settings denoiser_settings_default(void);

/*
 * To be called when the data (with their labels) have been read: lays them out in the shape that was
 * asked for, makes the model, and completes the fit. EX_USAGE where options do not go with the data.
 */
bool denoiser_settle(struct denoiser_settings *settings, struct data_set *data, uint64_t seed,
                     struct neural_denoiser *model, struct error *error);

void denoiser_report_options(const struct denoiser_settings *settings, struct report *report);

#endif
