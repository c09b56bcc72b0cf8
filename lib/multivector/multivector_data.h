/*
 * Data for networks of multivectors: samples with scalars and vectors in, and scalars, vectors and
 * pseudoscalars as targets, as a tensor stream.
 *
 * A stream is blocks; a block is five NPY records that hold the same samples, B of them, always in
 * this order:
 *
 *     record                   of clouds     of graphs          targets of graphs, pooled
 *     1  scalars               (B, s)        (B, N, s)
 *     2  vectors               (B, v, n)     (B, N, v, n)
 *     3  target scalars        (B, a)        (B, N, a)          (B, a)
 *     4  target vectors        (B, b, n)     (B, N, b, n)       (B, b, n)
 *     5  target pseudoscalars  (B, c)        (B, N, c)          (B, c)
 *
 * n is the dimension of the space, N the nodes of a graph (all pairs are joined). A size of 0 says
 * that there is nothing of the kind; without any target the stream is only to be predicted. Blocks
 * of a stream differ in B alone.
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_DATA_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_DATA_H

#include "io/npy.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    MULTIVECTOR_MOST_DIMENSION = 6,
    MULTIVECTOR_MOST_FEATURES = 4096,
    MULTIVECTOR_MOST_NODES = 4096 /* all pairs are joined */
};

/* What a sample is made of. */
struct sample_shape {
    size_t dimension;            /* n: 1 to MULTIVECTOR_MOST_DIMENSION */
    size_t nodes;                /* N, up to MULTIVECTOR_MOST_NODES; 0: a cloud, without nodes */
    size_t scalars, vectors;     /* in: of a sample, or of a node */
    bool pooled;                 /* graphs: targets belong to the whole graph */
    size_t target_scalars, target_vectors, target_pseudoscalars;
};

/* The records of a block, in their order. */
enum sample_part {
    PART_SCALARS,
    PART_VECTORS,
    PART_TARGET_SCALARS,
    PART_TARGET_VECTORS,
    PART_TARGET_PSEUDOSCALARS,
    SAMPLE_PARTS
};

struct multivector_data {
    struct sample_shape shape;
    size_t count;              /* samples */
    real *parts[SAMPLE_PARTS]; /* (count, sample_width) each, owned; as the records hold them */
};

/* The reals that a part of one sample takes. */
size_t sample_width(const struct sample_shape *shape, enum sample_part part);

/* Whether there are targets. */
bool sample_has_targets(const struct sample_shape *shape);

bool sample_same_shape(const struct sample_shape *a, const struct sample_shape *b);

/* "5 nodes of 1 scalar and 2 vectors in 3 dimensions; targets ..."; the caller frees it. */
char *sample_shape_text(const struct sample_shape *shape);

/* Room for samples, uninitialised. Free with multivector_data_free. */
struct multivector_data multivector_data_make(const struct sample_shape *shape, size_t count);
void multivector_data_free(struct multivector_data *data);

/*
 * Reads the next block; *end is true (and the data empty) when the stream ended before it. Wrong
 * shapes, integers, a number that is not finite (record and sample are named) and a block that
 * breaks off are EX_DATAERR.
 */
bool multivector_data_read_block(struct stream *stream, struct multivector_data *data, bool *end,
                                 struct error *error);

/* Reads all blocks as one; no sample at all is EX_DATAERR. */
bool multivector_data_read(struct stream *stream, struct multivector_data *data,
                           struct error *error);

/* Writes one block. */
bool multivector_data_write(struct output *output, const struct multivector_data *data,
                            struct error *error);

/*
 * Predictions: the targets alone, one record for each kind that there is, in the same order and
 * shapes. Reading takes a vector (B) for (B, 1) as well, and nothing may follow; `data` has the
 * shape and the number of samples that are expected.
 */
bool multivector_predictions_write(struct output *output, const struct multivector_data *data,
                                   struct error *error);
bool multivector_predictions_read(struct stream *stream, struct multivector_data *data,
                                  struct error *error);

/* Adds the samples of a block of the same shape; data may be empty ({0}) at first. */
void multivector_data_append(struct multivector_data *data, const struct multivector_data *block,
                             size_t *capacity);

/* Samples picked by their numbers, as data of their own. */
struct multivector_data multivector_data_pick(const struct multivector_data *data,
                                              const size_t *samples, size_t count);

#endif
