/*
 * space_neighbours: blocked exact search.
 *
 * What is sought are the k least keys t d^2 + log E, E = -log u exponentially distributed, or d^2
 * alone (without the snowflake, which is increasing). A block of queries meets a block of points;
 * for each pair a lower bound of the key is computed by loops that the compiler vectorises, and the
 * pairs of the k + SPARE least bounds are kept. Only their keys are computed. Where the k-th of
 * these is no more than the greatest of the bounds, no other pair can have a smaller one; elsewhere
 * (many equal distances) the query is searched again, by keys. The bounds:
 *
 *     inner     of each factor: |a - b|^2, the Lorentz 2 cosh d - 2, or the squared chord, from a
 *               product of matrices, less what rounding can have added
 *     d^2       from inner, by the factor's formula
 *     snowflake from a table of f, 256 entries to an octave, of which keys interpolate
 *     log E     >= log(1 - u)
 */
#include "geometry/space_neighbours.h"

#include "base/error.h"
#include "base/memory.h"
#include "geometry/hyperbolic.h"
#include "geometry/snowflake_table.h"
#include "geometry/spherical.h"
#include "tensor/blas.h"
#include "tensor/nearest.h"
#include "tensor/vector_math.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUERY_BLOCK = 64, POINT_BLOCK = 512, STRIDE = 32, SPARE = 8 };

/* Rows as a factor's product wants them. */
struct side {
    real *rows;   /* (count, width) */
    real *addend; /* (count) */
};

struct factor_sides {
    size_t width;
    struct side queries, points; /* inner >= rows . rows + addend + addend */
};

struct plan {
    const struct neighbour_search *search;
    const real *queries, *points;
    size_t query_count, count, k;
    bool without_self;
    struct factor_sides sides[SPACE_MOST_FACTORS];
    real squared_radius[SPACE_MOST_FACTORS];
    struct snowflake_table table;
    uint64_t key; /* of the noise */
};

/* --- distances of single pairs --- */

double space_distance(const struct space *space, const real *log_radius, const real *a,
                      const real *b)
{
    double sum = 0;
    for (size_t f = 0; f < space->count; f++) {
        const struct factor *factor = &space->factors[f];
        const real *x = a + factor->first_column, *y = b + factor->first_column;
        size_t n = factor->columns;
        double radius = exp((double)log_radius[f]), d = 0;
        switch (factor->kind) {
        case FACTOR_EUCLIDEAN:
#pragma omp simd reduction(+ : d)
            for (size_t j = 0; j < n; j++)
                d += ((double)x[j] - (double)y[j]) * ((double)x[j] - (double)y[j]);
            sum += d;
            continue;
        case FACTOR_HYPERBOLIC:
            d = hyperbolic_distance(x, y, n);
            break;
        case FACTOR_SPHERICAL:
            d = spherical_distance(x, y, n);
            break;
        }
        sum += radius * radius * d * d;
    }
    return sqrt(sum);
}

/* --- noise --- */

static inline uint32_t mix(uint32_t x) /* the finaliser of MurmurHash3 */
{
    x ^= x >> 16;
    x *= 0x85ebca6bu;
    x ^= x >> 13;
    x *= 0xc2b2ae35u;
    return x ^ (x >> 16);
}

/* The bits of a pair: 32 of them, from the row's key and the point. */
static inline uint32_t pair_bits(uint32_t row_key, uint32_t point)
{
    return mix(mix(point * 0x9e3779b9u + row_key) ^ row_key);
}

static uint32_t key_of_row(uint64_t key, size_t row)
{
    uint64_t x = key + (uint64_t)row * 0x9e3779b97f4a7c15u; /* SplitMix64 */
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((x ^ (x >> 31)) >> 32);
}

/* 1 - u, in (0, 1]. */
static inline real uniform_of(uint32_t bits)
{
    return ((real)bits + (real)0.5) * (real)0x1p-32;
}

static double key_of_pair(const struct plan *plan, size_t query, size_t point, uint32_t row_key)
{
    const struct neighbour_search *s = plan->search;
    size_t columns = s->space->columns;
    double d = space_distance(s->space, s->log_radius, plan->queries + query * columns,
                              plan->points + point * columns);
    if (!s->noise)
        return d * d;
    if (s->snowflake)
        d = snowflake_table_value(&plan->table, d);
    double complement = fmin((double)uniform_of(pair_bits(row_key, (uint32_t)point)), 1 - 1e-9);
    return s->temperature * d * d + log(-log1p(-complement));
}

