/*
 * Events of a spacetime: a table node,x0,...,t0,... with the edges of the graph, time upwards.
 *
 * Two time coordinates are drawn as null coordinates: time is their sum, space their difference,
 * so that the future of an event is the quadrant above it, between the two diagonals that light
 * would take. Otherwise the height is the least of an event's times, which grows along edges as all
 * of them do (and from the beginning to an event is their interval, the length of the longest path
 * there, when times are spaced so); across is the first principal component of what the space
 * coordinates tell beyond the height. Where events are few enough to be named, those at one height
 * are moved apart.
 */
#include "plot/plot.h"

#include "base/memory.h"
#include "plot/edges.h"
#include "plot/points.h"
#include "plot/principal.h"
#include "plot/spread.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMED_EVENTS = 150, DIAGONALS = 14 };

/* Shares of the picture that an event with its name takes. */
static const double event_width = 0.075, event_height = 0.022;

static const double ring = 2; /* how wide it is around an event, in units */

static const struct color future_color = {0.90, 0.45, 0.10};
static const struct color past_color = {0.15, 0.45, 0.85};
static const struct color wrong_color = {0.80, 0.10, 0.15};

struct dag_plot {
    struct input input;
    struct points points;
    struct coloring coloring;
    const char **labels;                /* (points) or NULL */
    const struct table_column **times;  /* (time_count): t0, t1, ... */
    size_t time_count;
    struct point_edge *edges;
    size_t edge_count;
    size_t wrong_edges;                 /* that do not lead into the future */
    size_t apex;                        /* the point of --cone; the number of points without it */
    double radius;                      /* of the events, in units */
    bool null_coordinates;
};

/* The columns named by a letter and a number, in the order of the table. Free the result. */
static const struct table_column **numbered_columns(const struct input *input, char letter,
                                                    size_t *count)
{
    const struct table_column **found = memory_alloc(input->count, sizeof *found);
    *count = 0;
    for (size_t i = 0; i < input->count; i++) {
        const struct table_column *column = &input->columns[i];
        const char *name = column->name;
        if (!name || !column->numbers || name[0] != letter || !isdigit((unsigned char)name[1]) ||
            name[1 + strspn(name + 1, "0123456789")] != '\0')
            continue;
        found[(*count)++] = column;
    }
    return found;
}

static double mean_time(const struct dag_plot *plot, size_t row)
{
    double sum = 0;
    for (size_t i = 0; i < plot->time_count; i++)
        sum += plot->times[i]->numbers[row];
    return sum / (double)plot->time_count;
}

static double least_time(const struct dag_plot *plot, size_t row)
{
    double least = plot->times[0]->numbers[row];
    for (size_t i = 1; i < plot->time_count; i++)
        least = fmin(least, plot->times[i]->numbers[row]);
    return least;
}

/* The rows whose coordinates are all finite. */
static void keep_finite_rows(struct dag_plot *plot, const struct table_column **spaces,
                             size_t space_count)
{
    struct points *points = &plot->points;
    points->rows = arena_alloc(&plot->input.arena, plot->input.rows, sizeof *points->rows);
    for (size_t row = 0; row < plot->input.rows; row++) {
        bool finite = true;
        for (size_t i = 0; i < plot->time_count; i++)
            finite &= isfinite(plot->times[i]->numbers[row]);
        for (size_t i = 0; i < space_count; i++)
            finite &= isfinite(spaces[i]->numbers[row]);
        if (finite)
            points->rows[points->count++] = row;
    }
    if (points->count < plot->input.rows)
        error_warn("%s: left out %zu of %zu events with a coordinate that is not a finite number",
                   plot->input.name, plot->input.rows - points->count, plot->input.rows);
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

/* Takes out of values what is linear in heights. */
static void take_out(double *values, const double *heights, size_t count)
{
    double mean = mean_of(values, count), middle = mean_of(heights, count), both = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        both += (heights[i] - middle) * (values[i] - mean);
        squares += (heights[i] - middle) * (heights[i] - middle);
    }
    for (size_t i = 0; i < count; i++)
        values[i] -= mean + (squares > 0 ? both / squares * (heights[i] - middle) : 0);
}

