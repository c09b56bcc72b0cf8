/* graph-distance: shortest-path distances of a graph, as a matrix or for given pairs. */
#include "base/options.h"
#include "base/output.h"
#include "base/report.h"
#include "graph/components.h"
#include "graph/distance_table.h"
#include "graph/sampling.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KEY_PAIRS = 0x2000, KEY_SOURCES, KEY_LANDMARKS, KEY_DIRECTED, KEY_UNWEIGHTED, KEY_LOOPS,
       KEY_LARGEST, KEY_UNREACHABLE, KEY_NAMES };

struct settings {
    const char *pairs;
    const char *sources;
    size_t landmarks;   /* 0: not asked for */
    const char *names;
    bool directed, unweighted, self_loops, largest;
    struct distance_format format;
};

static const struct argp_option options[] = {
    {"pairs", KEY_PAIRS, "FILE", 0, "Only the distances of the pairs source,target in FILE", 1},
    {"sources", KEY_SOURCES, "NAMES", 0, "Only from these nodes, separated by commas", 1},
    {"landmarks", KEY_LANDMARKS, "K", 0, "Only from K nodes that are drawn at random", 1},
    {"directed", KEY_DIRECTED, 0, 0, "Edges lead from source to target only", 2},
    {"unweighted", KEY_UNWEIGHTED, 0, 0, "Count edges, whatever their weights", 2},
    {"allow-self-loops", KEY_LOOPS, 0, 0, "Take edges from a node to itself, which no path uses",
     2},
    {"largest-component", KEY_LARGEST, 0, 0, "Keep only the largest component", 2},
    {"unreachable", KEY_UNREACHABLE, "VALUE", 0, "Distance where no path leads (default inf)", 3},
    {"names", KEY_NAMES, "FILE", 0, "Write the columns' nodes, and their rows, to FILE", 3},
    {0}};

