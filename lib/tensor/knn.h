/* Exact nearest neighbours, by blocks of distances that a matrix product gives. */
#ifndef TESSERAE_TENSOR_KNN_H
#define TESSERAE_TENSOR_KNN_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * For each of the queries (query_count, columns) its k nearest among the points (count, columns)
 * in squared Euclidean distance: indices and distances (query_count, k), nearest first; of equal
 * distances the smaller index first. With without_self the queries are the points, and query i
 * does not find point i. k is at most the number of points to be found. `distances` may be NULL.
 *
 * The product's distances |q|^2 - 2 q.p + |p|^2 only pass over those points that cannot be near,
 * with room for its rounding; those that are left are measured as sum((q - p)^2). So the answer is
 * that of a plain search, and does not depend on the number of threads.
 *
 * 2 query_count count columns flops; a workspace of some 1000 (columns + 64) reals per thread.
 */
void knn_search(const real *queries, size_t query_count, const real *points, size_t count,
                size_t columns, size_t k, bool without_self, uint32_t *indices, real *distances);

#endif
