/*
 * Plots: one function per kind, each in a file of its name. Every one reads its input, checks it,
 * and only then opens the output, so that bad input leaves no file behind.
 */
#ifndef TESSERAE_PLOT_PLOT_H
#define TESSERAE_PLOT_PLOT_H

#include "base/error.h"
#include "io/stream.h"
#include "plot/color.h"
#include "plot/figure.h"

#include <stdbool.h>
#include <stddef.h>

enum plot_kind {
    PLOT_SCATTER,
    PLOT_GRAPH,
    PLOT_LINES,
    PLOT_HISTOGRAM,
    PLOT_HEATMAP,
    PLOT_IMAGES,
    PLOT_DAG,
    PLOT_KINDS
};

/* What was asked for. NULL, 0 and false stand for "not given"; a kind reads what concerns it. */
struct plot_options {
    struct figure_options figure; /* sides of 0: what a grid of images needs */
    const char *title;
    const char *x_name;      /* on the axes, in place of the columns' names */
    const char *y_name;
    const char *x;           /* columns */
    const char *y;
    const char *color;
    const char *label;
    bool categorical;        /* colours stand for categories, even if they are numbers */
    const char *edges;       /* files */
    const char *labels;
    const char *cone;        /* a node */
    bool directed;           /* edges end in arrow heads */
    bool disk;               /* points of the Poincaré disc; edges are its geodesics */
    bool log_x, log_y;
    int bins;
    size_t grid_rows, grid_columns;
    enum colormap colormap;
    bool colormap_given;
    double point_size;       /* diameter in units */
    double alpha;            /* opacity of points */
};

/* Points: --x against --y, or the first two principal components. */
bool plot_scatter(const struct plot_options *options, struct stream *stream, struct error *error);

/* Points as the nodes of a graph, with the edges of a file. */
bool plot_graph(const struct plot_options *options, struct stream *stream, struct error *error);

/* Events node,x0,...,t0,... in time and space, with the edges of a file. */
bool plot_dag(const struct plot_options *options, struct stream *stream, struct error *error);

/* Columns against the first one. */
bool plot_lines(const struct plot_options *options, struct stream *stream, struct error *error);

/* How often the values of a column lie in each of some equal intervals. */
bool plot_histogram(const struct plot_options *options, struct stream *stream,
                    struct error *error);

/* A matrix as colours. */
bool plot_heatmap(const struct plot_options *options, struct stream *stream, struct error *error);

/* The first images of a stack (N,H,W), (N,H,W,C) or (N,C,H,W), in a grid. */
bool plot_images(const struct plot_options *options, struct stream *stream, struct error *error);

#endif
