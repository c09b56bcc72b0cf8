/*
 * Neural denoiser: a trained network, the scale of the data it was trained on, its file, and the
 * denoiser that it is to samplers.
 *
 * The network knows standardised data x' = (x - mean) / deviation only. The noisy data of the flow,
 * z = t x + (1 - t) e, are those of the standardised flow with the same noise at another time:
 *
 *     z' = (z - t mean) / d = t' x' + (1 - t') e,   t' = t deviation / d,
 *     d = t deviation + 1 - t,
 *
 * and the mean of the data, given z, is mean + deviation (z' + (1 - t') v(z', t')).
 */
#ifndef TESSERAE_DIFFUSION_NEURAL_DENOISER_H
#define TESSERAE_DIFFUSION_NEURAL_DENOISER_H

#include "diffusion/denoiser.h"
#include "diffusion/denoising_network.h"

struct neural_denoiser {
    struct parameters set;
    struct denoising_network network;
    struct record_shape shape; /* of the data */
    double mean, deviation;    /* of all their numbers together */
    char **class_names;        /* (network.options.classes), or NULL */
};

/* Makes the network, not initialised. */
void neural_denoiser_make(struct neural_denoiser *model, const struct network_options *options,
                          const struct record_shape *shape);

/* The file is complete but for being written; free it. */
void neural_denoiser_save(const struct neural_denoiser *model, struct safetensors *file);

/* EX_NOINPUT or EX_DATAERR when the file is not there or is no such model. */
bool neural_denoiser_load(struct neural_denoiser *model, const char *path, struct error *error);

void neural_denoiser_free(struct neural_denoiser *model);

/* t' of a time t. */
double neural_denoiser_time(const struct neural_denoiser *model, double time);

/*
 * The model as a denoiser, which borrows it. Where a question has labels, guidance g makes the
 * velocity v(none) + g (v(label) - v(none)), classifier-free guidance (Ho and Salimans, 2022);
 * 1 is the plain conditional one, which costs half as much.
 */
struct denoiser neural_denoiser_open(const struct neural_denoiser *model, double guidance);

#endif
