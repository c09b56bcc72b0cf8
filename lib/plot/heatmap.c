/* Heat maps: a matrix as colours. */
#include "plot/plot.h"

#include "base/memory.h"
#include "plot/axes.h"
#include "plot/input.h"
#include "plot/legend.h"
#include "plot/raster.h"
#include "plot/text.h"

#include <math.h>
#include <stdlib.h>

struct heatmap {
    struct input input;
    const struct table_column **columns;
    size_t count;              /* of columns */
    struct color_bar bar;
    const char **row_names;    /* NULL: numbers */
    const char **column_names; /* NULL: numbers */
    bool level_names;          /* the columns' names fit side by side */
};

/* The range of the finite cells; the diverging map has zero in the middle. */
static bool find_range(struct heatmap *heatmap, const struct plot_options *options,
                       struct error *error)
{
    double low = INFINITY, high = -INFINITY;
    size_t hidden = 0;
    for (size_t j = 0; j < heatmap->count; j++) {
        for (size_t row = 0; row < heatmap->input.rows; row++) {
            double value = heatmap->columns[j]->numbers[row];
            if (!isfinite(value)) {
                hidden++;
                continue;
            }
            low = fmin(low, value);
            high = fmax(high, value);
        }
    }
    if (low > high)
        return error_set(error, EX_DATAERR, "%s: no cell of the matrix is a finite number",
                         heatmap->input.name);
    if (hidden)
        error_warn("%s: %zu cells are not finite; they are left blank", heatmap->input.name,
                   hidden);
    if (options->colormap == COLORMAP_DIVERGING) {
        high = fmax(fabs(low), fabs(high));
        low = -high;
    }
    heatmap->bar =
        (struct color_bar){.map = options->colormap, .scale = scale_around(low, high, false, 0)};
    return true;
}

static bool prepare(struct heatmap *heatmap, const struct plot_options *options,
                    struct stream *stream, struct error *error)
{
    static const char *const text_columns[] = {"node", NULL};
    struct input *input = &heatmap->input;
    if (!input_read(input, stream, text_columns, error))
        return false;
    heatmap->count = input_number_columns(input, NULL, 0, &heatmap->columns);
    if (heatmap->count == 0)
        return error_set(error, EX_DATAERR, "%s: no column of numbers for the matrix", input->name);
    if (input->node_column != INPUT_NO_COLUMN)
        heatmap->row_names = input_nodes(input);
    if (input->table.header) {
        heatmap->column_names =
            arena_alloc(&input->arena, heatmap->count, sizeof *heatmap->column_names);
        for (size_t j = 0; j < heatmap->count; j++)
            heatmap->column_names[j] = input_column_name(input, heatmap->columns[j]);
    }
    return find_range(heatmap, options, error);
}

/* The mean of the finite cells of a block, which is what one pixel can show of many. */
static double block_mean(const struct heatmap *heatmap, size_t row, size_t rows, size_t column,
                         size_t columns)
{
    double sum = 0;
    size_t count = 0;
    for (size_t j = column; j < column + columns && j < heatmap->count; j++) {
        for (size_t i = row; i < row + rows && i < heatmap->input.rows; i++) {
            double value = heatmap->columns[j]->numbers[i];
            count += isfinite(value) != 0;
            sum += isfinite(value) ? value : 0;
        }
    }
    return count ? sum / (double)count : (double)NAN;
}

static unsigned blank_pixel(const struct figure *figure)
{
    struct color color = figure->theme->grid;
    return 0xff000000u | (unsigned)lround(255 * color.red) << 16 |
           (unsigned)lround(255 * color.green) << 8 | (unsigned)lround(255 * color.blue);
}

/* One pixel per cell, or per block of cells where they are smaller than half a pixel. */
static struct raster paint_cells(const struct heatmap *heatmap, const struct figure *figure,
                                 const struct rectangle *area)
{
    size_t rows = heatmap->input.rows, columns = heatmap->count;
    size_t per_row = (size_t)fmax(floor((double)rows / (2 * (area->bottom - area->top))), 1);
    size_t per_column = (size_t)fmax(floor((double)columns / (2 * (area->right - area->left))), 1);
    struct raster raster =
        raster_make((columns + per_column - 1) / per_column, (rows + per_row - 1) / per_row);
    unsigned table[COLORMAP_STEPS], blank = blank_pixel(figure);
    colormap_tabulate(heatmap->bar.map, table);
    for (size_t y = 0; y < raster.height; y++) {
        for (size_t x = 0; x < raster.width; x++) {
            double mean = block_mean(heatmap, y * per_row, per_row, x * per_column, per_column);
            double step = scale_fraction(&heatmap->bar.scale, mean) * (COLORMAP_STEPS - 1);
            raster.pixels[y * raster.width + x] =
                isfinite(mean) ? table[(size_t)fmin(fmax(round(step), 0), COLORMAP_STEPS - 1)]
                               : blank;
        }
    }
    return raster;
}

static double widest(struct figure *figure, const char *const *names, size_t count, double most)
{
    double width = 0;
    for (size_t i = 0; i < count; i++)
        width = fmax(width, text_width(figure, text_tick_size, names[i]));
    return fmin(width, most);
}

