/* Grids of images. */
#include "plot/plot.h"

#include "base/memory.h"
#include "io/npy.h"
#include "plot/axes.h"
#include "plot/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BY_DEFAULT = 100 };

static const double cell_gap = 3; /* units */

struct images {
    struct array array;
    size_t count, height, width, channels; /* channels 1, 3 or 4 */
    bool channels_first;
    size_t grid_rows, grid_columns;
    double low, high;                      /* the values that are black and white */
};

static bool is_channel_count(size_t size)
{
    return size == 1 || size == 3 || size == 4;
}

static bool understand_shape(struct images *images, const char *name, struct error *error)
{
    const struct array *array = &images->array;
    const size_t *shape = array->shape;
    bool channels_last = array->dimensions == 4 && is_channel_count(shape[3]);
    images->channels_first = array->dimensions == 4 && !channels_last && is_channel_count(shape[1]);
    if (array->dimensions != 3 && !channels_last && !images->channels_first)
        return error_set(error, EX_DATAERR, "%s: an array of %d dimensions; expected images "
                         "(N,H,W), (N,H,W,C) or (N,C,H,W) with C 1, 3 or 4%s", name,
                         array->dimensions,
                         array->dimensions == 2 ? " (tensor-convert --reshape=-1xHxW makes them)"
                                                : "");
    images->count = shape[0];
    images->channels = channels_last ? shape[3] : images->channels_first ? shape[1] : 1;
    images->height = shape[images->channels_first ? 2 : 1];
    images->width = shape[images->channels_first ? 3 : 2];
    if (images->count == 0 || images->height == 0 || images->width == 0)
        return error_set(error, EX_DATAERR, "%s: no images", name);
    if (images->height > RASTER_MOST_SIDE || images->width > RASTER_MOST_SIDE)
        return error_set(error, EX_DATAERR, "%s: images of %zux%zu pixels; expected at most %d",
                         name, images->width, images->height, RASTER_MOST_SIDE);
    return true;
}

/* --grid, or as square as can be. */
static void choose_grid(struct images *images, const struct plot_options *options)
{
    images->grid_rows = options->grid_rows;
    images->grid_columns = options->grid_columns;
    if (images->grid_rows)
        return;
    images->grid_columns = (size_t)ceil(sqrt((double)images->count));
    images->grid_rows = (images->count + images->grid_columns - 1) / images->grid_columns;
}

/* Bytes have their full range; other numbers theirs, unless they are parts of 0 to 1. */
static bool find_range(struct images *images, const char *name, struct error *error)
{
    images->low = 0;
    images->high = 255;
    if (images->array.dtype == DTYPE_U8)
        return true;
    double low = INFINITY, high = -INFINITY;
    size_t total = array_count(&images->array), hidden = 0;
    for (size_t i = 0; i < total; i++) {
        double value = array_value(&images->array, i);
        hidden += !isfinite(value);
        low = isfinite(value) ? fmin(low, value) : low;
        high = isfinite(value) ? fmax(high, value) : high;
    }
    if (low > high)
        return error_set(error, EX_DATAERR, "%s: no pixel is a finite number", name);
    if (hidden)
        error_warn("%s: %zu pixels are not finite; they are drawn as the lowest value", name,
                   hidden);
    bool parts = low >= 0 && high <= 1;
    images->low = parts ? 0 : low;
    images->high = parts ? 1 : high > low ? high : low + 1;
    return true;
}

static bool prepare(struct images *images, const struct plot_options *options,
                    struct stream *stream, struct error *error)
{
    const char *name = stream_name(stream);
    size_t wanted = options->grid_rows ? options->grid_rows * options->grid_columns
                                       : MOST_BY_DEFAULT;
    enum stream_kind kind = stream_recognise(stream, error);
    if (error->exit_code != EX_OK)
        return false;
    if (kind != STREAM_NPY)
        return error_set(error, EX_DATAERR, "%s: %s; expected an NPY array of images", name,
                         kind == STREAM_EMPTY ? "the input is empty" : "not an NPY array");
    bool end;
    if (!npy_read_leading(stream, wanted, &images->array, &end, error))
        return false;
    if (!understand_shape(images, name, error) || !find_range(images, name, error))
        return false;
    choose_grid(images, options);
    return true;
}

static double brightness(const struct images *images, size_t image, size_t y, size_t x,
                         size_t channel)
{
    size_t position =
        images->channels_first
            ? ((image * images->channels + channel) * images->height + y) * images->width + x
            : ((image * images->height + y) * images->width + x) * images->channels + channel;
    double value = array_value(&images->array, position);
    if (!isfinite(value))
        return 0;
    double part = (value / 2 - images->low / 2) / (images->high / 2 - images->low / 2);
    return fmin(fmax(part, 0), 1);
}

