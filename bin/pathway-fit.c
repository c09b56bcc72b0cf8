/* pathway-fit: trains a leaf of a distributed neural pathway from the rows of its cell, or all. */
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "base/report.h"
#include "pathway/intake.h"
#include "pathway/leaf_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_ALL = 0x2000, KEY_CELL, KEY_LOAD, KEY_LEAF, KEY_INIT, KEY_TARGET, KEY_TASK };

struct settings {
    struct leaf_options leaf;
    const char *all, *cell, *load, *init, *target;
    bool labels;
    size_t number;     /* of the leaf, or NO_NUMBER */
};

enum { NO_NUMBER = UINT32_MAX };

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What to train:", 1},
    {"all", KEY_ALL, "DIR", 0, "Every leaf of the model that is not done; and its seed, if it has "
     "none", 1},
    {"cell", KEY_CELL, "FILE", 0, "The leaf of this cell of a model, DIR/cell-0007.csv", 1},
    {"load", KEY_LOAD, "DIR", 0, "The model that rows in FILE or on standard input belong to", 1},
    {"leaf", KEY_LEAF, "K", 0, "With --load: the leaf that the rows are for", 1},
    {"target", KEY_TARGET, "NAME", 0, "Without a model: the column that is to be predicted", 1},
    {"task", KEY_TASK, "NAME", 0, "Without a model: regression (default), or classification: the "
     "target is a label", 1},
    {0, 0, 0, 0, "How:", 2},
    {"init", KEY_INIT, "MODEL", 0, "The seed to start from (default: the model's)", 2},
    {0}};

static void check_mode(const struct settings *s, struct argp_state *state)
{
    int modes = (s->all != NULL) + (s->cell != NULL) + (s->load != NULL) + (s->target != NULL);
    if (modes != 1 && !(modes == 0 && s->init))
        argp_error(state, "expected one of --all, --cell, --load with --leaf, or --target");
    if ((s->load != NULL) != (s->number != NO_NUMBER))
        argp_error(state, "--load and --leaf go together");
    if (s->leaf.cold && (s->init || s->leaf.try_cold))
        argp_error(state, "--cold starts from nothing; it goes with neither --init nor --try-cold");
    if (s->labels && !s->target)
        argp_error(state, "--task goes with --target");
}

