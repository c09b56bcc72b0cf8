/*
 * Standardisation: columns shifted and scaled to mean 0 and deviation 1, and back. A column that
 * never changes keeps the scale 1.
 */
#ifndef TESSERAE_TENSOR_STANDARDISE_H
#define TESSERAE_TENSOR_STANDARDISE_H

#include "io/summary.h"
#include "tensor/real.h"

#include <stddef.h>

/* The memory is the caller's, who may have it in a model. */
struct standardisation {
    size_t columns;
    real *mean;  /* (columns) */
    real *scale; /* (columns): deviations, positive */
};

/* Fills mean and scale from the running moments (columns) of a stream. */
void standardisation_from_moments(const struct standardisation *s, const struct moments *moments);

/* Adds rows (count, columns) to the moments (columns) of their columns; start with zeros. */
void moments_add_rows(struct moments *moments, const real *rows, size_t count, size_t columns);

/* Fills mean and scale from rows (count, columns); 0 and 1 where there are none. */
void standardisation_fit(const struct standardisation *s, const real *rows, size_t count);

/* to = (from - mean) / scale for count rows; to may be from. */
void standardise(const struct standardisation *s, const real *from, size_t count, real *to);

/* to = mean + scale from for count rows; to may be from. */
void standardise_undo(const struct standardisation *s, const real *from, size_t count, real *to);

#endif
