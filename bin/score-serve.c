/*
 * score-serve: answers questions of the denoiser protocol, tesserae-denoiser(5), from a trained model
 * or from data by their closed-form score.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/report.h"
#include "diffusion/closed_form.h"
#include "diffusion/denoiser_protocol.h"
#include "diffusion/neural_denoiser.h"

struct settings {
    const char *load_path, *data_path, *labels_path, *label_column;
    double guidance;
    struct closed_form_options closed_form;
    bool perturbed; /* --perturbations was given */
};

enum { KEY_LOAD = 0x2000, KEY_DATA, KEY_LABELS, KEY_LABEL, KEY_GUIDANCE, KEY_SIGMA, KEY_PERTURB };

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "What answers:", 1},
    {"load", KEY_LOAD, "MODEL", 0, "A model of score-train", 0},
    {"guidance", KEY_GUIDANCE, "G", 0, "How much further a class pulls than a model says, by "
     "classifier-free guidance (default 1)", 0},
    {"data", KEY_DATA, "FILE", 0, "The closed-form score of these records", 0},
    {"sigma", KEY_SIGMA, "S", 0, "Smooth it by perturbations of this size (default 0)", 0},
    {"perturbations", KEY_PERTURB, "M", 0, "So many of them (default 8 with --sigma)", 0},
    {"labels", KEY_LABELS, "FILE", 0, "The classes of the records, one for each row", 0},
    {"label-column", KEY_LABEL, "COLUMN", 0, "The column of the table that holds them", 0},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_DATA: s->data_path = argument; return 0;
    case KEY_LABELS: s->labels_path = argument; return 0;
    case KEY_LABEL: s->label_column = argument; return 0;
    case KEY_GUIDANCE: s->guidance = options_real(state, "guidance", argument, -1e6, 1e6); return 0;
    case KEY_SIGMA:
        s->closed_form.sigma = options_real(state, "sigma", argument, 0, 1e30);
        return 0;
    case KEY_PERTURB:
        s->closed_form.perturbations = options_integer(state, "perturbations", argument, 1, 4096);
        s->perturbed = true;
        return 0;
    case ARGP_KEY_END:
        if (!s->load_path == !s->data_path)
            argp_error(state, "expected one of --load MODEL and --data FILE");
        if (s->load_path && (s->closed_form.sigma > 0 || s->perturbed || s->labels_path ||
                             s->label_column))
            argp_error(state, "--sigma, --perturbations, --labels and --label-column go with --data");
        if (s->data_path && s->guidance != 1)
            argp_error(state, "--guidance goes with --load");
        if (s->perturbed && s->closed_form.sigma == 0)
            argp_error(state, "--perturbations needs --sigma");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "score-serve",
    .operands = "[FILE]",
    .summary = "Tell noise from data for another program: reads questions from standard input and "
               "answers each on standard output, as tesserae-denoiser(5) describes, until the input "
               "ends. For score-sample --denoiser.",
    .options = option_table,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT,
    .most_operands = 1};

/* What stands behind the denoiser. */
struct source {
    struct neural_denoiser model;
    struct data_set data;
    struct point_set points;
    struct record_shape shape;
};

static bool open_source(struct settings *s, struct source *source, struct denoiser *denoiser,
                        struct error *error)
{
    if (s->load_path) {
        if (!neural_denoiser_load(&source->model, s->load_path, error))
            return false;
        source->shape = source->model.shape;
        *denoiser = neural_denoiser_open(&source->model, s->guidance);
        return true;
    }
    const struct data_set_options options = {.label_column = s->label_column};
    if (!data_set_read(s->data_path, &options, &source->data, error) ||
        (s->labels_path && !data_set_read_labels(&source->data, s->labels_path, error)))
        return false;
    source->shape = source->data.shape;
    source->points = point_set_take(&source->data);
    *denoiser = closed_form_denoiser(&source->points, &s->closed_form);
    return true;
}

static void close_source(struct settings *s, struct source *source, struct denoiser *denoiser)
{
    denoiser_release(denoiser);
    if (s->load_path) {
        neural_denoiser_free(&source->model);
    } else {
        point_set_free(&source->points);
        data_set_free(&source->data);
    }
}

static void report_options(const struct settings *s, struct report *report)
{
    report_option_text(report, "load", s->load_path);
    report_option_number(report, "guidance", s->guidance);
    report_option_text(report, "data", s->data_path);
    report_option_number(report, "sigma", s->closed_form.sigma);
    report_option_number(report, "perturbations", (double)s->closed_form.perturbations);
    report_option_text(report, "labels", s->labels_path);
    report_option_text(report, "label_column", s->label_column);
}

/* Answers what is asked; the report gets what was done. */
static void serve(const struct denoiser *denoiser, const struct record_shape *shape,
                  const struct common_options *common, struct report *report)
{
    struct error error = {0};
    struct output output;
    struct denoiser_service service;
    struct stream *input = stream_open(options_operand(common, 0), &error);
    double started = progress_seconds();
    if (!input || !output_open(&output, common->output, &error) ||
        !denoiser_serve(denoiser, shape, input, &output, &service, &error) ||
        !output_commit(&output, &error))
        error_exit(&error);
    double seconds = progress_seconds() - started;
    stream_close(input);
    report_metric(report, "questions", (double)service.questions);
    report_metric(report, "rows", (double)service.rows);
    report_metric(report, "rows_per_second", (double)service.rows / seconds);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.guidance = 1};
    struct error error = {0};
    struct source source = {0};
    struct denoiser denoiser;
    struct report report;
    options_parse(&program, argc, argv, &common, &s);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--load", s.load_path, false},
                                     {"--data", s.data_path, false},
                                     {"--labels", s.labels_path, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    s.closed_form.seed = common.seed;
    if (!s.perturbed)
        s.closed_form.perturbations = s.closed_form.sigma > 0 ? 8 : 1;
    report_begin(&report, common.seed);
    report_options(&s, &report);
    if (!open_source(&s, &source, &denoiser, &error))
        error_exit(&error);
    serve(&denoiser, &source.shape, &common, &report);
    if (!report_write(&report, common.report, &error))
        error_exit(&error);
    report_free(&report);
    close_source(&s, &source, &denoiser);
    return EX_OK;
}
