/*
 * Residual perceptron: the counterpart of the U-Net for vectors. Every block normalises, lets the
 * embedding scale and shift, and adds what a perceptron of two layers makes of it.
 */
#ifndef TESSERAE_NN_RESIDUAL_MLP_H
#define TESSERAE_NN_RESIDUAL_MLP_H

#include "nn/image_layers.h"
#include "nn/mlp.h"

enum { RESIDUAL_MLP_MOST_BLOCKS = 16 };

struct residual_mlp_options {
    size_t in, out;
    size_t width;
    size_t blocks;    /* 0 to RESIDUAL_MLP_MOST_BLOCKS */
    size_t embedding; /* columns of the embedding; 0: none */
};

struct residual_mlp {
    struct residual_mlp_options options;
    struct mlp enter, leave; /* one layer each */
    struct modulated_norm norm[RESIDUAL_MLP_MOST_BLOCKS], last_norm;
    struct mlp block[RESIDUAL_MLP_MOST_BLOCKS]; /* width, 2 width, width */
};

/* Adds "PREFIXenter.0.weight", ... to the set. */
void residual_mlp_make(struct residual_mlp *mlp, struct parameters *set, const char *prefix,
                       const struct residual_mlp_options *options);

/* The last layers of blocks, and of the whole, begin at 0. */
void residual_mlp_initialise(struct residual_mlp *mlp, struct rng *rng);

/* x (B, in), embedding (B, columns) or NULL -> (B, out). */
struct variable *residual_mlp_apply(struct tape *tape, const struct residual_mlp *mlp,
                                    struct variable *x, struct variable *embedding);

#endif
