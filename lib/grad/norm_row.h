/* The kernels of layer and RMS normalisation for one row of n elements. */
#ifndef TESSERAE_GRAD_NORM_ROW_H
#define TESSERAE_GRAD_NORM_ROW_H

#include "tensor/vector_math.h"

#include <stdbool.h>
#include <stddef.h>

/* 1 / sqrt(var + epsilon) and the mean; not centred, of the mean square, and the mean is 0. */
static inline real norm_statistics_row(const real *restrict x, size_t n, real epsilon,
                                       bool centred, real *mean)
{
    real sum = 0, square = 0;
    if (centred) {
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < n; j++)
            sum += x[j];
        sum /= (real)n;
    }
#pragma omp simd reduction(+ : square)
    for (size_t j = 0; j < n; j++)
        square += (x[j] - sum) * (x[j] - sum);
    *mean = sum;
    return 1 / vector_square_root(square / (real)n + epsilon);
}

/* y = (x - mean) inverse scale + shift; mean is 0 for the RMS norm, shift may be NULL. */
static inline void norm_row(const real *restrict x, size_t n, real mean, real inverse,
                            const real *restrict scale, const real *restrict shift,
                            real *restrict y)
{
    if (shift) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] = (x[j] - mean) * inverse * scale[j] + shift[j];
    } else {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] = (x[j] - mean) * inverse * scale[j];
    }
}

/*
 * With h = (x - mean) inverse and g = dy scale:
 * dx = inverse (g - mean(g) - h mean(g h)); without the mean(g) for the RMS norm.
 * Adds to dx, or writes it; then dx may be dy.
 */
static inline void norm_input_row(const real *x, const real *dy, const real *scale, size_t n,
                                  real mean, real inverse, bool centred, bool add, real *dx)
{
    real sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
    for (size_t j = 0; j < n; j++) {
        real g = dy[j] * scale[j];
        sum += g;
        product += g * (x[j] - mean) * inverse;
    }
    sum = centred ? sum / (real)n : 0;
    product *= inverse / (real)n;
    if (add) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            dx[j] += inverse * (dy[j] * scale[j] - sum - (x[j] - mean) * product);
    } else {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            dx[j] = inverse * (dy[j] * scale[j] - sum - (x[j] - mean) * product);
    }
}

#endif
