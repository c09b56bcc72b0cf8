/*
 * Figure: a canvas of some size in some theme that becomes a PNG, SVG or PDF file.
 *
 * Lengths are pixels; a pixel of a PDF or SVG is 1/96 inch. The sizes of texts, points, lines and
 * margins are given in units: pixels, unless the user scales them.
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

struct figure {
    cairo_surface_t *surface;
    cairo_t *cairo;
    enum figure_format format;
    double width, height;
    double unit;              /* pixels, 1 unless scaled */
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

/* What a figure is made of. */
struct figure_options {
    const char *path;        /* of the output; NULL: standard output */
    int width, height;       /* pixels */
    double scale;            /* pixels in a unit */
    bool dark;               /* theme */
};

/* Opens the output and paints the background. */
bool figure_open(struct figure *figure, const struct figure_options *options,
                 struct error *error);

/* Writes and commits the file. Frees the figure, also on failure. */
bool figure_close(struct figure *figure, struct error *error);

void figure_set_color(struct figure *figure, struct color color, double alpha);

/* Line width in units, round joins and caps. */
void figure_set_line(struct figure *figure, double width);

/* Draws a line of one unit's width in the current colour; (x0, y0) to (x1, y1) is along an axis. */
void figure_rule(struct figure *figure, double x0, double y0, double x1, double y1);

/* The palette's colour, made lighter on dark backgrounds. */
struct color figure_palette(const struct figure *figure, size_t category);

#endif
