/*
 * Hyperbolic space of curvature -1 by the Lorentz model: a point is its space-like part s (n);
 * the time-like coordinate sqrt(1 + |s|^2) follows.
 */
#ifndef TESSERAE_GEOMETRY_HYPERBOLIC_H
#define TESSERAE_GEOMETRY_HYPERBOLIC_H

#include "tensor/real.h"

#include <stddef.h>

/* sqrt(1 + |s|^2) */
double hyperbolic_time(const real *s, size_t n);

/*
 * The Riemannian gradient in the orthonormal frame at s that parallel transport along the geodesic
 * from the origin carries there: with metric G = I - s s^T / (1 + |s|^2) of the chart,
 * frame = G^(-1/2) gradient = gradient + s (s . gradient) / (1 + time).
 */
void hyperbolic_frame(const real *s, const real *gradient, size_t n, real *frame);

/* The exponential map: s becomes exp_s(step), step in that frame. */
void hyperbolic_move(real *s, const real *step, size_t n);

/* s / (1 + time), in place: the point in the Poincare ball. */
void hyperbolic_to_poincare(real *s, size_t n);

/* The distance of two points; accurate for near and for far ones. */
double hyperbolic_distance(const real *s, const real *t, size_t n);

#endif
