/*
 * Neighbour score: an estimator of the closed-form score (closed_form.h) that measures few points.
 * Late in a flow the softmax is dominated by the K points nearest to z / t; these are taken as they
 * are. L points, drawn uniformly from all the others afresh at every question, stand for the rest,
 * each of them for (N - K) / L, which leaves the partition sum without bias.
 *
 * The K are found among all points by products (brute force), or among some by an inverted index;
 * what an index misses still belongs to the rest, so the partition sum is unbiased then too.
 */
#ifndef TESSERAE_DIFFUSION_NEIGHBOUR_SCORE_H
#define TESSERAE_DIFFUSION_NEIGHBOUR_SCORE_H

#include "base/rng.h"
#include "diffusion/closed_form.h"

enum neighbour_index { NEIGHBOUR_BRUTE, NEIGHBOUR_IVF };

struct neighbour_options {
    struct closed_form_options score;
    size_t neighbours;   /* K; where a class has fewer points, all of them */
    size_t random;       /* L; 0: the rest is left out */
    enum neighbour_index index;
    size_t lists;        /* of the inverted index; 0: about the square root of the points */
    size_t probes;       /* lists that a search looks at, at least 1 */
};

/* The denoiser of a point set, which must live on. */
struct denoiser neighbour_denoiser(const struct point_set *points,
                                   const struct neighbour_options *options);

/* The most samples of a begin() that `bytes` of memory hold; at least 1. */
size_t neighbour_batch(const struct point_set *points, const struct neighbour_options *options,
                       size_t bytes);

/*
 * Fills rows (K + L at most) with the K given in rows[0 .. k) and up to L others of the n points,
 * drawn without return, and *each with what one of the others stands for. Returns how many there
 * are. `table` has neighbour_table_size(k + l) numbers.
 */
size_t neighbour_draw_rest(struct rng *rng, size_t n, size_t k, size_t l, uint32_t *rows,
                           uint32_t *table, real *each);
size_t neighbour_table_size(size_t rows);

#endif
