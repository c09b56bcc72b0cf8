/*
 * Labels: texts beside points, placed so that they overlap neither each other nor the points, as
 * far as trying eight places around each point finds one. A label without a place is left out.
 */
#ifndef TESSERAE_PLOT_LABELS_H
#define TESSERAE_PLOT_LABELS_H

#include "plot/axes.h"

#include <stdbool.h>
#include <stddef.h>

/* A text's box, and where it was put. */
struct label_box {
    double width, height;  /* in: pixels */
    bool placed;           /* out */
    double left, top;      /* out, when placed */
};

/* Which places are tried first; the others follow. */
enum label_preference { LABELS_BESIDE, LABELS_ABOVE };

/*
 * Places a box beside each of count points (x, y on the canvas) of some radius, inside `area`.
 * First come, first served. O(count^2).
 */
void labels_place(struct label_box *boxes, const double *x, const double *y, size_t count,
                  double radius, enum label_preference preference, const struct rectangle *area);

/* Measures, places and draws texts (count; empty ones are skipped). Returns how many it drew. */
size_t labels_draw(struct figure *figure, const char *const *texts, const double *x,
                   const double *y, size_t count, double radius, enum label_preference preference,
                   const struct rectangle *area);

#endif