/* --- sides of the products --- */

static void fill_euclidean(const struct factor *factor, const real *rows, size_t count,
                           size_t stride, const real *centre, real scale, struct side *side)
{
    size_t n = factor->columns;
    real less = 1 - 4 * (real)(n + 4) * REAL_EPSILON;
    for (size_t i = 0; i < count; i++) {
        real norm = 0;
        for (size_t j = 0; j < n; j++) {
            real value = rows[i * stride + factor->first_column + j] - centre[j];
            side->rows[i * n + j] = scale * value;
            norm += value * value;
        }
        side->addend[i] = norm * less;
    }
}

/* 2 t t' - 2 s . s' - 2, where a shorter time leaves room for rounding. */
static void fill_hyperbolic(const struct factor *factor, const real *rows, size_t count,
                            size_t stride, real scale, struct side *side)
{
    size_t n = factor->columns;
    double less = 1 - 4 * (double)(n + 6) * REAL_EPSILON;
    for (size_t i = 0; i < count; i++) {
        const real *s = rows + i * stride + factor->first_column;
        real *row = side->rows + i * (n + 1);
        row[n] = (real)(hyperbolic_time(s, n) * less);
        for (size_t j = 0; j < n; j++)
            row[j] = s[j];
        for (size_t j = 0; j <= n; j++)
            row[j] *= j < n ? scale : scale < 0 ? -scale : scale;
        side->addend[i] = -1;
    }
}

static void fill_spherical(const struct factor *factor, const real *rows, size_t count,
                           size_t stride, real scale, struct side *side)
{
    size_t n = factor->columns;
    for (size_t i = 0; i < count; i++) {
        real *row = side->rows + i * n;
        for (size_t j = 0; j < n; j++)
            row[j] = rows[i * stride + factor->first_column + j];
        spherical_normalise(row, n);
        for (size_t j = 0; j < n; j++)
            row[j] *= scale;
        side->addend[i] = 1 - 4 * (real)(n + 6) * REAL_EPSILON;
    }
}

static void fill_side(const struct plan *plan, size_t f, const real *rows, size_t count,
                      const real *centre, real scale, struct side *side)
{
    const struct space *space = plan->search->space;
    const struct factor *factor = &space->factors[f];
    side->rows = memory_alloc(count * plan->sides[f].width, sizeof(real));
    side->addend = memory_alloc(count, sizeof(real));
    switch (factor->kind) {
    case FACTOR_EUCLIDEAN:
        fill_euclidean(factor, rows, count, space->columns, centre, scale, side);
        break;
    case FACTOR_HYPERBOLIC:
        fill_hyperbolic(factor, rows, count, space->columns, scale, side);
        break;
    case FACTOR_SPHERICAL:
        fill_spherical(factor, rows, count, space->columns, scale, side);
        break;
    }
}

/* The mean of a factor's columns over the points: the nearer to 0, the less rounding. */
static void centre_of(const struct plan *plan, const struct factor *factor, real *centre)
{
    size_t columns = plan->search->space->columns;
    for (size_t j = 0; j < factor->columns; j++) {
        double sum = 0;
        for (size_t i = 0; i < plan->count; i++)
            sum += (double)plan->points[i * columns + factor->first_column + j];
        centre[j] = (real)(sum / (double)plan->count);
    }
}

/* --- lower bounds of keys --- */

/* d^2 from lower bounds of inner, added times R^2. */
static void add_euclidean(const real *restrict inner, real *restrict total, size_t count)
{
#pragma omp simd
    for (size_t j = 0; j < count; j++)
        total[j] += inner[j] > 0 ? inner[j] : 0;
}

static void add_hyperbolic(const real *restrict inner, real weight, real *restrict total,
                           size_t count)
{
#pragma omp simd
    for (size_t j = 0; j < count; j++) {
        real q = inner[j] > 0 ? inner[j] : 0;
        real z = vector_square_root(q) / 2, z_time = vector_square_root(1 + z * z);
        real d = 2 * vector_log1p(z + z * z / (1 + z_time));
        total[j] += weight * d * d;
    }
}

static void add_spherical(const real *restrict inner, real weight, real *restrict total,
                          size_t count)
{
#pragma omp simd
    for (size_t j = 0; j < count; j++) {
        real c = inner[j] > 0 ? inner[j] : 0;
        c = c < 4 ? c : 4;
        real d = 2 * vector_arc_sine(vector_square_root(c) / 2);
        total[j] += weight * d * d;
    }
}

