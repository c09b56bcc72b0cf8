#include "tensor/kmeans.h"

#include "base/memory.h"
#include "tensor/knn.h"
#include "tensor/pieces.h"
#include "tensor/squared_distance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TRIALS = 64, DRAW_BLOCK = 4096 };

struct kmeans_options kmeans_defaults(size_t k)
{
    return (struct kmeans_options){
        .k = k, .iterations = 25, .tolerance = 1e-4, .start_rows = 256 * k};
}

static double weight_of(const struct kmeans_rows *rows, size_t i)
{
    return rows->weights ? (double)rows->weights[i] : 1;
}

/* --- the start --- */

/* The rows in blocks of DRAW_BLOCK, whose sums do not depend on who adds them up. */
struct start {
    const struct kmeans_rows *rows;
    size_t blocks;
    real *distances;      /* (count): squared, to the nearest centre so far */
    real *trial;          /* (count): the same if the candidate became a centre */
    real *best;           /* (count): the trial of the best candidate */
    double *block_sums;   /* (blocks) of w d^2 */
};

/* trial[i] = min(distances[i], |x_i - candidate|^2); returns sum w trial. */
static double try_candidate(const struct start *s, const real *candidate)
{
    const struct kmeans_rows *rows = s->rows;
#pragma omp parallel for schedule(static) if (rows->count * rows->columns > PARALLEL_ELEMENTS)
    for (size_t b = 0; b < s->blocks; b++) {
        size_t first = b * DRAW_BLOCK;
        size_t end = first + DRAW_BLOCK < rows->count ? first + DRAW_BLOCK : rows->count;
        double sum = 0;
        for (size_t i = first; i < end; i++) {
            real d = squared_distance(rows->values + i * rows->columns, candidate, rows->columns);
            s->trial[i] = d < s->distances[i] ? d : s->distances[i];
            sum += weight_of(rows, i) * (double)s->trial[i];
        }
        s->block_sums[b] = sum;
    }
    double sum = 0;
    for (size_t b = 0; b < s->blocks; b++)
        sum += s->block_sums[b];
    return sum;
}

/* A row drawn with probability w d^2 / total; the last that has any where rounding runs over. */
static size_t draw_row(const struct start *s, double total, struct rng *rng)
{
    const struct kmeans_rows *rows = s->rows;
    double target = rng_uniform(rng) * total, sum = 0;
    size_t chosen = 0;
    for (size_t i = 0; i < rows->count; i++) {
        double mass = weight_of(rows, i) * (double)s->distances[i];
        if (mass <= 0)
            continue;
        chosen = i;
        sum += mass;
        if (sum > target)
            break;
    }
    return chosen;
}

static void swap_pointers(real **a, real **b)
{
    real *kept = *a;
    *a = *b;
    *b = kept;
}

/* Takes the best of some draws as the next centre; false when no distance is left. */
static bool add_centre(struct start *s, double *total, size_t trials, struct rng *rng,
                       real *centre)
{
    const struct kmeans_rows *rows = s->rows;
    size_t best_row = rows->count;
    double best_sum = INFINITY;
    if (!(*total > 0))
        return false;
    for (size_t t = 0; t < trials; t++) {
        size_t row = draw_row(s, *total, rng);
        double sum = try_candidate(s, rows->values + row * rows->columns);
        if (sum < best_sum) {
            best_sum = sum;
            best_row = row;
            swap_pointers(&s->trial, &s->best);
        }
    }
    memcpy(centre, rows->values + best_row * rows->columns, rows->columns * sizeof *centre);
    swap_pointers(&s->best, &s->distances);
    *total = best_sum;
    return true;
}

