/*
 * pathway-seed: trains the perceptron that the leaves of a distributed neural pathway start from.
 */
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "base/report.h"
#include "pathway/intake.h"
#include "pathway/leaf_job.h"

#include <stdlib.h>

enum { KEY_LOAD = 0x2000, KEY_TARGET, KEY_INPUTS, KEY_TASK, KEY_SAMPLE };

struct settings {
    struct leaf_options leaf;
    const char *load, *target, *inputs;
    bool labels;
    size_t sample;
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What to learn:", 1},
    {"load", KEY_LOAD, "DIR", 0, "The model that the seed is for: it tells inputs and target, and "
     "gets the seed as seed.safetensors unless -o is given", 1},
    {"target", KEY_TARGET, "NAME", 0, "Without a model: the column that is to be predicted", 1},
    {"inputs", KEY_INPUTS, "NAMES", 0, "Without a model: the columns to predict from, as a,b,c "
     "(default: all others)", 1},
    {"task", KEY_TASK, "NAME", 0, "Without a model: regression (default), or classification: the "
     "target is a label", 1},
    {"sample", KEY_SAMPLE, "N", 0, "Rows to learn from, drawn from the stream (default 65536)", 1},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    static const char *const tasks[] = {"regression", "classification", NULL};
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load = argument; return 0;
    case KEY_TARGET: s->target = argument; return 0;
    case KEY_INPUTS: s->inputs = argument; return 0;
    case KEY_TASK: s->labels = options_choice(state, "task", argument, tasks) == 1; return 0;
    case KEY_SAMPLE:
        s->sample = options_integer(state, "sample", argument, 2, 1ull << 40);
        return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->leaf; return 0;
    case ARGP_KEY_END:
        if (!s->load == !s->target || (s->load && (s->inputs || s->labels)))
            argp_error(state, "expected either --load DIR, or --target NAME with what belongs to "
                              "it");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {{&seed_argp, 0, "Training:", 3}, {0}};

static const struct program program = {
    .name = "pathway-seed",
    .operands = "[FILE]",
    .summary = "Train the seed of a distributed neural pathway: one small perceptron on a sample "
               "of all rows, from which the leaves start. Reads CSV; writes the seed.",
    .options = options,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_REPORT | OPTION_LOG,
    .most_operands = 1};

/* Reads the rows; the names are those of the model where there is one. */
static void read_rows(const struct settings *s, const struct common_options *common,
                      struct intake *intake)
{
    struct error error = {0};
    struct router router;
    struct intake_options from = {.inputs = s->inputs, .target = s->target, .labels = s->labels,
                                  .sample_rows = s->sample, .seed = common->seed};
    if (s->load) {
        if (!model_folder_load_router(s->load, &router, &error))
            error_exit(&error);
        if (!router.columns.target_name)
            error_die(EX_DATAERR, "%s: its rows have no target; expected a model made with "
                      "--target", s->load);
        from.known = &router.columns;
        from.classes = &router.classes;
    }
    struct stream *stream = stream_open(options_operand(common, 0), &error);
    if (!stream || !intake_read(intake, stream, &from, &error))
        error_exit(&error);
    stream_close(stream);
    if (s->load)
        router_free(&router);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.leaf = leaf_options_defaults(), .sample = SEED_ROWS};
    struct error error = {0};
    struct report report;
    struct report_log log;
    struct intake intake;
    struct leaf seed;
    options_parse(&program, argc, argv, &common, &s);
    char *own = s.load && !common.output && path_is_folder(s.load) ? model_folder_seed(s.load)
                                                                   : NULL;
    struct common_options checked = common;
    if (own)
        checked.output = own;
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--load", s.load, false}};
    options_check_files(&checked, files, sizeof files / sizeof *files);
    report_begin(&report, &common);
    if (!report_log_open(&log, common.log, &error))
        error_exit(&error);
    read_rows(&s, &common, &intake);
    struct leaf_fit fit = {.seed = common.seed, .show_progress = !common.quiet, .log = &log};
    if (!seed_train(&seed, &intake.columns, &intake.classes, &s.leaf, intake.sample,
                    intake.sample_count, &fit, &error))
        error_exit(&error);
    report_option_text(&report, "input", options_operand(&common, 0));
    report_option_text(&report, "load", s.load);
    leaf_options_report(&s.leaf, &seed.shape, &report);
    report_metric(&report, "rows", (double)seed.rows);
    report_metric(&report, "holdout_rows", (double)seed.holdout_rows);
    report_metric(&report, "holdout_loss", seed.holdout_loss);
    report_metric(&report, "steps", (double)fit.steps);
    report_metric(&report, "parameters", (double)leaf_parameters(&seed.shape));
    if (!report_write(&report, common.report, &error) || !report_log_close(&log, &error) ||
        (!fit.interrupted && !leaf_save(&seed, checked.output, &error)))
        error_exit(&error);
    report_free(&report);
    leaf_free(&seed);
    intake_free(&intake);
    free(own);
    return fit.interrupted ? EXIT_INTERRUPTED : EX_OK;
}
