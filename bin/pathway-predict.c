/* pathway-predict: predicts a stream of rows by a distributed neural pathway, in bounded memory. */
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/report.h"
#include "pathway/model_folder.h"
#include "pathway/predictor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_LOAD = 0x2000, KEY_MEMORY, KEY_WINDOW, KEY_BLEND, KEY_MMAP, KEY_PROBABILITIES };

struct settings {
    const char *load;
    struct predictor_options predictor;
};

static const struct argp_option options[] = {
    {"load", KEY_LOAD, "MODEL", 0, "The model's folder, or a single leaf or seed (required)", 1},
    {"memory", KEY_MEMORY, "BYTES", 0, "Bound on the memory for router, leaves and rows, with K, M "
     "or G (default 64M)", 1},
    {"window", KEY_WINDOW, "ROWS", 0, "Rows that are gathered and sorted by leaf (default: up to "
     "4096, in a quarter of the memory)", 1},
    {"mmap", KEY_MMAP, 0, 0, "Map leaves into memory instead of reading them", 1},
    {"blend", KEY_BLEND, 0, 0, "Mix the two nearest leaves; doubles the parameters loaded", 2},
    {"probabilities", KEY_PROBABILITIES, 0, 0, "Also write the probability of every label", 2},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load = argument; return 0;
    case KEY_MEMORY: s->predictor.memory = options_bytes(state, "memory", argument); return 0;
    case KEY_WINDOW:
        s->predictor.window = options_integer(state, "window", argument, 1, UINT32_MAX / 2);
        return 0;
    case KEY_BLEND: s->predictor.blend = true; return 0;
    case KEY_MMAP: s->predictor.mapped = true; return 0;
    case KEY_PROBABILITIES: s->predictor.probabilities = true; return 0;
    case ARGP_KEY_END:
        if (!s->load)
            argp_error(state, "no model is given; expected --load MODEL");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "pathway-predict",
    .operands = "[FILE]",
    .summary = "Predict rows by a distributed neural pathway. Reads CSV; writes a column "
               "prediction, in the order of the rows. Leaves are loaded when they are needed, and "
               "never take more memory than is allowed. Where the target is among the columns, the "
               "report has the error.",
    .options = options,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_REPORT,
    .most_operands = 1};

static void report_options(const struct settings *s, const char *input, struct report *report)
{
    report_option_text(report, "input", input);
    report_option_text(report, "load", s->load);
    report_option_number(report, "memory", (double)s->predictor.memory);
    report_option_number(report, "blend", s->predictor.blend);
    report_option_number(report, "mmap", s->predictor.mapped);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.predictor.memory = (size_t)64 << 20};
    struct error error = {0};
    struct report report;
    struct router router;
    struct leaf_cache cache;
    struct predictor predictor;
    struct output output;
    options_parse(&program, argc, argv, &common, &s);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--load", s.load, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    if (strcmp(s.load, "-") == 0)
        error_die(EX_USAGE,
                  "--load: leaves are read when they are wanted, which standard input cannot "
                  "do; expected a folder or a file");
    report_begin(&report, &common);
    struct stream *stream = stream_open(options_operand(&common, 0), &error);
    if (!stream || !model_folder_load_pathway(s.load, &router, &error) ||
        !leaf_cache_open(&cache, s.load, &router, s.predictor.mapped, &error) ||
        !predictor_begin(&predictor, &router, &cache, &s.predictor, &error))
        error_exit(&error);
    if (s.predictor.probabilities && !router.columns.labels)
        error_die(EX_USAGE, "--probabilities are of labels, and this model predicts a number");
    char *text = predictor_memory_text(&predictor);
    if (!common.quiet)
        fprintf(stderr, "pathway-predict: memory: %s\n", text);
    free(text);
    if (!output_open(&output, common.output, &error))
        error_exit(&error);
    double started = progress_seconds();
    bool good = predictor_run(&predictor, stream, &output, &error);
    double seconds = progress_seconds() - started;
    report_options(&s, stream_name(stream), &report);
    predictor_report(&predictor, &report);
    report_metric(&report, "rows_per_second", (double)predictor.rows / (seconds > 0 ? seconds : 1));
    good = good && report_write(&report, common.report, &error);
    if (!output_finish(&output, good, &error))
        error_exit(&error);
    stream_close(stream);
    report_free(&report);
    leaf_cache_close(&cache);
    router_free(&router);
    return EX_OK;
}
