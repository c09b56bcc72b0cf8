/* dag-stats: what there is to say of the order of a directed acyclic graph. */
#include "base/options.h"
#include "base/output.h"
#include "base/report.h"
#include "dag/dag_statistics.h"
#include "io/csv.h"

#include <math.h>
#include <stdlib.h>

enum { KEY_CONDENSE = 0x2000, KEY_BREAK, KEY_REDUCE, KEY_ANTICHAIN, KEY_CHAINS, KEY_EFFORT };

struct settings {
    enum cycle_policy cycles;
    const char *reduce; /* files to write */
    const char *antichain;
    const char *chains;
    uint64_t effort;
};

static const struct argp_option options[] = {
    {"condense", KEY_CONDENSE, 0, 0, "Join the nodes of every strong component into one", 1},
    {"break-cycles", KEY_BREAK, 0, 0, "Drop a few edges until there are no cycles", 1},
    {"effort", KEY_EFFORT, "N", 0, "Edges and nodes to visit for the width, and for the closure, "
     "before it is left at a bound, or left out (default 2000000000)", 1},
    {0, 0, 0, 0, "To write:", 2},
    {"reduce", KEY_REDUCE, "FILE", 0, "The transitive reduction (Hasse diagram), an edge list", 2},
    {"antichain", KEY_ANTICHAIN, "FILE", 0, "A largest antichain that was found, column node", 2},
    {"chains", KEY_CHAINS, "FILE", 0, "The chains that were found, node,chain,position", 2},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    switch (key) {
    case KEY_CONDENSE:
    case KEY_BREAK: {
        enum cycle_policy policy = key == KEY_BREAK ? CYCLES_BREAK : CYCLES_CONDENSE;
        if (settings->cycles != CYCLES_REFUSE && settings->cycles != policy)
            argp_error(state, "--condense and --break-cycles exclude each other");
        settings->cycles = policy;
        return 0;
    }
    case KEY_EFFORT:
        settings->effort = options_integer(state, "effort", argument, 0, 1ull << 53);
        return 0;
    case KEY_REDUCE: settings->reduce = argument; return 0;
    case KEY_ANTICHAIN: settings->antichain = argument; return 0;
    case KEY_CHAINS: settings->chains = argument; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static bool read_dag(const char *path, enum cycle_policy policy, struct dag *dag,
                     struct error *error)
{
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    bool done = dag_read(stream, policy, dag, error);
    stream_close(stream);
    return done;
}

/* Says what was done about cycles, and which figures are not what was asked for. */
static void warn(const struct dag *dag, const struct dag_figures *figures)
{
    char *changes = dag_changes_text(&dag->changes);
    if (changes)
        error_warn("%s", changes);
    free(changes);
    if (!figures->cover.minimum)
        error_warn("the width is between %zu and %zu: the search ended after --effort",
                   figures->cover.antichain_count, figures->cover.chains);
    if (!figures->closure.needed)
        error_warn("left out closure_size, order_density, reduction_size and "
                   "dimension_at_most_two: the closure takes %.3g visits; give more --effort",
                   (double)closure_sweep_visits(dag));
    else if (isnan(figures_value(&figures->statistics, "dimension_at_most_two")))
        error_warn("left out dimension_at_most_two: too many nodes for the exact test");
}

static bool write_reduction(const struct dag *dag, const struct dag_figures *figures,
                            const char *path, struct error *error)
{
    struct output output;
    if (!path)
        return true;
    if (!output_open(&output, path, error))
        return false;
    struct graph reduction;
    closure_reduction(dag, figures->closure.needed, &reduction);
    graph_write(&reduction, output.file);
    graph_free(&reduction);
    return output_commit(&output, error);
}

static bool write_antichain(const struct dag *dag, const struct chain_cover *cover,
                            const char *path, struct error *error)
{
    struct output output;
    if (!path)
        return true;
    if (!output_open(&output, path, error))
        return false;
    fputs("node\n", output.file);
    for (size_t i = 0; i < cover->antichain_count; i++) {
        csv_write_field(output.file, dag->graph.names.strings[cover->antichain[i]]);
        putc('\n', output.file);
    }
    return output_commit(&output, error);
}

static bool write_chains(const struct dag *dag, const struct chain_cover *cover, const char *path,
                         struct error *error)
{
    struct output output;
    if (!path)
        return true;
    if (!output_open(&output, path, error))
        return false;
    fputs("node,chain,position\n", output.file);
    for (size_t i = 0; i < cover->nodes; i++) {
        uint32_t node = cover->members[i];
        csv_write_field(output.file, dag->graph.names.strings[node]);
        fprintf(output.file, ",%u,%u\n", cover->chain[node], cover->position[node]);
    }
    return output_commit(&output, error);
}

static bool write_report(struct report *report, const struct figures *statistics,
                         const struct settings *settings, const struct common_options *common,
                         struct error *error)
{
    static const char *const policies[] = {"refuse", "condense", "break"};
    report_option_text(report, "input", options_operand(common, 0));
    report_option_text(report, "cycles", policies[settings->cycles]);
    report_option_number(report, "effort", (double)settings->effort);
    report_option_text(report, "reduce", settings->reduce);
    report_option_text(report, "antichain", settings->antichain);
    report_option_text(report, "chains", settings->chains);
    figures_report(statistics, report);
    return report_write(report, common->report, error);
}

static void check_files(const struct settings *settings, const struct common_options *common)
{
    const struct file_use files[] = {{"FILE", options_operand(common, 0), false},
                                     {"--reduce", settings->reduce, true},
                                     {"--antichain", settings->antichain, true},
                                     {"--chains", settings->chains, true}};
    options_check_files(common, files, sizeof files / sizeof *files);
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = "dag-stats",
        .operands = "[FILE]",
        .summary = "Width, height, closure, reduction and dimension of the order of a directed "
                   "acyclic graph, which is read as an edge list, source,target[,weight].",
        .options = options,
        .parse = parse,
        .common = OPTION_OUTPUT | OPTION_FORMAT_CSV_JSON | OPTION_THREADS | OPTION_REPORT,
        .most_operands = 1,
    };
    struct common_options common;
    struct settings settings = {.effort = 2000000000};
    options_parse(&program, argc, argv, &common, &settings);
    check_files(&settings, &common);
    struct error error = {0};
    struct report report;
    struct dag dag;
    struct dag_figures figures;
    report_begin(&report, &common);
    if (!read_dag(options_operand(&common, 0), settings.cycles, &dag, &error))
        error_exit(&error);
    dag_figures_compute(&dag, settings.effort, settings.reduce != NULL, &figures);
    warn(&dag, &figures);
    if (!write_reduction(&dag, &figures, settings.reduce, &error) ||
        !write_antichain(&dag, &figures.cover, settings.antichain, &error) ||
        !write_chains(&dag, &figures.cover, settings.chains, &error) ||
        !figures_write(&figures.statistics, &common, &error) ||
        !write_report(&report, &figures.statistics, &settings, &common, &error))
        error_exit(&error);
    dag_figures_free(&figures);
    dag_free(&dag);
    report_free(&report);
    return EX_OK;
}
