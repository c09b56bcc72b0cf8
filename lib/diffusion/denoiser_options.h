/* The options of training a denoiser: which network, which noise, which labels. */
#ifndef TESSERAE_DIFFUSION_DENOISER_OPTIONS_H
#define TESSERAE_DIFFUSION_DENOISER_OPTIONS_H

#include "diffusion/denoiser_fit.h"
#include "diffusion/network_settings.h"

struct denoiser_settings {
    struct denoiser_fit fit;
    struct network_settings network;
    const char *labels_path;   /* --labels, or NULL */
    const char *label_column;  /* --label-column, or NULL */
};

/* The group, with that of network_settings.h; its input is a struct denoiser_settings. */
extern const struct argp denoiser_argp;

struct denoiser_settings denoiser_settings_default(void);

/*
 * To be called when the data (with their labels) have been read: makes the model and completes the
 * fit. EX_USAGE where options do not go with the data.
 */
bool denoiser_settle(struct denoiser_settings *settings, struct data_set *data, uint64_t seed,
                     struct neural_denoiser *model, struct error *error);

void denoiser_report_options(const struct denoiser_settings *settings, struct report *report);

#endif
