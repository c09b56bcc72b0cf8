/* Scatter plots. */
#include "plot/plot.h"

#include "base/memory.h"
#include "plot/disc.h"
#include "plot/points.h"

#include <math.h>
#include <stdlib.h>

struct scatter {
    struct input input;
    struct points points;
    struct coloring coloring;
    const char **labels;
};

/* One column of numbers is drawn against the row's number. */
static void number_rows(struct scatter *scatter)
{
    struct points *points = &scatter->points;
    points->y = points->y ? points->y : points->x;
    points->y_name = points->y_name ? points->y_name : points->x_name;
    points->x = arena_alloc(&scatter->input.arena, points->count, sizeof *points->x);
    for (size_t i = 0; i < points->count; i++)
        points->x[i] = (double)points->rows[i] + 1;
    points->x_name = "row";
}

static bool prepare(struct scatter *scatter, const struct plot_options *options,
                    struct stream *stream, struct error *error)
{
    const char *text_columns[] = {"node", options->label, NULL};
    struct input *input = &scatter->input;
    if (!input_read(input, stream, text_columns, error))
        return false;
    if (options->labels && !input_join(input, options->labels, error))
        return false;
    if (!points_select(&scatter->points, input, options, false, error) ||
        !coloring_make(&scatter->coloring, input, options, error))
        return false;
    if (!scatter->points.x || !scatter->points.y)
        number_rows(scatter);
    if (options->disk && !disc_check(&scatter->points, input, error))
        return false;
    scatter->labels = points_labels(&scatter->points, input, options, false, error);
    return error->exit_code == EX_OK;
}

static struct axes make_axes(const struct scatter *scatter, const struct plot_options *options,
                             struct figure *figure)
{
    const struct points *points = &scatter->points;
    struct axes axes = {.title = options->title,
                        .x_name = options->x_name ? options->x_name : points->x_name,
                        .y_name = options->y_name ? options->y_name : points->y_name,
                        .room_right = coloring_room(&scatter->coloring, figure)};
    if (options->disk) {
        disc_set_axes(&axes);
    } else {
        points_set_scales(points, options, &axes);
        /* Components have one unit of length; but do not squash a flat cloud to a line. */
        double ratio = (axes.x.high - axes.x.low) / (axes.y.high - axes.y.low);
        axes.equal = points->principal && ratio < 4;
    }
    axes_layout(&axes, figure);
    return axes;
}

static double default_alpha(size_t count)
{
    return fmin(fmax(pow(300 / (double)count, 0.3), 0.1), 0.9);
}

static void draw(const struct scatter *scatter, const struct plot_options *options,
                 struct figure *figure)
{
    const struct points *points = &scatter->points;
    struct axes axes = make_axes(scatter, options, figure);
    double radius = points_radius(points, options);
    double alpha = options->alpha > 0 ? options->alpha : default_alpha(points->count);
    if (options->disk)
        disc_fill(&axes, figure);
    else
        axes_draw_grid(&axes, figure);
    points_draw(points, &scatter->coloring, &axes, figure, radius, alpha, points->count <= 500);
    if (options->disk)
        disc_draw_rim(&axes, figure);
    if (scatter->labels)
        points_draw_labels(points, scatter->labels, LABELS_BESIDE, &axes, figure, radius);
    axes_draw_frame(&axes, figure);
    coloring_draw_legend(&scatter->coloring, figure, &axes.plot);
}

bool plot_scatter(const struct plot_options *options, struct stream *stream, struct error *error)
{
    struct scatter scatter = {0};
    struct figure figure;
    bool good = prepare(&scatter, options, stream, error) &&
                figure_open(&figure, &options->figure, error);
    if (good) {
        draw(&scatter, options, &figure);
        good = figure_close(&figure, error);
    }
    input_free(&scatter.input);
    return good;
}
