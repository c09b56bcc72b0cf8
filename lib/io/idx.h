/*
 * IDX: the array files of MNIST and its successors (usually under gzip). One array of unsigned or
 * signed bytes, 16- or 32-bit integers, or floats; big-endian.
 */
#ifndef TESSERAE_IO_IDX_H
#define TESSERAE_IO_IDX_H

#include "base/output.h"
#include "io/array.h"
#include "io/stream.h"

struct idx_header {
    enum dtype dtype;
    int dimensions;
    size_t shape[ARRAY_MOST_DIMENSIONS];
    size_t bytes; /* of the data */
};

/* Reads the header; for those who read the data, big-endian, piece by piece. */
bool idx_read_header(struct stream *stream, struct idx_header *header, struct error *error);

/* Fails (EX_DATAERR) unless the stream ends here; after the data. */
bool idx_expect_end(struct stream *stream, struct error *error);

/* Reads the array of the stream, which must end with it. */
bool idx_read(struct stream *stream, struct array *array, struct error *error);

/* Fails (EX_DATAERR) on element types that IDX does not have. */
bool idx_write(struct output *output, const struct array *array, struct error *error);

#endif
