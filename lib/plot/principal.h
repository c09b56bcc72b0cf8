/*
 * Principal components: the two directions in which points spread most.
 *
 * The library's own, and not LAPACK's, because a plotting program that loads a linear algebra
 * library starts ten times slower than it draws.
 */
#ifndef TESSERAE_PLOT_PRINCIPAL_H
#define TESSERAE_PLOT_PRINCIPAL_H

#include <stddef.h>

struct principal {
    double *x;          /* (rows): the first component, by variance */
    double *y;          /* (rows): the second */
    double share[2];    /* of the total variance, from 0 to 1 */
};

/*
 * Projects `rows` points, given as `dimensions` (at least 2) columns of finite numbers, on the
 * first two eigenvectors of their covariance (power iteration and deflation). The largest entry of
 * each eigenvector is positive, so that the picture does not depend on chance. O(rows
 * dimensions^2). Free x and y.
 */
struct principal principal_components(const double *const *columns, size_t dimensions, size_t rows);

#endif
