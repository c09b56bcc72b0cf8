#include "plot/points.h"

#include "base/memory.h"
#include "plot/principal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double *copy_numbers(struct input *input, const struct table_column *column)
{
    double *numbers = arena_alloc(&input->arena, input->rows, sizeof *numbers);
    memcpy(numbers, column->numbers, input->rows * sizeof *numbers);
    return numbers;
}

/* Either column may be NULL. */
static void take_columns(struct points *points, struct input *input, const struct table_column *x,
                         const struct table_column *y)
{
    if (x) {
        points->x = copy_numbers(input, x);
        points->x_name = input_column_name(input, x);
    }
    if (y) {
        points->y = copy_numbers(input, y);
        points->y_name = input_column_name(input, y);
    }
}

static bool is_finite_row(const struct table_column **columns, size_t count, size_t row)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(columns[i]->numbers[row]))
            return false;
    return true;
}

/* Rows with a value that is not finite do not take part, and have no component. */
static void take_components(struct points *points, struct input *input,
                            const struct table_column **columns, size_t count)
{
    double **dense = arena_alloc(&input->arena, count, sizeof *dense);
    for (size_t i = 0; i < count; i++)
        dense[i] = arena_alloc(&input->arena, input->rows, sizeof **dense);
    size_t rows = 0;
    for (size_t row = 0; row < input->rows; row++) {
        if (!is_finite_row(columns, count, row))
            continue;
        for (size_t i = 0; i < count; i++)
            dense[i][rows] = columns[i]->numbers[row];
        rows++;
    }
    struct principal principal =
        principal_components((const double *const *)dense, count, rows);
    points->x = arena_alloc(&input->arena, input->rows, sizeof *points->x);
    points->y = arena_alloc(&input->arena, input->rows, sizeof *points->y);
    for (size_t row = 0, next = 0; row < input->rows; row++) {
        bool there = is_finite_row(columns, count, row);
        points->x[row] = there ? principal.x[next] : (double)NAN;
        points->y[row] = there ? principal.y[next] : (double)NAN;
        next += there;
    }
    free(principal.x);
    free(principal.y);
    char *names[2];
    for (int i = 0; i < 2; i++) {
        char text[80];
        int length = snprintf(text, sizeof text, "%s principal component of %zu (%.0f %%)",
                              i ? "second" : "first", count, 100 * principal.share[i]);
        names[i] = arena_copy_bytes(&input->arena, text, (size_t)length);
    }
    points->x_name = names[0];
    points->y_name = names[1];
    points->principal = true;
}

/* The columns that are not coordinates, although they may be numbers. */
static bool find_other_columns(const struct input *input, const struct plot_options *options,
                               const struct table_column *others[2], struct error *error)
{
    others[0] = options->color ? input_column(input, options->color, "color", error) : NULL;
    others[1] = options->label ? input_column(input, options->label, "label", error) : NULL;
    return error->exit_code == EX_OK;
}

static bool choose(struct points *points, struct input *input, const struct plot_options *options,
                   bool alone, struct error *error)
{
    const struct table_column *x = NULL, *y = NULL, *others[3] = {0};
    points->chosen = options->x || options->y;
    if (options->x && !(x = input_number_column(input, options->x, "x", error)))
        return false;
    if (options->y && !(y = input_number_column(input, options->y, "y", error)))
        return false;
    if ((x && y) || (alone && (x || y))) {
        take_columns(points, input, x, y);
        return true;
    }
    if (!find_other_columns(input, options, others, error))
        return false;
    others[2] = x ? x : y;
    const struct table_column **columns;
    size_t count = input_number_columns(input, others, 3, &columns);
    bool good = true;
    if (x)
        take_columns(points, input, x, count ? columns[0] : NULL);
    else if (y)
        take_columns(points, input, count ? columns[0] : NULL, y);
    else if (count > 2)
        take_components(points, input, columns, count);
    else if (count > 0)
        take_columns(points, input, columns[0], count == 2 ? columns[1] : NULL);
    else
        good = error_set(error, EX_DATAERR, "%s: no column of numbers to place points by",
                         input->name);
    free(columns);
    return good;
}

