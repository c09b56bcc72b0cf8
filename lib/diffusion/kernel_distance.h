/*
 * Kernel distances: the squared maximum mean discrepancy of two samples (Gretton et al., "A kernel
 * two-sample test", JMLR 2012), without bias,
 *
 *     sum_{i != j} k(x_i, x_j) / (n (n - 1)) + sum_{i != j} k(y_i, y_j) / (m (m - 1))
 *         - 2 sum_{ij} k(x_i, y_j) / (n m),
 *
 * which is 0 in the mean, and may be below 0, where both come from one distribution. With the
 * polynomial kernel on features it is the kernel inception distance (Bińkowski et al., ICLR 2018).
 */
#ifndef TESSERAE_DIFFUSION_KERNEL_DISTANCE_H
#define TESSERAE_DIFFUSION_KERNEL_DISTANCE_H

#include "tensor/real.h"

#include <stddef.h>

/* Rows of a sample, (count, columns). */
struct sample_rows {
    const real *values;
    size_t count, columns;
};

/* k(x, y) = (x.y / columns + 1)^3. Both have two rows or more, and as many columns. */
double kernel_distance_polynomial(const struct sample_rows *x, const struct sample_rows *y);

/* k(x, y) = exp(-|x - y|^2 / (2 bandwidth^2)), likewise. */
double kernel_distance_rbf(const struct sample_rows *x, const struct sample_rows *y,
                           double bandwidth);

/*
 * The median of the distances between rows, by at most 1000 of them at equal intervals; 1 where
 * that is 0.
 */
double kernel_bandwidth(const struct sample_rows *rows);

#endif
