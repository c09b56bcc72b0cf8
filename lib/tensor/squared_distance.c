#include "tensor/squared_distance.h"

real squared_distance(const real *restrict a, const real *restrict b, size_t columns)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < columns; j++)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}