/* Leaves out what cannot be shown. */
static bool keep_drawable(struct points *points, struct input *input,
                          const struct plot_options *options, struct error *error)
{
    points->rows = arena_alloc(&input->arena, input->rows, sizeof *points->rows);
    size_t not_finite = 0, not_positive = 0;
    for (size_t row = 0; row < input->rows; row++) {
        double x = points->x ? points->x[row] : 1, y = points->y ? points->y[row] : 1;
        if (!isfinite(x) || !isfinite(y)) {
            not_finite++;
        } else if ((options->log_x && x <= 0) || (options->log_y && y <= 0)) {
            not_positive++;
        } else {
            if (points->x)
                points->x[points->count] = x;
            if (points->y)
                points->y[points->count] = y;
            points->rows[points->count++] = row;
        }
    }
    if (points->count == 0)
        return error_set(error, EX_DATAERR, "%s: no row has coordinates that can be shown",
                         input->name);
    if (not_finite)
        error_warn("%s: left out %zu of %zu rows with a coordinate that is not a finite number",
                   input->name, not_finite, input->rows);
    if (not_positive)
        error_warn("%s: left out %zu of %zu rows with a coordinate that a logarithmic axis does "
                   "not show", input->name, not_positive, input->rows);
    return true;
}

bool points_select(struct points *points, struct input *input, const struct plot_options *options,
                   bool alone, struct error *error)
{
    *points = (struct points){0};
    return choose(points, input, options, alone, error) &&
           keep_drawable(points, input, options, error);
}

static struct scale scale_of(const double *values, size_t count, bool logarithmic)
{
    double low = values[0], high = values[0];
    for (size_t i = 1; i < count; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    return scale_around(low, high, logarithmic, 0.05);
}

void points_set_scales(const struct points *points, const struct plot_options *options,
                       struct axes *axes)
{
    axes->x = scale_of(points->x, points->count, options->log_x);
    axes->y = scale_of(points->y, points->count, options->log_y);
}

double points_radius(const struct points *points, const struct plot_options *options)
{
    if (options->point_size > 0)
        return options->point_size / 2;
    return fmin(fmax(20 / pow((double)points->count, 0.3), 1), 6);
}

void points_draw(const struct points *points, const struct coloring *coloring,
                 const struct axes *axes, struct figure *figure, double radius, double alpha,
                 bool outline)
{
    const struct theme *theme = figure->theme;
    /* On a dark background the dark end of a colour map needs a rim that is seen. */
    struct color rim = color_mix(theme->background, theme->foreground, theme->dark ? 0.4 : 0);
    for (size_t i = 0; i < points->count; i++) {
        size_t row = points->rows[i];
        mark_path(figure, coloring_mark(coloring, row), axes_x(axes, points->x[i]),
                  axes_y(axes, points->y[i]), radius * figure->unit);
        figure_set_color(figure, coloring_color(coloring, figure, row), alpha);
        if (!outline) {
            cairo_fill(figure->cairo);
            continue;
        }
        cairo_fill_preserve(figure->cairo);
        figure_set_color(figure, rim, 1);
        figure_set_line(figure, 0.8);
        cairo_stroke(figure->cairo);
    }
}

const char **points_labels(const struct points *points, struct input *input,
                           const struct plot_options *options, bool nodes, struct error *error)
{
    const struct table_column *column = NULL;
    if (options->label && !(column = input_column(input, options->label, "label", error)))
        return NULL;
    if (!column && !nodes)
        return NULL;
    const char **names = column ? NULL : input_nodes(input);
    const char **labels = arena_alloc(&input->arena, points->count, sizeof *labels);
    for (size_t i = 0; i < points->count; i++)
        labels[i] = column ? input_text(input, column, points->rows[i]) : names[points->rows[i]];
    return labels;
}

void points_draw_labels(const struct points *points, const char *const *labels,
                        enum label_preference preference, const struct axes *axes,
                        struct figure *figure, double radius)
{
    double *x = memory_alloc(points->count, sizeof *x), *y = memory_alloc(points->count, sizeof *y);
    size_t wanted = 0;
    for (size_t i = 0; i < points->count; i++) {
        x[i] = axes_x(axes, points->x[i]);
        y[i] = axes_y(axes, points->y[i]);
        wanted += *labels[i] != '\0';
    }
    struct rectangle area = {0, axes->plot.top, figure->width, axes->plot.bottom};
    area.left = axes->bare_y ? 0 : axes->plot.left;
    area.right = axes->room_right > 0 ? axes->plot.right : figure->width;
    size_t placed =
        labels_draw(figure, labels, x, y, points->count, radius * figure->unit, preference,
                    &area);
    if (placed < wanted)
        error_warn("no room for %zu of %zu labels", wanted - placed, wanted);
    free(x);
    free(y);
}