/* Distances are floats; a number that is none of them would come out as inf. */
static float parse_unreachable(const char *argument, struct argp_state *state)
{
    if (strcasecmp(argument, "nan") == 0)
        return NAN;
    double value = options_real(state, "unreachable", argument, -HUGE_VAL, HUGE_VAL);
    if (isfinite(value) && fabs(value) > (double)FLT_MAX)
        argp_error(state, "--unreachable: '%s' is beyond the range of a float", argument);
    return (float)value;
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    switch (key) {
    case KEY_PAIRS: settings->pairs = argument; return 0;
    case KEY_SOURCES: settings->sources = argument; return 0;
    case KEY_LANDMARKS:
        settings->landmarks = options_integer(state, "landmarks", argument, 1, NAMES_ABSENT);
        return 0;
    case KEY_DIRECTED: settings->directed = true; return 0;
    case KEY_UNWEIGHTED: settings->unweighted = true; return 0;
    case KEY_LOOPS: settings->self_loops = true; return 0;
    case KEY_LARGEST: settings->largest = true; return 0;
    case KEY_UNREACHABLE:
        settings->format.unreachable = parse_unreachable(argument, state);
        return 0;
    case KEY_NAMES: settings->names = argument; return 0;
    case ARGP_KEY_END:
        if ((settings->pairs != NULL) + (settings->sources != NULL) + (settings->landmarks > 0) > 1)
            argp_error(state, "--pairs, --sources and --landmarks exclude each other");
        if (settings->pairs && settings->names)
            argp_error(state, "--names is of a matrix, not of --pairs");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static bool read_graph(const char *path, const struct settings *settings, struct graph *graph,
                       struct error *error)
{
    const struct graph_read_options reading = {.directed = settings->directed,
                                               .allow_self_loops = settings->self_loops};
    struct stream *stream = stream_open(path, error);
    bool done = stream && graph_read(stream, &reading, graph, error);
    if (stream)
        stream_close(stream);
    if (!done)
        return false;
    if (settings->unweighted) {
        free(graph->weights);
        graph->weights = NULL;
    }
    if (settings->largest)
        components_keep_largest(graph);
    return true;
}

/* The rows of the matrix: nodes by name, landmarks, or every node. */
static uint32_t *choose_sources(const struct graph *graph, const struct settings *settings,
                                uint64_t seed, size_t *count, struct error *error)
{
    if (settings->sources)
        return names_find_list(&graph->names, settings->sources, "--sources", count, error);
    struct rng rng = rng_make(seed, RNG_LANDMARKS, 0);
    *count = settings->landmarks ? settings->landmarks : graph->nodes;
    return sample_nodes(graph, count, &rng);
}

static bool write_names(const char *path, const struct graph *graph, const uint32_t *sources,
                        size_t count, struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    distance_names_write(&output, graph, sources, count);
    return output_commit(&output, error);
}

static bool write_matrix(const char *path, const struct graph *graph,
                         const struct settings *settings, uint64_t seed,
                         struct distance_tally *tally, struct error *error)
{
    size_t count;
    struct output output;
    uint32_t *sources = choose_sources(graph, settings, seed, &count, error);
    bool done = sources && (!settings->names ||
                            write_names(settings->names, graph, sources, count, error)) &&
                output_open(&output, path, error);
    if (done)
        done = output_finish(&output,
                             distance_matrix_write(&output, graph, sources, count,
                                                   &settings->format, tally, error),
                             error);
    free(sources);
    return done;
}

static bool write_pairs(const char *path, const struct graph *graph,
                        const struct settings *settings, struct distance_tally *tally,
                        struct error *error)
{
    size_t count;
    struct node_pair *pairs;
    struct output output;
    struct stream *stream = stream_open(settings->pairs, error);
    if (!stream)
        return false;
    bool done = node_pairs_read(stream, graph, &pairs, &count, error);
    stream_close(stream);
    if (!done)
        return false;
    done = output_open(&output, path, error) &&
           output_finish(&output,
                         distance_pairs_write(&output, graph, pairs, count, &settings->format,
                                              tally, error),
                         error);
    free(pairs);
    return done;
}

static bool write_report(struct report *report, const struct graph *graph,
                         const struct settings *settings, const struct common_options *common,
                         const struct distance_tally *tally, struct error *error)
{
    report_option_text(report, "input", options_operand(common, 0));
    report_option_text(report, "pairs", settings->pairs);
    report_option_text(report, "sources", settings->sources);
    report_option_number(report, "landmarks", (double)settings->landmarks);
    report_option_number(report, "directed", settings->directed);
    report_option_number(report, "unweighted", settings->unweighted);
    report_option_number(report, "allow_self_loops", settings->self_loops);
    report_option_number(report, "largest_component", settings->largest);
    report_option_number(report, "unreachable", (double)settings->format.unreachable);
    report_metric(report, "nodes", (double)graph->nodes);
    report_metric(report, "arcs", (double)graph->arcs);
    report_metric(report, "pairs", tally->pairs);
    report_metric(report, "reachable_pairs", tally->reachable);
    report_metric(report, "average_distance",
                  tally->reachable > 0 ? tally->sum / tally->reachable : (double)NAN);
    report_metric(report, "largest_distance", (double)tally->largest);
    return report_write(report, common->report, error);
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = "graph-distance",
        .operands = "[FILE]",
        .summary = "Shortest-path distances between the nodes of a graph, which is read as an "
                   "edge list, source,target[,weight].",
        .options = options,
        .parse = parse,
        .common =
            OPTION_OUTPUT | OPTION_FORMAT_CSV_NPY | OPTION_SEED | OPTION_THREADS | OPTION_REPORT,
        .most_operands = 1,
    };
    struct common_options common;
    struct settings settings = {.format.unreachable = INFINITY};
    options_parse(&program, argc, argv, &common, &settings);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--pairs", settings.pairs, false},
                                     {"--names", settings.names, true}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    settings.format.npy = common.format == FORMAT_NPY;
    settings.format.threads = common.threads;
    settings.format.progress = !common.quiet;

    struct error error = {0};
    struct report report;
    struct graph graph;
    struct distance_tally tally = {0};
    report_begin(&report, &common);
    if (!read_graph(options_operand(&common, 0), &settings, &graph, &error) ||
        !(settings.pairs
              ? write_pairs(common.output, &graph, &settings, &tally, &error)
              : write_matrix(common.output, &graph, &settings, common.seed, &tally, &error)) ||
        !write_report(&report, &graph, &settings, &common, &tally, &error))
        error_exit(&error);
    report_free(&report);
    graph_free(&graph);
    return EX_OK;
}
