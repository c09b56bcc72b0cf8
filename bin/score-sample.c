/* score-sample: draws new samples by the flow of a denoiser: that of the data themselves, or any. */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/progress.h"
#include "base/report.h"
#include "base/signals.h"
#include "diffusion/sample_writer.h"
#include "diffusion/sampler.h"
#include "diffusion/score_options.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_COUNT = 0x2000, KEY_STEPS, KEY_METHOD, KEY_START, KEY_BATCH, KEY_GUIDE, KEY_OBSERVED,
       KEY_STREAM };

enum { MOST_BATCH = 128, BATCH_BYTES = 320 << 20 };

static const char *const method_names[] = {"euler", "heun", NULL};

struct settings {
    struct score_settings score;
    struct flow flow;
    size_t count, batch; /* batch 0: as memory allows */
    const char *guide, *observed;
    bool stream;
};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Flow:", 4},
    {"count", KEY_COUNT, "N", 0, "Samples to draw (default 16)", 0},
    {"steps", KEY_STEPS, "S", 0, "Steps of the flow (default 100)", 0},
    {"method", KEY_METHOD, "NAME", 0, "euler, or heun, which asks twice a step (default euler)", 0},
    {"start", KEY_START, "T", 0, "Time at which the flow starts; before it, the data are taken for "
     "Gaussian (default 0, pure noise)", 0},
    {"batch", KEY_BATCH, "N", 0, "Samples that go together (default: up to 128, in 320 MiB)", 0},
    {"guide", KEY_GUIDE, "CLASSES", 0, "Draw of these classes, separated by commas, as many of "
     "each; all: of every class", 0},
    {"observed", KEY_OBSERVED, "FILE", 0, "Numbers that are known of one record, or of each sample; "
     "NaN and empty cells are to be filled in", 0},
    {"stream", KEY_STREAM, 0, 0, "Write each sample as an NPY record of its own", 0},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_COUNT: s->count = options_integer(state, "count", argument, 1, UINT32_MAX); return 0;
    case KEY_STEPS: s->flow.steps = options_integer(state, "steps", argument, 1, 1000000); return 0;
    case KEY_METHOD:
        s->flow.method = (enum flow_method)options_choice(state, "method", argument, method_names);
        return 0;
    case KEY_START: s->flow.start = options_real(state, "start", argument, 0, 0.99); return 0;
    case KEY_BATCH: s->batch = options_integer(state, "batch", argument, 1, 1 << 20); return 0;
    case KEY_GUIDE: s->guide = argument; return 0;
    case KEY_OBSERVED: s->observed = argument; return 0;
    case KEY_STREAM: s->stream = true; return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->score; return 0;
    case ARGP_KEY_END:
        if (!s->score.data)
            argp_error(state, "--data is missing");
        if (s->guide && !s->score.labels && !s->score.label_column)
            argp_error(state, "--guide needs --labels or --label-column");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {{&score_argp, 0, NULL, 1}, {0}};

static const struct program program = {
    .name = "score-sample",
    .operands = "",
    .summary = "Draws new samples without training: noise is carried to data by the closed-form "
               "score of a data set, exact or smoothed.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_FORMAT_CSV_NPY | OPTION_SEED | OPTION_THREADS | OPTION_REPORT,
};

/* The class of each sample: the same number of each that is named, one after the other. */
static uint32_t *choose_classes(const struct settings *s, const struct data_set *data,
                                struct error *error)
{
    char *list = memory_copy_string(s->guide);
    uint32_t *named = memory_alloc(strlen(list) + data->classes + 1, sizeof *named);
    uint32_t *labels = NULL;
    size_t count = 0;
    if (strcmp(list, "all") == 0)
        for (; count < data->classes; count++)
            named[count] = (uint32_t)count;
    for (char *rest = count ? NULL : list, *name; (name = strsep(&rest, ",")) != NULL; count++) {
        named[count] = data_set_class(data, name);
        if (named[count] == UINT32_MAX)
            error_set(error, EX_DATAERR, "--guide: no class '%.64s' among the labels", name);
    }
    if (error->exit_code == EX_OK) {
        labels = memory_alloc(s->count, sizeof *labels);
        for (size_t i = 0; i < s->count; i++)
            labels[i] = named[i * count / s->count];
    }
    free(named);
    free(list);
    return labels;
}

