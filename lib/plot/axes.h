/*
 * Axes: the plot's rectangle on the figure, its scales, and the frame, ticks and names around it.
 *
 * Set the scales and names of a zeroed struct, call axes_layout, draw the grid, draw the data,
 * then the frame.
 */
#ifndef TESSERAE_PLOT_AXES_H
#define TESSERAE_PLOT_AXES_H

#include "plot/figure.h"
#include "plot/ticks.h"

struct rectangle {
    double left, top, right, bottom; /* top < bottom, as on the canvas */
};

struct axes {
    const char *title;   /* NULL or "" for none, also of the others */
    const char *x_name;
    const char *y_name;
    struct scale x;
    struct scale y;
    bool bare_x;         /* no ticks, and no frame when both are bare */
    bool bare_y;
    bool equal;          /* one unit of x is as long as one of y: the scales are widened */
    bool downwards;      /* y grows downwards (rows of a matrix) */
    bool whole_x;        /* ticks only at whole numbers */
    bool whole_y;
    double room_right;   /* pixels to keep free for a legend */
    double room_left;    /* and for names in place of ticks */
    double room_bottom;
    struct ticks x_ticks; /* the rest is set by axes_layout */
    struct ticks y_ticks;
    struct rectangle plot;
    double name_distance; /* from the plot to the y axis's name */
};

/* Units around everything, and for a title with its distance. */
extern const double axes_outer_margin;
extern const double axes_title_height;

/* Places the plot's rectangle and the ticks. */
void axes_layout(struct axes *axes, struct figure *figure);

/* Where a value lies on the canvas. */
double axes_x(const struct axes *axes, double value);
double axes_y(const struct axes *axes, double value);

/* Light lines at the ticks; before the data. */
void axes_draw_grid(const struct axes *axes, struct figure *figure);

/* Axis lines, ticks, names and title; after the data. */
void axes_draw_frame(const struct axes *axes, struct figure *figure);

/* Restricts drawing to the rectangle, widened by some pixels, until cairo_restore. */
void axes_clip(const struct axes *axes, struct figure *figure, double slack);

/* Draws the title over a rectangle; for kinds without axes. */
void axes_draw_title(struct figure *figure, const struct rectangle *plot, const char *title);

/* The figure inside its margins, below the title, when there is one. */
struct rectangle axes_free_rectangle(struct figure *figure, const char *title);

#endif
