#include "plot/disc.h"

#include <math.h>

bool disc_check(const struct points *points, const struct input *input, struct error *error)
{
    if (points->principal)
        return error_set(error, EX_DATAERR, "%s: --disk needs two coordinates; choose them with "
                         "--x and --y", input->name);
    for (size_t i = 0; i < points->count; i++)
        if (hypot(points->x[i], points->y[i]) >= 1)
            return error_set(error, EX_DATAERR,
                             "%s: the point in row %zu of the data, (%g, %g), lies outside the "
                             "unit disc", input->name, points->rows[i] + 1, points->x[i],
                             points->y[i]);
    return true;
}

void disc_set_axes(struct axes *axes)
{
    axes->x = axes->y = (struct scale){-1.02, 1.02, false};
    axes->equal = axes->bare_x = axes->bare_y = true;
    axes->x_name = axes->y_name = NULL;
}

static void circle(const struct axes *axes, struct figure *figure)
{
    double radius = axes_x(axes, 1) - axes_x(axes, 0);
    cairo_new_path(figure->cairo);
    cairo_arc(figure->cairo, axes_x(axes, 0), axes_y(axes, 0), radius, 0, 2 * M_PI);
}

void disc_fill(const struct axes *axes, struct figure *figure)
{
    const struct theme *theme = figure->theme;
    figure_set_color(figure, color_mix(theme->background, theme->grid, 0.35), 1);
    circle(axes, figure);
    cairo_fill(figure->cairo);
}

void disc_draw_rim(const struct axes *axes, struct figure *figure)
{
    figure_set_color(figure, figure->theme->muted, 1);
    figure_set_line(figure, 1.2);
    circle(axes, figure);
    cairo_stroke(figure->cairo);
}

bool disc_geodesic_circle(const double p[2], const double q[2], double centre[2], double *radius)
{
    /* A circle through p that is orthogonal to the unit circle has 2 <p, c> = 1 + |p|^2. */
    double determinant = p[0] * q[1] - p[1] * q[0];
    if (fabs(determinant) < 1e-6)
        return false;
    double a = (1 + p[0] * p[0] + p[1] * p[1]) / 2, b = (1 + q[0] * q[0] + q[1] * q[1]) / 2;
    centre[0] = (a * q[1] - b * p[1]) / determinant;
    centre[1] = (b * p[0] - a * q[0]) / determinant;
    *radius = hypot(p[0] - centre[0], p[1] - centre[1]);
    return true;
}

void disc_geodesic(const struct axes *axes, struct figure *figure, const double p[2],
                   const double q[2])
{
    double centre[2], radius;
    cairo_move_to(figure->cairo, axes_x(axes, p[0]), axes_y(axes, p[1]));
    if (!disc_geodesic_circle(p, q, centre, &radius)) {
        cairo_line_to(figure->cairo, axes_x(axes, q[0]), axes_y(axes, q[1]));
        return;
    }
    /* On the canvas y grows downwards, so that angles change their sign. */
    double from = -atan2(p[1] - centre[1], p[0] - centre[0]);
    double to = -atan2(q[1] - centre[1], q[0] - centre[0]);
    double turn = remainder(to - from, 2 * M_PI), scale = axes_x(axes, 1) - axes_x(axes, 0);
    double x = axes_x(axes, centre[0]), y = axes_y(axes, centre[1]);
    if (turn > 0)
        cairo_arc(figure->cairo, x, y, radius * scale, from, from + turn);
    else
        cairo_arc_negative(figure->cairo, x, y, radius * scale, from, from + turn);
}

void disc_arrival(const double p[2], const double q[2], double *dx, double *dy)
{
    double centre[2], radius;
    *dx = q[0] - p[0];
    *dy = q[1] - p[1];
    if (!disc_geodesic_circle(p, q, centre, &radius))
        return;
    /* At right angles to the radius; the arc is less than half a circle, so the chord tells which.
     */
    double across = q[1] - centre[1], along = centre[0] - q[0];
    double sign = across * *dx + along * *dy < 0 ? -1 : 1;
    *dx = sign * across;
    *dy = sign * along;
}
