#include "plot/legend.h"

#include "base/memory.h"
#include "plot/marks.h"
#include "plot/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Distances in units. */
static const double gap = 18;
static const double line_height = 20;
static const double symbol_width = 22;
static const double bar_width = 15;
static const double tick_length = 4;

/* The largest part of the figure's width that a legend takes. */
static const double widest_part = 0.3;

double legend_room(struct figure *figure, const struct legend *legend)
{
    double widest = legend->title ? text_width(figure, text_label_size, legend->title) : 0;
    for (size_t i = 0; i < legend->count; i++)
        widest = fmax(widest, text_width(figure, text_tick_size, legend->names[i]) +
                                  symbol_width * figure->unit);
    return fmin(gap * figure->unit + widest, widest_part * figure->width);
}

void legend_set_dash(struct figure *figure, size_t series)
{
    static const double dashes[][4] = {{0}, {7, 4}, {2, 4}, {9, 4, 2, 4}};
    static const int lengths[] = {0, 2, 2, 4};
    size_t style = series / PALETTE_SIZE % 4;
    double scaled[4];
    for (int i = 0; i < 4; i++)
        scaled[i] = dashes[style][i] * figure->unit;
    cairo_set_dash(figure->cairo, scaled, lengths[style], 0);
}

static void draw_symbol(struct figure *figure, const struct legend *legend, size_t entry, double x,
                        double y)
{
    double unit = figure->unit;
    figure_set_color(figure, figure_palette(figure, entry), 1);
    if (legend->symbol == LEGEND_MARK) {
        mark_path(figure, mark_of_category(entry), x + 6 * unit, y, 5 * unit);
        cairo_fill(figure->cairo);
        return;
    }
    figure_set_line(figure, 2.2);
    cairo_set_line_cap(figure->cairo, CAIRO_LINE_CAP_BUTT);
    legend_set_dash(figure, entry);
    cairo_move_to(figure->cairo, x, y);
    cairo_line_to(figure->cairo, x + 16 * unit, y);
    cairo_stroke(figure->cairo);
    cairo_set_dash(figure->cairo, NULL, 0, 0);
}

void legend_draw(struct figure *figure, const struct legend *legend, const struct rectangle *plot)
{
    double unit = figure->unit;
    double x = plot->right + gap * unit, y = plot->top + line_height / 2 * unit;
    double width = widest_part * figure->width - gap * unit;
    if (legend->title) {
        char *title = text_fit(figure, text_label_size, legend->title, width);
        figure_set_color(figure, figure->theme->foreground, 1);
        text_draw(figure, x, y, 0, 0.5, text_label_size, title);
        free(title);
        y += 1.1 * line_height * unit;
    }
    size_t lines = (size_t)fmax((plot->bottom - y) / (line_height * unit) + 0.5, 1);
    size_t shown = legend->count <= lines ? legend->count : lines - 1;
    for (size_t i = 0; i < shown; i++, y += line_height * unit) {
        draw_symbol(figure, legend, i, x, y);
        char *name =
            text_fit(figure, text_tick_size, legend->names[i], width - symbol_width * unit);
        figure_set_color(figure, figure->theme->foreground, 1);
        text_draw(figure, x + symbol_width * unit, y, 0, 0.5, text_tick_size, name);
        free(name);
    }
    if (shown < legend->count) {
        char *rest = memory_format("and %zu more", legend->count - shown);
        figure_set_color(figure, figure->theme->muted, 1);
        text_draw(figure, x, y, 0, 0.5, text_tick_size, rest);
        free(rest);
    }
}

static void place_bar_ticks(const struct color_bar *bar, struct ticks *ticks)
{
    ticks_place(ticks, &bar->scale, 5);
}

double color_bar_room(struct figure *figure, const struct color_bar *bar)
{
    struct ticks ticks;
    place_bar_ticks(bar, &ticks);
    double widest = 0, unit = figure->unit;
    for (size_t i = 0; i < ticks.count; i++)
        widest = fmax(widest, text_width(figure, text_tick_size, ticks.labels[i]));
    double room = (gap + bar_width + 2 * tick_length) * unit + widest;
    return bar->title ? room + (9 + text_label_size * text_capital_height) * unit : room;
}

static void fill_bar(struct figure *figure, const struct color_bar *bar,
                     const struct rectangle *area)
{
    cairo_pattern_t *pattern = cairo_pattern_create_linear(0, area->bottom, 0, area->top);
    enum { STOPS = 64 };
    for (int i = 0; i <= STOPS; i++) {
        struct color color = colormap_at(bar->map, (double)i / STOPS);
        cairo_pattern_add_color_stop_rgb(pattern, (double)i / STOPS, color.red, color.green,
                                         color.blue);
    }
    cairo_rectangle(figure->cairo, area->left, area->top, area->right - area->left,
                    area->bottom - area->top);
    cairo_set_source(figure->cairo, pattern);
    cairo_fill(figure->cairo);
    cairo_pattern_destroy(pattern);
}

void color_bar_draw(struct figure *figure, const struct color_bar *bar,
                    const struct rectangle *plot)
{
    double unit = figure->unit;
    struct ticks ticks;
    place_bar_ticks(bar, &ticks);
    struct rectangle area = {plot->right + gap * unit, plot->top,
                             plot->right + (gap + bar_width) * unit, plot->bottom};
    if (ticks.exponent)
        area.top += (text_tick_size + 4) * unit;
    fill_bar(figure, bar, &area);
    double widest = 0, label_x = area.right + 2 * tick_length * unit;
    for (size_t i = 0; i < ticks.count; i++) {
        double fraction = scale_fraction(&bar->scale, ticks.values[i]);
        double y = area.bottom - fraction * (area.bottom - area.top);
        figure_set_color(figure, figure->theme->muted, 1);
        figure_rule(figure, area.right, y, area.right + tick_length * unit, y);
        figure_set_color(figure, figure->theme->foreground, 1);
        text_draw(figure, label_x, y, 0, 0.5, text_tick_size, ticks.labels[i]);
        widest = fmax(widest, text_width(figure, text_tick_size, ticks.labels[i]));
    }
    if (ticks.exponent) {
        char power[TICK_LABEL_BYTES];
        char *text = memory_format("×%s", ticks_power_of_ten(power, sizeof power, ticks.exponent));
        text_draw(figure, area.left, area.top - 6 * unit, 0, 0, text_tick_size, text);
        free(text);
    }
    if (bar->title) {
        char *title = text_fit(figure, text_label_size, bar->title, plot->bottom - plot->top);
        double x = label_x + widest + (9 + text_label_size * text_capital_height / 2) * unit;
        text_draw_upwards(figure, x, (plot->top + plot->bottom) / 2, text_label_size, title);
        free(title);
    }
}
