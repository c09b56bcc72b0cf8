/*
 * Dense products, by CBLAS, on row-major data. The number of threads is OpenMP's.
 */
#ifndef TESSERAE_TENSOR_BLAS_H
#define TESSERAE_TENSOR_BLAS_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * c (m, n) = alpha * op(a) op(b) + beta * c, where op(a) is (m, k): a is stored (m, k), or (k, m)
 * when transpose_a; op(b) is (k, n): b is stored (k, n), or (n, k) when transpose_b.
 * 2 m n k flops.
 */
void blas_matmul(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, real alpha,
                 const real *a, const real *b, real beta, real *c);

#endif
