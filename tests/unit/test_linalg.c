/* Decompositions: they multiply back to what they came from, and refuse what they must. */
#include "tensor/linalg.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "tensor/blas.h"

#include <string.h>

static const real tolerance = 1e-11;

static real *random_matrix(size_t m, size_t n, uint32_t stream)
{
    struct rng rng = rng_make(11, RNG_TEST, stream);
    real *matrix = memory_alloc(m * n, sizeof *matrix);
    for (size_t i = 0; i < m * n; i++)
        matrix[i] = (real)rng_normal(&rng);
    return matrix;
}

static real *copy_of(const real *values, size_t count)
{
    real *copy = memory_alloc(count, sizeof *copy);
    memcpy(copy, values, count * sizeof *copy);
    return copy;
}

/* a^T a + shift, positive definite for shift > 0 */
static real *gram_matrix(size_t n, real shift)
{
    real *a = random_matrix(n, n, (uint32_t)n);
    real *gram = memory_alloc(n * n, sizeof *gram);
    blas_matmul(true, false, n, n, n, 1, a, a, 0, gram);
    for (size_t i = 0; i < n; i++)
        gram[i * n + i] += shift;
    free(a);
    return gram;
}

static void assert_near(const real *a, const real *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fabs(a[i] - b[i]) <= tolerance * (1 + fabs(b[i])), "element %zu: %g, not %g",
                      i, (double)a[i], (double)b[i]);
}

/* Whether the rows (by_rows) or columns of a (m, n) are orthonormal. */
static void assert_orthonormal(const real *a, size_t m, size_t n, bool by_rows)
{
    size_t order = by_rows ? m : n;
    real *product = memory_alloc(order * order, sizeof *product);
    real *identity = memory_zeroed(order * order, sizeof *identity);
    for (size_t i = 0; i < order; i++)
        identity[i * order + i] = 1;
    blas_matmul(!by_rows, by_rows, order, order, by_rows ? n : m, 1, a, a, 0, product);
    assert_near(product, identity, order * order);
    free(product);
    free(identity);
}

/* matrix v = value v for every vector (in rows) */
static void assert_eigen(const real *matrix, size_t n, size_t count, const real *values,
                         const real *vectors)
{
    real *products = memory_alloc(count * n, sizeof *products);
    real *scaled = memory_alloc(count * n, sizeof *scaled);
    blas_matmul(false, false, count, n, n, 1, vectors, matrix, 0, products);
    for (size_t i = 0; i < count * n; i++)
        scaled[i] = values[i / n] * vectors[i];
    assert_near(products, scaled, count * n);
    assert_orthonormal(vectors, count, n, true);
    free(products);
    free(scaled);
}

START_TEST(eigen)
{
    enum { N = 30 };
    struct error error = {0};
    real *matrix = gram_matrix(N, -20), *vectors = copy_of(matrix, N * N);
    for (size_t i = 0; i < N; i++) /* the upper triangle is not read */
        for (size_t j = i + 1; j < N; j++)
            vectors[i * N + j] = 77;
    real values[N];
    ck_assert(linalg_eigen(vectors, N, values, &error));
    assert_eigen(matrix, N, N, values, vectors);
    for (size_t i = 1; i < N; i++)
        ck_assert(values[i - 1] <= values[i]);
    free(matrix);
    free(vectors);
}
END_TEST

