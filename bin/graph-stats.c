/* graph-stats: what there is to say of a graph in single figures. */
#include "base/options.h"
#include "base/report.h"
#include "graph/labels.h"
#include "graph/statistics.h"

enum { KEY_DIRECTED = 0x2000, KEY_LABELS, KEY_EFFORT };

struct settings {
    bool directed;
    const char *labels;
    uint64_t effort; /* arcs and nodes that the search for the diameter may visit */
};

static const struct argp_option options[] = {
    {"directed", KEY_DIRECTED, 0, 0, "Edges lead from source to target only", 1},
    {"labels", KEY_LABELS, "FILE", 0, "Classes of the nodes, columns node and label: homophily", 1},
    {"effort", KEY_EFFORT, "N", 0, "Edges and nodes to visit for the diameter before it is left "
     "at a lower bound (default 2000000000)", 1},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    switch (key) {
    case KEY_DIRECTED: settings->directed = true; return 0;
    case KEY_LABELS: settings->labels = argument; return 0;
    case KEY_EFFORT:
        settings->effort = options_integer(state, "effort", argument, 0, 1ull << 53);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static bool read_graph(const char *path, bool directed, struct graph *graph, struct error *error)
{
    const struct graph_read_options reading = {.directed = directed, .allow_self_loops = true};
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    bool done = graph_read(stream, &reading, graph, error);
    stream_close(stream);
    return done;
}

static bool read_labels(const char *path, struct graph *graph, struct labels *labels,
                        struct error *error)
{
    *labels = (struct labels){0};
    if (!path)
        return true;
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    bool done = labels_read(stream, graph, labels, error);
    stream_close(stream);
    return done;
}

static bool write_report(struct report *report, const struct figures *statistics,
                         const struct settings *settings, const struct common_options *common,
                         struct error *error)
{
    report_option_text(report, "input", options_operand(common, 0));
    report_option_number(report, "directed", settings->directed);
    report_option_text(report, "labels", settings->labels);
    report_option_number(report, "effort", (double)settings->effort);
    figures_report(statistics, report);
    return report_write(report, common->report, error);
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = "graph-stats",
        .operands = "[FILE]",
        .summary = "Size, components, degrees, clustering, diameter and homophily of a graph, "
                   "which is read as an edge list, source,target[,weight].",
        .options = options,
        .parse = parse,
        .common = OPTION_OUTPUT | OPTION_FORMAT_CSV_JSON | OPTION_THREADS | OPTION_REPORT,
        .most_operands = 1,
    };
    struct common_options common;
    struct settings settings = {.effort = 2000000000};
    options_parse(&program, argc, argv, &common, &settings);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--labels", settings.labels, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);

    struct error error = {0};
    struct report report;
    struct graph graph;
    struct labels labels;
    struct figures statistics;
    report_begin(&report, &common);
    if (!read_graph(options_operand(&common, 0), settings.directed, &graph, &error) ||
        !read_labels(settings.labels, &graph, &labels, &error))
        error_exit(&error);
    statistics_compute(&graph, settings.labels ? &labels : NULL, settings.effort, &statistics);
    if (!figures_write(&statistics, &common, &error) ||
        !write_report(&report, &statistics, &settings, &common, &error))
        error_exit(&error);
    labels_free(&labels);
    graph_free(&graph);
    report_free(&report);
    return EX_OK;
}
