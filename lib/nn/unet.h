/*
 * U-Net: an image to an image of the same size, through levels of half the size each, with a path
 * across at every level (Ronneberger, Fischer and Brox, "U-Net", MICCAI 2015; residual blocks and
 * an embedding of time as in Ho, Jain and Abbeel, "Denoising diffusion probabilistic models",
 * 2020).
 */
#ifndef TESSERAE_NN_UNET_H
#define TESSERAE_NN_UNET_H

#include "nn/image_layers.h"

enum { UNET_MOST_LEVELS = 6, UNET_MOST_BLOCKS = 4 };

struct unet_options {
    size_t in, out;    /* channels of the images */
    size_t width;      /* channels at the first level, even; twice as many at all others */
    size_t levels;     /* 1 to UNET_MOST_LEVELS */
    size_t blocks;     /* residual blocks of a level on the way down, and on the way up */
    size_t embedding;  /* columns of the embedding; 0: none */
};

struct unet {
    struct unet_options options;
    struct convolution_layer enter;
    struct unet_level {
        struct residual_block down[UNET_MOST_BLOCKS], up[UNET_MOST_BLOCKS];
        struct convolution_layer shrink; /* to the next level, stride 2; none at the last */
        struct convolution_layer grow;   /* back from it, after upsampling */
    } level[UNET_MOST_LEVELS];
    struct residual_block middle;
    struct modulated_norm last_norm;
    struct convolution_layer leave;
};

/* Adds "PREFIXenter.weight", ... to the set. */
void unet_make(struct unet *unet, struct parameters *set, const char *prefix,
               const struct unet_options *options);

/* The last convolution begins at 0, and so does the output. */
void unet_initialise(struct unet *unet, struct rng *rng);

/* x (B, H, W, in), embedding (B, columns) or NULL -> (B, H, W, out); any H and W. */
struct variable *unet_apply(struct tape *tape, const struct unet *unet, struct variable *x,
                            struct variable *embedding);

#endif
