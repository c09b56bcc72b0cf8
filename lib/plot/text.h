/*
 * Text on a figure: measured, anchored, turned. Any bytes may be given: what is not UTF-8, and
 * control characters, are shown as '?'.
 *
 * The font is DejaVu Sans, or what fontconfig finds in its place. Without any font on the system
 * cairo's built-in strokes are used, which know ASCII only; text_prepare then warns.
 */
#ifndef TESSERAE_PLOT_TEXT_H
#define TESSERAE_PLOT_TEXT_H

#include "plot/figure.h"

/* Height of texts in units (see figure.h). */
extern const double text_title_size;
extern const double text_label_size;
extern const double text_tick_size;
extern const double text_small_size;

/* Height of capitals and digits, as a part of the size. */
extern const double text_capital_height;

/* Selects the font; figure_open calls it. */
void text_prepare(struct figure *figure);

/* Width in pixels. */
double text_width(struct figure *figure, double size, const char *text);

/*
 * Draws text in the current colour. (x, y) is the point of the text at the fraction `across` of
 * its width and `up` of its capitals' height: 0, 0 puts the left end of the base line there,
 * 0.5, 0.5 the middle.
 */
void text_draw(struct figure *figure, double x, double y, double across, double up, double size,
               const char *text);

/* As text_draw, reading upwards: (x, y) is the middle. */
void text_draw_upwards(struct figure *figure, double x, double y, double size, const char *text);

/* In the foreground colour, its middle at (x, y), on a rim that hides most of what is below. */
void text_draw_on_halo(struct figure *figure, double x, double y, double size, const char *text);

/* As text_draw, bold. */
void text_draw_bold(struct figure *figure, double x, double y, double across, double up,
                    double size, const char *text);

/* A copy (free it) that is at most `width` pixels wide: cut, with an ellipsis, where it must be. */
char *text_fit(struct figure *figure, double size, const char *text, double width);

/* A copy (free it) that is valid UTF-8 without control characters; ASCII when `plain`. */
char *text_clean(const char *text, bool plain);

#endif