struct workspace {
    real *products[SPACE_MOST_FACTORS]; /* (QUERY_BLOCK, POINT_BLOCK) each */
    real bounds[POINT_BLOCK];
};

/* The bounds of the keys of a query and `count` points from `first` on; `at` is its row of
 * products. */
static void bound_keys(const struct plan *plan, struct workspace *w, size_t query, size_t at,
                       size_t first, size_t count, uint32_t row_key)
{
    const struct space *space = plan->search->space;
    real *restrict bounds = w->bounds;
    for (size_t j = 0; j < count; j++)
        bounds[j] = 0;
    for (size_t f = 0; f < space->count; f++) {
        real *restrict inner = w->products[f] + at;
        const real *restrict addend = plan->sides[f].points.addend + first;
        real own = plan->sides[f].queries.addend[query];
#pragma omp simd
        for (size_t j = 0; j < count; j++)
            inner[j] += own + addend[j];
        switch (space->factors[f].kind) {
        case FACTOR_EUCLIDEAN:
            add_euclidean(inner, bounds, count);
            break;
        case FACTOR_HYPERBOLIC:
            add_hyperbolic(inner, plan->squared_radius[f], bounds, count);
            break;
        case FACTOR_SPHERICAL:
            add_spherical(inner, plan->squared_radius[f], bounds, count);
            break;
        }
    }
    if (plan->search->snowflake && plan->search->noise)
        snowflake_table_bound(&plan->table, bounds, count);
    const real less = 1 - 16 * REAL_EPSILON; /* rounding of the formulae above */
    if (!plan->search->noise) {
#pragma omp simd
        for (size_t j = 0; j < count; j++)
            bounds[j] *= less;
        return;
    }
    real temperature = (real)plan->search->temperature * less;
#pragma omp simd
    for (size_t j = 0; j < count; j++) {
        real complement = uniform_of(pair_bits(row_key, (uint32_t)(first + j)));
        bounds[j] = temperature * bounds[j] + vector_log_normal(complement, 0) - (real)1e-5;
    }
}

/* Offers the bounds of the points first .. first + count to one query's. */
static void scan(const struct plan *plan, const struct workspace *w, size_t query, size_t first,
                 size_t count, struct nearest *bounded)
{
    for (size_t start = 0; start < count; start += STRIDE) {
        size_t end = start + STRIDE < count ? start + STRIDE : count;
        real limit = bounded->count < bounded->k ? INFINITY : bounded->distances[0];
        real least = INFINITY;
#pragma omp simd reduction(min : least)
        for (size_t j = start; j < end; j++)
            least = w->bounds[j] < least ? w->bounds[j] : least;
        if (least > limit)
            continue;
        for (size_t j = start; j < end; j++)
            if (w->bounds[j] <= limit && !(plan->without_self && first + j == query)) {
                nearest_offer(bounded, w->bounds[j], (uint32_t)(first + j));
                limit = bounded->count < bounded->k ? INFINITY : bounded->distances[0];
            }
    }
}

/* The k least keys of what was kept, into found; false where others might have smaller ones. */
static bool settle(const struct plan *plan, size_t query, uint32_t row_key,
                   const struct nearest *bounded, struct nearest *found)
{
    for (size_t i = 0; i < bounded->count; i++)
        nearest_offer(found, (real)key_of_pair(plan, query, bounded->indices[i], row_key),
                      bounded->indices[i]);
    size_t others = plan->count - plan->without_self;
    bool sure = bounded->count == others || found->distances[0] < bounded->distances[0];
    nearest_sort(found);
    return sure;
}

/* By the keys of all points. */
static void settle_slowly(const struct plan *plan, size_t query, uint32_t row_key,
                          struct nearest *found)
{
    found->count = 0;
    for (size_t j = 0; j < plan->count; j++)
        if (!plan->without_self || j != query)
            nearest_offer(found, (real)key_of_pair(plan, query, j, row_key), (uint32_t)j);
    nearest_sort(found);
}

