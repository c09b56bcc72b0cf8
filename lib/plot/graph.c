/* Graphs: points as nodes, joined by the edges of a file. */
#include "plot/plot.h"

#include "base/memory.h"
#include "plot/disc.h"
#include "plot/edges.h"
#include "plot/points.h"
#include "plot/text.h"
#include "plot/timeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nodes are named by default while their names can be read. */
enum { MOST_NAMED_NODES = 150, MOST_NAMED_INSIDE = 64, SHORT_NAME_BYTES = 3 };

struct graph_plot {
    struct input input;
    struct points points;
    struct coloring coloring;
    const char **labels;     /* (points) or NULL */
    bool labels_inside;      /* short ones are written on the nodes */
    struct point_edge *edges;
    size_t edge_count;
    double radius;           /* of the nodes, in units */
    bool time_across;        /* x is given, y was chosen by timeline_place */
    bool time_up;            /* the other way round */
};

static bool are_short(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) > SHORT_NAME_BYTES)
            return false;
    return true;
}

/*
 * Names stand beside the nodes. Short ones, which are numbers mostly, stand on them, or nowhere
 * when there are too many to read and nobody asked for them.
 */
static void choose_labels(struct graph_plot *plot, const struct plot_options *options,
                          struct error *error)
{
    size_t count = plot->points.count;
    plot->labels = points_labels(&plot->points, &plot->input, options, count <= MOST_NAMED_NODES,
                                 error);
    plot->radius = points_radius(&plot->points, options);
    if (!plot->labels || !are_short(plot->labels, count))
        return;
    plot->labels_inside = count <= MOST_NAMED_INSIDE;
    if (!plot->labels_inside && !options->label)
        plot->labels = NULL;
    if (plot->labels_inside && options->point_size == 0)
        plot->radius = fmin(fmax(70 / sqrt((double)count), 9), 12);
}

/* What a timeline's places are chosen by: the given coordinate as it will be seen, its range. */
static const double *seen_times(struct graph_plot *plot, bool logarithmic, double *range)
{
    const struct points *points = &plot->points;
    const double *given = plot->time_across ? points->x : points->y;
    double *times = arena_alloc(&plot->input.arena, points->count, sizeof *times);
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < points->count; i++) {
        times[i] = logarithmic ? log10(given[i]) : given[i];
        low = fmin(low, times[i]);
        high = fmax(high, times[i]);
    }
    *range = high - low;
    return times;
}

/* Chooses the coordinate that is not given, if there is one. Nodes of a lane are a line apart. */
static bool place_in_time(struct graph_plot *plot, const struct plot_options *options,
                          struct error *error)
{
    struct points *points = &plot->points;
    plot->time_across = !points->y;
    plot->time_up = !points->x;
    if (!plot->time_across && !plot->time_up)
        return true;
    if (plot->time_across ? options->log_y : options->log_x)
        return error_set(error, EX_USAGE, "--log-%c: there is no such coordinate; give --%c",
                         plot->time_across ? 'y' : 'x', plot->time_across ? 'y' : 'x');
    double range;
    const double *times =
        seen_times(plot, plot->time_across ? options->log_x : options->log_y, &range);
    double *lanes = arena_alloc(&plot->input.arena, points->count, sizeof *lanes);
    /* Texts run across: side by side they need more room than one above the other. */
    double pixels = (plot->time_across ? 5 : 1.5) * text_small_size * options->figure.scale;
    double side = plot->time_across ? options->figure.width : options->figure.height;
    timeline_place(times, points->count, plot->edges, plot->edge_count, range * pixels / side,
                   lanes);
    *(plot->time_across ? &points->y : &points->x) = lanes;
    return true;
}

static bool prepare(struct graph_plot *plot, const struct plot_options *options,
                    struct stream *stream, struct error *error)
{
    const char *text_columns[] = {"node", options->label, NULL};
    struct input *input = &plot->input;
    if (!input_read(input, stream, text_columns, error))
        return false;
    if (options->labels && !input_join(input, options->labels, error))
        return false;
    if (!points_select(&plot->points, input, options, true, error) ||
        !coloring_make(&plot->coloring, input, options, error))
        return false;
    if (options->edges && !edges_read(options->edges, options->directed, input, &plot->points,
                                      &plot->edges, &plot->edge_count, error))
        return false;
    if (!place_in_time(plot, options, error))
        return false;
    if (options->disk && !disc_check(&plot->points, input, error))
        return false;
    choose_labels(plot, options, error);
    return error->exit_code == EX_OK;
}

