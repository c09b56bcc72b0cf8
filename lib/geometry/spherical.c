#include "geometry/spherical.h"

#include <math.h>

static double norm(const real *x, size_t n)
{
    double square = 0;
    for (size_t j = 0; j < n; j++)
        square += (double)x[j] * (double)x[j];
    return sqrt(square);
}

void spherical_normalise(real *x, size_t n)
{
    double length = norm(x, n);
    for (size_t j = 0; j < n; j++)
        x[j] = length > 0 ? (real)((double)x[j] / length) : (real)(j == 0);
}

void spherical_project(const real *x, const real *gradient, size_t n, real *tangent)
{
    double along = 0;
    for (size_t j = 0; j < n; j++)
        along += (double)x[j] * (double)gradient[j];
    for (size_t j = 0; j < n; j++)
        tangent[j] = (real)((double)gradient[j] - along * (double)x[j]);
}

void spherical_move(real *x, const real *step, size_t n)
{
    const double longest_step = 1; /* radians; more would wander round the sphere */
    double along = 0;
    for (size_t j = 0; j < n; j++)
        along += (double)x[j] * (double)step[j];
    double square = 0;
    for (size_t j = 0; j < n; j++) {
        double tangent = (double)step[j] - along * (double)x[j];
        square += tangent * tangent;
    }
    double length = sqrt(square);
    if (!(length > 0))
        return;
    double angle = fmin(length, longest_step);
    for (size_t j = 0; j < n; j++) {
        double tangent = (double)step[j] - along * (double)x[j];
        x[j] = (real)(cos(angle) * (double)x[j] + sin(angle) / length * tangent);
    }
    spherical_normalise(x, n);
}

double spherical_distance(const real *x, const real *y, size_t n)
{
    double x_norm = norm(x, n), y_norm = norm(y, n), near = 0, far = 0;
    for (size_t j = 0; j < n; j++) {
        double a = (double)x[j] / x_norm, b = (double)y[j] / y_norm;
        near += (a - b) * (a - b);
        far += (a + b) * (a + b);
    }
    return 2 * atan2(sqrt(near), sqrt(far));
}
