/*
 * Manifold: what the optimizer must know of a parameter whose rows are points of a curved space.
 *
 * Moments are kept as components in an orthonormal frame of the tangent space at each point; the
 * frame is carried along when the point moves, so that the first and second moments of Adam keep
 * their meaning (Becigneul and Ganea, "Riemannian adaptive optimization methods", ICLR 2019, with
 * parallel transport done by the choice of frame).
 */
#ifndef TESSERAE_OPTIM_MANIFOLD_H
#define TESSERAE_OPTIM_MANIFOLD_H

#include "tensor/real.h"

#include <stddef.h>

struct manifold {
    size_t columns; /* coordinates of a point, and components of a tangent vector */

    /* frame (columns): the Riemannian gradient at a point, from the derivatives by coordinates. */
    void (*gradient_in_frame)(const struct manifold *self, const real *point, const real *gradient,
                              real *frame);

    /* Moves the point along the geodesic (exponential map) by step, given in the frame. */
    void (*move)(const struct manifold *self, real *point, const real *step);
};

enum { MANIFOLD_MOST_COLUMNS = 1024 };

#endif
