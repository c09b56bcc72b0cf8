#include "plot/axes.h"

#include "plot/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Distances in units. */
const double axes_outer_margin = 16;
const double axes_title_height = 27;
static const double tick_length = 5;
static const double tick_gap = 5;
static const double name_gap = 11;

static bool given(const char *text)
{
    return text && *text;
}

struct rectangle axes_free_rectangle(struct figure *figure, const char *title)
{
    double unit = figure->unit, margin = axes_outer_margin * unit;
    double line = axes_title_height * unit;
    return (struct rectangle){margin, margin + (given(title) ? line : 0), figure->width - margin,
                              figure->height - margin};
}

static double widest_label(struct figure *figure, const struct ticks *ticks)
{
    double widest = 0;
    for (size_t i = 0; i < ticks->count; i++)
        widest = fmax(widest, text_width(figure, text_tick_size, ticks->labels[i]));
    return widest;
}

/* Fewer ticks where more would fall between whole numbers. */
static void place_ticks(struct ticks *ticks, const struct scale *scale, bool whole, int wanted)
{
    while (whole && wanted > 1 && ticks_step(scale->low, scale->high, wanted) < 0.99)
        wanted--;
    ticks_place(ticks, scale, wanted);
}

/* As many ticks as have room; x labels lie side by side, so that their width counts. */
static void place_x_ticks(struct axes *axes, struct figure *figure)
{
    double width = axes->plot.right - axes->plot.left;
    int wanted = (int)fmin(fmax(width / (85 * figure->unit), 2), 10);
    place_ticks(&axes->x_ticks, &axes->x, axes->whole_x, wanted);
    while (wanted > 2) {
        double room = width / fmax((double)axes->x_ticks.count, 1);
        if (widest_label(figure, &axes->x_ticks) + 10 * figure->unit < room)
            break;
        place_ticks(&axes->x_ticks, &axes->x, axes->whole_x, --wanted);
    }
}

static void place_y_ticks(struct axes *axes, struct figure *figure)
{
    double height = axes->plot.bottom - axes->plot.top;
    int wanted = (int)fmin(fmax(height / (55 * figure->unit), 2), 10);
    place_ticks(&axes->y_ticks, &axes->y, axes->whole_y, wanted);
}

/* Widens one of the scales until both have as many units per pixel. */
static void equalise(struct axes *axes)
{
    double width = axes->plot.right - axes->plot.left, height = axes->plot.bottom - axes->plot.top;
    double per_x = (axes->x.high - axes->x.low) / width;
    double per_y = (axes->y.high - axes->y.low) / height;
    struct scale *scale = per_x < per_y ? &axes->x : &axes->y;
    double middle = scale->low / 2 + scale->high / 2;
    double half = fmax(per_x, per_y) * (per_x < per_y ? width : height) / 2;
    scale->low = middle - half;
    scale->high = middle + half;
}

static double exponent_height(const struct ticks *ticks, double unit)
{
    return ticks->exponent ? (text_tick_size + 4) * unit : 0;
}

/* The power of ten of the x axis stands on the line of its name. */
static bool has_line_below(const struct axes *axes)
{
    struct ticks ticks = {0};
    if (!axes->bare_x)
        ticks_place(&ticks, &axes->x, 5);
    return given(axes->x_name) || ticks.exponent;
}

/* Half of a label may stand out beyond the end of the axis. */
static void make_room_for_last_label(struct axes *axes, struct figure *figure)
{
    if (axes->bare_x || axes->x_ticks.count == 0)
        return;
    size_t last = axes->x_ticks.count - 1;
    double end = axes_x(axes, axes->x_ticks.values[last]) +
                 text_width(figure, text_tick_size, axes->x_ticks.labels[last]) / 2;
    double most = figure->width - fmax(axes->room_right, 4 * figure->unit);
    axes->plot.right -= fmax(end - most, 0);
}

void axes_layout(struct axes *axes, struct figure *figure)
{
    double unit = figure->unit;
    axes->plot = axes_free_rectangle(figure, axes->title);
    axes->plot.right -= axes->room_right;
    axes->plot.left += axes->room_left;
    axes->plot.bottom -= axes->room_bottom;
    if (!axes->bare_x)
        axes->plot.bottom -= (tick_length + tick_gap + text_tick_size * text_capital_height) * unit;
    if (has_line_below(axes))
        axes->plot.bottom -= (name_gap + text_label_size * text_capital_height) * unit;
    if (given(axes->y_name))
        axes->plot.left += (name_gap + text_label_size * text_capital_height) * unit;
    if (axes->equal)
        equalise(axes);
    if (!axes->bare_y) {
        place_y_ticks(axes, figure);
        axes->plot.top += exponent_height(&axes->y_ticks, unit);
        axes->plot.left +=
            (tick_length + tick_gap) * unit + widest_label(figure, &axes->y_ticks);
    }
    if (axes->equal)
        equalise(axes);
    if (!axes->bare_y)
        place_y_ticks(axes, figure);
    if (!axes->bare_x)
        place_x_ticks(axes, figure);
    make_room_for_last_label(axes, figure);
    axes->name_distance = axes->plot.left - axes_outer_margin * unit -
                          text_label_size * text_capital_height / 2 * unit;
}

double axes_x(const struct axes *axes, double value)
{
    double fraction = scale_fraction(&axes->x, value);
    return axes->plot.left + fraction * (axes->plot.right - axes->plot.left);
}

double axes_y(const struct axes *axes, double value)
{
    double fraction = scale_fraction(&axes->y, value);
    if (!axes->downwards)
        fraction = 1 - fraction;
    return axes->plot.top + fraction * (axes->plot.bottom - axes->plot.top);
}