/* Space across: the first principal component of columns beyond the height; one column or more. */
static void place_across(struct dag_plot *plot, const struct table_column **columns, size_t count)
{
    struct points *points = &plot->points;
    double **dense = memory_alloc(count, sizeof *dense);
    for (size_t i = 0; i < count; i++) {
        dense[i] = memory_alloc(points->count, sizeof **dense);
        for (size_t k = 0; k < points->count; k++)
            dense[i][k] = columns[i]->numbers[points->rows[k]];
        if (count > 1)
            take_out(dense[i], points->y, points->count);
    }
    if (count == 1) {
        memcpy(points->x, dense[0], points->count * sizeof *points->x);
    } else {
        struct principal principal =
            principal_components((const double *const *)dense, count, points->count);
        memcpy(points->x, principal.x, points->count * sizeof *points->x);
        free(principal.x);
        free(principal.y);
    }
    for (size_t i = 0; i < count; i++)
        free(dense[i]);
    free(dense);
}

static void place_events(struct dag_plot *plot, const struct table_column **spaces,
                         size_t space_count)
{
    struct points *points = &plot->points;
    points->x = arena_alloc(&plot->input.arena, points->count, sizeof *points->x);
    points->y = arena_alloc(&plot->input.arena, points->count, sizeof *points->y);
    points->x_name = "space";
    points->y_name = "time";
    plot->null_coordinates = plot->time_count == 2;
    for (size_t i = 0; i < points->count; i++) {
        size_t row = points->rows[i];
        points->y[i] = plot->null_coordinates ? mean_time(plot, row) : least_time(plot, row);
        if (plot->null_coordinates)
            points->x[i] = (plot->times[1]->numbers[row] - plot->times[0]->numbers[row]) / 2;
    }
    if (plot->null_coordinates)
        return;
    place_across(plot, space_count ? spaces : plot->times,
                 space_count ? space_count : plot->time_count);
    if (points->count <= MOST_NAMED_EVENTS)
        spread_sideways(points->x, points->y, points->count, event_width, event_height);
}

static bool select_events(struct dag_plot *plot, struct error *error)
{
    size_t space_count;
    const struct table_column **spaces = numbered_columns(&plot->input, 'x', &space_count);
    plot->times = numbered_columns(&plot->input, 't', &plot->time_count);
    if (plot->time_count > 0)
        keep_finite_rows(plot, spaces, space_count);
    bool good = plot->points.count > 0;
    if (good)
        place_events(plot, spaces, space_count);
    else if (plot->time_count == 0)
        error_set(error, EX_DATAERR, "%s: no column t0 of times; expected a table of events, "
                  "node,x0,...,t0,...", plot->input.name);
    else
        error_set(error, EX_DATAERR, "%s: no event has finite coordinates", plot->input.name);
    free(spaces);
    return good;
}

/* Whether a is at no time later than b. */
static bool is_not_after(const struct dag_plot *plot, size_t a, size_t b)
{
    const size_t *rows = plot->points.rows;
    for (size_t i = 0; i < plot->time_count; i++)
        if (plot->times[i]->numbers[rows[a]] > plot->times[i]->numbers[rows[b]])
            return false;
    return true;
}

/* Whether a comes before b. The nodes of a cycle that were joined are one event, twice. */
static bool is_before(const struct dag_plot *plot, size_t a, size_t b)
{
    return is_not_after(plot, a, b) && !is_not_after(plot, b, a);
}

static bool is_wrong(const struct dag_plot *plot, const struct point_edge *edge)
{
    return !is_not_after(plot, edge->source, edge->target);
}

static bool find_apex(struct dag_plot *plot, const char *node, struct error *error)
{
    const char **nodes = input_nodes(&plot->input);
    plot->apex = plot->points.count;
    for (size_t i = plot->points.count; node && i-- > 0;)
        if (strcmp(nodes[plot->points.rows[i]], node) == 0)
            plot->apex = i;
    return !node || plot->apex < plot->points.count ||
           error_set(error, EX_DATAERR, "--cone: %s has no event '%s'", plot->input.name, node);
}

static void count_wrong_edges(struct dag_plot *plot)
{
    for (size_t i = 0; i < plot->edge_count; i++)
        plot->wrong_edges += is_wrong(plot, &plot->edges[i]);
    if (plot->wrong_edges)
        error_warn("%zu of %zu edges do not lead into the future; they are red and broken",
                   plot->wrong_edges, plot->edge_count);
}

