/*
 * Denoising networks: what is trained to tell noise from data. A network sees data of mean 0 and
 * deviation 1 under noise, z = t x + (1 - t) e, and predicts the velocity v = x - e, from which the
 * noise e = z - t v and the data x = z + (1 - t) v follow at every t.
 */
#ifndef TESSERAE_DIFFUSION_DENOISING_NETWORK_H
#define TESSERAE_DIFFUSION_DENOISING_NETWORK_H

#include "diffusion/data_set.h"
#include "nn/residual_mlp.h"
#include "nn/time_embedding.h"
#include "nn/unet.h"

enum network_kind {
    NETWORK_MLP, /* for vectors: a residual perceptron */
    NETWORK_UNET /* for images */
};

extern const char *const network_kind_names[];

enum { NETWORK_MOST_WIDTH = 512, NETWORK_MOST_CLASSES = 65536 };

struct network_options {
    enum network_kind kind;
    size_t height, wide, channels; /* of an image; a vector is 1 x 1 of so many channels */
    size_t width;                  /* of the network: a multiple of 2 */
    size_t levels;                 /* of a U-Net */
    size_t blocks;                 /* of a level of a U-Net, or of a perceptron */
    size_t classes;                /* that it can be asked for; 0: none */
};

/*
 * What suits records of a shape: a U-Net of width 32, 3 levels (fewer where the image would shrink
 * below 4 pixels) and 1 block for images H x W or H x W x C of at least 8 x 8 pixels; otherwise a
 * perceptron of width 256 and 4 blocks.
 */
struct network_options network_options_for(const struct record_shape *shape);

/* Lays the options out for another kind; false when the shape is not that of an image. */
bool network_options_choose(struct network_options *options, enum network_kind kind,
                            const struct record_shape *shape);

struct denoising_network {
    struct network_options options;
    struct time_embedding time;
    struct residual_mlp mlp; /* one of the two, as the kind says */
    struct unet unet;
};

/* The numbers of a record. */
size_t network_columns(const struct network_options *options);

/* How many of so many rows a network should be given at a time, so that what it keeps stays small.
 */
size_t network_rows_at_a_time(size_t left);

/* Adds the parameters to the set, their names beginning with the prefix. */
void denoising_network_make(struct denoising_network *network, struct parameters *set,
                            const char *prefix, const struct network_options *options);

/*
 * A number of values that such a network surely has, and no more than ten times as many: a file
 * that holds fewer is none of it, which is to be asked before the network is made.
 */
size_t network_least_values(const struct network_options *options);

void denoising_network_initialise(struct denoising_network *network, struct rng *rng);

/*
 * z (count, columns), times (count), labels (count) below or equal to `classes` (none), or NULL ->
 * v (count, columns).
 */
struct variable *denoising_network_apply(struct tape *tape,
                                         const struct denoising_network *network,
                                         struct variable *z, const real *times,
                                         const uint32_t *labels);

#endif
