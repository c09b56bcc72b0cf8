/*
 * score-serve: answers questions of the denoiser protocol, tesserae-denoiser(5), from a trained
 * model or from data by their closed-form score.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/report.h"
#include "diffusion/denoiser_protocol.h"
#include "diffusion/neural_denoiser.h"
#include "diffusion/score_options.h"

struct settings {
    struct score_settings score;
    const char *load_path;
    double guidance;
};

enum { KEY_LOAD = 0x2000, KEY_GUIDANCE };

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "A trained model:", 1},
    {"load", KEY_LOAD, "MODEL", 0, "A model of score-train", 0},
    {"guidance", KEY_GUIDANCE, "G", 0, "How much further a class pulls than the model says, by "
     "classifier-free guidance (default 1)", 0},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_GUIDANCE: s->guidance = options_real(state, "guidance", argument, -1e6, 1e6); return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->score; return 0;
    case ARGP_KEY_END:
        if (!s->load_path == !s->score.data)
            argp_error(state, "expected one of --load MODEL and --data FILE");
        if (s->load_path && s->score.given)
            argp_error(state, "options of closed-form scores go with --data, not with --load");
        if (s->score.data && s->guidance != 1)
            argp_error(state, "--guidance goes with --load");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {{&score_argp, 0, NULL, 2}, {0}};

static const struct program program = {
    .name = "score-serve",
    .operands = "[FILE]",
    .summary =
        "Tell noise from data for another program: reads questions from standard input and "
        "answers each on standard output, as tesserae-denoiser(5) describes, until the input "
        "ends. For score-sample --denoiser.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT,
    .most_operands = 1};

/* What stands behind the denoiser: one of the two. */
struct source {
    struct neural_denoiser network;
    struct score_model score;
    struct denoiser denoiser;
    struct record_shape shape;
};

static bool open_source(const struct settings *s, uint64_t seed, struct source *source,
                        struct error *error)
{
    if (!s->load_path) {
        if (!score_model_open(&s->score, seed, &source->score, error))
            return false;
        source->shape = source->score.data.shape;
        source->denoiser = source->score.denoiser;
        return true;
    }
    if (!neural_denoiser_load(&source->network, s->load_path, error))
        return false;
    source->shape = source->network.shape;
    source->denoiser = neural_denoiser_open(&source->network, s->guidance);
    return true;
}

static void close_source(const struct settings *s, struct source *source)
{
    if (!s->load_path) {
        score_model_free(&source->score);
        return;
    }
    denoiser_release(&source->denoiser);
    neural_denoiser_free(&source->network);
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
    struct settings s = {.guidance = 1, .score = score_settings_default()};
    struct error error = {0};
    struct source source = {0};
    struct report report;
    options_parse(&program, argc, argv, &common, &s);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--load", s.load_path, false},
                                     {"--data", s.score.data, false},
                                     {"--labels", s.score.labels, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    report_begin(&report, &common);
    report_option_text(&report, "input", options_operand(&common, 0));
    report_option_text(&report, "load", s.load_path);
    report_option_number(&report, "guidance", s.guidance);
    score_report_options(&s.score, &report);
    if (!open_source(&s, common.seed, &source, &error))
        error_exit(&error);
    serve(&source.denoiser, &source.shape, &common, &report);
    if (!report_write(&report, common.report, &error))
        error_exit(&error);
    report_free(&report);
    close_source(&s, &source);
    return EX_OK;
}
