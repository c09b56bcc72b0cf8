/*
 * What latent graph inference remembers of its items, so that new ones can join them: each new item
 * hears the k items that are nearest to it in each space, and itself.
 */
#ifndef TESSERAE_LATENT_LATENT_MEMORY_H
#define TESSERAE_LATENT_LATENT_MEMORY_H

#include "latent/latent_network.h"

/* Of the layers of a network. Free with latent_memory_free. */
struct latent_memory {
    size_t rows;
    struct {
        real *messages;                /* (rows, out) */
        real *points[CANDIDATES_MOST]; /* (rows, columns); NULL where the first layer's serve */
        real *scales[CANDIDATES_MOST]; /* (rows): D^-1/2 of symmetric graphs; else NULL */
        real *attention;               /* (branches) */
    } layer[LATENT_MOST_LAYERS];
};

/* Remembers the items of a network, over the graphs of nearest neighbours. */
void latent_memory_make(struct latent_memory *memory, const struct latent_network *network,
                        const struct latent_inputs *inputs);

/*
 * Probabilities (features->rows, outputs) of new items, to be freed. They do not hear each other. A
 * branch over a given graph is left out, since new items are not in it; where there is no other the
 * program must not ask.
 */
real *latent_memory_apply(const struct latent_memory *memory, const struct latent_network *network,
                          const struct feature_matrix *features, bool several);

void latent_memory_free(struct latent_memory *memory);

#endif
