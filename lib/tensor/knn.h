/* Exact nearest neighbours, by blocks of distances that a matrix product gives. */
#ifndef TESSERAE_TENSOR_KNN_H
#define TESSERAE_TENSOR_KNN_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct knn_options {
    size_t neighbours;  /* k, at most the number of points (less one when the own is left out) */
    bool without_self;  /* the queries are the points: query i never finds point i */
};

/*
 * For each of the queries (query_count, columns) its k nearest among the points (count, columns)
 * in squared Euclidean distance: indices and distances (query_count, k), nearest first; of equal
 * distances the smaller index first. `distances` may be NULL. The candidates are ranked by
 * |q|^2 - 2 q.p + |p|^2 taken about the mean of the points, and the distances of those that are
 * near enough to the k-th for rounding to matter are then taken again as sum (q - p)^2, so that
 * the answer is the one of a plain search. Neither depends on the number of threads.
 *
 * 2 query_count count columns flops; the workspace is a few MB, whatever the counts.
 */
void knn_search(const struct knn_options *options, const real *queries, size_t query_count,
                const real *points, size_t count, size_t columns, uint32_t *indices,
                real *distances);

#endif