/*
 * Coordinates of an embedding mean nothing but distance: they are drawn undistorted and without
 * ticks. Columns that were asked for are quantities with an axis.
 */
static struct axes make_axes(const struct graph_plot *plot, const struct plot_options *options,
                             struct figure *figure)
{
    const struct points *points = &plot->points;
    bool named = points->principal || points->chosen || plot->time_across || plot->time_up;
    struct axes axes = {.title = options->title,
                        .x_name = options->x_name   ? options->x_name
                                  : named           ? points->x_name
                                                    : NULL,
                        .y_name = options->y_name   ? options->y_name
                                  : named           ? points->y_name
                                                    : NULL,
                        .room_right = coloring_room(&plot->coloring, figure)};
    bool quantities = points->chosen || plot->time_across || plot->time_up;
    axes.bare_x = !quantities || plot->time_up;
    axes.bare_y = !quantities || plot->time_across;
    axes.equal = !quantities;
    points_set_scales(points, options, &axes);
    if (options->disk)
        disc_set_axes(&axes);
    axes_layout(&axes, figure);
    return axes;
}

static void draw_self_loop(struct figure *figure, double x, double y, double radius)
{
    cairo_new_sub_path(figure->cairo);
    cairo_arc(figure->cairo, x + radius, y - radius, 1.2 * radius, 0, 2 * M_PI);
}

/*
 * In a timeline edges are curves that leave and arrive in the direction of time, with room for an
 * arrow head, where there is enough time between their ends.
 */
static double arrival(const struct graph_plot *plot, const struct figure *figure)
{
    return (plot->radius + 9) * figure->unit;
}

static bool is_bent(const struct graph_plot *plot, const struct figure *figure, double dx,
                    double dy)
{
    double along = plot->time_across ? fabs(dx) : plot->time_up ? fabs(dy) : 0;
    return along > 2 * arrival(plot, figure);
}

static void join(const struct graph_plot *plot, struct figure *figure, double x0, double y0,
                 double x1, double y1)
{
    cairo_move_to(figure->cairo, x0, y0);
    if (is_bent(plot, figure, x1 - x0, y1 - y0)) {
        double before_x = x1, before_y = y1;
        *(plot->time_across ? &before_x : &before_y) -=
            copysign(arrival(plot, figure), plot->time_across ? x1 - x0 : y1 - y0);
        double middle_x = (x0 + before_x) / 2, middle_y = (y0 + before_y) / 2;
        if (plot->time_across)
            cairo_curve_to(figure->cairo, middle_x, y0, middle_x, y1, before_x, before_y);
        else
            cairo_curve_to(figure->cairo, x0, middle_y, x1, middle_y, before_x, before_y);
    }
    cairo_line_to(figure->cairo, x1, y1);
}

static void draw_edge(const struct graph_plot *plot, const struct point_edge *edge,
                      const struct plot_options *options, const struct axes *axes,
                      struct figure *figure)
{
    const struct points *points = &plot->points;
    double p[2] = {points->x[edge->source], points->y[edge->source]};
    double q[2] = {points->x[edge->target], points->y[edge->target]};
    if (edge->source == edge->target) {
        draw_self_loop(figure, axes_x(axes, p[0]), axes_y(axes, p[1]), plot->radius * figure->unit);
    } else if (options->disk) {
        disc_geodesic(axes, figure, p, q);
    } else {
        join(plot, figure, axes_x(axes, p[0]), axes_y(axes, p[1]), axes_x(axes, q[0]),
             axes_y(axes, q[1]));
    }
    cairo_stroke(figure->cairo);
}

/* The head stands where the edge meets the rim of its target. */
static void draw_arrow_head(const struct graph_plot *plot, const struct point_edge *edge,
                            bool on_disc, const struct axes *axes, struct figure *figure)
{
    const struct points *points = &plot->points;
    const double p[2] = {points->x[edge->source], points->y[edge->source]};
    const double q[2] = {points->x[edge->target], points->y[edge->target]};
    double x = axes_x(axes, q[0]), y = axes_y(axes, q[1]);
    double dx = x - axes_x(axes, p[0]), dy = y - axes_y(axes, p[1]);
    double back = (plot->radius + 1) * figure->unit;
    if (hypot(dx, dy) <= back)
        return;
    if (is_bent(plot, figure, dx, dy))
        *(plot->time_across ? &dy : &dx) = 0;
    if (on_disc) {
        disc_arrival(p, q, &dx, &dy);
        dy = -dy; /* the canvas grows downwards */
    }
    double length = hypot(dx, dy);
    mark_arrow_head(figure, x - back * dx / length, y - back * dy / length, dx, dy,
                    7 * figure->unit);
}