START_TEST(eigen_some_agrees_with_all)
{
    enum { N = 25, COUNT = 4 };
    struct error error = {0};
    real *matrix = gram_matrix(N, 0), *all = copy_of(matrix, N * N);
    real all_values[N], values[COUNT], vectors[COUNT * N];
    ck_assert(linalg_eigen(all, N, all_values, &error));
    for (int end = LINALG_SMALLEST; end <= LINALG_LARGEST; end++) {
        real *work = copy_of(matrix, N * N);
        ck_assert(linalg_eigen_some(work, N, (enum linalg_end)end, COUNT, values, vectors, &error));
        assert_eigen(matrix, N, COUNT, values, vectors);
        for (size_t i = 0; i < COUNT; i++)
            assert_near(&values[i], &all_values[end == LINALG_LARGEST ? N - 1 - i : i], 1);
        free(work);
    }
    ck_assert(!linalg_eigen_some(all, N, LINALG_LARGEST, N + 1, values, vectors, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    free(matrix);
    free(all);
}
END_TEST

START_TEST(solve_positive)
{
    enum { N = 20, COLUMNS = 3 };
    struct error error = {0};
    real *matrix = gram_matrix(N, 1), *factor = copy_of(matrix, N * N);
    real *b = random_matrix(N, COLUMNS, 1), *x = copy_of(b, N * COLUMNS), product[N * COLUMNS];
    ck_assert(linalg_solve_positive(factor, N, x, COLUMNS, &error));
    blas_matmul(false, false, N, COLUMNS, N, 1, matrix, x, 0, product);
    assert_near(product, b, N * COLUMNS);
    matrix[0] = -1;
    ck_assert(!linalg_solve_positive(matrix, N, b, COLUMNS, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_str_eq(error.message, "the matrix is not positive definite");
    free(matrix);
    free(factor);
    free(b);
    free(x);
}
END_TEST

/* The residual is orthogonal to a's columns; twice the same column shares its coefficient. */
START_TEST(least_squares)
{
    enum { M = 40, N = 5, COLUMNS = 2 };
    struct error error = {0};
    real *a = random_matrix(M, N, 2), *b = random_matrix(M, COLUMNS, 3);
    for (size_t i = 0; i < M; i++)
        a[i * N + 4] = a[i * N];
    real *work = copy_of(a, M * N), *residual = copy_of(b, M * COLUMNS);
    real x[N * COLUMNS], product[N * COLUMNS], zeros[N * COLUMNS] = {0};
    size_t rank;
    ck_assert(linalg_least_squares(work, M, N, b, COLUMNS, 1e-10, x, &rank, &error));
    ck_assert_uint_eq(rank, N - 1);
    assert_near(x, x + 4 * COLUMNS, COLUMNS);
    blas_matmul(false, false, M, COLUMNS, N, 1, a, x, -1, residual);
    blas_matmul(true, false, N, COLUMNS, M, 1, a, residual, 0, product);
    assert_near(product, zeros, N * COLUMNS);
    free(a);
    free(b);
    free(work);
    free(residual);
}
END_TEST

START_TEST(least_squares_of_few_rows_has_least_norm)
{
    struct error error = {0};
    real a[4] = {1, 1, 1, 1}, b[1] = {8}, x[4], expected[4] = {2, 2, 2, 2};
    ck_assert(linalg_least_squares(a, 1, 4, b, 1, -1, x, NULL, &error));
    assert_near(x, expected, 4);
}
END_TEST

START_TEST(qr)
{
    enum { M = 17, N = 6 };
    struct error error = {0};
    real *a = random_matrix(M, N, 4), *q = copy_of(a, M * N), r[N * N], product[M * N];
    ck_assert(linalg_qr(q, M, N, r, &error));
    assert_orthonormal(q, M, N, false);
    blas_matmul(false, false, M, N, N, 1, q, r, 0, product);
    assert_near(product, a, M * N);
    for (size_t i = 0; i < N; i++) {
        ck_assert(r[i * N + i] >= 0);
        for (size_t j = 0; j < i; j++)
            ck_assert(r[i * N + j] == 0);
    }
    ck_assert(!linalg_qr(q, N, M, r, &error));
    free(a);
    free(q);
}
END_TEST

static void check_svd(size_t m, size_t n)
{
    struct error error = {0};
    size_t k = m < n ? m : n;
    real *a = random_matrix(m, n, 5), *work = copy_of(a, m * n);
    real *u = memory_alloc(m * k, sizeof *u), *v = memory_alloc(k * n, sizeof *v);
    real *values = memory_alloc(k, sizeof *values), *product = memory_alloc(m * n, sizeof *product);
    ck_assert(linalg_svd(work, m, n, u, values, v, &error));
    assert_orthonormal(u, m, k, false);
    assert_orthonormal(v, k, n, true);
    for (size_t i = 0; i < m * k; i++)
        u[i] *= values[i % k];
    blas_matmul(false, false, m, n, k, 1, u, v, 0, product);
    assert_near(product, a, m * n);
    for (size_t i = 1; i < k; i++)
        ck_assert(values[i - 1] >= values[i] && values[i] >= 0);
    free(a);
    free(work);
    free(u);
    free(v);
    free(values);
    free(product);
}

START_TEST(svd)
{
    check_svd(12, 5);
    check_svd(5, 12);
    check_svd(1, 1);
}
END_TEST

START_TEST(values_that_are_not_finite)
{
    real matrix[4] = {1, 0, NAN, 1}, values[2], other[4];
    struct error error = {0};
    ck_assert(!linalg_eigen(matrix, 2, values, &error));
    ck_assert_str_eq(error.message, "the matrix holds a value that is not finite");
    ck_assert(!linalg_svd(matrix, 2, 2, other, values, other, &error));
    ck_assert(!linalg_qr(matrix, 2, 2, other, &error));
}
END_TEST

START_TEST(empty)
{
    real nothing[1];
    struct error error = {0};
    ck_assert(linalg_eigen(nothing, 0, nothing, &error));
    ck_assert(linalg_svd(nothing, 0, 3, nothing, nothing, nothing, &error));
    ck_assert(linalg_qr(nothing, 3, 0, nothing, &error));
    ck_assert(linalg_solve_positive(nothing, 0, nothing, 2, &error));
    ck_assert(linalg_least_squares(nothing, 0, 1, nothing, 1, -1, nothing, NULL, &error));
    ck_assert(nothing[0] == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("linalg");
    TCase *cases = tcase_create("lapack");
    tcase_add_test(cases, eigen);
    tcase_add_test(cases, eigen_some_agrees_with_all);
    tcase_add_test(cases, solve_positive);
    tcase_add_test(cases, least_squares);
    tcase_add_test(cases, least_squares_of_few_rows_has_least_norm);
    tcase_add_test(cases, qr);
    tcase_add_test(cases, svd);
    tcase_add_test(cases, values_that_are_not_finite);
    tcase_add_test(cases, empty);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
