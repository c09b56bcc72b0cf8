/*
 * Dense products, by CBLAS, on row-major data.
 *
 * The threads are OpenMP's: a product is cut into blocks here and each thread has CBLAS do its
 * own, since two pools of threads on the same cores would hold each other up. CBLAS itself stays
 * at one thread, but for the time that LAPACK borrows them all.
 */
#ifndef TESSERAE_TENSOR_BLAS_H
#define TESSERAE_TENSOR_BLAS_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * c (m, n) = alpha * op(a) op(b) + beta * c, where op(a) is (m, k): a is stored (m, k), or (k, m)
 * when transpose_a; op(b) is (k, n): b is stored (k, n), or (n, k) when transpose_b. With beta = 0
 * c is not read. 2 m n k flops. The result depends on the number of threads, in its rounding.
 */
void blas_matmul(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, real alpha,
                 const real *a, const real *b, real beta, real *c);

/* Gives CBLAS as many threads as OpenMP has, and takes them back; around calls of LAPACK. */
void blas_lend_threads(void);
void blas_return_threads(void);

#endif
