/*
 * Colours: sRGB, the OKLab space in which they are mixed, the continuous colour maps and the
 * palette for categories.
 *
 * OKLab: B. Ottosson, "A perceptual color space for image processing", 2020.
 */
#ifndef TESSERAE_PLOT_COLOR_H
#define TESSERAE_PLOT_COLOR_H

#include <stddef.h>

/* sRGB, each part from 0 to 1. */
struct color {
    double red;
    double green;
    double blue;
};

/* From 0xRRGGBB. */
struct color color_from_hex(unsigned hex);

/* Lightness L in [0, 1] and the opponent axes a (green to red) and b (blue to yellow). */
struct oklab {
    double lightness;
    double a;
    double b;
};

struct oklab color_to_oklab(struct color color);

/* Parts that lie outside sRGB are clipped. */
struct color color_from_oklab(struct oklab lab);

/* The colour that looks as far from `from` as t in [0, 1] says on the way to `to`. */
struct color color_mix(struct color from, struct color to, double t);

/*
 * Maps from [0, 1] to colours. Viridis and magma (S. van der Walt, N. Smith, E. Firing; CC0) are
 * even steps between eleven and ten of their colours; grey runs from black to white in even
 * steps of lightness; diverging runs from blue over near-white to red, lightness symmetric.
 */
enum colormap { COLORMAP_VIRIDIS, COLORMAP_MAGMA, COLORMAP_GREY, COLORMAP_DIVERGING };

/* The colour at t, which is clipped to [0, 1]. */
struct color colormap_at(enum colormap map, double t);

/* The map at i / 255, i = 0 .. 255, as 0xFFRRGGBB; for pictures of many pixels. */
enum { COLORMAP_STEPS = 256 };
void colormap_tabulate(enum colormap map, unsigned table[COLORMAP_STEPS]);

/*
 * Colours that people with colour-vision deficiencies can tell apart (M. Okabe and K. Ito,
 * "Color universal design", 2008), in an order that keeps neighbours far apart. Beyond
 * PALETTE_SIZE they come again; draw those with another mark or dash.
 */
enum { PALETTE_SIZE = 7 };
struct color palette_at(size_t category);

#endif
