/*
 * The Poincaré disc: the hyperbolic plane inside the unit circle, whose straight lines are arcs
 * of circles that meet the unit circle at right angles.
 */
#ifndef TESSERAE_PLOT_DISC_H
#define TESSERAE_PLOT_DISC_H

#include "plot/axes.h"
#include "plot/points.h"

/* Whether all points lie inside the unit circle; EX_DATAERR names one that does not. */
bool disc_check(const struct points *points, const struct input *input, struct error *error);

/* Scales that show the whole disc, undistorted and without ticks. */
void disc_set_axes(struct axes *axes);

/* Fills the disc; before the data. */
void disc_fill(const struct axes *axes, struct figure *figure);

/* Draws the unit circle; after the data, so that marks near it do not break it. */
void disc_draw_rim(const struct axes *axes, struct figure *figure);

/* Adds the geodesic from p to q, points of the disc, to the current path. */
void disc_geodesic(const struct axes *axes, struct figure *figure, const double p[2],
                   const double q[2]);

/* The direction (not of unit length) in which the geodesic from p arrives at q. */
void disc_arrival(const double p[2], const double q[2], double *dx, double *dy);

/*
 * The centre and radius of the circle that carries the geodesic between p and q; false when it is
 * (nearly) a diameter.
 */
bool disc_geodesic_circle(const double p[2], const double q[2], double centre[2], double *radius);

#endif
