/* Line plots: the columns of a table against one of them. */
#include "plot/plot.h"

#include "base/memory.h"
#include "plot/axes.h"
#include "plot/input.h"
#include "plot/legend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lines {
    struct input input;
    const double *x;        /* (rows) */
    const char *x_name;
    size_t count;           /* series */
    const double **series;  /* (count) of (rows) */
    const char **names;     /* (count) */
};

static void add_series(struct lines *lines, const struct table_column *column)
{
    lines->names[lines->count] = input_column_name(&lines->input, column);
    lines->series[lines->count++] = column->numbers;
}

/* --y A,B,C: several columns, by name or number. */
static bool add_listed(struct lines *lines, const char *list, struct error *error)
{
    while (true) {
        size_t length = strcspn(list, ",");
        char *wanted = memory_copy_bytes(list, length);
        const struct table_column *column =
            input_number_column(&lines->input, wanted, "y", error);
        free(wanted);
        if (!column)
            return false;
        add_series(lines, column);
        if (!list[length])
            return true;
        list += length + 1;
    }
}

static size_t count_listed(const char *list)
{
    size_t count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

static void number_rows(struct lines *lines)
{
    double *x = arena_alloc(&lines->input.arena, lines->input.rows, sizeof *x);
    for (size_t row = 0; row < lines->input.rows; row++)
        x[row] = (double)row + 1;
    lines->x = x;
    lines->x_name = "row";
}

/* x: as asked for, or the first column of numbers, or, where there is only one, the row number. */
static bool choose_series(struct lines *lines, const struct plot_options *options,
                          struct error *error)
{
    struct input *input = &lines->input;
    const struct table_column *x = NULL, **columns;
    if (options->x && !(x = input_number_column(input, options->x, "x", error)))
        return false;
    size_t count = input_number_columns(input, &x, 1, &columns), first = 0;
    if (!x && (count > 1 || (count == 1 && options->y)))
        x = columns[first++];
    size_t most = count + (options->y ? count_listed(options->y) : 0);
    lines->series = arena_alloc(&input->arena, most, sizeof *lines->series);
    lines->names = arena_alloc(&input->arena, most, sizeof *lines->names);
    bool good = true;
    if (options->y)
        good = add_listed(lines, options->y, error);
    else
        for (size_t i = first; i < count; i++)
            add_series(lines, columns[i]);
    free(columns);
    if (good && lines->count == 0)
        return error_set(error, EX_DATAERR, "%s: no column of numbers to draw", input->name);
    if (x) {
        lines->x = x->numbers;
        lines->x_name = input_column_name(input, x);
    } else {
        number_rows(lines);
    }
    return good;
}

static bool is_shown(const struct plot_options *options, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!options->log_x || x > 0) && (!options->log_y || y > 0);
}

struct range {
    double low, high;
};

