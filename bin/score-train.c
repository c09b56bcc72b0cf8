/* score-train: trains a network to tell noise from data; the model goes to standard output. */
#include "base/error.h"
#include "base/options.h"
#include "base/output.h"
#include "diffusion/denoiser_options.h"
#include "optim/trained_program.h"

static int parse(int key, char *argument, struct argp_state *state);

struct settings {
    struct denoiser_settings denoiser;
    struct trained_program trained;
};

static const struct argp_child groups[] = {
    {&denoiser_argp, 0, NULL, 1}, {&training_argp, 0, "Training:", 6}, {0}};

static const struct program program = {
    .name = "score-train",
    .operands = "[FILE]",
    .summary = "Train a denoiser: a network that tells from a noisy record what is noise. Reads "
               "records of numbers (NPY, IDX, CSV, ...), rows first; writes the model "
               "(safetensors), for score-serve."
               "\vBy default --steps is 2000, --rate 0.001 and --clip 1.",
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT | OPTION_LOG |
              OPTION_CHECKPOINT,
    .most_operands = 1};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    (void)argument;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = &s->denoiser;
    state->child_inputs[1] = &s->denoiser.fit.training;
    return 0;
}

static void write_model(const struct neural_denoiser *model, const char *path)
{
    struct error error = {0};
    struct output output;
    struct safetensors file = {0};
    neural_denoiser_save(model, &file);
    if (!output_open(&output, path, &error) || !safetensors_write(&output, &file, &error) ||
        !output_commit(&output, &error))
        error_exit(&error);
    safetensors_free(&file);
}

static void report_results(struct settings *s, const struct neural_denoiser *model)
{
    const struct training *training = &s->denoiser.fit.training;
    struct report *report = &s->trained.report;
    report_metric(report, "parameters", (double)parameters_count(&model->set));
    report_metric(report, "rows", (double)s->denoiser.fit.data->rows);
    report_metric(report, "classes", (double)model->network.options.classes);
    report_metric(report, s->denoiser.fit.held_out ? "holdout_loss" : "train_loss",
                  training->best_figure);
    training_report_results(training, report);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.denoiser = denoiser_settings_default()};
    struct error error = {0};
    struct data_set data;
    struct neural_denoiser model;
    s.trained.training = &s.denoiser.fit.training;
    options_parse(&program, argc, argv, &common, &s);
    const struct file_use own[] = {{"FILE", options_operand(&common, 0), false},
                                   {"--labels", s.denoiser.labels_path, false}};
    options_check_files(&common, own, sizeof own / sizeof *own);
    training_settle(s.trained.training, &common);
    const struct data_set_options options = {.label_column = s.denoiser.label_column};
    if (!data_set_read(options_operand(&common, 0), &options, &data, &error) ||
        (s.denoiser.labels_path &&
         !data_set_read_labels(&data, s.denoiser.labels_path, &error)) ||
        !denoiser_settle(&s.denoiser, &data, common.seed, &model, &error) ||
        !trained_program_begin(&s.trained, &common, &error))
        error_exit(&error);
    denoiser_report_options(&s.denoiser, &s.trained.report);
    if (!denoiser_fit(&s.denoiser.fit, &error))
        error_exit(&error);
    report_results(&s, &model);
    if (!report_write(&s.trained.report, common.report, &error))
        error_exit(&error);
    write_model(&model, common.output);
    if (!trained_program_end(&s.trained, &error))
        error_exit(&error);
    neural_denoiser_free(&model);
    data_set_free(&data);
    return trained_program_exit_code(&s.trained);
}
