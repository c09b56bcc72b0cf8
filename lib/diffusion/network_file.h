/*
 * Files of models that are networks over standardised records: an autoencoder, a denoiser. All of
 * them say the same of the network, of the records and of their scale, and a model adds what is its
 * own.
 */
#ifndef TESSERAE_DIFFUSION_NETWORK_FILE_H
#define TESSERAE_DIFFUSION_NETWORK_FILE_H

#include "diffusion/denoising_network.h"
#include "io/model_file.h"

struct network_description {
    struct network_options network;
    struct record_shape shape; /* of the records */
    double mean, deviation;    /* of all their numbers together */
};

enum { NETWORK_FILE_MOST_OWN = 4 };

/* A kind of model, which is passed as `model`. */
struct network_file {
    struct model_kind kind;
    /* Fields of its own, which point into it; returns how many, at most NETWORK_FILE_MOST_OWN. */
    size_t (*own_fields)(void *model, struct model_field *fields);
    /*
     * Makes the model that is described, keeping its own fields; false, and nothing made, when it
     * surely has more than so many values, or when its own fields do not go with the description.
     */
    bool (*make)(void *model, const struct network_description *description, size_t values);
    struct parameters *(*parameters)(void *model);
    void (*free)(void *model); /* made or not */
};

/* The file is complete but for being written; free it. */
void network_file_save(const struct network_file *type, void *model,
                       const struct network_description *description, struct safetensors *file);

/*
 * Fills the model, which is all zeros, and freezes its parameters, so that no tape notes anything.
 * EX_NOINPUT or EX_DATAERR when the file is not there or is no such model; nothing is left then.
 */
bool network_file_load(const struct network_file *type, void *model, const char *path,
                       struct error *error);

#endif
