/*
 * K-means: centres c_1 .. c_k that make sum_i w_i min_c |x_i - c|^2 small.
 *
 * The start is greedy k-means++ (Arthur and Vassilvitskii, SODA 2007: each centre is drawn with a
 * probability in proportion to the squared distance that is left; the best of a few draws is
 * taken). Then Lloyd's iterations over all rows, or mini-batches of a stream (Sculley, WWW 2010).
 * Nearest centres are those of knn_search: exact, ties to the smallest index. Nothing depends on
 * the number of threads.
 */
#ifndef TESSERAE_TENSOR_KMEANS_H
#define TESSERAE_TENSOR_KMEANS_H

#include "base/rng.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows to be clustered; the caller's. */
struct kmeans_rows {
    const real *values;    /* (count, columns), finite */
    size_t count, columns;
    const real *weights;   /* (count), finite and not negative; NULL: 1 each */
};

struct kmeans_options {
    size_t k;              /* at least 1 */
    size_t iterations;     /* of Lloyd, at most */
    double tolerance;      /* stop once an iteration takes less than this share of the inertia */
    size_t start_rows;     /* start on so many rows, drawn at random; 0: on all */
    size_t trials;         /* draws for each centre of the start; 0: 2 + log k */
};

/* k clusters, 25 iterations, a tolerance of 1e-4, a start on at most 256 k rows. */
struct kmeans_options kmeans_defaults(size_t k);

struct kmeans_result {
    size_t centres;        /* k, or the number of different rows where that is smaller */
    size_t iterations;
    double inertia;        /* sum_i w_i |x_i - its centre|^2, of the returned centres */
};

/*
 * Clusters the rows: centres (k, columns), of which the first result.centres are there; nearest
 * (count) the centre of each row (NULL: not wanted). A centre that loses all its rows is put on
 * the row that is farthest from its own. Draws from rng; count >= 1.
 *
 * About 2 iterations k count columns flops; a workspace of some count (2 reals) + k columns
 * doubles.
 */
struct kmeans_result kmeans_fit(const struct kmeans_rows *rows,
                                const struct kmeans_options *options, struct rng *rng,
                                real *centres, uint32_t *nearest);

/*
 * Only the start: up to k different rows become centres (k, columns). Returns how many; fewer
 * than k when there are no more different rows with a weight. Rows that differ by less than the
 * rounding of their squared distance count as the same.
 */
size_t kmeans_start(const struct kmeans_rows *rows, size_t k, size_t trials, struct rng *rng,
                    real *centres);

/*
 * The nearest of k centres to each row: nearest (count), and squared distances (count) unless NULL.
 * Returns the inertia.
 */
double kmeans_assign(const struct kmeans_rows *rows, const real *centres, size_t k,
                     uint32_t *nearest, real *distances);

/*
 * Adds to sums (k, columns) and masses (k) the rows, and the weights, of each centre. For whoever
 * wants to add up over several blocks of rows or several processes before moving the centres.
 */
void kmeans_accumulate(const struct kmeans_rows *rows, const uint32_t *nearest, size_t k,
                       double *sums, double *masses);

/*
 * Moves each centre to the mean of all rows it has ever had, c += (sum - mass c) / seen, where
 * seen (k) grows by masses first: one mini-batch, of which kmeans_accumulate made sums and masses.
 * With seen all 0 it is an iteration of Lloyd. A centre without a row stays.
 */
void kmeans_move(const double *sums, const double *masses, size_t k, size_t columns, double *seen,
                 real *centres);

/* One mini-batch: assigns the rows, then moves. seen (k) is the weight that centres have had. */
double kmeans_batch(const struct kmeans_rows *rows, size_t k, double *seen, real *centres);

#endif
