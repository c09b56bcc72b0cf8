#include "plot/figure.h"

#include "io/image.h"
#include "plot/text.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const double points_per_pixel = 72.0 / 96.0;

static const struct theme *theme_light(void)
{
    static const struct theme theme = {.background = {1, 1, 1},
                                       .foreground = {0.13, 0.14, 0.16},
                                       .muted = {0.42, 0.44, 0.47},
                                       .grid = {0.90, 0.91, 0.92}};
    return &theme;
}

static const struct theme *theme_dark(void)
{
    static const struct theme theme = {.background = {0.086, 0.094, 0.114},
                                       .foreground = {0.91, 0.92, 0.93},
                                       .muted = {0.60, 0.62, 0.66},
                                       .grid = {0.18, 0.195, 0.225},
                                       .dark = true};
    return &theme;
}

bool figure_format_of(const char *path, enum figure_format *format, struct error *error)
{
    static const char *const extensions[] = {".png", ".svg", ".pdf"};
    *format = FIGURE_PNG;
    if (!path || strcmp(path, "-") == 0)
        return true;
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    if (!dot)
        return true;
    for (int i = 0; i < 3; i++) {
        if (strcasecmp(dot, extensions[i]) == 0) {
            *format = (enum figure_format)i;
            return true;
        }
    }
    return error_set(error, EX_USAGE, "%s: the name tells no format; expected .png, .svg or .pdf",
                     path);
}

bool figure_check_output(const char *path, struct error *error)
{
    enum figure_format format;
    if ((!path || strcmp(path, "-") == 0) && isatty(STDOUT_FILENO))
        return error_set(error, EX_USAGE, "a picture does not go to a terminal; give -o FILE");
    return figure_format_of(path, &format, error);
}

static cairo_status_t write_bytes(void *closure, const unsigned char *bytes, unsigned count)
{
    struct figure *figure = closure;
    return output_write(&figure->output, bytes, count, figure->error) ? CAIRO_STATUS_SUCCESS
                                                                      : CAIRO_STATUS_WRITE_ERROR;
}

static cairo_surface_t *make_surface(struct figure *figure)
{
    double width = figure->width, height = figure->height;
    cairo_surface_t *surface;
    switch (figure->format) {
    case FIGURE_SVG:
        surface = cairo_svg_surface_create_for_stream(write_bytes, figure, width, height);
        cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
        return surface;
    case FIGURE_PDF:
        surface = cairo_pdf_surface_create_for_stream(
            write_bytes, figure, width * points_per_pixel, height * points_per_pixel);
        /* The same figure is the same bytes, whenever it is drawn. */
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                       "1970-01-01T00:00:00Z");
        return surface;
    case FIGURE_PNG: break;
    }
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
}

/* What we ask of cairo is in order: what it lacks is memory, or a font that can be read. */
static bool check_status(cairo_status_t status, const char *name, struct error *error)
{
    return status == CAIRO_STATUS_SUCCESS ||
           error_set(error, EX_OSERR, "%s: cannot draw: %s", name, cairo_status_to_string(status));
}

bool figure_open(struct figure *figure, const struct figure_options *options,
                 struct error *error)
{
    *figure = (struct figure){.width = options->width,
                              .height = options->height,
                              .unit = options->scale,
                              .theme = options->dark ? theme_dark() : theme_light(),
                              .error = error};
    if (!figure_format_of(options->path, &figure->format, error) ||
        !output_open(&figure->output, options->path, error))
        return false;
    figure->surface = make_surface(figure);
    figure->cairo = cairo_create(figure->surface);
    if (!check_status(cairo_status(figure->cairo), figure->output.name, error)) {
        figure_close(figure, error);
        return false;
    }
    if (figure->format == FIGURE_PDF)
        cairo_scale(figure->cairo, points_per_pixel, points_per_pixel);
    figure_set_color(figure, figure->theme->background, 1);
    cairo_paint(figure->cairo);
    text_prepare(figure);
    return true;
}

/* By the writer of all our images, which reports what goes wrong in libpng. */
static void write_png(struct figure *figure, struct error *error)
{
    const size_t shape[] = {(size_t)figure->height, (size_t)figure->width, 3};
    struct array array = array_make(DTYPE_U8, 3, shape);
    unsigned char *sample = array.data;
    cairo_surface_flush(figure->surface);
    const unsigned char *pixels = cairo_image_surface_get_data(figure->surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(figure->surface);
    for (size_t y = 0; y < shape[0]; y++) {
        const uint32_t *row = (const uint32_t *)(const void *)(pixels + y * stride);
        for (size_t x = 0; x < shape[1]; x++) {
            *sample++ = (unsigned char)(row[x] >> 16);
            *sample++ = (unsigned char)(row[x] >> 8);
            *sample++ = (unsigned char)row[x];
        }
    }
    image_write(&figure->output, &array, error);
    array_free(&array);
}

bool figure_close(struct figure *figure, struct error *error)
{
    figure->error = error;
    cairo_status_t status = cairo_status(figure->cairo);
    if (status == CAIRO_STATUS_SUCCESS && figure->format == FIGURE_PNG)
        write_png(figure, error);
    cairo_destroy(figure->cairo);
    cairo_surface_finish(figure->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(figure->surface);
    cairo_surface_destroy(figure->surface);
    check_status(status, figure->output.name, error);
    if (error->exit_code != EX_OK) {
        output_discard(&figure->output);
        return false;
    }
    return output_commit(&figure->output, error);
}

void figure_set_color(struct figure *figure, struct color color, double alpha)
{
    cairo_set_source_rgba(figure->cairo, color.red, color.green, color.blue, alpha);
}

void figure_set_line(struct figure *figure, double width)
{
    cairo_set_line_width(figure->cairo, width * figure->unit);
    cairo_set_line_cap(figure->cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(figure->cairo, CAIRO_LINE_JOIN_ROUND);
}

void figure_rule(struct figure *figure, double x0, double y0, double x1, double y1)
{
    double half = figure->unit / 2;
    cairo_rectangle(figure->cairo, fmin(x0, x1) - half, fmin(y0, y1) - half,
                    fabs(x1 - x0) + 2 * half, fabs(y1 - y0) + 2 * half);
    cairo_fill(figure->cairo);
}

struct color figure_palette(const struct figure *figure, size_t category)
{
    struct color color = palette_at(category);
    return figure->theme->dark ? color_mix(color, (struct color){1, 1, 1}, 0.25) : color;
}
