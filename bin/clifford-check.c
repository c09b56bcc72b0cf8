/*
 * clifford-check: measures how equivariant a model is, one of clifford-fit or any other command,
 * under random isometries of a metric, and tries the identities of its Clifford algebra.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/report.h"
#include "geometry/clifford_identities.h"
#include "io/figures.h"
#include "multivector/multivector_check.h"

#include <math.h>
#include <stdlib.h>

struct settings {
    struct multivector_check check;
    const char *load_path, *true_metric_path;
    double tolerance; /* INFINITY: any error will do */
};

enum { KEY_LOAD = 0x2000, KEY_COMMAND, KEY_METRIC, KEY_METRIC_FILE, KEY_TRUE_METRIC, KEY_TRIALS,
       KEY_COUNT, KEY_TRANSLATIONS, KEY_TOLERANCE };

static const struct argp_option option_table[] = {
    {"load", KEY_LOAD, "MODEL", 0, "Check this model, from clifford-fit, under its own metric", 1},
    {"command", KEY_COMMAND, "COMMAND", 0, "Check a command that reads samples on standard input "
     "and writes predictions on standard output, as clifford-predict does", 1},
    {"metric", KEY_METRIC, "LIST", 0, "Squares of the axes, such as 1,-1,-1,-1, in place of the "
     "model's metric (with --command by default 1 in all dimensions)", 1},
    {"metric-file", KEY_METRIC_FILE, "FILE", 0, "The metric as a symmetric matrix in FILE", 1},
    {"true-metric", KEY_TRUE_METRIC, "FILE", 0, "Tell how far the metric is, up to scale, from the "
     "matrix in FILE", 1},
    {"trials", KEY_TRIALS, "N", 0, "Isometries, and trials of each identity (default 32)", 2},
    {"count", KEY_COUNT, "N", 0, "Random samples, where no FILE is given (default 64)", 2},
    {"translations", KEY_TRANSLATIONS, 0, 0, "First vectors of nodes are places: try moving them "
     "(with --load: as the model has it)", 2},
    {"tolerance", KEY_TOLERANCE, "E", 0, "Fail (65) when an error of equivariance is larger", 2},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    struct multivector_check *check = &s->check;
    switch (key) {
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_COMMAND: check->command = argument; return 0;
    case KEY_METRIC:
        if (!metric_parse(argument, check->given, &check->given_count))
            argp_error(state, "--metric: '%s'; expected up to %d numbers separated by commas",
                       argument, CLIFFORD_MOST_DIMENSIONS);
        return 0;
    case KEY_METRIC_FILE: check->metric_path = argument; return 0;
    case KEY_TRUE_METRIC: s->true_metric_path = argument; return 0;
    case KEY_TRIALS: check->trials = options_integer(state, "trials", argument, 1, 1u << 20);
        return 0;
    case KEY_COUNT:
        check->samples = options_integer(state, "count", argument, 1, 1u << 20);
        check->gave_samples = true;
        return 0;
    case KEY_TRANSLATIONS: check->translations = true; return 0;
    case KEY_TOLERANCE:
        s->tolerance = options_real(state, "tolerance", argument, 0, 1e9);
        return 0;
    case ARGP_KEY_END:
        if (s->load_path && check->command)
            argp_error(state, "--load and --command exclude each other");
        if (check->given_count && check->metric_path)
            argp_error(state, "--metric and --metric-file exclude each other");
        if (!s->load_path && !check->command && !check->given_count && !check->metric_path)
            argp_error(state, "expected --load, --command, --metric or --metric-file");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "clifford-check",
    .operands = "[FILE]",
    .summary = "Measure how equivariant a model is under random isometries of a metric, on the "
               "samples of FILE (a tensor stream as clifford-make writes it) or on random ones, "
               "and try the identities of the metric's Clifford algebra. Writes a table "
               "metric,value.",
    .options = option_table,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_FORMAT_CSV_JSON | OPTION_SEED | OPTION_THREADS | OPTION_REPORT,
    .most_operands = 1};

static void describe(struct report *report, const struct settings *s,
                     const struct common_options *common)
{
    const struct multivector_check *check = &s->check;
    size_t n = check->dimension;
    report_option_text(report, "input", common->operand_count ? common->operands[0] : NULL);
    report_option_text(report, "load", s->load_path);
    report_option_text(report, "command", check->command);
    report_option_text(report, "metric_file", check->metric_path);
    report_option_text(report, "true_metric", s->true_metric_path);
    report_option_number(report, "trials", (double)check->trials);
    figures_report(&check->figures, report);
    report_metric_matrix(report, "metric", check->metric, n, n);
}

static void run(struct settings *s, const struct common_options *common)
{
    struct error error = {0};
    struct multivector_check *check = &s->check;
    struct multivector_model model;
    check->seed = common->seed;
    check->input = common->operand_count ? common->operands[0] : NULL;
    if (s->load_path && !multivector_model_load(&model, s->load_path, &error))
        error_exit(&error);
    check->model = s->load_path ? &model : NULL;
    if (!multivector_check_settle(check, &error) || !multivector_check_algebra(check, &error) ||
        (check->predicts && !multivector_check_equivariance(check, &error)) ||
        (s->true_metric_path &&
         !multivector_check_metric(check, s->true_metric_path, &error)))
        error_exit(&error);
    if (s->load_path)
        multivector_model_free(&model);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct error error = {0};
    struct settings s = {.check = {.trials = 32, .samples = 64}, .tolerance = INFINITY};
    options_parse(&program, argc, argv, &common, &s);
    const struct file_use files[] = {
        {"FILE", common.operand_count ? common.operands[0] : NULL, false},
        {"--load", s.load_path, false},
        {"--metric-file", s.check.metric_path, false},
        {"--true-metric", s.true_metric_path, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    struct report report;
    report_begin(&report, &common);
    run(&s, &common);
    describe(&report, &s, &common);
    if (!report_write(&report, common.report, &error) ||
        !figures_write(&s.check.figures, &common, &error))
        error_exit(&error);
    report_free(&report);
    if (s.check.worst > s.tolerance)
        error_die(EX_DATAERR, "the largest error of equivariance is %g; expected at most %g",
                  s.check.worst, s.tolerance);
    return EX_OK;
}