size_t kmeans_start(const struct kmeans_rows *rows, size_t k, size_t trials, struct rng *rng,
                    real *centres)
{
    struct start s = {.rows = rows, .blocks = (rows->count + DRAW_BLOCK - 1) / DRAW_BLOCK};
    s.distances = memory_alloc(rows->count, sizeof *s.distances);
    s.trial = memory_alloc(rows->count, sizeof *s.trial);
    s.best = memory_alloc(rows->count, sizeof *s.best);
    s.block_sums = memory_alloc(s.blocks, sizeof *s.block_sums);
    for (size_t i = 0; i < rows->count; i++)
        s.distances[i] = 1; /* the first centre is drawn by weight alone */
    double total = 0;
    for (size_t i = 0; i < rows->count; i++)
        total += weight_of(rows, i);
    size_t first = draw_row(&s, total, rng), count = 1;
    const real *row = rows->values + first * rows->columns;
    memcpy(centres, row, rows->columns * sizeof *centres);
    for (size_t i = 0; i < rows->count; i++)
        s.distances[i] = INFINITY;
    total = try_candidate(&s, row);
    swap_pointers(&s.trial, &s.distances);
    if (trials == 0)
        trials = 2 + (size_t)log((double)k);
    trials = trials < MOST_TRIALS ? trials : MOST_TRIALS;
    while (count < k && add_centre(&s, &total, trials, rng, centres + count * rows->columns))
        count++;
    free(s.distances);
    free(s.trial);
    free(s.best);
    free(s.block_sums);
    return count;
}

/* --- assignment and sums --- */

double kmeans_assign(const struct kmeans_rows *rows, const real *centres, size_t k,
                     uint32_t *nearest, real *distances)
{
    real *kept = distances ? distances : memory_alloc(rows->count, sizeof *kept);
    knn_search(rows->values, rows->count, centres, k, rows->columns, 1, false, nearest, kept);
    double inertia = 0;
    for (size_t i = 0; i < rows->count; i++)
        inertia += weight_of(rows, i) * (double)kept[i];
    if (!distances)
        free(kept);
    return inertia;
}

/* first (k + 1), order (count): the rows of centre c are order[first[c]] .. order[first[c + 1]]. */
static void sort_by_centre(const uint32_t *nearest, size_t count, size_t k, size_t *first,
                           uint32_t *order)
{
    memset(first, 0, (k + 1) * sizeof *first);
    for (size_t i = 0; i < count; i++)
        first[nearest[i] + 1]++;
    for (size_t c = 0; c < k; c++)
        first[c + 1] += first[c];
    for (size_t i = 0; i < count; i++)
        order[first[nearest[i]]++] = (uint32_t)i;
    for (size_t c = k; c > 0; c--)
        first[c] = first[c - 1];
    first[0] = 0;
}

/* Each centre's rows are added by one thread, in their order. */
void kmeans_accumulate(const struct kmeans_rows *rows, const uint32_t *nearest, size_t k,
                       double *sums, double *masses)
{
    size_t columns = rows->columns;
    size_t *first = memory_alloc(k + 1, sizeof *first);
    uint32_t *order = memory_alloc(rows->count, sizeof *order);
    sort_by_centre(nearest, rows->count, k, first, order);
#pragma omp parallel for schedule(dynamic) if (rows->count * columns > PARALLEL_ELEMENTS)
    for (size_t c = 0; c < k; c++) {
        double *restrict sum = sums + c * columns;
        for (size_t at = first[c]; at < first[c + 1]; at++) {
            const real *restrict row = rows->values + order[at] * columns;
            double weight = weight_of(rows, order[at]);
            masses[c] += weight;
#pragma omp simd
            for (size_t j = 0; j < columns; j++)
                sum[j] += weight * (double)row[j];
        }
    }
    free(first);
    free(order);
}

void kmeans_move(const double *sums, const double *masses, size_t k, size_t columns, double *seen,
                 real *centres)
{
    for (size_t c = 0; c < k; c++) {
        if (!(masses[c] > 0))
            continue;
        seen[c] += masses[c];
        for (size_t j = 0; j < columns; j++) {
            double centre = (double)centres[c * columns + j];
            centre += (sums[c * columns + j] - masses[c] * centre) / seen[c];
            centres[c * columns + j] = (real)centre;
        }
    }
}

