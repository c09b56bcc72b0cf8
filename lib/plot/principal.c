#include "plot/principal.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ITERATIONS = 5000 };

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Columns of mean 0 and, all together, largest entry 1, so that squares do not overflow. */
static double *centre(const double *const *columns, size_t dimensions, size_t rows)
{
    double *centred = memory_alloc(dimensions * rows, sizeof *centred);
    double largest = 0;
    for (size_t j = 0; j < dimensions; j++) {
        double mean = 0;
        for (size_t i = 0; i < rows; i++)
            mean += columns[j][i] / (double)rows;
        for (size_t i = 0; i < rows; i++) {
            centred[j * rows + i] = columns[j][i] - mean;
            largest = fmax(largest, fabs(centred[j * rows + i]));
        }
    }
    for (size_t i = 0; largest > 0 && i < dimensions * rows; i++)
        centred[i] /= largest;
    return centred;
}

/* C[j][k] = sum over rows of the products of the columns j and k. */
static double *covariance_of(const double *centred, size_t dimensions, size_t rows)
{
    double *covariance = memory_alloc(dimensions * dimensions, sizeof *covariance);
#pragma omp parallel for schedule(dynamic) if (rows * dimensions > 100000)
    for (size_t j = 0; j < dimensions; j++) {
        for (size_t k = 0; k <= j; k++) {
            double value = dot(centred + j * rows, centred + k * rows, rows);
            covariance[j * dimensions + k] = value;
            covariance[k * dimensions + j] = value;
        }
    }
    return covariance;
}

/* The eigenvector of the largest eigenvalue, which is returned; 0 of a matrix of zeros. */
static double leading_eigenvector(const double *matrix, size_t size, double *vector)
{
    double *product = memory_alloc(size, sizeof *product);
    double eigenvalue = 0;
    /* The column of the largest diagonal entry is not orthogonal to the leading eigenvector,
     * unless all of it is; a trace of the other directions guards against that. */
    size_t start = 0;
    for (size_t j = 1; j < size; j++)
        if (matrix[j * size + j] > matrix[start * size + start])
            start = j;
    for (size_t j = 0; j < size; j++)
        vector[j] = (j == start) + 1e-3 / (double)(j + 1);
    for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
        for (size_t j = 0; j < size; j++)
            product[j] = dot(matrix + j * size, vector, size);
        double norm = sqrt(dot(product, product, size)), change = 0;
        if (norm < 1e-300) {
            eigenvalue = 0;
            break;
        }
        for (size_t j = 0; j < size; j++) {
            change = fmax(change, fabs(product[j] / norm - vector[j]));
            vector[j] = product[j] / norm;
        }
        eigenvalue = norm;
        if (change < 1e-12)
            break;
    }
    free(product);
    return eigenvalue;
}

static void make_largest_positive(double *vector, size_t size)
{
    size_t largest = 0;
    for (size_t j = 1; j < size; j++)
        if (fabs(vector[j]) > fabs(vector[largest]) + 1e-9)
            largest = j;
    double sign = vector[largest] < 0 ? -1 : 1;
    for (size_t j = 0; j < size; j++)
        vector[j] *= sign;
}

static double *project(const double *const *columns, size_t dimensions, size_t rows,
                       const double *vector)
{
    double *projection = memory_zeroed(rows, sizeof *projection);
    for (size_t j = 0; j < dimensions; j++)
        for (size_t i = 0; i < rows; i++)
            projection[i] += vector[j] * columns[j][i];
    return projection;
}

struct principal principal_components(const double *const *columns, size_t dimensions, size_t rows)
{
    double *centred = centre(columns, dimensions, rows);
    double *covariance = covariance_of(centred, dimensions, rows);
    double *vector = memory_alloc(dimensions, sizeof *vector);
    free(centred);
    double total = 0;
    for (size_t j = 0; j < dimensions; j++)
        total += covariance[j * dimensions + j];
    struct principal principal = {0};
    for (int component = 0; component < 2; component++) {
        double eigenvalue = leading_eigenvector(covariance, dimensions, vector);
        make_largest_positive(vector, dimensions);
        principal.share[component] = total > 0 ? eigenvalue / total : 0;
        *(component ? &principal.y : &principal.x) = project(columns, dimensions, rows, vector);
        for (size_t j = 0; j < dimensions; j++)
            for (size_t k = 0; k < dimensions; k++)
                covariance[j * dimensions + k] -= eigenvalue * vector[j] * vector[k];
    }
    free(covariance);
    free(vector);
    return principal;
}
