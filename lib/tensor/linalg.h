/*
 * Linear algebra by LAPACK, on row-major data. Sizes beyond an int, entries that are not finite
 * and failures to converge are errors (EX_DATAERR); a matrix that should be positive definite or
 * of full rank and is not is one too. The number of threads is OpenMP's.
 */
#ifndef TESSERAE_TENSOR_LINALG_H
#define TESSERAE_TENSOR_LINALG_H

#include "base/error.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Eigendecomposition of a symmetric matrix (n, n), by divide and conquer: values (n) ascending;
 * the matrix is overwritten by the orthonormal eigenvectors, one per row, so that
 * matrix = vectors^T diag(values) vectors. Only its lower triangle is read. O(n^3).
 */
bool linalg_eigen(real *matrix, size_t n, real *values, struct error *error);

/*
 * The same for a matrix (n, n), n <= LINALG_SMALL, in double precision whatever a real is, by QR
 * iteration and without allocating: for the small matrices that training decomposes at every step.
 * Where an entry is not finite, or the iteration does not converge, all results are NaN.
 */
enum { LINALG_SMALL = 16 };
void linalg_eigen_small(double *matrix, size_t n, double *values);

enum linalg_end { LINALG_SMALLEST, LINALG_LARGEST };

/*
 * The count eigenvalues at one end of the spectrum, from the end inwards (largest first for
 * LINALG_LARGEST), by relatively robust representations: values (count), vectors (count, n) in
 * rows. The matrix is destroyed. O(n^3) for the reduction, with a small constant.
 */
bool linalg_eigen_some(real *matrix, size_t n, enum linalg_end end, size_t count, real *values,
                       real *vectors, struct error *error);

/*
 * Solves matrix x = b for a symmetric positive definite matrix (n, n) by Cholesky: b (n, columns)
 * becomes x, the lower triangle of the matrix its factor L with matrix = L L^T.
 */
bool linalg_solve_positive(real *matrix, size_t n, real *b, size_t columns, struct error *error);

/*
 * The least-squares solution of least norm, min ||a x - b||, by the singular values: a (m, n) is
 * destroyed; b (m, columns); x (n, columns). Singular values below `tolerance` times the largest
 * count as 0 (negative: machine precision). *rank may be NULL.
 */
bool linalg_least_squares(real *a, size_t m, size_t n, const real *b, size_t columns,
                          real tolerance, real *x, size_t *rank, struct error *error);

/*
 * The thin QR decomposition, m >= n: a (m, n) is overwritten by Q with orthonormal columns, and
 * r (n, n) by the upper triangle with a diagonal >= 0, which makes both unique.
 */
bool linalg_qr(real *a, size_t m, size_t n, real *r, struct error *error);

/*
 * The thin singular value decomposition a = u diag(values) v^T with k = min(m, n): u (m, k),
 * values (k) descending, v_transposed (k, n). a is destroyed.
 */
bool linalg_svd(real *a, size_t m, size_t n, real *u, real *values, real *v_transposed,
                struct error *error);

#endif
