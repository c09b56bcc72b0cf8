#include "tensor/knn.h"

#include "base/error.h"
#include "base/memory.h"
#include "tensor/blas.h"
#include "tensor/nearest.h"
#include "tensor/squared_distance.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { QUERY_BLOCK = 64, POINT_BLOCK = 512 };

struct search {
    const real *queries, *points;
    size_t query_count, count, columns, k;
    bool without_self;
    const real *centre; /* (columns): the mean of the points; the nearer to 0, the less rounding */
};

/* What one thread works with. */
struct workspace {
    real *queries, *points; /* (QUERY_BLOCK or POINT_BLOCK, columns), centred */
    real *query_bounds, *point_bounds; /* a little less than the squared norms of their rows */
    real *products;         /* (QUERY_BLOCK, POINT_BLOCK): -2 q.p */
};

/* --- blocks of distances --- */

/* Rows less the centre, and lower bounds of their squared norms that allow for all rounding. */
static void centre_rows(const struct search *s, const real *rows, size_t count, real *centred,
                        real *bounds)
{
    real less = 1 - 4 * (real)(s->columns + 4) * REAL_EPSILON;
    for (size_t i = 0; i < count; i++) {
        real norm = 0;
        for (size_t j = 0; j < s->columns; j++) {
            real value = rows[i * s->columns + j] - s->centre[j];
            centred[i * s->columns + j] = value;
            norm += value * value;
        }
        bounds[i] = norm * less;
    }
}

/* Offers the points first .. first + count to one query, whose row of products this is. */
static void scan_row(const struct search *s, const struct workspace *w, size_t query, real bound,
                     const real *restrict products, size_t first, size_t count,
                     struct nearest *found)
{
    enum { STRIDE = 32 };
    const real *restrict bounds = w->point_bounds;
    for (size_t start = 0; start < count; start += STRIDE) {
        size_t end = start + STRIDE < count ? start + STRIDE : count;
        real limit = found->count < found->k ? INFINITY : found->distances[0];
        real least = INFINITY;
#pragma omp simd reduction(min : least)
        for (size_t j = start; j < end; j++) {
            real lower = products[j] + bounds[j] + bound;
            least = lower < least ? lower : least;
        }
        if (least > limit)
            continue;
        for (size_t j = start; j < end; j++) {
            limit = found->count < found->k ? INFINITY : found->distances[0];
            if (products[j] + bounds[j] + bound > limit || (s->without_self && first + j == query))
                continue;
            nearest_offer(found,
                          squared_distance(s->queries + query * s->columns,
                                           s->points + (first + j) * s->columns, s->columns),
                          (uint32_t)(first + j));
        }
    }
}

static void search_block(const struct search *s, const struct workspace *w, size_t first_query,
                         size_t queries, struct nearest *found)
{
    centre_rows(s, s->queries + first_query * s->columns, queries, w->queries, w->query_bounds);
    for (size_t first = 0; first < s->count; first += POINT_BLOCK) {
        size_t points = s->count - first < POINT_BLOCK ? s->count - first : POINT_BLOCK;
        centre_rows(s, s->points + first * s->columns, points, w->points, w->point_bounds);
        blas_matmul(false, true, queries, points, s->columns, -2, w->queries, w->points, 0,
                    w->products);
        for (size_t q = 0; q < queries; q++)
            scan_row(s, w, first_query + q, w->query_bounds[q], w->products + q * points, first,
                     points, &found[q]);
    }
    for (size_t q = 0; q < queries; q++)
        nearest_sort(&found[q]);
}

static real *mean_of_points(const real *points, size_t count, size_t columns)
{
    real *mean = memory_alloc(columns, sizeof *mean);
    for (size_t j = 0; j < columns; j++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += (double)points[i * columns + j];
        mean[j] = (real)(sum / (double)count);
    }
    return mean;
}

static struct workspace new_workspace(size_t columns)
{
    return (struct workspace){
        .queries = memory_alloc(QUERY_BLOCK * columns, sizeof(real)),
        .points = memory_alloc(POINT_BLOCK * columns, sizeof(real)),
        .query_bounds = memory_alloc(QUERY_BLOCK, sizeof(real)),
        .point_bounds = memory_alloc(POINT_BLOCK, sizeof(real)),
        .products = memory_alloc((size_t)QUERY_BLOCK * POINT_BLOCK, sizeof(real)),
    };
}

static void free_workspace(struct workspace *w)
{
    free(w->queries);
    free(w->points);
    free(w->query_bounds);
    free(w->point_bounds);
    free(w->products);
}

void knn_search(const real *queries, size_t query_count, const real *points, size_t count,
                size_t columns, size_t k, bool without_self, uint32_t *indices, real *distances)
{
    if (k > count - (without_self && count > 0) || count > UINT32_MAX)
        error_die(EX_SOFTWARE, "knn_search: no %zu neighbours among %zu points", k, count);
    if (k == 0 || query_count == 0)
        return;
    real *centre = mean_of_points(points, count, columns);
    real *kept = distances ? distances : memory_alloc(query_count * k, sizeof *kept);
    struct search search = {.queries = queries, .points = points, .query_count = query_count,
                            .count = count, .columns = columns, .k = k,
                            .without_self = without_self, .centre = centre};
    blas_return_threads();
#pragma omp parallel if (query_count > QUERY_BLOCK)
    {
        struct workspace workspace = new_workspace(columns);
#pragma omp for schedule(dynamic)
        for (size_t first = 0; first < query_count; first += QUERY_BLOCK) {
            size_t rows = query_count - first < QUERY_BLOCK ? query_count - first : QUERY_BLOCK;
            struct nearest found[QUERY_BLOCK];
            for (size_t q = 0; q < rows; q++)
                found[q] = (struct nearest){.k = k, .distances = kept + (first + q) * k,
                                               .indices = indices + (first + q) * k};
            search_block(&search, &workspace, first, rows, found);
        }
        free_workspace(&workspace);
    }
    if (!distances)
        free(kept);
    free(centre);
}
