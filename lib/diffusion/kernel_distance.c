#include "diffusion/kernel_distance.h"

#include "base/memory.h"
#include "tensor/blas.h"
#include "tensor/vector_math.h"

#include <stdlib.h>

enum { ROW_BLOCK = 128, COLUMN_BLOCK = 512 };

enum kernel { KERNEL_POLYNOMIAL, KERNEL_RBF };

/* What a kernel of two sets takes. */
struct pairs {
    enum kernel kernel;
    struct sample_rows x, y;
    const real *x_norms, *y_norms; /* of the rows less the centre; RBF only */
    real factor;                   /* 1 / columns, or -1 / (2 bandwidth^2) */
};

static double sum_polynomial(const real *restrict products, size_t n, real factor)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        real base = products[j] * factor + 1;
        sum += base * base * base;
    }
    return (double)sum;
}

static double sum_rbf(const real *restrict products, const real *restrict norms, real norm,
                      size_t n, real factor)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        real distance = norm + norms[j] - 2 * products[j];
        sum += vector_exp(factor * (distance > 0 ? distance : (real)0));
    }
    return (double)sum;
}

/* The sum of k(x_i, y_j) over `count` rows of x from `first` on, and all of y. */
static double sum_of_block(const struct pairs *p, size_t first, size_t count, real *products)
{
    double sum = 0;
    size_t columns = p->x.columns;
    for (size_t start = 0; start < p->y.count; start += COLUMN_BLOCK) {
        size_t n = p->y.count - start < COLUMN_BLOCK ? p->y.count - start : COLUMN_BLOCK;
        blas_matmul(false, true, count, n, columns, 1, p->x.values + first * columns,
                    p->y.values + start * columns, 0, products);
        for (size_t i = 0; i < count; i++)
            sum += p->kernel == KERNEL_POLYNOMIAL
                       ? sum_polynomial(products + i * n, n, p->factor)
                       : sum_rbf(products + i * n, p->y_norms + start, p->x_norms[first + i], n,
                                 p->factor);
    }
    return sum;
}

/* The sum over all pairs; blocks of rows are shared among the threads, and added up in order. */
static double sum_of_pairs(const struct pairs *p)
{
    size_t blocks = (p->x.count + ROW_BLOCK - 1) / ROW_BLOCK;
    double *sums = memory_alloc(blocks, sizeof *sums), sum = 0;
    blas_return_threads();
#pragma omp parallel if (blocks > 1)
    {
        real *products = memory_alloc((size_t)ROW_BLOCK * COLUMN_BLOCK, sizeof *products);
#pragma omp for schedule(dynamic)
        for (size_t block = 0; block < blocks; block++) {
            size_t first = block * ROW_BLOCK;
            size_t count = p->x.count - first < ROW_BLOCK ? p->x.count - first : ROW_BLOCK;
            sums[block] = sum_of_block(p, first, count, products);
        }
        free(products);
    }
    for (size_t block = 0; block < blocks; block++)
        sum += sums[block];
    free(sums);
    return sum;
}

static double squared_norm(const real *row, size_t columns)
{
    double sum = 0;
    for (size_t j = 0; j < columns; j++)
        sum += (double)row[j] * (double)row[j];
    return sum;
}

/* The sum of k(x_i, x_i), which the estimate leaves out. */
static double sum_of_diagonal(const struct pairs *p)
{
    double sum = 0;
    if (p->kernel == KERNEL_RBF)
        return (double)p->x.count;
    for (size_t i = 0; i < p->x.count; i++)
        sum += pow(squared_norm(p->x.values + i * p->x.columns, p->x.columns) *
                       (double)p->factor + 1, 3);
    return sum;
}

static double discrepancy(const struct pairs *between)
{
    struct pairs within_x = *between, within_y = *between;
    double n = (double)between->x.count, m = (double)between->y.count;
    within_x.y = between->x;
    within_x.y_norms = between->x_norms;
    within_y.x = between->y;
    within_y.x_norms = between->y_norms;
    return (sum_of_pairs(&within_x) - sum_of_diagonal(&within_x)) / (n * (n - 1)) +
           (sum_of_pairs(&within_y) - sum_of_diagonal(&within_y)) / (m * (m - 1)) -
           2 * sum_of_pairs(between) / (n * m);
}

double kernel_distance_polynomial(const struct sample_rows *x, const struct sample_rows *y)
{
    const struct pairs pairs = {.kernel = KERNEL_POLYNOMIAL, .x = *x, .y = *y,
                                .factor = 1 / (real)x->columns};
    return discrepancy(&pairs);
}

/* A copy of the rows less the centre, and their squared norms. */
static real *centred(const struct sample_rows *rows, const real *centre, real *norms)
{
    real *copy = memory_alloc(rows->count * rows->columns, sizeof *copy);
    for (size_t i = 0; i < rows->count; i++) {
        real *row = copy + i * rows->columns;
        for (size_t j = 0; j < rows->columns; j++)
            row[j] = rows->values[i * rows->columns + j] - centre[j];
        norms[i] = (real)squared_norm(row, rows->columns);
    }
    return copy;
}

double kernel_distance_rbf(const struct sample_rows *x, const struct sample_rows *y,
                           double bandwidth)
{
    real *centre = memory_alloc(y->columns, sizeof *centre);
    real *x_norms = memory_alloc(x->count, sizeof *x_norms);
    real *y_norms = memory_alloc(y->count, sizeof *y_norms);
    for (size_t j = 0; j < y->columns; j++) {
        double sum = 0;
        for (size_t i = 0; i < y->count; i++)
            sum += (double)y->values[i * y->columns + j];
        centre[j] = (real)(sum / (double)y->count);
    }
    real *x_centred = centred(x, centre, x_norms), *y_centred = centred(y, centre, y_norms);
    const struct pairs pairs = {.kernel = KERNEL_RBF,
                                .x = {x_centred, x->count, x->columns},
                                .y = {y_centred, y->count, y->columns},
                                .x_norms = x_norms, .y_norms = y_norms,
                                .factor = (real)(-0.5 / (bandwidth * bandwidth))};
    double distance = discrepancy(&pairs);
    free(centre);
    free(x_norms);
    free(y_norms);
    free(x_centred);
    free(y_centred);
    return distance;
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double kernel_bandwidth(const struct sample_rows *rows)
{
    enum { MOST = 1000 };
    size_t taken = rows->count < MOST ? rows->count : MOST, count = 0, columns = rows->columns;
    double *distances = memory_alloc(taken * (taken - 1) / 2, sizeof *distances);
    for (size_t i = 0; i < taken; i++)
        for (size_t j = 0; j < i; j++) {
            const real *a = rows->values + i * rows->count / taken * columns;
            const real *b = rows->values + j * rows->count / taken * columns;
            real sum = 0;
#pragma omp simd reduction(+ : sum)
            for (size_t k = 0; k < columns; k++)
                sum += (a[k] - b[k]) * (a[k] - b[k]);
            distances[count++] = sqrt((double)sum);
        }
    qsort(distances, count, sizeof *distances, ascending);
    double median = (distances[(count - 1) / 2] + distances[count / 2]) / 2;
    free(distances);
    return median > 0 ? median : 1;
}
