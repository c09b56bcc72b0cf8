/* Trained latent graph inference in files: the network, its classes, and what it remembers. */
#ifndef TESSERAE_LATENT_LATENT_FILE_H
#define TESSERAE_LATENT_LATENT_FILE_H

#include "latent/latent_memory.h"
#include "node/node_data.h"

/* Free with trained_latent_free. */
struct trained_latent {
    struct latent_network network;
    struct latent_memory memory;
    struct names classes;         /* (outputs) */
    bool several;                 /* labels that do not exclude each other */
    enum feature_scaling scaling; /* of rows, before the network's own standardisation */
};

bool trained_latent_save(const struct trained_latent *trained, const char *path,
                         struct error *error);

/* EX_NOINPUT without a file, EX_DATAERR for what is no such model or is damaged. */
bool trained_latent_load(struct trained_latent *trained, const char *path, struct error *error);

/*
 * Probabilities (rows, outputs) of new rows in the scale of node data; dense columns are
 * standardised in place where the network wants it. free() them.
 */
real *trained_latent_apply(const struct trained_latent *trained, struct feature_matrix *features);

void trained_latent_free(struct trained_latent *trained);

#endif
