/*
 * Embedding of a time (and of a class), by which a denoising network knows how much noise there is
 * and what is wanted: sines and cosines of the time at many frequencies (Vaswani et al., "Attention
 * is all you need", 2017, as Ho et al. took them over for diffusion, 2020), a perceptron of two
 * layers, and a learned vector for each class that is added.
 */
#ifndef TESSERAE_NN_TIME_EMBEDDING_H
#define TESSERAE_NN_TIME_EMBEDDING_H

#include "nn/mlp.h"

struct time_embedding {
    size_t columns;           /* even */
    size_t classes;           /* 0: none */
    struct mlp mlp;
    struct parameter *table;  /* (classes + 1, columns), the last for no class; NULL without */
};

/* Adds "PREFIX.0.weight", ... and "PREFIX.classes" to the set. */
void time_embedding_make(struct time_embedding *embedding, struct parameters *set,
                         const char *prefix, size_t columns, size_t classes);

void time_embedding_initialise(struct time_embedding *embedding, struct rng *rng);

/*
 * times (count) between 0 and 1; labels (count) below `classes`, or `classes` for none, or NULL:
 * none at all -> silu of the embeddings, (count, columns).
 */
struct variable *time_embedding_apply(struct tape *tape, const struct time_embedding *embedding,
                                      const real *times, const uint32_t *labels, size_t count);

/*
 * waves (count, columns): cos(1000 t f_k), then sin, for k < columns / 2 and frequencies f_k that
 * fall from 1 to 1/10000 in equal ratios.
 */
void time_embedding_waves(const real *times, size_t count, size_t columns, real *waves);

#endif
