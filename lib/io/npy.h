/*
 * NPY (numpy.lib.format versions 1.0 to 3.0) and streams of NPY records one after the other.
 * Every integer and float dtype, both byte orders, C and Fortran order.
 */
#ifndef TESSERAE_IO_NPY_H
#define TESSERAE_IO_NPY_H

#include "base/output.h"
#include "io/array.h"
#include "io/stream.h"

/* What stands in front of the data of a record. */
struct npy_header {
    enum dtype dtype;
    bool swapped;       /* the other byte order than ours */
    bool fortran_order;
    int dimensions;
    size_t shape[ARRAY_MOST_DIMENSIONS];
    size_t bytes;       /* of the data */
};

/*
 * Reads the header of the next record; for those who read the data, header->bytes of them, piece
 * by piece. *end is true when the stream ended cleanly before it.
 */
bool npy_read_header(struct stream *stream, struct npy_header *header, bool *end,
                     struct error *error);

/* Reads the data that stand behind a header that was read; as npy_read. */
bool npy_read_data(struct stream *stream, const struct npy_header *header, struct array *array,
                   struct error *error);

/*
 * Reads the next record. *end is true (and the array empty) when the stream ended cleanly before
 * it. The data are memory-mapped where the stream is a plain file, in C order and our byte order.
 * Errors (EX_DATAERR) name the stream and the record.
 */
bool npy_read(struct stream *stream, struct array *array, bool *end, struct error *error);

/*
 * As npy_read, but only the first `most` entries along the first dimension; the stream is left
 * within the record, and is of no more use. For those who look at the beginning of what may be
 * large. (A record in Fortran order has to be read whole.)
 */
bool npy_read_leading(struct stream *stream, size_t most, struct array *array, bool *end,
                      struct error *error);

/*
 * Writes one record (version 1.0, C order, native byte order, data aligned to 64 bytes). bfloat16,
 * which NPY does not know, becomes float32.
 */
bool npy_write(struct output *output, const struct array *array, struct error *error);

/* Writes only the header of a record whose data the caller writes. */
bool npy_write_header(struct output *output, enum dtype dtype, int dimensions, const size_t *shape,
                      struct error *error);

/* Writes a float32 record of a shape from memory that is not an array. */
bool npy_write_floats(struct output *output, int dimensions, const size_t *shape,
                      const float *values, struct error *error);

#endif
