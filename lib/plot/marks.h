/* Marks: what stands for a point, and the arrow heads of edges. */
#ifndef TESSERAE_PLOT_MARKS_H
#define TESSERAE_PLOT_MARKS_H

#include "plot/figure.h"

#include <stddef.h>

enum mark { MARK_DISC, MARK_SQUARE, MARK_TRIANGLE, MARK_DIAMOND, MARK_COUNT };

/* The mark of a category: another one each time that the palette starts again. */
enum mark mark_of_category(size_t category);

/* Adds the outline of a mark to the current path; all marks of one radius have the same area. */
void mark_path(struct figure *figure, enum mark mark, double x, double y, double radius);

/* Fills an arrow head whose tip is at (x, y), pointing along (dx, dy), of some length in pixels. */
void mark_arrow_head(struct figure *figure, double x, double y, double dx, double dy,
                     double length);

#endif
