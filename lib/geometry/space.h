/*
 * Spaces: Euclidean, hyperbolic and spherical geometry, and their products.
 *
 * A space is a list of factors, written in the field's notation: "e4", "h10", "h2xs2xe4". A point
 * is a row of coordinates, the factors' one after the other:
 *
 *   e<d>  d coordinates.
 *   h<d>  hyperbolic space by the Lorentz model: the d space-like coordinates s; the time-like one
 *         is sqrt(1 + |s|^2), so every s is a point and nothing drifts off the hyperboloid.
 *   s<d>  the sphere in d + 1 coordinates; a point is used through its direction x / |x|.
 *
 * Every curved factor has a learned radius R (curvature -1/R^2 or +1/R^2), kept as log R; distances
 * on the unit model are multiplied by R. The distance of a product is the root of the sum of the
 * factors' squared distances (Gu et al., "Learning mixed-curvature representations in product
 * spaces", ICLR 2019).
 */
#ifndef TESSERAE_GEOMETRY_SPACE_H
#define TESSERAE_GEOMETRY_SPACE_H

#include "base/error.h"
#include "base/rng.h"
#include "grad/tape.h"
#include "optim/manifold.h"

#include <stdint.h>

enum { SPACE_MOST_FACTORS = 16 };

enum factor_kind { FACTOR_EUCLIDEAN, FACTOR_HYPERBOLIC, FACTOR_SPHERICAL };

struct factor {
    enum factor_kind kind;
    size_t dimension;    /* d of the notation */
    size_t first_column;
    size_t columns;      /* d, or d + 1 on the sphere */
};

struct space {
    size_t count;
    struct factor factors[SPACE_MOST_FACTORS];
    size_t columns; /* of a point */
};

/*
 * Reads a space: "euclidean", "hyperbolic", "spherical" (of the given dimension), or factors with
 * dimensions joined by x. EX_USAGE names the position of what does not parse.
 */
bool space_parse(struct space *space, const char *text, size_t dimension, struct error *error);

/* "h2xs2xe4"; the caller frees it. */
char *space_notation(const struct space *space);

/* The sum of the factors' dimensions. */
size_t space_dimension(const struct space *space);

/*
 * The manifold of points of this space, for Riemannian optimizers. A step is a length on the unit
 * model; where the radius of a factor is above 1 it is a length in the space itself, since a step
 * that is small on a small sphere would be a leap on a large one. Space and radii must outlive it.
 */
struct space_manifold {
    struct manifold manifold; /* first, so that a pointer to one is a pointer to the other */
    const struct space *space;
    const real *log_radius;   /* (factors), or NULL: all radii are 1 */
};
void space_manifold_make(struct space_manifold *manifold, const struct space *space,
                         const real *log_radius);

/* Fills points (count, columns) with random ones at about `spread` from the origin (the pole). */
void space_random_points(const struct space *space, struct rng *rng, real spread, real *points,
                         size_t count);

/*
 * Distances of pairs on the tape: d[i] = dist(points[source[i]], points[target[i]]), (count).
 * points (N, columns); log_radius (factors), ignored for Euclidean factors. Gradients flow to both;
 * coincident points have gradient 0. The lists of pairs must outlive the backward pass.
 * O(count * columns); the backward pass keeps one (N, columns) buffer per thread.
 */
struct variable *space_pair_distances(struct tape *tape, const struct space *space,
                                      struct variable *points, struct variable *log_radius,
                                      const uint32_t *source, const uint32_t *target,
                                      size_t count);

/*
 * Coordinates for people, (count, columns) in place: hyperbolic factors become points of the
 * Poincare ball, s / (1 + sqrt(1 + |s|^2)); spherical ones are normalised.
 */
void space_display_points(const struct space *space, real *points, size_t count);

#endif