static bool prepare(struct dag_plot *plot, const struct plot_options *options,
                    struct stream *stream, struct error *error)
{
    const char *text_columns[] = {"node", options->label, NULL};
    struct input *input = &plot->input;
    if (!input_read(input, stream, text_columns, error) ||
        (options->labels && !input_join(input, options->labels, error)) ||
        !select_events(plot, error) || !coloring_make(&plot->coloring, input, options, error) ||
        !find_apex(plot, options->cone, error))
        return false;
    if (options->edges && !edges_read(options->edges, true, input, &plot->points, &plot->edges,
                                      &plot->edge_count, error))
        return false;
    count_wrong_edges(plot);
    plot->labels = points_labels(&plot->points, input, options,
                                 plot->points.count <= MOST_NAMED_EVENTS, error);
    plot->radius = points_radius(&plot->points, options);
    return error->exit_code == EX_OK;
}

/* Null coordinates are drawn undistorted: light takes the diagonals. */
static struct axes make_axes(const struct dag_plot *plot, const struct plot_options *options,
                             struct figure *figure)
{
    struct axes axes = {.title = options->title,
                        .x_name = options->x_name ? options->x_name : plot->points.x_name,
                        .y_name = options->y_name ? options->y_name : plot->points.y_name,
                        .bare_x = true,
                        .bare_y = true,
                        .equal = plot->null_coordinates,
                        .room_right = coloring_room(&plot->coloring, figure)};
    points_set_scales(&plot->points, options, &axes);
    axes_layout(&axes, figure);
    return axes;
}

/* The ways of light, faint, so that cones can be seen from any event. */
static void draw_diagonals(const struct axes *axes, struct figure *figure)
{
    const struct rectangle *plot = &axes->plot;
    double width = plot->right - plot->left, height = plot->bottom - plot->top;
    double step = (width + height) / DIAGONALS;
    axes_clip(axes, figure, 0);
    figure_set_color(figure, figure->theme->grid, 1);
    figure_set_line(figure, 0.8);
    for (int i = 1; i < DIAGONALS; i++) {
        double along = i * step;
        cairo_move_to(figure->cairo, plot->left + along, plot->bottom);
        cairo_line_to(figure->cairo, plot->left + along - height, plot->top);
        cairo_move_to(figure->cairo, plot->left + along - height, plot->bottom);
        cairo_line_to(figure->cairo, plot->left + along, plot->top);
    }
    cairo_stroke(figure->cairo);
    cairo_restore(figure->cairo);
}

/* One half of a light cone, up to where it leaves the plot. */
static void fill_cone(double x, double y, double reach, struct color color, struct figure *figure)
{
    cairo_move_to(figure->cairo, x, y);
    cairo_line_to(figure->cairo, x - fabs(reach), y + reach);
    cairo_line_to(figure->cairo, x + fabs(reach), y + reach);
    cairo_close_path(figure->cairo);
    figure_set_color(figure, color, 0.10);
    cairo_fill_preserve(figure->cairo);
    figure_set_color(figure, color, 0.55);
    figure_set_line(figure, 1);
    cairo_stroke(figure->cairo);
}

static void draw_cone(const struct dag_plot *plot, const struct axes *axes, struct figure *figure)
{
    double x = axes_x(axes, plot->points.x[plot->apex]);
    double y = axes_y(axes, plot->points.y[plot->apex]);
    double reach = 2 * (axes->plot.bottom - axes->plot.top);
    axes_clip(axes, figure, 0);
    fill_cone(x, y, -reach, future_color, figure);
    fill_cone(x, y, reach, past_color, figure);
    cairo_restore(figure->cairo);
}

/* Edges in the cone have its colours, others fade. */
static struct color edge_color(const struct dag_plot *plot, const struct point_edge *edge,
                               const struct figure *figure)
{
    size_t apex = plot->apex;
    if (is_wrong(plot, edge))
        return wrong_color;
    if (apex == plot->points.count)
        return figure->theme->muted;
    if (edge->source == apex || is_before(plot, apex, edge->source))
        return future_color;
    if (edge->target == apex || is_before(plot, edge->target, apex))
        return past_color;
    return figure->theme->muted;
}

