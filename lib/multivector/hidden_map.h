/*
 * Hidden maps: points x are seen through a linear map, as A x. What depends on the x by a metric
 * eta (the identity, or that of Minkowski) depends on what is seen by the metric
 *
 *     G = A^-T eta A^-1,      (A x)^T G (A y) = x^T eta y,
 *
 * which is what a network should learn. No target tells the scale of G.
 */
#ifndef TESSERAE_MULTIVECTOR_HIDDEN_MAP_H
#define TESSERAE_MULTIVECTOR_HIDDEN_MAP_H

#include "base/error.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HIDDEN_MAP_MOST_DIMENSION = 6 };

struct hidden_map {
    size_t dimension;
    real matrix[HIDDEN_MAP_MOST_DIMENSION * HIDDEN_MAP_MOST_DIMENSION]; /* A (n, n) */
    real metric[HIDDEN_MAP_MOST_DIMENSION * HIDDEN_MAP_MOST_DIMENSION]; /* G (n, n) */
};

/*
 * A random map: a rotation, stretches drawn evenly in logarithm from 1/2 to 2, a rotation. base
 * (n) is the diagonal of eta.
 */
bool hidden_map_draw(struct hidden_map *map, const real *base, size_t dimension, uint64_t seed,
                     struct error *error);

/* A map from a file of any format with one (n, n) matrix; a singular one is EX_DATAERR. */
bool hidden_map_read(struct hidden_map *map, const char *path, const real *base, size_t dimension,
                     struct error *error);

/* values (count, n): each row x becomes A x. */
void hidden_map_apply(const struct hidden_map *map, real *values, size_t count);

/*
 * Reads one symmetric (n, n) matrix, as a metric; EX_DATAERR for other shapes, for numbers that are
 * not finite, and where it is not symmetric to a relative 1e-5. n becomes *dimension, which is to
 * be 0 or the one that is expected.
 */
bool metric_read(const char *path, size_t *dimension, real *metric, struct error *error);

/*
 * How far a metric is from a true one, each up to scale: the least over c of
 * |c metric - truth| / |truth| (Frobenius); 0 when they agree, at most 1.
 */
double metric_error(const real *metric, const real *truth, size_t dimension);

#endif
