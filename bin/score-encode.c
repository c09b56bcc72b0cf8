/* score-encode: learns short codes for records, and turns records into codes and codes back. */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "diffusion/autoencoder_fit.h"
#include "diffusion/network_settings.h"
#include "io/npy.h"
#include "optim/trained_program.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    struct autoencoder_fit fit;
    struct network_settings network;
    struct trained_program trained;
    const char *load_path;
    size_t latent;
    bool decode, latent_given;
};

enum { KEY_LOAD = 0x2000, KEY_DECODE, KEY_LATENT, KEY_KL };

static const struct argp_option option_table[] = {
    {"load", KEY_LOAD, "MODEL", 0, "Do not train: encode by this model", 1},
    {"decode", KEY_DECODE, 0, 0, "Turn codes back into records (with --load)", 1},
    {0, 0, 0, 0, "Codes:", 2},
    {"latent", KEY_LATENT, "N", 0, "Numbers of a code (default 32)", 0},
    {"kl", KEY_KL, "WEIGHT", 0, "Make it variational: what codes tell costs this much (default 0: "
     "a plain autoencoder)", 0},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_DECODE: s->decode = true; return 0;
    case KEY_LATENT:
        s->latent = options_integer(state, "latent", argument, 1, 4096);
        s->latent_given = true;
        return 0;
    case KEY_KL:
        s->fit.divergence = options_real(state, "kl", argument, 0, 1e9);
        s->latent_given = true;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &s->network;
        state->child_inputs[1] = &s->fit.training;
        return 0;
    case ARGP_KEY_END:
        if (s->decode && !s->load_path)
            argp_error(state, "--decode needs --load MODEL");
        if (s->load_path && (s->latent_given || s->network.given || s->fit.training.given ||
                             s->network.shape.dimensions > 0))
            argp_error(state, "options of training do not go with --load");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {
    {&network_argp, 0, "Network and data:", 3}, {&training_argp, 0, "Training:", 6}, {0}};

static const struct program program = {
    .name = "score-encode",
    .operands = "[FILE]",
    .summary = "Learn short codes for records: an autoencoder, by convolutions for images. Writes "
               "the model; with --load, the codes of records, or the records of codes, so that "
               "samples can be drawn among codes."
               "\vBy default --steps is 2000, --rate 0.001 and --clip 1.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT | OPTION_LOG |
              OPTION_CHECKPOINT,
    .most_operands = 1};

static void report_training(struct settings *s, const struct autoencoder *model)
{
    const struct training *training = &s->fit.training;
    struct report *report = &s->trained.report;
    report_option_number(report, "latent", (double)model->options.latent);
    report_option_number(report, "kl", s->fit.divergence);
    network_settings_report(&s->network, &model->options.network, report);
    report_metric(report, "parameters", (double)parameters_count(&model->set));
    report_metric(report, "rows", (double)s->fit.data->rows);
    const char *split = s->fit.held_out ? "holdout" : "train";
    char *loss = memory_format("%s_loss", split), *error = memory_format("%s_mse", split);
    report_metric(report, loss, training->best_figure);
    report_metric(report, error, s->fit.judged_error);
    free(loss);
    free(error);
    training_report_results(training, report);
}

static int train(struct settings *s, struct data_set *data, const struct common_options *common)
{
    struct error error = {0};
    struct autoencoder model;
    struct output output;
    struct safetensors file = {0};
    struct autoencoder_options options = {.latent = s->latent,
                                          .variational = s->fit.divergence > 0};
    if (!network_settings_settle(&s->network, data, &options.network, &error))
        error_exit(&error);
    autoencoder_make(&model, &options, &data->shape);
    s->fit.model = &model;
    s->fit.data = data;
    s->fit.seed = common->seed;
    s->fit.batch = s->network.batch;
    s->fit.held_out = s->network.held_out;
    if (!trained_program_begin(&s->trained, common, &error) || !autoencoder_fit(&s->fit, &error))
        error_exit(&error);
    report_training(s, &model);
    autoencoder_save(&model, &file);
    if (!report_write(&s->trained.report, common->report, &error) ||
        !output_open(&output, common->output, &error) ||
        !safetensors_write(&output, &file, &error) || !output_commit(&output, &error) ||
        !trained_program_end(&s->trained, &error))
        error_exit(&error);
    safetensors_free(&file);
    autoencoder_free(&model);
    return trained_program_exit_code(&s->trained);
}

/* Codes of the records, or records of the codes. */
static int apply(const struct settings *s, const struct data_set *data,
                 const struct common_options *common)
{
    struct error error = {0};
    struct autoencoder model;
    struct output output;
    struct report report;
    report_begin(&report, common);
    report_option_text(&report, "input", options_operand(common, 0));
    report_option_text(&report, "load", s->load_path);
    report_option_number(&report, "decode", s->decode);
    if (!autoencoder_load(&model, s->load_path, &error))
        error_exit(&error);
    size_t latent = model.options.latent, columns = network_columns(&model.options.network);
    if (!data_set_check_columns(data, s->decode ? latent : columns, options_operand(common, 0),
                                &error))
        error_exit(&error);
    size_t shape[ARRAY_MOST_DIMENSIONS] = {data->rows, latent};
    int dimensions = 2;
    real *result = memory_alloc(data->rows * (s->decode ? columns : latent), sizeof *result);
    if (s->decode) {
        autoencoder_decode(&model, data->values, data->rows, result);
        dimensions = model.shape.dimensions + 1;
        memcpy(shape + 1, model.shape.sizes, sizeof shape - sizeof *shape);
    } else {
        autoencoder_encode(&model, data->values, data->rows, result);
    }
    report_metric(&report, "rows", (double)data->rows);
    if (!report_write(&report, common->report, &error) ||
        !output_open(&output, common->output, &error) ||
        !npy_write_floats(&output, dimensions, shape, result, &error) ||
        !output_commit(&output, &error))
        error_exit(&error);
    report_free(&report);
    free(result);
    autoencoder_free(&model);
    return EX_OK;
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.latent = 32, .network = network_settings_default(),
                         .fit.training = training_defaults(2000, 1e-3)};
    struct error error = {0};
    struct data_set data;
    s.fit.training.clip = 1;
    s.trained.training = &s.fit.training;
    options_parse(&program, argc, argv, &common, &s);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--load", s.load_path, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    if (s.load_path && (common.log || common.checkpoint))
        error_die(EX_USAGE, "--log and --checkpoint do not go with --load");
    training_settle(&s.fit.training, &common);
    if (!data_set_read(options_operand(&common, 0), &(struct data_set_options){0}, &data, &error))
        error_exit(&error);
    int code = s.load_path ? apply(&s, &data, &common) : train(&s, &data, &common);
    data_set_free(&data);
    return code;
}
