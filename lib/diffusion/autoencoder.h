/*
 * Autoencoder: records to short latent vectors and back, so that sampling can work on those (as in
 * Rombach et al., "High-resolution image synthesis with latent diffusion models", CVPR 2022; here a
 * latent is a vector, which is what closed-form scores want).
 *
 * Images go through levels of convolutions, each of half the size, to a vector, and back by
 * upsampling; vectors through residual perceptrons. A variational one (Kingma and Welling, 2014)
 * says a mean m and a log variance s for every latent number, from which training draws, and pays
 * for what they tell: KL = 1/2 (m^2 + exp(s) - s - 1).
 *
 * Inside, data are standardised by one mean and deviation. Latents go out standardised, each number
 * by its own mean and deviation over the training data, so that they suit noise of N(0, 1).
 */
#ifndef TESSERAE_DIFFUSION_AUTOENCODER_H
#define TESSERAE_DIFFUSION_AUTOENCODER_H

#include "diffusion/denoising_network.h"

struct autoencoder_options {
    struct network_options network; /* classes 0 */
    size_t latent;                  /* numbers of a latent vector */
    bool variational;
};

/* Levels of an image's way to its latent vector, or back. */
struct image_coder {
    struct residual_block block[UNET_MOST_LEVELS][UNET_MOST_BLOCKS];
    struct convolution_layer resize[UNET_MOST_LEVELS]; /* to the next level; none at the last */
    struct convolution_layer image;                    /* from the image, or to it */
    struct modulated_norm norm;                        /* before the last layer */
    struct mlp vector;                                 /* one layer: to the latent, or from it */
};

struct autoencoder {
    struct parameters set;
    struct autoencoder_options options;
    struct record_shape shape;
    double mean, deviation;                           /* of the data */
    struct parameter *latent_mean, *latent_deviation; /* (latent), frozen */
    struct image_coder image_encoder, image_decoder; /* these, or those, as the network's kind is */
    struct residual_mlp encoder, decoder;
};

/*
 * A number of values that such a model surely has, SIZE_MAX where it overflows: a file that holds
 * fewer is none of it, which is to be asked before the model is made.
 */
size_t autoencoder_least_values(const struct autoencoder_options *options);

/* Makes it, not initialised: latents' means 0, deviations 1. */
void autoencoder_make(struct autoencoder *model, const struct autoencoder_options *options,
                      const struct record_shape *shape);
void autoencoder_initialise(struct autoencoder *model, struct rng *rng);

/* x (count, columns), standardised -> (count, latent), or (count, 2 latent) where variational: the
 * means, then the log variances. */
struct variable *autoencoder_to_latent(struct tape *tape, const struct autoencoder *model,
                                       struct variable *x);

/* z (count, latent), not standardised -> (count, columns). */
struct variable *autoencoder_to_data(struct tape *tape, const struct autoencoder *model,
                                     struct variable *z);

/*
 * mean((x - decode(z))^2) + weight mean(KL): data (count, columns), standardised; z the means, or,
 * where variational, drawn by noise (count, latent).
 */
struct variable *autoencoder_loss(struct tape *tape, const struct autoencoder *model,
                                  const real *data, const real *noise, size_t count,
                                  double weight);

/* latents (rows, latent) of data (rows, columns) in their own scale, and back; a part at a time. */
void autoencoder_encode(const struct autoencoder *model, const real *data, size_t rows,
                        real *latents);
void autoencoder_decode(const struct autoencoder *model, const real *latents, size_t rows,
                        real *data);

/* The file is complete but for being written; free it. */
void autoencoder_save(const struct autoencoder *model, struct safetensors *file);

/* EX_NOINPUT or EX_DATAERR when the file is not there or is no such model. */
bool autoencoder_load(struct autoencoder *model, const char *path, struct error *error);

void autoencoder_free(struct autoencoder *model);

#endif
