/*
 * Inverted index (IVF): near neighbours among millions of points without looking at most of them.
 * The points are clustered by k-means; a query looks only at the clusters whose centres are nearest
 * to it. What it does not look at it may miss.
 */
#ifndef TESSERAE_TENSOR_INVERTED_INDEX_H
#define TESSERAE_TENSOR_INVERTED_INDEX_H

#include "base/rng.h"
#include "tensor/real.h"

#include <stddef.h>
#include <stdint.h>

struct inverted_index {
    const real *points;   /* (count, columns), the caller's */
    size_t count, columns;
    size_t lists;
    real *centres;        /* (lists, columns) */
    real *centre_half_norms; /* (lists): |centre|^2 / 2 */
    const real *half_norms;  /* (count): |x|^2 / 2, the caller's */
    size_t *starts;       /* (lists + 1) */
    uint32_t *rows;       /* (count): the points of each list */
};

/*
 * Clusters the points, which must live on with their half norms |x|^2 / 2, into `lists` lists
 * (fewer when there are fewer different points); k-means learns from at most 64 points a list. Free
 * with inverted_index_free.
 */
struct inverted_index inverted_index_make(const real *points, const real *half_norms, size_t count,
                                          size_t columns, size_t lists, struct rng *rng);

/* About the square root of the count, at least 1. */
size_t inverted_index_lists(size_t count);

/*
 * The k points of largest level query.x - weight |x|^2 / 2 among those of the `probes` lists whose
 * centres have the largest, and of as many more lists as it takes to have k points at all. With
 * weight 1 they are the nearest to the query, with t those nearest to query / t, for t = 0 too.
 * indices (k) and the negatives of the levels (k), largest level first, of equal ones the smaller
 * index first; k <= count. One thread.
 *
 * room: 2 lists reals; order: lists numbers.
 */
void inverted_index_search(const struct inverted_index *index, const real *query, real weight,
                           size_t k, size_t probes, real *room, uint32_t *order,
                           uint32_t *indices, real *negatives);

void inverted_index_free(struct inverted_index *index);

#endif