/* What is known of the samples, in the scale of the score. */
static bool read_observed(const struct settings *s, const struct score_model *model,
                          struct data_set *observed, struct error *error)
{
    const struct data_set_options reading = {.allow_missing = true};
    if (!data_set_read(s->observed, &reading, observed, error))
        return false;
    if (observed->columns != model->denoiser.columns && observed->rows == model->denoiser.columns &&
        observed->columns == 1) {
        observed->columns = observed->rows; /* a vector is one record */
        observed->rows = 1;
    }
    if (!data_set_check_columns(observed, model->denoiser.columns, s->observed, error))
        return false;
    if (observed->rows != 1 && observed->rows != s->count)
        return error_set(error, EX_DATAERR, "%s: %zu records; expected 1, or %zu as there are "
                         "samples", s->observed, observed->rows, s->count);
    score_model_to_score(model, observed->values, observed->rows);
    return true;
}

struct sink {
    struct sample_writer writer;
    const struct score_model *model;
};

static bool take_finished(void *context, real *samples, size_t count, struct error *error)
{
    struct sink *sink = context;
    score_model_to_data(sink->model, samples, count);
    return sample_writer_add(&sink->writer, samples, count, error);
}

static bool write_report(const struct settings *s, const struct common_options *common,
                         const struct sampler *sampler, double seconds, struct report *report,
                         struct error *error)
{
    score_report_options(&s->score, report);
    report_option_number(report, "count", (double)s->count);
    report_option_number(report, "steps", (double)s->flow.steps);
    report_option_text(report, "method", method_names[s->flow.method]);
    report_option_number(report, "start", s->flow.start);
    report_option_number(report, "batch", (double)sampler->batch);
    report_option_text(report, "guide", s->guide);
    report_option_text(report, "observed", s->observed);
    report_option_number(report, "threads", common->threads);
    report_metric(report, "samples", (double)sampler->done);
    report_metric(report, "sampling_s", seconds);
    report_metric(report, "samples_per_second", (double)sampler->done / seconds);
    return report_write(report, common->report, error);
}

static enum sample_format choose_format(const struct settings *s, const struct common_options *c,
                                        const struct data_set *data)
{
    bool csv = c->format == FORMAT_CSV || (c->format == FORMAT_DEFAULT && data->is_table);
    return csv && !s->stream ? SAMPLES_CSV : s->stream ? SAMPLES_RECORDS : SAMPLES_NPY;
}

int main(int argc, char **argv)
{
    struct settings s = {.score = score_settings_default(), .flow.steps = 100, .count = 16};
    struct common_options common;
    struct error error = {0};
    struct report report;
    struct score_model model;
    struct data_set observed = {0};
    struct gaussian_start start = {0};
    options_parse(&program, argc, argv, &common, &s);
    const struct file_use files[] = {{"--data", s.score.data, false},
                                     {"--labels", s.score.labels, false},
                                     {"--observed", s.observed, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    s.flow.seed = common.seed;
    report_begin(&report, common.seed);
    if (!score_model_open(&s.score, common.seed, &model, &error))
        error_exit(&error);
    struct sink sink = {.model = &model};
    struct sampler sampler = {.flow = s.flow, .denoiser = &model.denoiser, .count = s.count,
                              .batch = s.batch, .show_progress = !common.quiet,
                              .finished = take_finished, .context = &sink};
    if (sampler.batch == 0) {
        size_t most = score_model_batch(&model, &s.score, BATCH_BYTES);
        sampler.batch = most < MOST_BATCH ? most : MOST_BATCH;
    }
    if ((s.guide && !(sampler.labels = choose_classes(&s, &model.data, &error))) ||
        (s.observed && !read_observed(&s, &model, &observed, &error)) ||
        (s.flow.start > 0 &&
         !gaussian_start_make(&start, &model.points, s.flow.start, &error)) ||
        !sample_writer_open(&sink.writer, common.output, choose_format(&s, &common, &model.data),
                            &model.data.shape, model.data.names, s.count, &error))
        error_exit(&error);
    sampler.observed = observed.values;
    sampler.observed_rows = observed.rows;
    sampler.start = &start;
    signals_defer();
    double started = progress_seconds();
    sampler_run(&sampler, &error);
    double seconds = progress_seconds() - started;
    if (!sample_writer_close(&sink.writer, &error) || error.exit_code != EX_OK ||
        !write_report(&s, &common, &sampler, seconds, &report, &error))
        error_exit(&error);
    report_free(&report);
    gaussian_start_free(&start);
    data_set_free(&observed);
    free((void *)sampler.labels);
    score_model_free(&model);
    return EX_OK;
}
