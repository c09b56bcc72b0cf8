/*
 * pathway-route: builds the tree of prototypes that sends every row to one leaf, cuts rows into the
 * cells of such a tree, or tells of each row where it goes.
 */
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "base/report.h"
#include "dist/ranks.h"
#include "pathway/model_folder.h"
#include "pathway/partition_run.h"
#include "pathway/tagging.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_LEAVES = 0x2000, KEY_TARGET, KEY_INPUTS, KEY_TASK, KEY_OUT, KEY_LOAD, KEY_BRANCHING,
    KEY_SUPERVISION, KEY_PASSES, KEY_BALANCE, KEY_HALO, KEY_JOINT, KEY_SAMPLE, KEY_MEMORY
};

struct settings {
    struct partition_run run;
    const char *load_path;
    bool build_options; /* whether one of those that make a tree was given */
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What to do:", 1},
    {"leaves", KEY_LEAVES, "L", 0, "Build a tree of L leaves (default 16)", 1},
    {"load", KEY_LOAD, "MODEL", 0, "Use the tree of a model, a folder or a file, instead", 1},
    {"out", KEY_OUT, "DIR", 0, "Make a model: a folder with the tree and the cells, one file for "
     "each leaf", 1},
    {0, 0, 0, 0, "The data:", 2},
    {"target", KEY_TARGET, "NAME", 0, "The column that is to be predicted", 2},
    {"inputs", KEY_INPUTS, "NAMES", 0, "The columns to predict from, as a,b,c (default: all "
     "others)", 2},
    {"task", KEY_TASK, "NAME", 0, "regression (default), or classification: the target is a label",
     2},
    {0, 0, 0, 0, "The tree:", 3},
    {"branching", KEY_BRANCHING, "V", 0, "Children of a node at most (default 16)", 3},
    {"supervision", KEY_SUPERVISION, "LAMBDA", 0, "Cluster the target, times LAMBDA, together with "
     "the inputs (default 0)", 3},
    {"joint", KEY_JOINT, "STEPS", 0, "Let the prototypes learn together with affine leaves under a "
     "soft gate, for so many steps (default 0)", 3},
    {"passes", KEY_PASSES, "N", 0, "Passes over all rows, to refine the prototypes (default 1)", 3},
    {"balance", KEY_BALANCE, "B", 0, "Split cells with more than B times rows / L rows again", 3},
    {"halo", KEY_HALO, "MARGIN", 0, "Give rows with a margin below MARGIN to the cell next to "
     "theirs, too (default 0)", 3},
    {"sample", KEY_SAMPLE, "N", 0, "Rows on which the tree is grown (default: 256 L, at least "
     "65536, where --memory has room)", 3},
    {"memory", KEY_MEMORY, "BYTES", 0, "Memory for rows, with K, M or G (default 256M)", 3},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    static const char *const tasks[] = {"regression", "classification", NULL};
    struct settings *s = state->input;
    struct partition_run *run = &s->run;
    struct partition_options *o = &run->options;
    s->build_options |= key >= KEY_LEAVES && key <= KEY_SAMPLE && key != KEY_OUT &&
                        key != KEY_LOAD && key != KEY_HALO;
    switch (key) {
    case KEY_LEAVES: o->leaves = options_integer(state, "leaves", argument, 1, 1 << 24); return 0;
    case KEY_TARGET: run->target = argument; return 0;
    case KEY_INPUTS: run->inputs = argument; return 0;
    case KEY_TASK: run->labels = options_choice(state, "task", argument, tasks) == 1; return 0;
    case KEY_OUT: run->out = argument; return 0;
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_BRANCHING:
        o->tree.branching = options_integer(state, "branching", argument, 2, 1 << 16);
        return 0;
    case KEY_SUPERVISION:
        o->tree.supervision = options_real(state, "supervision", argument, 0, 1e6);
        return 0;
    case KEY_JOINT:
        o->joint.steps = options_integer(state, "joint", argument, 0, 1 << 30);
        return 0;
    case KEY_PASSES: o->passes = options_integer(state, "passes", argument, 0, 1000); return 0;
    case KEY_BALANCE: o->balance = options_real(state, "balance", argument, 1, 1e9); return 0;
    case KEY_HALO: run->halo = options_real(state, "halo", argument, 0, 1); return 0;
    case KEY_SAMPLE:
        run->sample = options_integer(state, "sample", argument, 2, 1ull << 40);
        return 0;
    case KEY_MEMORY: run->memory = options_bytes(state, "memory", argument); return 0;
    case ARGP_KEY_END:
        if (s->load_path && s->build_options)
            argp_error(state, "--load brings its tree, inputs and target; options that make them "
                              "do not go with it");
        if ((o->tree.supervision > 0 || o->joint.steps > 0 || run->labels) && !run->target)
            argp_error(state, "--supervision, --joint and --task need --target");
        if (run->out && !run->target && !s->load_path)
            argp_error(state, "--out makes cells to learn from; expected --target with it");
        if (run->halo > 0 && !run->out)
            argp_error(state, "--halo is for cells; expected --out with it");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "pathway-route",
    .operands = "[FILE]",
    .summary =
        "Build the tree of prototypes of a distributed neural pathway, and cut rows into "
        "the cells of its leaves (--out); or, with --load alone, put in front of every row "
        "the leaf that it goes to and its margin, from 0 on the border of the cell to 1. Reads "
        "CSV. Without --out and --load the tree is written by itself.",
    .options = options,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT,
    .most_operands = 1};

static void report_run(const struct settings *s, const struct router *router,
                       const struct cells *cells, struct report *report)
{
    const struct partition_options *o = &s->run.options;
    report_option_number(report, "leaves", (double)o->leaves);
    report_option_number(report, "branching", (double)o->tree.branching);
    report_option_number(report, "supervision", o->tree.supervision);
    report_option_number(report, "passes", (double)o->passes);
    report_option_number(report, "balance", o->balance);
    report_option_number(report, "joint", (double)o->joint.steps);
    report_option_number(report, "halo", s->run.halo);
    report_metric(report, "leaves", (double)router->leaves);
    report_metric(report, "height", (double)router_height(router));
    report_metric(report, "path_values", (double)router_path_values(router));
    report_metric(report, "stored_values", (double)router_stored_values(router));
    if (cells->count == 0)
        return;
    double least = INFINITY, most = 0;
    for (size_t leaf = 0; leaf < cells->count; leaf++) {
        least = fmin(least, (double)cells->list[leaf].rows);
        most = fmax(most, (double)cells->list[leaf].rows);
    }
    report_metric(report, "fewest_rows", least);
    report_metric(report, "most_rows", most);
}

/* Builds a tree, or takes the loaded one, and writes the folder or the tree. */
static void build(struct settings *s, const struct common_options *common)
{
    struct error error = {0};
    struct report report;
    struct router router;
    struct cells cells = {0};
    report_begin(&report, common);
    s->run.options.tree.seed = s->run.options.joint.seed = common->seed;
    if (!partition_run(&s->run, options_operand(common, 0), &router, &cells, &error))
        error_exit(&error);
    if (router.leaves < s->run.options.leaves && !s->load_path)
        error_warn("%zu leaves instead of %zu: no rows were left for the others",
                   router.leaves, s->run.options.leaves);
    report_option_text(&report, "input", options_operand(common, 0));
    report_run(s, &router, &cells, &report);
    if (ranks_rank() == 0) {
        struct safetensors file = {0};
        struct output output;
        router_describe(&router, &file);
        if (!report_write(&report, common->report, &error) ||
            (!s->run.out && (!output_open(&output, common->output, &error) ||
                             !output_finish(&output, safetensors_write(&output, &file, &error),
                                            &error))))
            error_exit(&error);
        safetensors_free(&file);
    }
    report_free(&report);
    cells_free(&cells);
    router_free(&router);
}

static void tag(const struct settings *s, const struct common_options *common)
{
    struct error error = {0};
    struct report report;
    struct output output;
    struct tagging tagging = {.router = s->run.tree};
    report_begin(&report, common);
    struct stream *stream = stream_open(options_operand(common, 0), &error);
    if (!stream || !output_open(&output, common->output, &error))
        error_exit(&error);
    bool good = tag_rows(&tagging, stream, &output, &error);
    report_option_text(&report, "input", stream_name(stream));
    report_metric(&report, "rows", (double)tagging.rows);
    report_metric(&report, "mean_margin", tagging.margin_sum / (double)tagging.rows);
    good = good && report_write(&report, common->report, &error);
    if (!output_finish(&output, good, &error))
        error_exit(&error);
    stream_close(stream);
    report_free(&report);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.run = partition_run_defaults()};
    struct error error = {0};
    struct router tree;
    ranks_start();
    options_parse(&program, argc, argv, &common, &s);
    if (s.run.out && common.output)
        error_die(EX_USAGE, "--out makes a folder; -o does not go with it");
    struct common_options checked = common;
    if (s.run.out)
        checked.output = "/dev/null"; /* the folder takes its place */
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--load", s.load_path, false}};
    options_check_files(&checked, files, sizeof files / sizeof *files);
    if (s.load_path) {
        if (!model_folder_load_router(s.load_path, &tree, &error))
            error_exit(&error);
        s.run.tree = &tree;
    }
    if (s.load_path && !s.run.out)
        tag(&s, &common);
    else
        build(&s, &common);
    if (s.load_path)
        router_free(&tree);
    ranks_finish();
    return EX_OK;
}
