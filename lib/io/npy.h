/*
 * NPY (numpy.lib.format versions 1.0 to 3.0) and streams of NPY records one after the other.
 * Every integer and float dtype, both byte orders, C and Fortran order.
 */
#ifndef TESSERAE_IO_NPY_H
#define TESSERAE_IO_NPY_H

#include "base/output.h"
#include "io/array.h"
#include "io/stream.h"

/*
 * Reads the next record. *end is true (and the array empty) when the stream ended cleanly before
 * it. The data are memory-mapped where the stream is a plain file, in C order and our byte order.
 * Errors (EX_DATAERR) name the stream and the record.
 */
bool npy_read(struct stream *stream, struct array *array, bool *end, struct error *error);

/* Writes one record (version 1.0, C order, native byte order, data aligned to 64 bytes). */
bool npy_write(struct output *output, const struct array *array, struct error *error);

/* Writes a float32 record of a shape from memory that is not an array. */
bool npy_write_floats(struct output *output, int dimensions, const size_t *shape,
                      const float *values, struct error *error);

#endif
