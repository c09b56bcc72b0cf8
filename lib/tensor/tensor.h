/*
 * Tensor: a dense block of reals in C order. A tensor does not own its data: they live in an
 * arena, in a parameter, or with the caller.
 */
#ifndef TESSERAE_TENSOR_TENSOR_H
#define TESSERAE_TENSOR_TENSOR_H

#include "base/arena.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

enum { TENSOR_MOST_DIMENSIONS = 6 };

struct tensor {
    real *data;
    int dimensions; /* 0: a scalar */
    size_t shape[TENSOR_MOST_DIMENSIONS];
};

/* Describes data of a shape; nothing is allocated. */
struct tensor tensor_scalar(real *data);
struct tensor tensor_vector(real *data, size_t count);
struct tensor tensor_matrix(real *data, size_t rows, size_t columns);
struct tensor tensor_of_shape(real *data, int dimensions, const size_t *shape);

/* The number of elements; of columns (the last dimension, 1 for a scalar); of rows (the rest). */
size_t tensor_count(const struct tensor *tensor);
size_t tensor_columns(const struct tensor *tensor);
size_t tensor_rows(const struct tensor *tensor);

bool tensor_same_shape(const struct tensor *a, const struct tensor *b);

/* The place of the first of `count` values that is not finite; `count` where all are. */
size_t tensor_first_not_finite(const real *values, size_t count);

/* A tensor of the same shape with data from the arena, uninitialised. */
struct tensor tensor_like(const struct tensor *tensor, struct arena *arena);

#endif
