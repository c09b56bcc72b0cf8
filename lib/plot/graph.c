/* Graphs: points as nodes, joined by the edges of a file. */
#include "plot/plot.h"

#include "base/memory.h"
#include "graph/graph.h"
#include "plot/disc.h"
#include "plot/points.h"
#include "plot/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nodes are named by default while their names can be read. */
enum { MOST_NAMED_NODES = 150, SHORT_NAME_BYTES = 3 };

struct graph_edge {
    size_t source, target; /* points */
};

struct graph_plot {
    struct input input;
    struct points points;
    struct coloring coloring;
    const char **labels;     /* (points) or NULL */
    bool labels_inside;      /* short ones are written on the nodes */
    struct graph_edge *edges;
    size_t edge_count;
    double radius;           /* of the nodes, in units */
};

/* The points of node names: the first row of a name counts. */
static size_t *index_points(const struct points *points, const char *const *nodes,
                            struct names *names)
{
    size_t *first = memory_alloc(points->count, sizeof *first);
    for (size_t i = 0; i < points->count; i++) {
        const char *name = nodes[points->rows[i]];
        size_t known = names->count;
        uint32_t index = names_add(names, name, strlen(name));
        if (index == known)
            first[index] = i;
    }
    return first;
}

/* Keeps the edges whose ends are points. */
static bool keep_edges(struct graph_plot *plot, const struct graph *graph, const char *path,
                       struct error *error)
{
    struct names names = {0};
    const char **nodes = input_nodes(&plot->input);
    size_t *points = index_points(&plot->points, nodes, &names);
    size_t count, unknown = 0;
    const char *example = NULL;
    struct edge *edges = graph_edges(graph, &count);
    plot->edges = memory_alloc(count, sizeof *plot->edges);
    for (size_t i = 0; i < count; i++) {
        const char *ends[2] = {graph->names.strings[edges[i].source],
                               graph->names.strings[edges[i].target]};
        uint32_t source = names_find(&names, ends[0]), target = names_find(&names, ends[1]);
        if (source == NAMES_ABSENT || target == NAMES_ABSENT) {
            example = unknown++ ? example : ends[source != NAMES_ABSENT];
            continue;
        }
        plot->edges[plot->edge_count++] = (struct graph_edge){points[source], points[target]};
    }
    if (plot->edge_count == 0)
        error_set(error, EX_DATAERR, "%s: no edge joins two nodes of %s; node '%s' has no point",
                  path, plot->input.name, example);
    else if (unknown)
        error_warn("%s: left out %zu of %zu edges, to nodes without a point (as '%s')", path,
                   unknown, count, example);
    free(edges);
    free(points);
    names_free(&names);
    return plot->edge_count > 0;
}

static bool read_edges(struct graph_plot *plot, const struct plot_options *options,
                       struct error *error)
{
    struct graph_read_options how = {.directed = options->directed,
                                     .allow_self_loops = true,
                                     .allow_nonpositive = true,
                                     .duplicates = DUPLICATES_KEEP_FIRST};
    struct stream *stream = stream_open(options->edges, error);
    if (!stream)
        return false;
    struct graph graph = {0};
    bool good = graph_read(stream, &how, &graph, error);
    stream_close(stream);
    if (!good)
        return false;
    good = keep_edges(plot, &graph, options->edges, error);
    graph_free(&graph);
    return good;
}

static void choose_labels(struct graph_plot *plot, const struct plot_options *options,
                          struct error *error)
{
    bool named = plot->points.count <= MOST_NAMED_NODES;
    plot->labels = points_labels(&plot->points, &plot->input, options, named, error);
    plot->radius = points_radius(&plot->points, options);
    plot->labels_inside = plot->labels && plot->points.count <= MOST_NAMED_NODES;
    for (size_t i = 0; plot->labels_inside && i < plot->points.count; i++)
        plot->labels_inside = strlen(plot->labels[i]) <= SHORT_NAME_BYTES;
    if (plot->labels_inside && options->point_size == 0)
        plot->radius = fmin(fmax(70 / sqrt((double)plot->points.count), 8), 12);
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
    if (!points_select(&plot->points, input, options, error) ||
        !coloring_make(&plot->coloring, input, options, error))
        return false;
    if (options->edges && !read_edges(plot, options, error))
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
    bool named = points->principal || points->chosen;
    struct axes axes = {.title = options->title,
                        .x_name = options->x_name   ? options->x_name
                                  : named           ? points->x_name
                                                    : NULL,
                        .y_name = options->y_name   ? options->y_name
                                  : named           ? points->y_name
                                                    : NULL,
                        .room_right = coloring_room(&plot->coloring, figure)};
    axes.bare_x = axes.bare_y = !points->chosen;
    axes.equal = !points->chosen;
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

static void draw_edge(const struct graph_plot *plot, const struct graph_edge *edge,
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
        cairo_move_to(figure->cairo, axes_x(axes, p[0]), axes_y(axes, p[1]));
        cairo_line_to(figure->cairo, axes_x(axes, q[0]), axes_y(axes, q[1]));
    }
    cairo_stroke(figure->cairo);
}

static void draw_arrow_head(const struct graph_plot *plot, const struct graph_edge *edge,
                            const struct axes *axes, struct figure *figure)
{
    const struct points *points = &plot->points;
    double x = axes_x(axes, points->x[edge->target]), y = axes_y(axes, points->y[edge->target]);
    double dx = x - axes_x(axes, points->x[edge->source]);
    double dy = y - axes_y(axes, points->y[edge->source]);
    double length = hypot(dx, dy), back = (plot->radius + 1) * figure->unit;
    if (length > back)
        mark_arrow_head(figure, x - back * dx / length, y - back * dy / length, dx, dy,
                        7 * figure->unit);
}

/* Many edges are drawn thin and translucent, so that their density shows. */
static void draw_edges(const struct graph_plot *plot, const struct plot_options *options,
                       const struct axes *axes, struct figure *figure)
{
    double crowd = (double)plot->edge_count;
    double alpha = fmin(fmax(6 / sqrt(crowd), 0.06), 0.55);
    figure_set_color(figure, figure->theme->muted, alpha);
    for (size_t i = 0; i < plot->edge_count; i++) {
        figure_set_line(figure, crowd < 400 ? 1.3 : 0.8);
        draw_edge(plot, &plot->edges[i], options, axes, figure);
        if (options->directed && !options->disk)
            draw_arrow_head(plot, &plot->edges[i], axes, figure);
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
    else if (plot->points.chosen)
        axes_draw_grid(&axes, figure);
    draw_edges(plot, options, &axes, figure);
    points_draw(&plot->points, &plot->coloring, &axes, figure, plot->radius,
                options->alpha > 0 ? options->alpha : 1, plot->points.count <= 2000);
    if (options->disk)
        disc_draw_rim(&axes, figure);
    if (plot->labels_inside)
        draw_labels_inside(plot, &axes, figure);
    else if (plot->labels)
        points_draw_labels(&plot->points, plot->labels, &axes, figure, plot->radius);
    axes_draw_frame(&axes, figure);
    coloring_draw_legend(&plot->coloring, figure, &axes.plot);
}

bool plot_graph(const struct plot_options *options, struct stream *stream, struct error *error)
{
    struct graph_plot plot = {0};
    struct figure figure;
    bool good = prepare(&plot, options, stream, error) &&
                figure_open(&figure, options->output, options->width, options->height,
                            options->dark ? theme_dark() : theme_light(), error);
    if (good) {
        draw(&plot, options, &figure);
        good = figure_close(&figure, error);
    }
    free(plot.edges);
    input_free(&plot.input);
    return good;
}