static void search_block(const struct plan *plan, struct workspace *w, size_t first_query,
                         size_t queries, struct nearest *bounded, struct nearest *found)
{
    const struct space *space = plan->search->space;
    for (size_t first = 0; first < plan->count; first += POINT_BLOCK) {
        size_t points = plan->count - first < POINT_BLOCK ? plan->count - first : POINT_BLOCK;
        for (size_t f = 0; f < space->count; f++) {
            const struct factor_sides *sides = &plan->sides[f];
            blas_matmul(false, true, queries, points, sides->width, 1,
                        sides->queries.rows + first_query * sides->width,
                        sides->points.rows + first * sides->width, 0, w->products[f]);
        }
        for (size_t q = 0; q < queries; q++) {
            bound_keys(plan, w, first_query + q, q * points, first, points,
                       key_of_row(plan->key, first_query + q));
            scan(plan, w, first_query + q, first, points, &bounded[q]);
        }
    }
    for (size_t q = 0; q < queries; q++) {
        uint32_t row_key = key_of_row(plan->key, first_query + q);
        if (!settle(plan, first_query + q, row_key, &bounded[q], &found[q]))
            settle_slowly(plan, first_query + q, row_key, &found[q]);
    }
}

/* --- all of it --- */

static void prepare(struct plan *plan)
{
    const struct neighbour_search *s = plan->search;
    real centre[MANIFOLD_MOST_COLUMNS];
    for (size_t f = 0; f < s->space->count; f++) {
        const struct factor *factor = &s->space->factors[f];
        struct factor_sides *sides = &plan->sides[f];
        sides->width = factor->columns + (factor->kind == FACTOR_HYPERBOLIC);
        plan->squared_radius[f] = (real)exp(2 * (double)s->log_radius[f]);
        centre_of(plan, factor, centre);
        fill_side(plan, f, plan->queries, plan->query_count, centre, -2, &sides->queries);
        fill_side(plan, f, plan->points, plan->count, centre, 1, &sides->points);
    }
    if (s->snowflake && s->noise)
        snowflake_table_make(&plan->table, s->snowflake);
    struct rng rng = rng_make(s->seed, RNG_EDGES, s->draw);
    plan->key = rng_bits64(&rng);
}

static void release(struct plan *plan)
{
    for (size_t f = 0; f < plan->search->space->count; f++) {
        free(plan->sides[f].queries.rows);
        free(plan->sides[f].queries.addend);
        free(plan->sides[f].points.rows);
        free(plan->sides[f].points.addend);
    }
    snowflake_table_free(&plan->table);
}

/* A thread's blocks of queries. */
static void search_share(const struct plan *plan, uint32_t *indices)
{
    size_t k = plan->k, kept = k + SPARE, factors = plan->search->space->count;
    struct workspace w = {0};
    real *keys = memory_alloc(QUERY_BLOCK * k, sizeof *keys);
    real *bounds = memory_alloc(QUERY_BLOCK * kept, sizeof *bounds);
    uint32_t *candidates = memory_alloc(QUERY_BLOCK * kept, sizeof *candidates);
    for (size_t f = 0; f < factors; f++)
        w.products[f] = memory_alloc((size_t)QUERY_BLOCK * POINT_BLOCK, sizeof(real));
#pragma omp for schedule(dynamic)
    for (size_t first = 0; first < plan->query_count; first += QUERY_BLOCK) {
        size_t left = plan->query_count - first, rows = left < QUERY_BLOCK ? left : QUERY_BLOCK;
        struct nearest found[QUERY_BLOCK], bounded[QUERY_BLOCK];
        for (size_t q = 0; q < rows; q++) {
            found[q] = (struct nearest){
                .k = k, .distances = keys + q * k, .indices = indices + (first + q) * k};
            bounded[q] = (struct nearest){
                .k = kept, .distances = bounds + q * kept, .indices = candidates + q * kept};
        }
        search_block(plan, &w, first, rows, bounded, found);
    }
    for (size_t f = 0; f < factors; f++)
        free(w.products[f]);
    free(keys);
    free(bounds);
    free(candidates);
}

void space_neighbours(const struct neighbour_search *search, const real *queries,
                      size_t query_count, const real *points, size_t count, size_t k,
                      bool without_self, uint32_t *indices)
{
    struct plan plan = {.search = search,
                        .queries = queries,
                        .points = points,
                        .query_count = query_count,
                        .count = count,
                        .k = k,
                        .without_self = without_self};
    if (k > count - (without_self && count > 0) || count > UINT32_MAX)
        error_die(EX_SOFTWARE, "space_neighbours: no %zu neighbours among %zu points", k, count);
    if (k == 0 || query_count == 0)
        return;
    prepare(&plan);
    blas_return_threads();
#pragma omp parallel if (query_count > QUERY_BLOCK)
    search_share(&plan, indices);
    release(&plan);
}
