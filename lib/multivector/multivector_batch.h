/*
 * Batches: samples as networks of multivectors take them, in units that suit them.
 *
 * Vectors are divided by one number, so that isometries still act on them; scalar targets are
 * shifted and divided feature by feature, vector and pseudoscalar targets only divided, which
 * commutes with isometries as well. Where the first vector of a node is a place, it is taken
 * relative to the mean place of its graph, and vector targets relative to the place itself: what
 * is predicted moves with the graph.
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_BATCH_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_BATCH_H

#include "grad/parameter.h"
#include "multivector/multivector_data.h"
#include "multivector/multivector_layers.h"

/*
 * Frozen parameters of a model: they go with it into its file. All are 1 (shifts 0) until
 * sample_scales_measure.
 */
struct sample_scales {
    struct parameter *vectors;             /* (1): vectors, and targets that are vectors */
    struct parameter *scalar_targets;      /* (2, a): shifts, divisors */
    struct parameter *pseudoscalar_targets; /* (1): the divisor */
};

void sample_scales_make(struct sample_scales *scales, struct parameters *set,
                        const struct sample_shape *shape);

/*
 * Root mean squares of vectors and pseudoscalars, mean and deviation of each scalar target; 1 for
 * what is 0 or has a deviation of 0.
 */
void sample_scales_measure(struct sample_scales *scales, const struct multivector_data *data,
                           bool places);

/* Room for samples, filled again and again. */
struct multivector_batch {
    struct sample_shape shape;
    bool places;                /* the first vector of a node is a place */
    size_t capacity, count;     /* samples */
    size_t rows;                /* of multivectors: count, or count N */
    real *parts[SAMPLE_PARTS];  /* as in multivector_data, in the network's units */
    struct multivector_edges edges; /* of graphs: all ordered pairs of different nodes */
    real *edge_scalars;         /* (edges, s): products of the scalars of both ends */
    uint32_t *graph_of_node;    /* (rows) */
};

struct multivector_batch multivector_batch_make(const struct sample_shape *shape, bool places,
                                                size_t capacity);
void multivector_batch_free(struct multivector_batch *batch);

/*
 * The most samples of a batch: edges of all blades together are numbered with 32 bits.
 */
size_t multivector_batch_most(const struct sample_shape *shape);

/* Takes count <= capacity samples by their numbers, targets too if there are any. */
void multivector_batch_fill(struct multivector_batch *batch, const struct sample_scales *scales,
                            const struct clifford *algebra, const struct multivector_data *data,
                            const size_t *samples, size_t count);

/*
 * The way back for predictions: one part of the batch's predicted targets, as the network gave
 * them, (count, sample_width), becomes values in the units of the data; `data` and `samples` are
 * those that the batch was filled with.
 */
void multivector_batch_restore(const struct multivector_batch *batch,
                               const struct sample_scales *scales,
                               const struct multivector_data *data, const size_t *samples,
                               enum sample_part part, const real *predicted, real *values);

#endif