static const double name_gap = 6;

/* Cells are square unless that would make the picture a thin strip. */
static bool has_square_cells(const struct heatmap *heatmap)
{
    double ratio = (double)heatmap->count / (double)heatmap->input.rows;
    return ratio <= 4 && ratio >= 0.25;
}

/* Names replace numbers where every row (column) has room for one. */
static void choose_names(struct heatmap *heatmap, struct figure *figure, struct axes *axes)
{
    struct rectangle area = axes_free_rectangle(figure, axes->title);
    double unit = figure->unit, line = 1.25 * text_tick_size * unit;
    double most = 0.25 * fmin(figure->width, figure->height);
    if (heatmap->row_names && (area.bottom - area.top) / (double)heatmap->input.rows < line)
        heatmap->row_names = NULL;
    if (heatmap->column_names && (area.right - area.left) * 0.8 / (double)heatmap->count < line)
        heatmap->column_names = NULL;
    axes->bare_x = heatmap->column_names != NULL;
    axes->bare_y = heatmap->row_names != NULL;
    if (axes->bare_y)
        axes->room_left =
            widest(figure, heatmap->row_names, heatmap->input.rows, most) + name_gap * unit;
    if (!axes->bare_x)
        return;
    double longest = widest(figure, heatmap->column_names, heatmap->count, figure->width);
    double cell = (area.right - area.left - axes->room_left - axes->room_right) /
                  (double)heatmap->count;
    if (has_square_cells(heatmap))
        cell = fmin(cell, (area.bottom - area.top - 2 * line) / (double)heatmap->input.rows);
    heatmap->level_names = longest < 0.9 * cell;
    double down = heatmap->level_names ? text_tick_size * text_capital_height * unit
                                       : fmin(longest, most);
    axes->room_bottom = down + name_gap * unit;
}

static void square_cells(const struct heatmap *heatmap, struct axes *axes)
{
    double width = axes->plot.right - axes->plot.left, height = axes->plot.bottom - axes->plot.top;
    double ratio = (double)heatmap->count / (double)heatmap->input.rows;
    if (!has_square_cells(heatmap))
        return;
    double spare_x = fmax(width - height * ratio, 0), spare_y = fmax(height - width / ratio, 0);
    axes->plot.left += spare_x / 2;
    axes->plot.right -= spare_x / 2;
    axes->plot.top += spare_y / 2;
    axes->plot.bottom -= spare_y / 2;
}

static void draw_names(const struct heatmap *heatmap, const struct axes *axes,
                       struct figure *figure)
{
    double gap = name_gap * figure->unit;
    figure_set_color(figure, figure->theme->foreground, 1);
    for (size_t i = 0; heatmap->row_names && i < heatmap->input.rows; i++) {
        char *name =
            text_fit(figure, text_tick_size, heatmap->row_names[i], axes->room_left - gap + 1);
        text_draw(figure, axes->plot.left - gap, axes_y(axes, (double)i + 1), 1, 0.5,
                  text_tick_size, name);
        free(name);
    }
    for (size_t j = 0; heatmap->column_names && j < heatmap->count; j++) {
        double middle = axes_x(axes, (double)j + 1);
        if (heatmap->level_names) {
            text_draw(figure, middle, axes->plot.bottom + gap, 0.5, 1, text_tick_size,
                      heatmap->column_names[j]);
            continue;
        }
        char *name =
            text_fit(figure, text_tick_size, heatmap->column_names[j], axes->room_bottom - gap + 1);
        double half = text_width(figure, text_tick_size, name) / 2;
        text_draw_upwards(figure, middle, axes->plot.bottom + gap + half,
                          text_tick_size, name);
        free(name);
    }
}

static void draw(struct heatmap *heatmap, const struct plot_options *options,
                 struct figure *figure)
{
    struct axes axes = {.title = options->title,
                        .x_name = options->x_name,
                        .y_name = options->y_name,
                        .x = {0.5, (double)heatmap->count + 0.5, false},
                        .y = {0.5, (double)heatmap->input.rows + 0.5, false},
                        .whole_x = true,
                        .whole_y = true,
                        .downwards = true,
                        .room_right = color_bar_room(figure, &heatmap->bar)};
    choose_names(heatmap, figure, &axes);
    axes_layout(&axes, figure);
    square_cells(heatmap, &axes);
    struct raster raster = paint_cells(heatmap, figure, &axes.plot);
    raster_draw(&raster, figure, &axes.plot);
    free(raster.pixels);
    draw_names(heatmap, &axes, figure);
    axes_draw_frame(&axes, figure);
    color_bar_draw(figure, &heatmap->bar, &axes.plot);
}

bool plot_heatmap(const struct plot_options *options, struct stream *stream, struct error *error)
{
    struct heatmap heatmap = {0};
    struct figure figure;
    bool good = prepare(&heatmap, options, stream, error) &&
                figure_open(&figure, &options->figure, error);
    if (good) {
        draw(&heatmap, options, &figure);
        good = figure_close(&figure, error);
    }
    free(heatmap.columns);
    input_free(&heatmap.input);
    return good;
}
