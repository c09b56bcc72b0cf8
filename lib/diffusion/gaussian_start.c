#include "diffusion/gaussian_start.h"

#include "base/memory.h"
#include "tensor/blas.h"
#include "tensor/linalg.h"

#include <stdlib.h>
#include <string.h>

bool gaussian_start_make(struct gaussian_start *start, const struct point_set *points, double time,
                         struct error *error)
{
    size_t d = points->columns;
    real *vectors = memory_alloc(d * d, sizeof *vectors);
    real *scaled = memory_alloc(d * d, sizeof *scaled);
    real *values = memory_alloc(d, sizeof *values);
    *start = (struct gaussian_start){.columns = d};
    blas_matmul(true, false, d, d, points->count, (real)1 / (real)points->count, points->rows,
                points->rows, 0, vectors);
    bool good = linalg_eigen(vectors, d, values, error);
    if (good) {
        start->shift = memory_alloc(d, sizeof *start->shift);
        start->root = memory_alloc(d * d, sizeof *start->root);
        for (size_t k = 0; k < d; k++) {
            double value = values[k] > 0 ? (double)values[k] : 0, rest = 1 - time;
            real root = (real)sqrt(rest * rest + time * time * value);
            start->shift[k] = (real)time * points->centre[k];
            for (size_t j = 0; j < d; j++)
                scaled[k * d + j] = root * vectors[k * d + j];
        }
        blas_matmul(true, false, d, d, d, 1, vectors, scaled, 0, start->root);
    }
    free(vectors);
    free(scaled);
    free(values);
    return good;
}

void gaussian_start_apply(const struct gaussian_start *start, real *noise, size_t count)
{
    size_t d = start->columns;
    real *moved = memory_alloc(count * d, sizeof *moved);
    blas_matmul(false, false, count, d, d, 1, noise, start->root, 0, moved);
    for (size_t i = 0; i < count * d; i++)
        noise[i] = moved[i] + start->shift[i % d];
    free(moved);
}

void gaussian_start_free(struct gaussian_start *start)
{
    free(start->shift);
    free(start->root);
    *start = (struct gaussian_start){0};
}
