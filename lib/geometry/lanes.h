/*
 * Lanes: small networks over many values at a time. LANES values go through all layers side by
 * side, in scratch memory that stays in the cache; a vector of a layer is stored (width, LANES).
 */
#ifndef TESSERAE_GEOMETRY_LANES_H
#define TESSERAE_GEOMETRY_LANES_H

#include "tensor/real.h"

#include <stddef.h>
#include <string.h>

enum { LANES = 64 };

/* y (rows, LANES) = matrix (rows, columns) x (columns, LANES) */
static inline void lanes_mix(const real *restrict matrix, size_t rows, size_t columns,
                             const real *restrict x, real *restrict y)
{
    for (size_t k = 0; k < rows; k++) {
        real *restrict row = y + k * LANES;
        memset(row, 0, LANES * sizeof *row);
        for (size_t j = 0; j < columns; j++) {
            real weight = matrix[k * columns + j];
            const real *restrict source = x + j * LANES;
#pragma omp simd
            for (size_t i = 0; i < LANES; i++)
                row[i] += weight * source[i];
        }
    }
}

static inline double lanes_product(const real *restrict x, const real *restrict y)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < LANES; i++)
        sum += x[i] * y[i];
    return (double)sum;
}

/* gradients[k, j] += sum over lanes of dy[k] x[j];  dx[j] = sum over k of matrix[k, j] dy[k] */
static inline void lanes_mix_backward(const real *restrict matrix, size_t rows, size_t columns,
                                      const real *x, const real *dy, double *gradients, real *dx)
{
    for (size_t j = 0; j < columns; j++)
        memset(dx + j * LANES, 0, LANES * sizeof *dx);
    for (size_t k = 0; k < rows; k++) {
        for (size_t j = 0; j < columns; j++) {
            gradients[k * columns + j] += lanes_product(dy + k * LANES, x + j * LANES);
            real weight = matrix[k * columns + j];
#pragma omp simd
            for (size_t i = 0; i < LANES; i++)
                dx[j * LANES + i] += weight * dy[k * LANES + i];
        }
    }
}

#endif
