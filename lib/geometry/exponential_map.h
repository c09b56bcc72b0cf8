/*
 * The exponential map at the origin of a space: vectors of its tangent space there become points.
 */
#ifndef TESSERAE_GEOMETRY_EXPONENTIAL_MAP_H
#define TESSERAE_GEOMETRY_EXPONENTIAL_MAP_H

#include "geometry/space.h"

/*
 * On the tape: vectors (rows, space_dimension) -> points (rows, space->columns). Of a factor with
 * the part v of the vector and r = |v|:
 *
 *   e<d>  v
 *   h<d>  sinh(r) v / r (the space-like coordinates); r counts at most 10, which keeps points a
 * safe margin within the ball s<d>  (cos r, sin(r) v / r); the origin is the pole (1, 0, ..., 0)
 *
 * Keeps only the points. The space must outlive the backward pass. O(rows columns).
 */
struct variable *space_exponential(struct tape *tape, const struct space *space,
                                   struct variable *vectors);

#endif
