/* Rasters: pictures made of pixels, drawn into a rectangle of a figure. */
#ifndef TESSERAE_PLOT_RASTER_H
#define TESSERAE_PLOT_RASTER_H

#include "plot/axes.h"

#include <stddef.h>

struct raster {
    size_t width, height;  /* at most RASTER_MOST_SIDE */
    unsigned *pixels;      /* (height, width), 0xFFRRGGBB */
};

enum { RASTER_MOST_SIDE = 16000 };

/* A raster of the given size, uninitialised; free raster.pixels. */
struct raster raster_make(size_t width, size_t height);

/*
 * Draws it to fill the area. Pixels that are enlarged keep their edges; those that are made
 * smaller are averaged.
 */
void raster_draw(const struct raster *raster, struct figure *figure, const struct rectangle *area);

#endif
