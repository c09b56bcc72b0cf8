/*
 * Gaussian start: early in a flow, all that shows of the data is their mean and covariance. For
 * data N(mu, C) the flow from noise e to t is linear,
 *
 *     z_t = t mu + ((1 - t)^2 I + t^2 C)^(1/2) e,
 *
 * and takes one product instead of steps.
 */
#ifndef TESSERAE_DIFFUSION_GAUSSIAN_START_H
#define TESSERAE_DIFFUSION_GAUSSIAN_START_H

#include "diffusion/point_set.h"

struct gaussian_start {
    size_t columns;
    real *shift; /* (columns): t mu */
    real *root;  /* (columns, columns): the symmetric root */
};

/*
 * Of the points at time t. Fails (EX_DATAERR) where the eigenvalues cannot be found.
 * O(columns^3)
 */
bool gaussian_start_make(struct gaussian_start *start, const struct point_set *points, double time,
                         struct error *error);

/* Noise (count, columns) becomes z_t, in place. */
void gaussian_start_apply(const struct gaussian_start *start, real *noise, size_t count);

void gaussian_start_free(struct gaussian_start *start);

#endif
