/*
 * The encoder of a spacetime: (layers times) Linear, LayerNorm, SiLU of one width, then Linear to
 * the coordinates. It places a node by its features, also one that it has never seen.
 */
#ifndef TESSERAE_SPACETIME_SPACETIME_ENCODER_H
#define TESSERAE_SPACETIME_SPACETIME_ENCODER_H

#include "base/rng.h"
#include "grad/ops.h"

enum { SPACETIME_ENCODER_MOST_LAYERS = 16 };

struct spacetime_encoder {
    size_t layers; /* before the last Linear */
    struct parameter *weight[SPACETIME_ENCODER_MOST_LAYERS + 1]; /* (out, in) */
    struct parameter *bias[SPACETIME_ENCODER_MOST_LAYERS + 1];   /* (out) */
    struct parameter *scale[SPACETIME_ENCODER_MOST_LAYERS];      /* (width) of the norms */
    struct parameter *shift[SPACETIME_ENCODER_MOST_LAYERS];
};

/* Adds "encoder.0.weight", ... to a set, which owns them. */
void spacetime_encoder_make(struct spacetime_encoder *encoder, struct parameters *set,
                            size_t features, size_t layers, size_t width, size_t outputs);

/* Weights and biases uniform in +-1 / sqrt(in); norms 1 and 0. */
void spacetime_encoder_initialise(struct spacetime_encoder *encoder, struct rng *rng);

/* features (n, in) -> (n, outputs), on the tape. */
struct variable *spacetime_encoder_apply(struct tape *tape,
                                         const struct spacetime_encoder *encoder,
                                         struct variable *features);

#endif