double kmeans_batch(const struct kmeans_rows *rows, size_t k, double *seen, real *centres)
{
    uint32_t *nearest = memory_alloc(rows->count, sizeof *nearest);
    double *sums = memory_zeroed(k * rows->columns + k, sizeof *sums);
    double *masses = sums + k * rows->columns;
    double inertia = kmeans_assign(rows, centres, k, nearest, NULL);
    kmeans_accumulate(rows, nearest, k, sums, masses);
    kmeans_move(sums, masses, k, rows->columns, seen, centres);
    free(nearest);
    free(sums);
    return inertia;
}

/* --- Lloyd --- */

/*
 * Puts each centre that has no mass on the row that is farthest from its own; that row's distance
 * becomes 0, so that the next such centre goes elsewhere. Returns how many were moved.
 */
static size_t rescue_empty(const struct kmeans_rows *rows, size_t k, const double *masses,
                           real *distances, real *centres)
{
    size_t rescued = 0;
    for (size_t c = 0; c < k; c++) {
        if (masses[c] > 0)
            continue;
        size_t farthest = 0;
        for (size_t i = 1; i < rows->count; i++)
            if (weight_of(rows, i) * (double)distances[i] >
                weight_of(rows, farthest) * (double)distances[farthest])
                farthest = i;
        if (!(weight_of(rows, farthest) * (double)distances[farthest] > 0))
            break;
        memcpy(centres + c * rows->columns, rows->values + farthest * rows->columns,
               rows->columns * sizeof *centres);
        distances[farthest] = 0;
        rescued++;
    }
    return rescued;
}

/* Iterates from the centres that are there; the inertia is that of the final ones. */
static void run_lloyd(const struct kmeans_rows *rows, const struct kmeans_options *options,
                      real *centres, uint32_t *nearest, struct kmeans_result *result)
{
    size_t k = result->centres, columns = rows->columns;
    real *distances = memory_alloc(rows->count, sizeof *distances);
    double *sums = memory_alloc(k * columns + 2 * k, sizeof *sums);
    double *masses = sums + k * columns, *seen = masses + k;
    result->inertia = kmeans_assign(rows, centres, k, nearest, distances);
    while (result->iterations < options->iterations) {
        double before = result->inertia;
        memset(sums, 0, (k * columns + 2 * k) * sizeof *sums);
        kmeans_accumulate(rows, nearest, k, sums, masses);
        size_t rescued = rescue_empty(rows, k, masses, distances, centres);
        kmeans_move(sums, masses, k, columns, seen, centres);
        result->inertia = kmeans_assign(rows, centres, k, nearest, distances);
        result->iterations++;
        if (rescued == 0 && before - result->inertia <= options->tolerance * before)
            break;
    }
    free(distances);
    free(sums);
}

/* Starts on rows drawn without replacement where there are more than options->start_rows. */
static size_t start_on_some(const struct kmeans_rows *rows, const struct kmeans_options *options,
                            struct rng *rng, real *centres)
{
    size_t columns = rows->columns, wanted = options->start_rows, taken = 0;
    if (wanted == 0 || wanted >= rows->count)
        return kmeans_start(rows, options->k, options->trials, rng, centres);
    real *values = memory_alloc(wanted * columns, sizeof *values);
    real *weights = rows->weights ? memory_alloc(wanted, sizeof *weights) : NULL;
    for (size_t i = 0; taken < wanted; i++) {
        if (rng_below(rng, rows->count - i) >= wanted - taken)
            continue;
        memcpy(values + taken * columns, rows->values + i * columns, columns * sizeof *values);
        if (weights)
            weights[taken] = rows->weights[i];
        taken++;
    }
    const struct kmeans_rows drawn = {values, wanted, columns, weights};
    size_t count = kmeans_start(&drawn, options->k, options->trials, rng, centres);
    free(values);
    free(weights);
    return count;
}

struct kmeans_result kmeans_fit(const struct kmeans_rows *rows,
                                const struct kmeans_options *options, struct rng *rng,
                                real *centres, uint32_t *nearest)
{
    struct kmeans_result result = {.centres = start_on_some(rows, options, rng, centres)};
    uint32_t *kept = nearest ? nearest : memory_alloc(rows->count, sizeof *kept);
    run_lloyd(rows, options, centres, kept, &result);
    if (!nearest)
        free(kept);
    return result;
}