/* Straight where light goes straight; otherwise edges leave and arrive upwards. */
static void draw_edge(const struct dag_plot *plot, const struct point_edge *edge,
                      const struct axes *axes, struct figure *figure)
{
    const struct points *points = &plot->points;
    double x0 = axes_x(axes, points->x[edge->source]), y0 = axes_y(axes, points->y[edge->source]);
    double x1 = axes_x(axes, points->x[edge->target]), y1 = axes_y(axes, points->y[edge->target]);
    double middle = (y0 + y1) / 2;
    cairo_move_to(figure->cairo, x0, y0);
    if (plot->null_coordinates)
        cairo_line_to(figure->cairo, x1, y1);
    else
        cairo_curve_to(figure->cairo, x0, middle, x1, middle, x1, y1);
    cairo_stroke(figure->cairo);
}

static void draw_edges(const struct dag_plot *plot, const struct axes *axes, struct figure *figure)
{
    double crowd = (double)plot->edge_count;
    double alpha = fmin(fmax(7 / sqrt(crowd), 0.06), 0.6);
    double width = crowd < 400 ? 1.3 : 0.8;
    const double dashes[] = {5 * figure->unit, 4 * figure->unit};
    for (size_t i = 0; i < plot->edge_count; i++) {
        const struct point_edge *edge = &plot->edges[i];
        struct color color = edge_color(plot, edge, figure);
        bool plain = memcmp(&color, &figure->theme->muted, sizeof color) == 0;
        double faded = plot->apex < plot->points.count ? alpha / 2 : alpha;
        figure_set_color(figure, color, plain ? faded : 0.75);
        figure_set_line(figure, plain ? width : 1.5);
        cairo_set_dash(figure->cairo, dashes, is_wrong(plot, edge) ? 2 : 0, 0);
        draw_edge(plot, edge, axes, figure);
    }
    cairo_set_dash(figure->cairo, dashes, 0, 0);
}

/* Rings around the events that are related to the apex, and around itself. */
static void draw_rings(const struct dag_plot *plot, const struct axes *axes, struct figure *figure)
{
    const struct points *points = &plot->points;
    for (size_t i = 0; i < points->count; i++) {
        bool after = is_before(plot, plot->apex, i);
        if (i != plot->apex && !after && !is_before(plot, i, plot->apex))
            continue;
        struct color color = i == plot->apex ? figure->theme->foreground
                             : after         ? future_color
                                             : past_color;
        figure_set_color(figure, color, 0.9);
        mark_path(figure, MARK_DISC, axes_x(axes, points->x[i]), axes_y(axes, points->y[i]),
                  (plot->radius + (i == plot->apex ? 2 * ring : ring)) * figure->unit);
        cairo_fill(figure->cairo);
    }
}

static void draw(const struct dag_plot *plot, const struct plot_options *options,
                 struct figure *figure)
{
    struct axes axes = make_axes(plot, options, figure);
    bool cone = plot->apex < plot->points.count;
    if (plot->null_coordinates)
        draw_diagonals(&axes, figure);
    if (plot->null_coordinates && cone)
        draw_cone(plot, &axes, figure);
    draw_edges(plot, &axes, figure);
    if (cone)
        draw_rings(plot, &axes, figure);
    points_draw(&plot->points, &plot->coloring, &axes, figure, plot->radius,
                options->alpha > 0 ? options->alpha : 1, plot->points.count <= 2000);
    if (plot->labels)
        points_draw_labels(&plot->points, plot->labels, LABELS_BESIDE, &axes, figure,
                           plot->radius + (cone ? ring : 0));
    axes_draw_frame(&axes, figure);
    coloring_draw_legend(&plot->coloring, figure, &axes.plot);
}

bool plot_dag(const struct plot_options *options, struct stream *stream, struct error *error)
{
    struct dag_plot plot = {0};
    struct figure figure;
    bool good = prepare(&plot, options, stream, error) &&
                figure_open(&figure, &options->figure, error);
    if (good) {
        draw(&plot, options, &figure);
        good = figure_close(&figure, error);
    }
    free(plot.times);
    free(plot.edges);
    input_free(&plot.input);
    return good;
}
