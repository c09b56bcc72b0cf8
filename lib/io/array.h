/*
 * Array: an n-dimensional block of numbers of some element type, as files hold it; the meeting
 * point of all readers and writers. Always C order and native byte order in memory.
 */
#ifndef TESSERAE_IO_ARRAY_H
#define TESSERAE_IO_ARRAY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARRAY_MOST_DIMENSIONS = 8 };

enum dtype {
    DTYPE_BOOL,
    DTYPE_U8,
    DTYPE_I8,
    DTYPE_U16,
    DTYPE_I16,
    DTYPE_U32,
    DTYPE_I32,
    DTYPE_U64,
    DTYPE_I64,
    DTYPE_F16,
    DTYPE_BF16,
    DTYPE_F32,
    DTYPE_F64,
    DTYPE_COUNT
};

struct array {
    enum dtype dtype;
    int dimensions;                      /* 0 (a scalar) to ARRAY_MOST_DIMENSIONS */
    size_t shape[ARRAY_MOST_DIMENSIONS]; /* outermost first */
    void *data;
    void *mapping;                       /* the memory map that data lies in, or NULL */
    size_t mapping_bytes;
};

size_t dtype_size(enum dtype dtype);         /* bytes of an element */
const char *dtype_name(enum dtype dtype);    /* "float32", as numpy names it */
bool dtype_is_integer(enum dtype dtype);     /* bool counts as one */

/* The dtype of a name; false when there is none. */
bool dtype_from_name(const char *name, enum dtype *dtype);

/* The number of elements: the product of the shape; 1 for a scalar. */
size_t array_count(const struct array *array);
size_t array_bytes(const struct array *array);

/*
 * Multiplies a shape that came from a file: false (EX_DATAERR) when the elements' bytes overflow.
 * `place` is put in front of the message.
 */
bool array_check_shape(enum dtype dtype, int dimensions, const size_t *shape, size_t *bytes,
                       const char *place, struct error *error);

/* A new array, uninitialised, of a shape that is known to fit. Free with array_free. */
struct array array_make(enum dtype dtype, int dimensions, const size_t *shape);
void array_free(struct array *array);

/* The element at a flat position, as a double (64-bit integers may lose digits). */
double array_value(const struct array *array, size_t position);

/* `count` elements from a flat position on, as doubles. */
void array_load(const struct array *array, size_t start, size_t count, double *values);

/*
 * Converts to another element type. To integers: rounds toward zero. Fails (EX_DATAERR) on values
 * that do not fit, also when a finite number would become infinite. To bool: all but 0 is true.
 * A no-op when the type is the same. Consumes the array, also on failure.
 */
bool array_convert(struct array *array, enum dtype dtype, const char *place, struct error *error);

/*
 * The values as rows of floats: shape (rows, columns) where columns is the product of all
 * dimensions but the first; a vector has one column. The caller frees the result with free().
 */
float *array_as_floats(const struct array *array, size_t *rows, size_t *columns);

/* A new array with the dimensions in reverse order. */
struct array array_transpose(const struct array *array);

/* Swaps the byte order of `count` elements of `size` bytes in place. */
void array_reverse_bytes(void *data, size_t count, size_t size);

#endif
