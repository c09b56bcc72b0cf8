/*
 * Layers of networks on images (batch, height, width, channels): convolutions, group norms whose
 * scale and shift an embedding may tell, and the residual blocks that are made of both.
 */
#ifndef TESSERAE_NN_IMAGE_LAYERS_H
#define TESSERAE_NN_IMAGE_LAYERS_H

#include "base/rng.h"
#include "grad/ops_image.h"

struct convolution_layer {
    struct parameter *weight; /* (out, window, window, in); NULL: no layer */
    struct parameter *bias;   /* (out) */
    size_t stride, padding;
};

/* Adds "NAME.weight" and "NAME.bias"; padding is half the window, which should be odd. */
void convolution_layer_make(struct convolution_layer *layer, struct parameters *set,
                            const char *name, size_t in, size_t out, size_t window, size_t stride);

/* Weights uniform with variance gain^2 / (window window in), biases 0. */
void convolution_layer_initialise(struct convolution_layer *layer, double gain, struct rng *rng);

/* x (B, H, W, in) -> (B, ceil(H / stride), ceil(W / stride), out). */
struct variable *convolution_layer_apply(struct tape *tape, const struct convolution_layer *layer,
                                         struct variable *x);

/*
 * A group norm, its scale and shift learned, or linear in an embedding (Perez et al. 2018); there
 * are 8 groups, or so many less that each has 4 channels and all have as many.
 */
struct modulated_norm {
    size_t channels, groups;
    struct parameter *scale, *shift;  /* (channels); NULL with an embedding */
    struct parameter *weight, *bias;  /* (2 channels, embedding), (2 channels): 1 + them is the
                                         scale, then the shift; NULL without an embedding */
};

/* embedding: its columns, or 0 for none. */
void modulated_norm_make(struct modulated_norm *norm, struct parameters *set, const char *name,
                         size_t channels, size_t groups, size_t embedding);

/* Scale 1, shift 0, whatever the embedding. */
void modulated_norm_initialise(struct modulated_norm *norm);

/* activation(norm(x)): x (B, ..., channels), embedding (B, columns) or NULL. */
struct variable *modulated_norm_apply(struct tape *tape, const struct modulated_norm *norm,
                                      struct variable *x, struct variable *embedding,
                                      enum activation activation);

size_t modulated_norm_groups(size_t channels);

/* skip(x) + second(silu(norm(first(silu(norm(x)))))) */
struct residual_block {
    struct modulated_norm norm[2];
    struct convolution_layer first, second; /* windows of 3 x 3 */
    struct convolution_layer skip;          /* of 1 x 1 where in and out differ; else x itself */
};

void residual_block_make(struct residual_block *block, struct parameters *set, const char *name,
                         size_t in, size_t out, size_t embedding);

/* The second convolution begins at 0, so that the block begins as its skip. */
void residual_block_initialise(struct residual_block *block, struct rng *rng);

/* x (B, H, W, in) -> (B, H, W, out). */
struct variable *residual_block_apply(struct tape *tape, const struct residual_block *block,
                                      struct variable *x, struct variable *embedding);

#endif
