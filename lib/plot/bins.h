/* Bins: the intervals of a histogram, and how many values lie in each. */
#ifndef TESSERAE_PLOT_BINS_H
#define TESSERAE_PLOT_BINS_H

#include <stdbool.h>
#include <stddef.h>

struct bins {
    size_t count;
    double *edges;    /* (count + 1), ascending */
    size_t *counts;   /* (count) */
};

/*
 * Sorts finite values (at least one; positive ones if logarithmic) into `wanted` bins of equal
 * width, in the logarithm if asked for. wanted 0 chooses: one bin per number for whole numbers
 * that span no more than 60; else the rule of Freedman and Diaconis, between 5 and 100 bins, made
 * wider or narrower so that their edges are round numbers.
 * The last bin contains its upper edge. Reorders the values. Free edges and counts.
 */
struct bins bins_make(double *values, size_t count, size_t wanted, bool logarithmic);

#endif
