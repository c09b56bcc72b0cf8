/* The squared Euclidean distance, as all that search for near rows measure it. */
#ifndef TESSERAE_TENSOR_SQUARED_DISTANCE_H
#define TESSERAE_TENSOR_SQUARED_DISTANCE_H

#include "tensor/real.h"

#include <stddef.h>

/*
 * |a - b|^2 of two rows. Not inlined: the same rows give the same bits whoever asks, so that a
 * distance can be compared with one that another search has found.
 */
real squared_distance(const real *restrict a, const real *restrict b, size_t columns);

#endif
