#include "tensor/linalg.h"

#include "base/memory.h"
#include "tensor/blas.h"
#include "tensor/tensor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#ifdef TESSERAE_REAL_DOUBLE
#define LAPACK(name) LAPACKE_d##name
#else
#define LAPACK(name) LAPACKE_s##name
#endif

/* LAPACK works on whole columns; our rows are its columns, so a symmetric matrix needs no turn. */
enum { SYMMETRIC_LAYOUT = LAPACK_COL_MAJOR, UPPER_IS_OUR_LOWER = 'U' };

static bool fits(size_t rows, size_t columns, struct error *error)
{
    if (rows > INT_MAX || columns > INT_MAX)
        return error_set(error, EX_DATAERR, "a matrix of %zu x %zu is too large for LAPACK", rows,
                         columns);
    return true;
}

static bool finite_values(const real *values, size_t count, struct error *error)
{
    return tensor_first_not_finite(values, count) == count ||
           error_set(error, EX_DATAERR, "the matrix holds a value that is not finite");
}

/* LAPACK's answer: 0, or what went wrong said by `failure`. */
static bool succeeded(lapack_int info, const char *failure, struct error *error)
{
    blas_return_threads();
    if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        error_die(EX_OSERR, "out of memory: no room for LAPACK to work in");
    if (info < 0)
        error_die(EX_SOFTWARE, "LAPACK: argument %d is wrong", (int)-info);
    return info == 0 || error_set(error, EX_DATAERR, "%s", failure);
}

bool linalg_eigen(real *matrix, size_t n, real *values, struct error *error)
{
    if (!fits(n, n, error) || !finite_values(matrix, n * n, error))
        return false;
    if (n == 0)
        return true;
    blas_lend_threads();
    lapack_int info = LAPACK(syevd)(SYMMETRIC_LAYOUT, 'V', UPPER_IS_OUR_LOWER, (lapack_int)n,
                                    matrix, (lapack_int)n, values);
    return succeeded(info, "the eigenvalues did not converge", error);
}

void linalg_eigen_small(double *matrix, size_t n, double *values)
{
    double room[8 * LINALG_SMALL];
    bool finite = n <= LINALG_SMALL;
    for (size_t i = 0; finite && i < n * n; i++)
        finite = isfinite(matrix[i]);
    lapack_int order = (lapack_int)n;
    if (!finite || LAPACKE_dsyev_work(SYMMETRIC_LAYOUT, 'V', UPPER_IS_OUR_LOWER, order, matrix,
                                      order, values, room, 8 * LINALG_SMALL) != 0) {
        for (size_t i = 0; i < n * n; i++)
            matrix[i] = NAN;
        for (size_t i = 0; i < n; i++)
            values[i] = NAN;
    }
}

static void reverse_rows(real *rows, size_t count, size_t width)
{
    for (size_t i = 0; i < count / 2; i++) {
        real *a = rows + i * width, *b = rows + (count - 1 - i) * width;
        for (size_t j = 0; j < width; j++) {
            real held = a[j];
            a[j] = b[j];
            b[j] = held;
        }
    }
}

bool linalg_eigen_some(real *matrix, size_t n, enum linalg_end end, size_t count, real *values,
                       real *vectors, struct error *error)
{
    if (!fits(n, n, error) || !finite_values(matrix, n * n, error))
        return false;
    if (count > n)
        return error_set(error, EX_DATAERR, "a matrix of order %zu has no %zu eigenvalues", n,
                         count);
    if (count == 0)
        return true;
    size_t first = end == LINALG_LARGEST ? n - count : 0;
    real *found_values = memory_alloc(n, sizeof *found_values); /* LAPACK wants room for all */
    lapack_int *support = memory_alloc(2 * count, sizeof *support);
    lapack_int found = 0;
    blas_lend_threads();
    lapack_int info = LAPACK(syevr)(SYMMETRIC_LAYOUT, 'V', 'I', UPPER_IS_OUR_LOWER, (lapack_int)n,
                                    matrix, (lapack_int)n, 0, 0, (lapack_int)first + 1,
                                    (lapack_int)(first + count), 0, &found, found_values, vectors,
                                    (lapack_int)n, support);
    bool done = succeeded(info, "the eigenvalues did not converge", error);
    memcpy(values, found_values, count * sizeof *values);
    free(found_values);
    free(support);
    if (done && end == LINALG_LARGEST) {
        reverse_rows(values, count, 1);
        reverse_rows(vectors, count, n);
    }
    return done;
}