static int parse(int key, char *argument, struct argp_state *state)
{
    static const char *const tasks[] = {"regression", "classification", NULL};
    struct settings *s = state->input;
    switch (key) {
    case KEY_ALL: s->all = argument; return 0;
    case KEY_CELL: s->cell = argument; return 0;
    case KEY_LOAD: s->load = argument; return 0;
    case KEY_LEAF:
        s->number = options_integer(state, "leaf", argument, 0, UINT32_MAX - 1);
        return 0;
    case KEY_INIT: s->init = argument; return 0;
    case KEY_TARGET: s->target = argument; return 0;
    case KEY_TASK: s->labels = options_choice(state, "task", argument, tasks) == 1; return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->leaf; return 0;
    case ARGP_KEY_END: check_mode(s, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {{&leaf_argp, 0, "Training:", 3}, {0}};

static const struct program program = {
    .name = "pathway-fit",
    .operands = "[FILE]",
    .summary = "Train a leaf of a distributed neural pathway: a small perceptron, from the rows of "
               "its cell and from the seed that all leaves start from. Writes the leaf. A leaf "
               "that is there already, whole and made from the same, is left as it is.",
    .options = options,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT | OPTION_LOG |
              OPTION_VERBOSE,
    .most_operands = 1};

/* What was to be trained, and from what. */
static void report_options(const struct settings *s, const struct common_options *common,
                           struct report *report)
{
    bool reads = !s->all && !s->cell;
    report_option_text(report, "input", reads ? options_operand(common, 0) : NULL);
    report_option_text(report, "all", s->all);
    report_option_text(report, "cell", s->cell);
    report_option_text(report, "load", s->load);
    report_option_text(report, "init", s->init);
}

static void report_leaf(const struct leaf *leaf, const struct leaf_options *how,
                        const struct leaf_fit *fit, struct report *report)
{
    leaf_options_report(how, &leaf->shape, report);
    report_metric(report, "rows", (double)leaf->rows);
    report_metric(report, "holdout_rows", (double)leaf->holdout_rows);
    report_metric(report, "start_loss", leaf->start_loss);
    report_metric(report, "holdout_loss", leaf->holdout_loss);
    report_metric(report, "kept", leaf->kept);
    report_metric(report, "steps", (double)fit->steps);
    report_metric(report, "parameters", (double)leaf_parameters(&leaf->shape));
}

static void open_jobs(const struct settings *s, const char *folder, size_t number,
                      const struct common_options *common, struct leaf_jobs *jobs)
{
    struct error error = {0};
    if (!leaf_jobs_open(jobs, folder, s->init, &s->leaf, common->seed, &error))
        error_exit(&error);
    if (number != NO_NUMBER && number >= jobs->router.leaves)
        error_die(EX_USAGE, "%s has no leaf %zu; expected one below %zu", folder, number,
                  jobs->router.leaves);
    if (number != NO_NUMBER && !jobs->has_start && !s->leaf.cold)
        error_die(EX_NOINPUT, "%s has no seed.safetensors; expected one (pathway-seed makes it), "
                  "--init or --cold", folder);
}

/* A leaf of a folder, from its cell or from a stream. Whether there was anything to do. */
static bool fit_one(const struct settings *s, const struct common_options *common,
                    struct leaf_fit *fit, struct leaf *leaf)
{
    struct error error = {0};
    struct leaf_jobs jobs;
    size_t number = s->number;
    char *why = NULL, *folder = s->cell ? model_folder_of_cell(s->cell, &number)
                                        : memory_copy_string(s->load);
    if (!folder)
        error_die(EX_USAGE, "--cell: '%s' is not the file of a cell, as model/cell-0007.csv",
                  s->cell);
    open_jobs(s, folder, number, common, &jobs);
    bool done = s->cell && common->output && strcmp(common->output, "-") != 0 &&
                leaf_job_state(&jobs, number, common->output, &why) == LEAF_DONE;
    if (s->cell && !done && !leaf_job_train(&jobs, number, fit, leaf, &error))
        error_exit(&error);
    if (s->load) {
        struct stream *stream = stream_open(options_operand(common, 0), &error);
        if (!stream || !leaf_job_train_stream(&jobs, number, stream, fit, leaf, &error))
            error_exit(&error);
        stream_close(stream);
    }
    leaf_jobs_close(&jobs);
    free(folder);
    free(why);
    return !done;
}

/* A leaf by itself: a perceptron for the rows of a stream. */
static void fit_alone(const struct settings *s, const struct common_options *common,
                      struct leaf_fit *fit, struct leaf *leaf)
{
    struct error error = {0};
    struct leaf start;
    struct intake intake;
    struct intake_options from = {.target = s->target, .labels = s->labels,
                                  .sample_rows = SIZE_MAX};
    if (s->init && !leaf_load_file(&start, s->init, &error))
        error_exit(&error);
    if (s->init) {
        from.known = &start.columns;
        from.classes = &start.classes;
    }
    struct stream *stream = stream_open(options_operand(common, 0), &error);
    if (!stream || !intake_read(&intake, stream, &from, &error))
        error_exit(&error);
    stream_close(stream);
    bool good = s->init ? seed_continue(leaf, &start, &s->leaf, intake.sample, intake.sample_count,
                                        fit, &error)
                        : seed_train(leaf, &intake.columns, &intake.classes, &s->leaf,
                                     intake.sample, intake.sample_count, fit, &error);
    if (!good)
        error_exit(&error);
    intake_free(&intake);
    if (s->init)
        leaf_free(&start);
}

static void report_batch(const struct leaf_batch *batch, struct report *report)
{
    report_metric(report, "leaves_found", (double)batch->found);
    report_metric(report, "leaves_trained", (double)batch->trained);
    report_metric(report, "leaves_kept", (double)batch->kept);
    report_metric(report, "start_loss", batch->start_loss);
    report_metric(report, "holdout_loss", batch->holdout_loss);
}

static bool fit_all(const struct settings *s, const struct common_options *common,
                    struct report *report)
{
    struct error error = {0};
    struct leaf_jobs jobs;
    struct leaf_batch batch = {.show_progress = !common->quiet, .say_each = common->verbose};
    open_jobs(s, s->all, NO_NUMBER, common, &jobs);
    bool good = s->leaf.cold || jobs.has_start ||
                leaf_jobs_make_seed(&jobs, &s->leaf, SEED_ROWS, !common->quiet, &error);
    good = good && leaf_batch_run(&batch, &jobs, &error);
    report_batch(&batch, report);
    if (!good)
        error_exit(&error);
    leaf_jobs_close(&jobs);
    return batch.interrupted;
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.leaf = leaf_options_defaults(), .number = NO_NUMBER};
    struct error error = {0};
    struct report report;
    struct report_log log;
    options_parse(&program, argc, argv, &common, &s);
    if (s.all && (common.output || common.log))
        error_die(EX_USAGE, "--all writes into its folder; -o and --log do not go with it");
    struct common_options checked = common;
    if (s.all)
        checked.output = "/dev/null"; /* the folder takes its place */
    options_check_files(&checked, NULL, 0);
    report_begin(&report, &common);
    report_options(&s, &common, &report);
    if (!report_log_open(&log, common.log, &error))
        error_exit(&error);
    struct leaf_fit fit = {.seed = common.seed, .show_progress = !common.quiet, .log = &log};
    if (s.all) {
        fit.interrupted = fit_all(&s, &common, &report);
    } else {
        struct leaf leaf;
        bool trained = true;
        if (s.cell || s.load)
            trained = fit_one(&s, &common, &fit, &leaf);
        else
            fit_alone(&s, &common, &fit, &leaf);
        if (trained && !fit.interrupted) {
            report_leaf(&leaf, &s.leaf, &fit, &report);
            if (!leaf_save(&leaf, common.output, &error))
                error_exit(&error);
        }
        if (trained)
            leaf_free(&leaf);
    }
    if (!report_write(&report, common.report, &error) || !report_log_close(&log, &error))
        error_exit(&error);
    report_free(&report);
    return fit.interrupted ? EXIT_INTERRUPTED : EX_OK;
}
