/* Convex hulls of points in any dimension, by Qhull (Barber, Dobkin and Huhdanpaa 1996). */
#ifndef TESSERAE_GEOMETRY_CONVEX_HULL_H
#define TESSERAE_GEOMETRY_CONVEX_HULL_H

#include "base/error.h"

#include <stddef.h>

enum { CONVEX_HULL_MOST_DIMENSIONS = 8 };

/*
 * The volume of the convex hull of points (count, dimensions); 0 when they lie in a hyperplane or
 * are not more than the dimensions. May be called from several threads at once. False (EX_DATAERR)
 * when a coordinate is not finite or Qhull gives up. About count^(dimensions / 2) facets.
 */
bool convex_hull_volume(const double *points, size_t count, size_t dimensions, double *volume,
                        struct error *error);

#endif