bool linalg_solve_positive(real *matrix, size_t n, real *b, size_t columns, struct error *error)
{
    if (!fits(n, columns, error) || !finite_values(matrix, n * n, error))
        return false;
    if (n == 0 || columns == 0)
        return true;
    blas_lend_threads();
    lapack_int info = LAPACK(posv)(LAPACK_ROW_MAJOR, 'L', (lapack_int)n, (lapack_int)columns,
                                   matrix, (lapack_int)n, b, (lapack_int)columns);
    return succeeded(info, "the matrix is not positive definite", error);
}

bool linalg_least_squares(real *a, size_t m, size_t n, const real *b, size_t columns,
                          real tolerance, real *x, size_t *rank, struct error *error)
{
    if (!fits(m, n, error) || !fits(m, columns, error) || !finite_values(a, m * n, error) ||
        !finite_values(b, m * columns, error))
        return false;
    size_t least = m < n ? m : n, most = m < n ? n : m;
    lapack_int found = 0;
    memset(x, 0, n * columns * sizeof *x);
    bool done = true;
    if (least > 0 && columns > 0) {
        real *right = memory_zeroed(most * columns, sizeof *right); /* b going in, x coming out */
        real *singular = memory_alloc(least, sizeof *singular);
        memcpy(right, b, m * columns * sizeof *right);
        blas_lend_threads();
        lapack_int info = LAPACK(gelsd)(LAPACK_ROW_MAJOR, (lapack_int)m, (lapack_int)n,
                                        (lapack_int)columns, a, (lapack_int)n, right,
                                        (lapack_int)columns, singular, tolerance, &found);
        done = succeeded(info, "the singular values did not converge", error);
        memcpy(x, right, n * columns * sizeof *x);
        free(right);
        free(singular);
    }
    if (rank)
        *rank = (size_t)found;
    return done;
}

/* Turns the signs of Q's columns and R's rows so that R's diagonal is not negative. */
static void make_diagonal_positive(real *q, size_t m, size_t n, real *r)
{
    for (size_t j = 0; j < n; j++) {
        if (r[j * n + j] >= 0)
            continue;
        for (size_t k = j; k < n; k++)
            r[j * n + k] = -r[j * n + k];
        for (size_t i = 0; i < m; i++)
            q[i * n + j] = -q[i * n + j];
    }
}

bool linalg_qr(real *a, size_t m, size_t n, real *r, struct error *error)
{
    if (!fits(m, n, error) || !finite_values(a, m * n, error))
        return false;
    if (m < n)
        return error_set(error, EX_DATAERR, "a thin QR needs as many rows (%zu) as columns (%zu)",
                         m, n);
    if (n == 0)
        return true;
    real *reflectors = memory_alloc(n, sizeof *reflectors);
    lapack_int rows = (lapack_int)m, columns = (lapack_int)n;
    blas_lend_threads();
    lapack_int info = LAPACK(geqrf)(LAPACK_ROW_MAJOR, rows, columns, a, columns, reflectors);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            r[i * n + j] = j < i ? 0 : a[i * n + j];
    if (info == 0)
        info = LAPACK(orgqr)(LAPACK_ROW_MAJOR, rows, columns, columns, a, columns, reflectors);
    free(reflectors);
    bool done = succeeded(info, "the QR decomposition failed", error);
    make_diagonal_positive(a, m, n, r);
    return done;
}

bool linalg_svd(real *a, size_t m, size_t n, real *u, real *values, real *v_transposed,
                struct error *error)
{
    if (!fits(m, n, error) || !finite_values(a, m * n, error))
        return false;
    if (m == 0 || n == 0)
        return true;
    /* Read by columns the matrix is its transpose, whose left vectors are our right ones. */
    lapack_int least = (lapack_int)(m < n ? m : n);
    blas_lend_threads();
    lapack_int info = LAPACK(gesdd)(LAPACK_COL_MAJOR, 'S', (lapack_int)n, (lapack_int)m, a,
                                    (lapack_int)n, values, v_transposed, (lapack_int)n, u, least);
    return succeeded(info, "the singular values did not converge", error);
}