/* A colour pixel, laid over the background by its fourth channel, if it has one. */
static unsigned blend(const struct images *images, size_t image, size_t y, size_t x,
                      struct color below)
{
    const double background[3] = {below.red, below.green, below.blue};
    double opacity = images->channels == 4 ? brightness(images, image, y, x, 3) : 1;
    unsigned pixel = 0xff;
    for (size_t channel = 0; channel < 3; channel++) {
        double part = opacity * brightness(images, image, y, x, channel) +
                      (1 - opacity) * background[channel];
        pixel = pixel << 8 | (unsigned)lround(255 * part);
    }
    return pixel;
}

static void paint_image(const struct images *images, size_t image, const unsigned *table,
                        const struct figure *figure, struct raster *raster)
{
    for (size_t y = 0; y < images->height; y++)
        for (size_t x = 0; x < images->width; x++)
            raster->pixels[y * images->width + x] =
                images->channels == 1
                    ? table[lround(brightness(images, image, y, x, 0) * (COLORMAP_STEPS - 1))]
                    : blend(images, image, y, x, figure->theme->background);
}

/*
 * Pixels of the figure per pixel of an image; whole numbers where images are enlarged, so that
 * all their pixels come out equal.
 */
static double choose_scale(const struct images *images, const struct rectangle *area, double gap)
{
    double columns = (double)images->grid_columns, rows = (double)images->grid_rows;
    double across = (area->right - area->left - (columns - 1) * gap) / columns;
    double down = (area->bottom - area->top - (rows - 1) * gap) / rows;
    double scale = fmin(across / (double)images->width, down / (double)images->height);
    return scale >= 1 ? floor(scale) : fmax(scale, 1e-3);
}

static void draw(const struct images *images, const struct plot_options *options,
                 struct figure *figure)
{
    struct rectangle area = axes_free_rectangle(figure, options->title);
    double gap = ceil(cell_gap * figure->unit), scale = choose_scale(images, &area, gap);
    double width = scale * (double)images->width, height = scale * (double)images->height;
    double across = width + gap, down = height + gap;
    area.left += (area.right - area.left - (double)images->grid_columns * across + gap) / 2;
    area.top += (area.bottom - area.top - (double)images->grid_rows * down + gap) / 2;
    unsigned table[COLORMAP_STEPS];
    colormap_tabulate(options->colormap_given ? options->colormap : COLORMAP_GREY, table);
    struct raster raster = raster_make(images->width, images->height);
    for (size_t i = 0; i < images->count && i < images->grid_rows * images->grid_columns; i++) {
        double left = floor(area.left) + (double)(i % images->grid_columns) * across;
        double top = floor(area.top) + (double)(i / images->grid_columns) * down;
        struct rectangle cell = {left, top, left + width, top + height};
        paint_image(images, i, table, figure, &raster);
        raster_draw(&raster, figure, &cell);
    }
    free(raster.pixels);
    struct rectangle whole = {0, 0, figure->width, figure->height};
    axes_draw_title(figure, &whole, options->title);
}

/* A side that was not asked for is as long as the grid needs. */
static void fit_canvas(const struct images *images, const struct plot_options *options,
                       struct figure_options *canvas)
{
    double margins = 2 * axes_outer_margin * canvas->scale, gap = ceil(cell_gap * canvas->scale);
    double title = options->title ? axes_title_height * canvas->scale : 0;
    double columns = (double)images->grid_columns, rows = (double)images->grid_rows;
    double most = canvas->width ? canvas->width : 800;
    struct rectangle area = {margins, margins, most,
                             canvas->height ? canvas->height : (double)INFINITY};
    area.bottom -= title;
    double scale = choose_scale(images, &area, gap);
    double width = columns * (scale * (double)images->width + gap) - gap + margins;
    double height = rows * (scale * (double)images->height + gap) - gap + margins + title;
    if (canvas->width == 0)
        canvas->width = (int)fmin(fmax(ceil(width), FIGURE_LEAST_SIDE), FIGURE_MOST_SIDE);
    if (canvas->height == 0)
        canvas->height = (int)fmin(fmax(ceil(height), FIGURE_LEAST_SIDE), FIGURE_MOST_SIDE);
}

bool plot_images(const struct plot_options *options, struct stream *stream, struct error *error)
{
    struct images images = {0};
    struct figure figure;
    struct figure_options canvas = options->figure;
    bool good = prepare(&images, options, stream, error);
    if (good)
        fit_canvas(&images, options, &canvas);
    good = good && figure_open(&figure, &canvas, error);
    if (good) {
        draw(&images, options, &figure);
        good = figure_close(&figure, error);
    }
    array_free(&images.array);
    return good;
}
