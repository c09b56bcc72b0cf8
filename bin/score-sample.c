/*
 * score-sample: draws new samples by the flow of a denoiser: that of the data themselves, or
 * any.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/progress.h"
#include "base/report.h"
#include "base/signals.h"
#include "diffusion/sample_writer.h"
#include "diffusion/sampling.h"

enum { KEY_STREAM = 0x2000 };

struct settings {
    struct sampling_settings sampling;
    bool stream;
};

static const struct argp_option option_table[] = {
    {"stream", KEY_STREAM, 0, 0, "Write each sample as an NPY record of its own", 7}, {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    (void)argument;
    switch (key) {
    case KEY_STREAM: s->stream = true; return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->sampling; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {{&sampling_argp, 0, NULL, 1}, {0}};

static const struct program program = {
    .name = "score-sample",
    .operands = "",
    .summary = "Draw new samples without training: noise is carried to data by the closed-form "
               "score of a data set, exact or smoothed, or by any other denoiser.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_FORMAT_CSV_NPY | OPTION_SEED | OPTION_THREADS | OPTION_REPORT,
};

struct sink {
    struct sample_writer writer;
    struct sampling *sampling;
};

/* Writes what is finished, in the scale of the data, or decoded. */
static bool take_finished(void *context, real *samples, size_t count, struct error *error)
{
    struct sink *sink = context;
    return sample_writer_add(&sink->writer, sampling_to_data(sink->sampling, samples, count), count,
                             error);
}

static enum sample_format choose_format(const struct settings *s, const struct common_options *c,
                                        const struct sampling *sampling)
{
    bool csv = c->format == FORMAT_CSV ||
               (c->format == FORMAT_DEFAULT && sampling->model.data.is_table && !sampling->decodes);
    return s->stream ? SAMPLES_RECORDS : csv ? SAMPLES_CSV : SAMPLES_NPY;
}

static bool write_report(const struct settings *s, const struct common_options *common,
                         const struct sampling *sampling, double seconds, struct report *report,
                         struct error *error)
{
    size_t done = sampling->sampler.done;
    sampling_report_options(&s->sampling, sampling, report);
    report_metric(report, "samples", (double)done);
    report_metric(report, "sampling_s", seconds);
    report_metric(report, "samples_per_second", (double)done / seconds);
    return report_write(report, common->report, error);
}

int main(int argc, char **argv)
{
    struct settings s = {.sampling = sampling_settings_default()};
    struct common_options common;
    struct error error = {0};
    struct report report;
    struct sampling sampling;
    options_parse(&program, argc, argv, &common, &s);
    if (s.stream && common.format == FORMAT_CSV)
        error_die(EX_USAGE, "--stream writes NPY records; it does not go with --format csv");
    const struct file_use files[] = {{"--data", s.sampling.score.data, false},
                                     {"--labels", s.sampling.score.labels, false},
                                     {"--observed", s.sampling.observed, false},
                                     {"--decoder", s.sampling.decoder, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    report_begin(&report, &common);
    struct sink sink = {.sampling = &sampling};
    if (!sampling_open(&s.sampling, common.seed, !common.quiet, &sampling, &error) ||
        !sample_writer_open(&sink.writer, common.output, choose_format(&s, &common, &sampling),
                            &sampling.written,
                            sampling.decodes ? NULL : sampling.model.data.names,
                            s.sampling.count, &error))
        error_exit(&error);
    sampling.sampler.finished = take_finished;
    sampling.sampler.context = &sink;
    signals_defer();
    double started = progress_seconds();
    sampler_run(&sampling.sampler, &error); /* what was finished before an error is kept */
    double seconds = progress_seconds() - started;
    if (!sample_writer_close(&sink.writer, &error) || error.exit_code != EX_OK ||
        !write_report(&s, &common, &sampling, seconds, &report, &error))
        error_exit(&error);
    report_free(&report);
    sampling_close(&sampling);
    return EX_OK;
}
