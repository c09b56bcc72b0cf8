/* blas_matmul in every layout, at sizes that are cut by rows, by columns and inside. */
#include "tensor/blas.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"

#include <omp.h>
#include <string.h>

struct sizes {
    size_t m, n, k;
};

static real *random_values(size_t count, uint32_t stream)
{
    struct rng rng = rng_make(2, RNG_TEST, stream);
    real *values = memory_alloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (real)rng_normal(&rng);
    return values;
}

static void plain_matmul(bool transpose_a, bool transpose_b, struct sizes s, real alpha,
                         const real *a, const real *b, real beta, real *c)
{
    for (size_t i = 0; i < s.m; i++) {
        for (size_t j = 0; j < s.n; j++) {
            real sum = 0;
            for (size_t l = 0; l < s.k; l++)
                sum += a[transpose_a ? l * s.m + i : i * s.k + l] *
                       b[transpose_b ? j * s.k + l : l * s.n + j];
            c[i * s.n + j] = alpha * sum + (beta != 0 ? beta * c[i * s.n + j] : 0);
        }
    }
}

static void check_product(bool transpose_a, bool transpose_b, struct sizes s, real beta)
{
    size_t count = s.m * s.n;
    real *a = random_values(s.m * s.k, 0), *b = random_values(s.k * s.n, 1);
    real *c = random_values(count, 2), *expected = memory_alloc(count, sizeof *expected);
    memcpy(expected, c, count * sizeof *c);
    for (size_t i = 0; beta == 0 && i < count; i++)
        c[i] = NAN; /* must not be read */
    plain_matmul(transpose_a, transpose_b, s, 0.5, a, b, beta, expected);
    blas_matmul(transpose_a, transpose_b, s.m, s.n, s.k, 0.5, a, b, beta, c);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fabs(c[i] - expected[i]) <= 1e-12 * (double)(s.k + 1),
                      "%zu x %zu x %zu, layout %d%d: %g, not %g", s.m, s.n, s.k, transpose_a,
                      transpose_b, (double)c[i], (double)expected[i]);
    free(a);
    free(b);
    free(c);
    free(expected);
}

START_TEST(every_layout_and_cut)
{
    static const struct sizes sizes[] = {
        {1, 1, 1}, {3, 4, 5}, {7, 2, 0}, {0, 3, 4},
        {1000, 30, 20},  /* by rows */
        {30, 1001, 20},  /* by columns */
        {7, 9, 5001},   /* inside */
        {17, 17, 1000},  /* one grain and a bit */
    };
    const int most = omp_get_max_threads();
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (int layout = 0; layout < 8; layout++)
                check_product(layout & 1, layout & 2, sizes[i], layout & 4 ? 2 : 0);
    }
    omp_set_num_threads(most);
}
END_TEST

START_TEST(same_bytes_every_time)
{
    enum { M = 8, N = 12, K = 30000 };
    real *a = random_values((size_t)M * K, 0), *b = random_values((size_t)K * N, 1);
    real first[M * N], again[M * N];
    blas_matmul(true, false, M, N, K, 1, a, b, 0, first);
    for (int run = 0; run < 5; run++) {
        blas_matmul(true, false, M, N, K, 1, a, b, 0, again);
        ck_assert_mem_eq(first, again, sizeof first);
    }
    free(a);
    free(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blas");
    TCase *cases = tcase_create("matmul");
    tcase_add_test(cases, every_layout_and_cut);
    tcase_add_test(cases, same_bytes_every_time);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
