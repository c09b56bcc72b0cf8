/*
 * Point set: the rows of a data set as closed-form scores want them, less their mean (products of
 * centred rows lose fewer digits) and sorted by class, so that each class is a range.
 */
#ifndef TESSERAE_DIFFUSION_POINT_SET_H
#define TESSERAE_DIFFUSION_POINT_SET_H

#include "diffusion/data_set.h"

struct point_set {
    size_t count, columns;
    real *rows;           /* (count, columns): x_i - centre */
    real *centre;         /* (columns) */
    real *half_norms;     /* (count): |x_i - centre|^2 / 2 */
    real largest_norm;    /* of |x_i - centre| */
    size_t classes;       /* 0: without labels */
    size_t *class_starts; /* (classes + 1): class c is the rows class_starts[c] .. [c + 1] */
};

/* A range of rows. */
struct point_range {
    size_t first, count;
};

/* Takes the values of the data set over, which is left without any. Free with point_set_free. */
struct point_set point_set_take(struct data_set *data);

/* The rows of a class; all of them for NULL. */
struct point_range point_set_range(const struct point_set *points, const uint32_t *label);

void point_set_free(struct point_set *points);

#endif
