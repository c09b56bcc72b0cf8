/* Spreading: points that are drawn at nearly one height are moved sideways until they are apart. */
#ifndef TESSERAE_PLOT_SPREAD_H
#define TESSERAE_PLOT_SPREAD_H

#include <stddef.h>

/*
 * Moves x (count) until points whose y differ by less than a share `high` of the range of y differ
 * in x by about a share `wide` of the range that x had; of such points the right one stays on the
 * right. Heights are not changed. Always the same for the same points. O(count^2).
 */
void spread_sideways(double *x, const double *y, size_t count, double wide, double high);

#endif