static void range_include(struct range *range, double value)
{
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

static bool set_scales(struct lines *lines, const struct plot_options *options, struct axes *axes,
                       struct error *error)
{
    struct range x = {INFINITY, -INFINITY}, y = x;
    size_t hidden = 0;
    for (size_t s = 0; s < lines->count; s++) {
        for (size_t row = 0; row < lines->input.rows; row++) {
            if (!is_shown(options, lines->x[row], lines->series[s][row])) {
                hidden++;
                continue;
            }
            range_include(&x, lines->x[row]);
            range_include(&y, lines->series[s][row]);
        }
    }
    if (x.low > x.high)
        return error_set(error, EX_DATAERR, "%s: no row has values that can be shown",
                         lines->input.name);
    if (hidden)
        error_warn("%s: left a gap for %zu values that are not finite%s", lines->input.name, hidden,
                   options->log_x || options->log_y ? " or not positive" : "");
    axes->x = scale_around(x.low, x.high, options->log_x, 0.02);
    axes->y = scale_around(y.low, y.high, options->log_y, 0.05);
    return true;
}

/*
 * What a line has drawn of the current column of pixels: a long series goes up and down in it many
 * times, of which only the extremes show.
 */
struct pen {
    struct figure *figure;
    bool down;
    double column;          /* floor of x */
    double low, high, last; /* y */
    double last_x;
    size_t points;          /* since the pen came down */
};

static void pen_finish_column(struct pen *pen)
{
    if (pen->low < pen->high) {
        cairo_line_to(pen->figure->cairo, pen->last_x, pen->low);
        cairo_line_to(pen->figure->cairo, pen->last_x, pen->high);
    }
    cairo_line_to(pen->figure->cairo, pen->last_x, pen->last);
}

static void pen_lift(struct pen *pen)
{
    if (!pen->down)
        return;
    pen_finish_column(pen);
    cairo_stroke(pen->figure->cairo);
    if (pen->points == 1) { /* a line of one point is a dot */
        cairo_arc(pen->figure->cairo, pen->last_x, pen->last, 2.2 * pen->figure->unit, 0, 2 * M_PI);
        cairo_fill(pen->figure->cairo);
    }
    pen->down = false;
}

static void pen_to(struct pen *pen, double x, double y)
{
    double column = floor(x);
    if (!pen->down) {
        cairo_move_to(pen->figure->cairo, x, y);
        *pen = (struct pen){pen->figure, true, column, y, y, y, x, 0};
    } else if (column != pen->column) {
        pen_finish_column(pen);
        pen->column = column;
        pen->low = pen->high = y;
    }
    pen->low = fmin(pen->low, y);
    pen->high = fmax(pen->high, y);
    pen->last = y;
    pen->last_x = x;
    pen->points++;
}

static void draw_series(const struct lines *lines, size_t s, const struct plot_options *options,
                        const struct axes *axes, struct figure *figure)
{
    struct pen pen = {.figure = figure};
    figure_set_color(figure, figure_palette(figure, s), options->alpha > 0 ? options->alpha : 1);
    figure_set_line(figure, lines->count > 12 ? 1.3 : 2);
    legend_set_dash(figure, s);
    for (size_t row = 0; row < lines->input.rows; row++) {
        double x = lines->x[row], y = lines->series[s][row];
        if (is_shown(options, x, y))
            pen_to(&pen, axes_x(axes, x), axes_y(axes, y));
        else
            pen_lift(&pen);
    }
    pen_lift(&pen);
    cairo_set_dash(figure->cairo, NULL, 0, 0);
}

static void draw(const struct lines *lines, const struct plot_options *options, struct axes *axes,
                 struct figure *figure)
{
    struct legend legend = {
        .symbol = LEGEND_LINE, .count = lines->count, .names = lines->names};
    axes->title = options->title;
    axes->x_name = options->x_name ? options->x_name : lines->x_name;
    axes->y_name = options->y_name     ? options->y_name
                   : lines->count == 1 ? lines->names[0]
                                       : NULL;
    axes->room_right = lines->count > 1 ? legend_room(figure, &legend) : 0;
    axes_layout(axes, figure);
    axes_draw_grid(axes, figure);
    axes_clip(axes, figure, 2 * figure->unit);
    for (size_t s = lines->count; s-- > 0;)
        draw_series(lines, s, options, axes, figure);
    cairo_restore(figure->cairo);
    axes_draw_frame(axes, figure);
    if (lines->count > 1)
        legend_draw(figure, &legend, &axes->plot);
}

bool plot_lines(const struct plot_options *options, struct stream *stream, struct error *error)
{
    struct lines lines = {0};
    struct axes axes = {0};
    struct figure figure;
    bool good = input_read(&lines.input, stream, NULL, error) &&
                choose_series(&lines, options, error) &&
                set_scales(&lines, options, &axes, error) &&
                figure_open(&figure, &options->figure, error);
    if (good) {
        draw(&lines, options, &axes, &figure);
        good = figure_close(&figure, error);
    }
    input_free(&lines.input);
    return good;
}
