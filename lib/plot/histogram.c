/* Histograms. */
#include "plot/plot.h"

#include "base/memory.h"
#include "plot/axes.h"
#include "plot/bins.h"
#include "plot/input.h"

#include <math.h>
#include <stdlib.h>

struct histogram {
    struct input input;
    const char *name;   /* of the column */
    struct bins bins;
};

/* --x, or the first column of numbers. */
static const struct table_column *choose_column(struct histogram *histogram,
                                                const struct plot_options *options,
                                                struct error *error)
{
    if (options->x)
        return input_number_column(&histogram->input, options->x, "x", error);
    const struct table_column **columns, *column = NULL;
    if (input_number_columns(&histogram->input, NULL, 0, &columns) > 0)
        column = columns[0];
    else
        error_set(error, EX_DATAERR, "%s: no column of numbers to count", histogram->input.name);
    free(columns);
    return column;
}

static bool fill_bins(struct histogram *histogram, const struct plot_options *options,
                      struct error *error)
{
    const struct table_column *column = choose_column(histogram, options, error);
    if (!column)
        return false;
    size_t rows = histogram->input.rows, count = 0;
    double *values = memory_alloc(rows, sizeof *values);
    for (size_t row = 0; row < rows; row++) {
        double value = column->numbers[row];
        if (isfinite(value) && (!options->log_x || value > 0))
            values[count++] = value;
    }
    histogram->name = input_column_name(&histogram->input, column);
    if (count == 0) {
        free(values);
        return error_set(error, EX_DATAERR, "%s: column '%s' has no value that can be counted",
                         histogram->input.name, histogram->name);
    }
    if (count < rows)
        error_warn("%s: left out %zu of %zu values that are not finite%s", histogram->input.name,
                   rows - count, rows, options->log_x ? " or not positive" : "");
    histogram->bins = bins_make(values, count, (size_t)options->bins, options->log_x);
    free(values);
    return true;
}

static void set_scales(const struct bins *bins, const struct plot_options *options,
                       struct axes *axes)
{
    size_t most = 1;
    for (size_t i = 0; i < bins->count; i++)
        most = bins->counts[i] > most ? bins->counts[i] : most;
    axes->x = scale_around(bins->edges[0], bins->edges[bins->count], options->log_x, 0.02);
    /* A bar of one must be seen on a logarithmic axis too. */
    axes->y = options->log_y ? (struct scale){0.5, 1.3 * (double)most, true}
                             : (struct scale){0, 1.06 * (double)most, false};
}

static void draw_bars(const struct bins *bins, const struct plot_options *options,
                      const struct axes *axes, struct figure *figure)
{
    figure_set_color(figure, figure_palette(figure, 0), options->alpha > 0 ? options->alpha : 1);
    for (size_t i = 0; i < bins->count; i++) {
        if (bins->counts[i] == 0)
            continue;
        double left = axes_x(axes, bins->edges[i]), right = axes_x(axes, bins->edges[i + 1]);
        double gap = fmin(figure->unit, 0.2 * (right - left)) / 2;
        double top = axes_y(axes, (double)bins->counts[i]);
        cairo_rectangle(figure->cairo, left + gap, top, right - left - 2 * gap,
                        axes->plot.bottom - top);
        cairo_fill(figure->cairo);
    }
}

static void draw(const struct histogram *histogram, const struct plot_options *options,
                 struct figure *figure)
{
    struct axes axes = {.title = options->title,
                        .x_name = options->x_name ? options->x_name : histogram->name,
                        .y_name = options->y_name ? options->y_name : "count"};
    set_scales(&histogram->bins, options, &axes);
    axes.whole_y = !options->log_y;
    axes_layout(&axes, figure);
    axes_draw_grid(&axes, figure);
    draw_bars(&histogram->bins, options, &axes, figure);
    axes_draw_frame(&axes, figure);
}

bool plot_histogram(const struct plot_options *options, struct stream *stream,
                    struct error *error)
{
    struct histogram histogram = {0};
    struct figure figure;
    bool good = input_read(&histogram.input, stream, NULL, error) &&
                fill_bins(&histogram, options, error) &&
                figure_open(&figure, &options->figure, error);
    if (good) {
        draw(&histogram, options, &figure);
        good = figure_close(&figure, error);
    }
    free(histogram.bins.edges);
    free(histogram.bins.counts);
    input_free(&histogram.input);
    return good;
}
