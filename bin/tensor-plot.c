/* tensor-plot: draws tables, matrices, graphs and images. */
#include "base/error.h"
#include "base/options.h"
#include "plot/figure.h"
#include "plot/plot.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_COLOR = 0x2000,
    KEY_CATEGORICAL,
    KEY_LABEL,
    KEY_EDGES,
    KEY_LABELS,
    KEY_DIRECTED,
    KEY_DISK,
    KEY_CONE,
    KEY_TITLE,
    KEY_X_NAME,
    KEY_Y_NAME,
    KEY_WIDTH,
    KEY_HEIGHT,
    KEY_SCALE,
    KEY_LOG_X,
    KEY_LOG_Y,
    KEY_BINS,
    KEY_GRID,
    KEY_COLORMAP,
    KEY_THEME,
    KEY_POINT_SIZE,
    KEY_ALPHA
};

static const struct argp_option own_options[] = {
    {"kind", 'k', "KIND", 0, "scatter, graph, dag, lines, histogram, heatmap or images",
     1},
    {0, 0, 0, 0, "What to draw:", 2},
    {"x", 'x', "COLUMN", 0, "Column, by name or number from 1, to draw along x", 2},
    {"y", 'y', "COLUMN", 0, "Column along y; for lines a list: A,B,C", 2},
    {"color", KEY_COLOR, "COLUMN", 0,
     "Colour by it: numbers by a colour map, texts by a palette", 2},
    {"categorical", KEY_CATEGORICAL, 0, 0, "Colour numbers by the palette too", 2},
    {"label", KEY_LABEL, "COLUMN", 0, "Write its texts beside the points", 2},
    {"labels", KEY_LABELS, "FILE", 0,
     "Join FILE (CSV node,label,...) to the points; its first column colours them", 2},
    {"edges", KEY_EDGES, "FILE", 0, "Edges of the graph: CSV source,target by node name", 2},
    {"directed", KEY_DIRECTED, 0, 0, "End edges in arrow heads", 2},
    {"disk", KEY_DISK, 0, 0, "Points of the Poincaré disc: draw it, and edges as geodesics", 2},
    {"cone", KEY_CONE, "NODE", 0, "Show what lies before and after an event of a dag", 2},
    {"bins", KEY_BINS, "N", 0, "Bars of the histogram", 2},
    {"grid", KEY_GRID, "RxC", 0, "Rows and columns of images", 2},
    {0, 0, 0, 0, "How to draw:", 3},
    {"title", KEY_TITLE, "TEXT", 0, "Title", 3},
    {"xlabel", KEY_X_NAME, "TEXT", 0, "Name of the x axis in place of the column's", 3},
    {"ylabel", KEY_Y_NAME, "TEXT", 0, "Name of the y axis", 3},
    {"width", KEY_WIDTH, "PIXELS", 0, "Width (default 800; for images what they need)", 3},
    {"height", KEY_HEIGHT, "PIXELS", 0, "Height (default 600; for images what they need)", 3},
    {"scale", KEY_SCALE, "S", 0, "Make texts, points and lines S times as large", 3},
    {"log-x", KEY_LOG_X, 0, 0, "Logarithmic x axis", 3},
    {"log-y", KEY_LOG_Y, 0, 0, "Logarithmic y axis", 3},
    {"colormap", KEY_COLORMAP, "MAP", 0, "viridis, magma, grey or diverging", 3},
    {"theme", KEY_THEME, "THEME", 0, "light or dark", 3},
    {"point-size", KEY_POINT_SIZE, "PIXELS", 0, "Diameter of points", 3},
    {"alpha", KEY_ALPHA, "A", 0, "Opacity of points, lines and bars, above 0 to 1", 3},
    {0}};

static const char *const kinds[] = {"scatter",   "graph",   "lines",
                                    "histogram", "heatmap", "images", "dag", NULL};

/* The kinds that an option is for, one bit each; those that are not here are for all. */
enum {
    SCATTER = 1 << PLOT_SCATTER,
    GRAPH = 1 << PLOT_GRAPH,
    LINES = 1 << PLOT_LINES,
    HISTOGRAM = 1 << PLOT_HISTOGRAM,
    HEATMAP = 1 << PLOT_HEATMAP,
    IMAGES = 1 << PLOT_IMAGES,
    DAG = 1 << PLOT_DAG,
    POINTS = SCATTER | GRAPH,
    MARKS = POINTS | DAG,
    AXES = POINTS | LINES | HISTOGRAM
};

static const struct {
    int key;
    unsigned kinds;
} scopes[] = {{'x', AXES},
              {'y', POINTS | LINES},
              {KEY_COLOR, MARKS},
              {KEY_CATEGORICAL, MARKS},
              {KEY_LABEL, MARKS},
              {KEY_LABELS, MARKS},
              {KEY_EDGES, GRAPH | DAG},
              {KEY_DIRECTED, GRAPH},
              {KEY_DISK, POINTS},
              {KEY_CONE, DAG},
              {KEY_BINS, HISTOGRAM},
              {KEY_GRID, IMAGES},
              {KEY_X_NAME, AXES | HEATMAP | DAG},
              {KEY_Y_NAME, AXES | HEATMAP | DAG},
              {KEY_LOG_X, AXES},
              {KEY_LOG_Y, AXES},
              {KEY_COLORMAP, MARKS | HEATMAP | IMAGES},
              {KEY_POINT_SIZE, MARKS},
              {KEY_ALPHA, AXES | DAG}};
enum { SCOPES = sizeof scopes / sizeof *scopes };

struct settings {
    struct plot_options plot;
    int kind;             /* PLOT_KINDS until it is given */
    bool given[SCOPES];
};

