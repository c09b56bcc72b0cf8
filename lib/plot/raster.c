#include "plot/raster.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

struct raster raster_make(size_t width, size_t height)
{
    return (struct raster){width, height, memory_alloc(width * height, sizeof(unsigned))};
}

/* Every pixel repeated `times` times in both directions. */
static struct raster enlarge(const struct raster *raster, size_t times)
{
    struct raster large = raster_make(raster->width * times, raster->height * times);
    for (size_t y = 0; y < large.height; y++) {
        const unsigned *from = raster->pixels + y / times * raster->width;
        for (size_t x = 0; x < large.width; x++)
            large.pixels[y * large.width + x] = from[x / times];
    }
    return large;
}

static void paint(const struct raster *raster, struct figure *figure, const struct rectangle *area)
{
    double across = (area->right - area->left) / (double)raster->width;
    double down = (area->bottom - area->top) / (double)raster->height;
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        (unsigned char *)raster->pixels, CAIRO_FORMAT_RGB24, (int)raster->width,
        (int)raster->height, (int)(raster->width * sizeof *raster->pixels));
    cairo_save(figure->cairo);
    cairo_translate(figure->cairo, area->left, area->top);
    cairo_scale(figure->cairo, across, down);
    cairo_set_source_surface(figure->cairo, surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(figure->cairo),
                             fmin(across, down) < 1 ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST);
    cairo_pattern_set_extend(cairo_get_source(figure->cairo), CAIRO_EXTEND_PAD);
    cairo_rectangle(figure->cairo, 0, 0, (double)raster->width, (double)raster->height);
    cairo_fill(figure->cairo);
    cairo_restore(figure->cairo);
    cairo_surface_destroy(surface); /* what is drawn to keeps a copy */
}

void raster_draw(const struct raster *raster, struct figure *figure, const struct rectangle *area)
{
    double scale = fmin((area->right - area->left) / (double)raster->width,
                        (area->bottom - area->top) / (double)raster->height);
    if (figure->format != FIGURE_SVG || scale <= 1) {
        paint(raster, figure, area);
        return;
    }
    /* Viewers of SVG blur what they enlarge: do it for them. */
    struct raster large = enlarge(raster, (size_t)fmin(ceil(2 * scale), 64));
    paint(&large, figure, area);
    free(large.pixels);
}
