/*
 * Figure: a canvas of some size in some theme that becomes a PNG, SVG or PDF file.
 *
 * Lengths are pixels; a pixel of a PDF or SVG is 1/96 inch. Texts, points and lines grow with the
 * figure: they are given in pixels of an 800 x 600 figure and multiplied by `unit`.
 */
#ifndef TESSERAE_PLOT_FIGURE_H
#define TESSERAE_PLOT_FIGURE_H

#include "base/error.h"
#include "base/output.h"
#include "plot/color.h"

#include <cairo.h>
#include <stdbool.h>

enum figure_format { FIGURE_PNG, FIGURE_SVG, FIGURE_PDF };

/* The sides of figures that can be asked for, in pixels. */
enum { FIGURE_LEAST_SIDE = 100, FIGURE_MOST_SIDE = 16000 };

struct theme {
    struct color background;
    struct color foreground; /* texts */
    struct color muted;      /* axes, edges, what has no value */
    struct color grid;
    bool dark;
};

const struct theme *theme_light(void);
const struct theme *theme_dark(void);

struct figure {
    cairo_surface_t *surface;
    cairo_t *cairo;
    enum figure_format format;
    double width, height;
    double unit;              /* 1 for 800 x 600 */
    const struct theme *theme;
    bool plain_text;          /* there is no font: cairo's own strokes, ASCII only */
    struct output output;
    struct error *error;      /* of the writing callback, while the figure is closed */
};

/*
 * Chooses the format by the extension of a path; PNG without one (as on standard output, NULL or
 * "-"). False (EX_USAGE) for other extensions.
 */
bool figure_format_of(const char *path, enum figure_format *format, struct error *error);

/*
 * Whether a picture can be written there: the extension is known, and standard output is not a
 * terminal. EX_USAGE otherwise; for programs to call before they read their input.
 */
bool figure_check_output(const char *path, struct error *error);

/* Opens the output (NULL is standard output) and paints the background. */
bool figure_open(struct figure *figure, const char *path, int width, int height,
                 const struct theme *theme, struct error *error);

/* Writes and commits the file. Frees the figure, also on failure. */
bool figure_close(struct figure *figure, struct error *error);

void figure_set_color(struct figure *figure, struct color color, double alpha);

/* Line width in units, round joins and caps. */
void figure_set_line(struct figure *figure, double width);

/* The palette's colour, made lighter on dark backgrounds. */
struct color figure_palette(const struct figure *figure, size_t category);

#endif
