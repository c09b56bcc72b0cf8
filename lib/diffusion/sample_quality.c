#include "diffusion/sample_quality.h"

#include "base/memory.h"
#include "tensor/blas.h"
#include "tensor/knn.h"
#include "tensor/squared_distance.h"

#include <stdbool.h>
#include <stdlib.h>

enum { ROW_BLOCK = 128, COLUMN_BLOCK = 512 };

/* The squared distance of each row to its k-th nearest other row. */
static real *ball_radii(const struct sample_rows *rows, size_t k)
{
    uint32_t *indices = memory_alloc(rows->count * k, sizeof *indices);
    real *distances = memory_alloc(rows->count * k, sizeof *distances);
    real *radii = memory_alloc(rows->count, sizeof *radii);
    knn_search(rows->values, rows->count, rows->values, rows->count, rows->columns, k, true,
               indices, distances);
    for (size_t i = 0; i < rows->count; i++)
        radii[i] = distances[i * k + k - 1];
    free(indices);
    free(distances);
    return radii;
}

static real *squared_norms(const struct sample_rows *rows)
{
    real *norms = memory_alloc(rows->count, sizeof *norms);
    for (size_t i = 0; i < rows->count; i++) {
        double sum = 0;
        for (size_t j = 0; j < rows->columns; j++)
            sum += (double)rows->values[i * rows->columns + j] *
                   (double)rows->values[i * rows->columns + j];
        norms[i] = (real)sum;
    }
    return norms;
}

/* Whether |point - centre|^2 <= radius: by the product where that is sure, else by measuring. */
static bool is_within(const struct sample_rows *points, size_t point,
                      const struct sample_rows *balls, size_t ball, real norms, real product,
                      real radius)
{
    size_t columns = points->columns;
    real distance = norms - 2 * product;
    real doubt = 4 * (real)(columns + 4) * REAL_EPSILON * norms;
    if (distance - doubt > radius)
        return false;
    if (distance + doubt < radius)
        return true;
    return squared_distance(points->values + point * columns, balls->values + ball * columns,
                            columns) <= radius;
}

/* held (points) += how many balls each lies in; held_by (balls) += how many each holds; or NULL. */
static void count_within(const struct sample_rows *points, const struct sample_rows *balls,
                         const real *radii, uint32_t *held, uint32_t *held_by)
{
    real *point_norms = squared_norms(points), *ball_norms = squared_norms(balls);
    size_t columns = points->columns;
    blas_return_threads();
#pragma omp parallel
    {
        real *products = memory_alloc((size_t)ROW_BLOCK * COLUMN_BLOCK, sizeof *products);
#pragma omp for schedule(dynamic)
        for (size_t start = 0; start < balls->count; start += ROW_BLOCK) {
            size_t m = balls->count - start < ROW_BLOCK ? balls->count - start : ROW_BLOCK;
            for (size_t first = 0; first < points->count; first += COLUMN_BLOCK) {
                size_t n = points->count - first < COLUMN_BLOCK ? points->count - first
                                                                : COLUMN_BLOCK;
                blas_matmul(false, true, m, n, columns, 1, balls->values + start * columns,
                            points->values + first * columns, 0, products);
                for (size_t i = 0; i < m * n; i++) {
                    size_t ball = start + i / n, point = first + i % n;
                    if (!is_within(points, point, balls, ball,
                                   point_norms[point] + ball_norms[ball], products[i],
                                   radii[ball]))
                        continue;
#pragma omp atomic
                    held[point]++;
                    if (held_by)
                        held_by[ball]++;
                }
            }
        }
        free(products);
    }
    free(point_norms);
    free(ball_norms);
}

static double share_of_nonzero(const uint32_t *counts, size_t n)
{
    size_t nonzero = 0;
    for (size_t i = 0; i < n; i++)
        nonzero += counts[i] > 0;
    return (double)nonzero / (double)n;
}

struct manifold_quality manifold_quality(const struct sample_rows *samples,
                                         const struct sample_rows *reference, size_t k)
{
    uint32_t *sample_held = memory_zeroed(samples->count, sizeof *sample_held);
    uint32_t *reference_held = memory_zeroed(reference->count, sizeof *reference_held);
    uint32_t *reference_holds = memory_zeroed(reference->count, sizeof *reference_holds);
    real *reference_radii = ball_radii(reference, k), *sample_radii = ball_radii(samples, k);
    double balls = 0;
    count_within(samples, reference, reference_radii, sample_held, reference_holds);
    count_within(reference, samples, sample_radii, reference_held, NULL);
    for (size_t i = 0; i < samples->count; i++)
        balls += sample_held[i];
    struct manifold_quality quality = {
        .precision = share_of_nonzero(sample_held, samples->count),
        .recall = share_of_nonzero(reference_held, reference->count),
        .density = balls / ((double)k * (double)samples->count),
        .coverage = share_of_nonzero(reference_holds, reference->count)};
    free(sample_held);
    free(reference_held);
    free(reference_holds);
    free(reference_radii);
    free(sample_radii);
    return quality;
}

static int ascending(const void *a, const void *b)
{
    real left = *(const real *)a, right = *(const real *)b;
    return (left > right) - (left < right);
}

/* The median distance to the nearest training row; and the share with one within a third. */
static double nearest_training(const struct sample_rows *rows, const struct sample_rows *training,
                               double *memorised)
{
    uint32_t *indices = memory_alloc(rows->count * 2, sizeof *indices);
    real *distances = memory_alloc(rows->count * 2, sizeof *distances);
    real *nearest = memory_alloc(rows->count, sizeof *nearest);
    size_t near = 0, n = rows->count;
    knn_search(rows->values, n, training->values, training->count, rows->columns, 2, false,
               indices, distances);
    for (size_t i = 0; i < n; i++) {
        nearest[i] = distances[2 * i];
        near += 9 * distances[2 * i] < distances[2 * i + 1];
    }
    qsort(nearest, n, sizeof *nearest, ascending);
    double median = (sqrt((double)nearest[(n - 1) / 2]) + sqrt((double)nearest[n / 2])) / 2;
    *memorised = (double)near / (double)n;
    free(indices);
    free(distances);
    free(nearest);
    return median;
}

struct novelty novelty(const struct sample_rows *samples, const struct sample_rows *reference,
                       const struct sample_rows *training)
{
    struct novelty result;
    double ignored;
    result.nearest_distance = nearest_training(samples, training, &result.memorised);
    result.reference_distance = nearest_training(reference, training, &ignored);
    result.ratio = result.nearest_distance / result.reference_distance;
    return result;
}
