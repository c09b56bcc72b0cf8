/* The unit sphere, in n coordinates. */
#ifndef TESSERAE_GEOMETRY_SPHERICAL_H
#define TESSERAE_GEOMETRY_SPHERICAL_H

#include "tensor/real.h"

#include <stddef.h>

/* x / |x|, in place; the zero vector becomes the pole (1, 0, ...). */
void spherical_normalise(real *x, size_t n);

/* The part of the gradient that is tangent at the unit vector x. */
void spherical_project(const real *x, const real *gradient, size_t n, real *tangent);

/* The exponential map: x becomes cos |v| x + sin |v| v / |v|, where v is step made tangent. */
void spherical_move(real *x, const real *step, size_t n);

/* The angle between the directions of x and y; accurate for near and for antipodal points. */
double spherical_distance(const real *x, const real *y, size_t n);

#endif