static const char *option_name(int key)
{
    const struct argp_option *option = own_options;
    while (option->key != key)
        option++;
    return option->name;
}

/* An option that the kind does not heed is a mistake of the user, not something to pass over. */
static void check_scopes(const struct settings *settings, struct argp_state *state)
{
    if (settings->kind == PLOT_KINDS)
        argp_error(state, "--kind is missing; expected scatter, graph, dag, lines, histogram, "
                          "heatmap or images");
    for (size_t i = 0; i < SCOPES; i++)
        if (settings->given[i] && !(scopes[i].kinds & 1u << settings->kind))
            argp_error(state, "--%s is not for --kind %s", option_name(scopes[i].key),
                       kinds[settings->kind]);
    const struct plot_options *plot = &settings->plot;
    if (plot->disk && (plot->log_x || plot->log_y))
        argp_error(state, "--disk has no logarithmic axes");
}

static void parse_grid(struct plot_options *plot, const char *argument, struct argp_state *state)
{
    unsigned rows = 0, columns = 0;
    int used = 0;
    if (sscanf(argument, "%5ux%5u%n", &rows, &columns, &used) != 2 || argument[used] ||
        rows < 1 || columns < 1 || rows > 1000 || columns > 1000 || strpbrk(argument, "+- "))
        argp_error(state, "--grid: '%s' is not ROWSxCOLUMNS from 1x1 to 1000x1000", argument);
    plot->grid_rows = rows;
    plot->grid_columns = columns;
}

static int parse_side(struct argp_state *state, const char *option, const char *argument)
{
    return (int)options_integer(state, option, argument, FIGURE_LEAST_SIDE, FIGURE_MOST_SIDE);
}

static int parse(int key, char *argument, struct argp_state *state)
{
    static const char *const maps[] = {"viridis", "magma", "grey", "diverging", NULL};
    static const char *const themes[] = {"light", "dark", NULL};
    struct settings *settings = state->input;
    struct plot_options *plot = &settings->plot;
    for (size_t i = 0; i < SCOPES; i++)
        settings->given[i] |= scopes[i].key == key;
    switch (key) {
    case 'k': settings->kind = options_choice(state, "kind", argument, kinds); return 0;
    case 'x': plot->x = argument; return 0;
    case 'y': plot->y = argument; return 0;
    case KEY_COLOR: plot->color = argument; return 0;
    case KEY_CATEGORICAL: plot->categorical = true; return 0;
    case KEY_LABEL: plot->label = argument; return 0;
    case KEY_LABELS: plot->labels = argument; return 0;
    case KEY_EDGES: plot->edges = argument; return 0;
    case KEY_DIRECTED: plot->directed = true; return 0;
    case KEY_CONE: plot->cone = argument; return 0;
    case KEY_DISK: plot->disk = true; return 0;
    case KEY_TITLE: plot->title = argument; return 0;
    case KEY_X_NAME: plot->x_name = argument; return 0;
    case KEY_Y_NAME: plot->y_name = argument; return 0;
    case KEY_WIDTH: plot->figure.width = parse_side(state, "width", argument); return 0;
    case KEY_HEIGHT: plot->figure.height = parse_side(state, "height", argument); return 0;
    case KEY_SCALE: plot->figure.scale = options_real(state, "scale", argument, 0.1, 20); return 0;
    case KEY_LOG_X: plot->log_x = true; return 0;
    case KEY_LOG_Y: plot->log_y = true; return 0;
    case KEY_BINS: plot->bins = (int)options_integer(state, "bins", argument, 1, 10000); return 0;
    case KEY_GRID: parse_grid(plot, argument, state); return 0;
    case KEY_COLORMAP:
        plot->colormap = (enum colormap)options_choice(state, "colormap", argument, maps);
        plot->colormap_given = true;
        return 0;
    case KEY_THEME:
        plot->figure.dark = options_choice(state, "theme", argument, themes) == 1;
        return 0;
    case KEY_POINT_SIZE:
        plot->point_size = options_real(state, "point-size", argument, 0.1, 500);
        return 0;
    case KEY_ALPHA: plot->alpha = options_real(state, "alpha", argument, 0.001, 1); return 0;
    case ARGP_KEY_END: check_scopes(settings, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "tensor-plot",
    .operands = "[FILE]",
    .summary = "Draw a CSV table or an NPY array as PNG, SVG or PDF, as the extension of the "
               "output says; PNG on standard output.",
    .options = own_options,
    .parse = parse,
    .common = OPTION_OUTPUT,
    .most_operands = 1,
};

int main(int argc, char **argv)
{
    static bool (*const draw[PLOT_KINDS])(const struct plot_options *options,
                                          struct stream *stream, struct error *error) = {
        plot_scatter, plot_graph, plot_lines, plot_histogram, plot_heatmap,
        plot_images,  plot_dag};
    struct common_options common;
    struct settings settings = {.plot.figure.scale = 1, .kind = PLOT_KINDS};
    struct error error = {0};
    options_parse(&program, argc, argv, &common, &settings);
    struct figure_options *figure = &settings.plot.figure;
    figure->path = common.output;
    if (settings.kind != PLOT_IMAGES) {
        figure->width = figure->width ? figure->width : 800;
        figure->height = figure->height ? figure->height : 600;
    }
    const char *input = options_operand(&common, 0);
    const struct file_use files[] = {{"FILE", input, false},
                                     {"--edges", settings.plot.edges, false},
                                     {"--labels", settings.plot.labels, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    if (!figure_check_output(common.output, &error))
        error_exit(&error);
    struct stream *stream = stream_open(input, &error);
    if (!stream)
        error_exit(&error);
    bool good = draw[settings.kind](&settings.plot, stream, &error);
    stream_close(stream);
    if (!good)
        error_exit(&error);
    return EX_OK;
}
