/* Points: the coordinates that a scatter plot or a graph is drawn from. */
#ifndef TESSERAE_PLOT_POINTS_H
#define TESSERAE_PLOT_POINTS_H

#include "plot/axes.h"
#include "plot/coloring.h"
#include "plot/input.h"
#include "plot/labels.h"
#include "plot/plot.h"

#include <stdbool.h>
#include <stddef.h>

struct points {
    size_t count;        /* at least 1 */
    double *x;           /* (count); x or y is NULL when there is only one coordinate */
    double *y;           /* (count) */
    size_t *rows;        /* (count): of the input */
    const char *x_name;  /* for the axes */
    const char *y_name;
    bool principal;      /* x and y are principal components */
    bool chosen;         /* x or y was asked for */
};

/*
 * Takes the coordinates: --x and --y; or the only two columns of numbers (the column of --color
 * and --label aside); or the principal components of more. Where only one of --x and --y is given
 * the first column of numbers is the other, unless `alone`. Rows with a coordinate that is not
 * finite, or not positive on a logarithmic axis, are left out with a warning; no row left is
 * EX_DATAERR. The arrays belong to the input's arena.
 */
bool points_select(struct points *points, struct input *input, const struct plot_options *options,
                   bool alone, struct error *error);

/* Scales with a margin around all points. */
void points_set_scales(const struct points *points, const struct plot_options *options,
                       struct axes *axes);

/* The radius of a mark in units: as asked for, or small enough for so many points. */
double points_radius(const struct points *points, const struct plot_options *options);

/*
 * Draws the marks. outline: with a rim, which parts those that overlap.
 */
void points_draw(const struct points *points, const struct coloring *coloring,
                 const struct axes *axes, struct figure *figure, double radius, double alpha,
                 bool outline);

/* The texts of --label, or of the node names if `nodes`, or NULL; in the input's arena. */
const char **points_labels(const struct points *points, struct input *input,
                           const struct plot_options *options, bool nodes, struct error *error);

/* Draws the labels (count) beside the points; warns when some found no place. */
void points_draw_labels(const struct points *points, const char *const *labels,
                        enum label_preference preference, const struct axes *axes,
                        struct figure *figure, double radius);

#endif
