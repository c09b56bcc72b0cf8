#include "tensor/blas.h"

#include "base/error.h"

#include <cblas.h>
#include <limits.h>
#include <omp.h>

static void set_blas_threads(int threads)
{
#ifdef HAVE_OPENBLAS_SET_NUM_THREADS
    if (openblas_get_num_threads() != threads)
        openblas_set_num_threads(threads);
#else
    (void)threads;
#endif
}

void blas_lend_threads(void)
{
    set_blas_threads(omp_get_max_threads());
}

void blas_return_threads(void)
{
    set_blas_threads(1);
}

/* One product c = alpha op(a) op(b) + beta c, with the distances between the rows of each. */
struct product {
    bool transpose_a, transpose_b;
    size_t m, n, k;
    real alpha, beta;
    const real *a, *b;
    real *c;
    size_t a_stride, b_stride, c_stride;
};

static void multiply(const struct product *p)
{
    enum CBLAS_TRANSPOSE op_a = p->transpose_a ? CblasTrans : CblasNoTrans;
    enum CBLAS_TRANSPOSE op_b = p->transpose_b ? CblasTrans : CblasNoTrans;
#ifdef TESSERAE_REAL_DOUBLE
    cblas_dgemm(CblasRowMajor, op_a, op_b, (int)p->m, (int)p->n, (int)p->k, p->alpha, p->a,
                (int)p->a_stride, p->b, (int)p->b_stride, p->beta, p->c, (int)p->c_stride);
#else
    cblas_sgemm(CblasRowMajor, op_a, op_b, (int)p->m, (int)p->n, (int)p->k, p->alpha, p->a,
                (int)p->a_stride, p->b, (int)p->b_stride, p->beta, p->c, (int)p->c_stride);
#endif
}

/* The share of a thread in `size`, in whole multiples of `grain`: first .. first + count. */
static size_t share_of(size_t size, size_t grain, size_t thread, size_t threads, size_t *count)
{
    size_t grains = (size + grain - 1) / grain;
    size_t first = grains * thread / threads * grain;
    size_t end = grains * (thread + 1) / threads * grain;
    end = end < size ? end : size;
    *count = end > first ? end - first : 0;
    return first;
}

/* Cuts c into bands of rows, or of columns where those are more. */
static void multiply_bands(const struct product *whole, size_t threads)
{
    enum { GRAIN = 16 };
    bool by_rows = whole->m >= whole->n;
#pragma omp parallel for schedule(static, 1) num_threads((int)threads)
    for (size_t thread = 0; thread < threads; thread++) {
        struct product p = *whole;
        size_t count, first = share_of(by_rows ? p.m : p.n, GRAIN, thread, threads, &count);
        if (by_rows) {
            p.m = count;
            p.a += p.transpose_a ? first : first * p.a_stride;
            p.c += first * p.c_stride;
        } else {
            p.n = count;
            p.b += p.transpose_b ? first * p.b_stride : first;
            p.c += first;
        }
        if (count > 0)
            multiply(&p);
    }
}

enum { INNER_SPLIT_ELEMENTS = 16384 };

static void add_to(real *restrict c, const real *restrict part, size_t n, real beta)
{
    if (beta == 0) {
        for (size_t i = 0; i < n; i++)
            c[i] = part[i];
    } else {
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            c[i] = beta * c[i] + part[i];
    }
}

/* Cuts the inner dimension; the parts are added in order, so that the result is reproducible. */
static void multiply_inner(const struct product *whole, size_t threads)
{
#pragma omp parallel for ordered schedule(static, 1) num_threads((int)threads)
    for (size_t thread = 0; thread < threads; thread++) {
        real part[INNER_SPLIT_ELEMENTS];
        struct product p = *whole;
        size_t first = share_of(whole->k, 16, thread, threads, &p.k);
        p.a += p.transpose_a ? first * p.a_stride : first;
        p.b += p.transpose_b ? first : first * p.b_stride;
        p.beta = 0;
        p.c = part;
        multiply(&p);
#pragma omp ordered
        add_to(whole->c, part, p.m * p.n, thread == 0 ? whole->beta : 1);
    }
}

static size_t at_least_one(size_t size)
{
    return size ? size : 1;
}

void blas_matmul(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, real alpha,
                 const real *a, const real *b, real beta, real *c)
{
    enum { SMALLEST_SHARED = 1 << 18 };
    if (m == 0 || n == 0)
        return;
    if (m > INT_MAX || n > INT_MAX || k > INT_MAX)
        error_die(EX_SOFTWARE, "blas_matmul: %zu x %zu x %zu is too large for CBLAS", m, n, k);
    struct product p = {.transpose_a = transpose_a, .transpose_b = transpose_b,
                        .m = m, .n = n, .k = k, .alpha = alpha, .beta = beta,
                        .a = a, .b = b, .c = c,
                        .a_stride = at_least_one(transpose_a ? m : k),
                        .b_stride = at_least_one(transpose_b ? k : n), .c_stride = n};
    blas_return_threads();
    size_t threads = omp_in_parallel() ? 1 : (size_t)omp_get_max_threads();
    if (threads == 1 || (double)m * (double)n * (double)k < SMALLEST_SHARED)
        multiply(&p);
    else if (m * n <= INNER_SPLIT_ELEMENTS && k >= 4 * (m > n ? m : n))
        multiply_inner(&p, threads);
    else
        multiply_bands(&p, threads);
}