/*
 * How many edges there are to the eye: so many of a quarter of the figure's diagonal would be as
 * long together. Many short ones, between neighbours, do not crowd a figure.
 */
static double crowd_of(const struct graph_plot *plot, const struct axes *axes,
                       const struct figure *figure)
{
    double length = 0;
    for (size_t i = 0; i < plot->edge_count; i++) {
        const struct point_edge *edge = &plot->edges[i];
        length += hypot(axes_x(axes, plot->points.x[edge->source]) -
                            axes_x(axes, plot->points.x[edge->target]),
                        axes_y(axes, plot->points.y[edge->source]) -
                            axes_y(axes, plot->points.y[edge->target]));
    }
    return fmin((double)plot->edge_count, length / hypot(figure->width, figure->height) * 4);
}

/* Many edges are drawn thin and translucent, so that their density shows. */
static void draw_edges(const struct graph_plot *plot, const struct plot_options *options,
                       const struct axes *axes, struct figure *figure)
{
    double crowd = fmax(crowd_of(plot, axes, figure), 1);
    double alpha = fmin(fmax(6 / sqrt(crowd), 0.06), 0.55);
    figure_set_color(figure, figure->theme->muted, alpha);
    for (size_t i = 0; i < plot->edge_count; i++) {
        figure_set_line(figure, crowd < 400 ? 1.3 : 0.8);
        draw_edge(plot, &plot->edges[i], options, axes, figure);
        if (options->directed)
            draw_arrow_head(plot, &plot->edges[i], options->disk, axes, figure);
    }
}

/* Black or white, whichever is further from the colour below. */
static struct color contrasting(struct color color)
{
    return color_to_oklab(color).lightness > 0.68 ? (struct color){0, 0, 0}
                                                  : (struct color){1, 1, 1};
}

static void draw_labels_inside(const struct graph_plot *plot, const struct axes *axes,
                               struct figure *figure)
{
    const struct points *points = &plot->points;
    double size = fmin(plot->radius * 1.05, text_small_size);
    for (size_t i = 0; i < points->count; i++) {
        struct color color = coloring_color(&plot->coloring, figure, points->rows[i]);
        figure_set_color(figure, contrasting(color), 1);
        text_draw(figure, axes_x(axes, points->x[i]), axes_y(axes, points->y[i]), 0.5, 0.5, size,
                  plot->labels[i]);
    }
}

static void draw(const struct graph_plot *plot, const struct plot_options *options,
                 struct figure *figure)
{
    struct axes axes = make_axes(plot, options, figure);
    if (options->disk)
        disc_fill(&axes, figure);
    else
        axes_draw_grid(&axes, figure);
    draw_edges(plot, options, &axes, figure);
    points_draw(&plot->points, &plot->coloring, &axes, figure, plot->radius,
                options->alpha > 0 ? options->alpha : 1, plot->points.count <= 2000);
    if (options->disk)
        disc_draw_rim(&axes, figure);
    if (plot->labels_inside)
        draw_labels_inside(plot, &axes, figure);
    else if (plot->labels)
        points_draw_labels(&plot->points, plot->labels,
                           plot->time_across ? LABELS_ABOVE : LABELS_BESIDE, &axes, figure,
                           plot->radius);
    axes_draw_frame(&axes, figure);
    coloring_draw_legend(&plot->coloring, figure, &axes.plot);
}

bool plot_graph(const struct plot_options *options, struct stream *stream, struct error *error)
{
    struct graph_plot plot = {0};
    struct figure figure;
    bool good = prepare(&plot, options, stream, error) &&
                figure_open(&figure, &options->figure, error);
    if (good) {
        draw(&plot, options, &figure);
        good = figure_close(&figure, error);
    }
    free(plot.edges);
    input_free(&plot.input);
    return good;
}
