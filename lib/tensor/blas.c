#include "tensor/blas.h"

#include <cblas.h>
#include <omp.h>

static void follow_openmp_threads(void)
{
#ifdef HAVE_OPENBLAS_SET_NUM_THREADS
    static int threads;
    if (threads != omp_get_max_threads()) {
        threads = omp_get_max_threads();
        openblas_set_num_threads(threads);
    }
#endif
}

void blas_matmul(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, real alpha,
                 const real *a, const real *b, real beta, real *c)
{
    if (m == 0 || n == 0)
        return;
    follow_openmp_threads();
    enum CBLAS_TRANSPOSE op_a = transpose_a ? CblasTrans : CblasNoTrans;
    enum CBLAS_TRANSPOSE op_b = transpose_b ? CblasTrans : CblasNoTrans;
    int stride_a = (int)(transpose_a ? m : k);
    int stride_b = (int)(transpose_b ? k : n);
#ifdef TESSERAE_REAL_DOUBLE
    cblas_dgemm(CblasRowMajor, op_a, op_b, (int)m, (int)n, (int)k, alpha, a, stride_a ? stride_a : 1,
                b, stride_b ? stride_b : 1, beta, c, (int)n);
#else
    cblas_sgemm(CblasRowMajor, op_a, op_b, (int)m, (int)n, (int)k, alpha, a, stride_a ? stride_a : 1,
                b, stride_b ? stride_b : 1, beta, c, (int)n);
#endif
}