/* The middle of a pixel, where a thin line is sharp. */
static double crisp(double position)
{
    return floor(position) + 0.5;
}

void axes_draw_grid(const struct axes *axes, struct figure *figure)
{
    figure_set_color(figure, figure->theme->grid, 1);
    for (size_t i = 0; !axes->bare_x && i < axes->x_ticks.count; i++) {
        double x = crisp(axes_x(axes, axes->x_ticks.values[i]));
        figure_rule(figure, x, axes->plot.top, x, axes->plot.bottom);
    }
    for (size_t i = 0; !axes->bare_y && i < axes->y_ticks.count; i++) {
        double y = crisp(axes_y(axes, axes->y_ticks.values[i]));
        figure_rule(figure, axes->plot.left, y, axes->plot.right, y);
    }
}

static void draw_exponent(struct figure *figure, double x, double y, double across, int exponent)
{
    char power[TICK_LABEL_BYTES], text[TICK_LABEL_BYTES + 4] = "×";
    strcat(text, ticks_power_of_ten(power, sizeof power, exponent));
    text_draw(figure, x, y, across, 0, text_tick_size, text);
}

static void draw_x_axis(const struct axes *axes, struct figure *figure)
{
    const struct rectangle *plot = &axes->plot;
    double unit = figure->unit, base = crisp(plot->bottom);
    figure_set_color(figure, figure->theme->muted, 1);
    figure_rule(figure, plot->left, base, plot->right, base);
    for (size_t i = 0; i < axes->x_ticks.minor_count; i++) {
        double x = crisp(axes_x(axes, axes->x_ticks.minor[i]));
        figure_rule(figure, x, base, x, base + 0.5 * tick_length * unit);
    }
    for (size_t i = 0; i < axes->x_ticks.count; i++) {
        double x = crisp(axes_x(axes, axes->x_ticks.values[i]));
        figure_rule(figure, x, base, x, base + tick_length * unit);
        text_draw(figure, x, base + (tick_length + tick_gap) * unit, 0.5, 1, text_tick_size,
                  axes->x_ticks.labels[i]);
    }
    if (axes->x_ticks.exponent)
        draw_exponent(figure, plot->right, figure->height - axes_outer_margin * unit, 1,
                      axes->x_ticks.exponent);
}

static void draw_y_axis(const struct axes *axes, struct figure *figure)
{
    const struct rectangle *plot = &axes->plot;
    double unit = figure->unit, base = crisp(plot->left);
    figure_set_color(figure, figure->theme->muted, 1);
    figure_rule(figure, base, plot->top, base, plot->bottom);
    for (size_t i = 0; i < axes->y_ticks.minor_count; i++) {
        double y = crisp(axes_y(axes, axes->y_ticks.minor[i]));
        figure_rule(figure, base, y, base - 0.5 * tick_length * unit, y);
    }
    for (size_t i = 0; i < axes->y_ticks.count; i++) {
        double y = crisp(axes_y(axes, axes->y_ticks.values[i]));
        figure_rule(figure, base, y, base - tick_length * unit, y);
        text_draw(figure, base - (tick_length + tick_gap) * unit, y, 1, 0.5, text_tick_size,
                  axes->y_ticks.labels[i]);
    }
    if (axes->y_ticks.exponent)
        draw_exponent(figure, plot->left, plot->top - 6 * unit, 0, axes->y_ticks.exponent);
}

void axes_draw_title(struct figure *figure, const struct rectangle *plot, const char *title)
{
    if (!given(title))
        return;
    double margin = axes_outer_margin * figure->unit;
    char *fitted = text_fit(figure, 1.12 * text_title_size, title, figure->width - 2 * margin);
    double half = 0.56 * text_width(figure, text_title_size, fitted);
    double middle = fmin(fmax((plot->left + plot->right) / 2, margin + half),
                         figure->width - margin - half);
    figure_set_color(figure, figure->theme->foreground, 1);
    text_draw_bold(figure, middle, margin, 0.5, 1, text_title_size, fitted);
    free(fitted);
}

static void draw_names(const struct axes *axes, struct figure *figure)
{
    const struct rectangle *plot = &axes->plot;
    double margin = axes_outer_margin * figure->unit;
    if (given(axes->x_name)) {
        char *name = text_fit(figure, text_label_size, axes->x_name, figure->width - 2 * margin);
        double half = text_width(figure, text_label_size, name) / 2;
        double middle = fmin(fmax((plot->left + plot->right) / 2, margin + half),
                             figure->width - margin - half);
        text_draw(figure, middle, figure->height - margin, 0.5, 0, text_label_size, name);
        free(name);
    }
    if (given(axes->y_name)) {
        char *name = text_fit(figure, text_label_size, axes->y_name, figure->height - 2 * margin);
        text_draw_upwards(figure, plot->left - axes->name_distance,
                          (plot->top + plot->bottom) / 2, text_label_size, name);
        free(name);
    }
}

void axes_draw_frame(const struct axes *axes, struct figure *figure)
{
    if (!axes->bare_x)
        draw_x_axis(axes, figure);
    if (!axes->bare_y)
        draw_y_axis(axes, figure);
    figure_set_color(figure, figure->theme->foreground, 1);
    draw_names(axes, figure);
    axes_draw_title(figure, &axes->plot, axes->title);
}

void axes_clip(const struct axes *axes, struct figure *figure, double slack)
{
    const struct rectangle *plot = &axes->plot;
    cairo_save(figure->cairo);
    cairo_rectangle(figure->cairo, plot->left - slack, plot->top - slack,
                    plot->right - plot->left + 2 * slack, plot->bottom - plot->top + 2 * slack);
    cairo_clip(figure->cairo);
}
