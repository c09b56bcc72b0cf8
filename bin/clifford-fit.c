/*
 * clifford-fit: trains a network that is equivariant under the isometries of a metric, which may be
 * learned with it; the model goes to standard output.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/output.h"
#include "multivector/multivector_options.h"
#include "optim/trained_program.h"

#include <stdlib.h>

struct settings {
    struct multivector_settings multivector;
    struct trained_program trained;
};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    (void)argument;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = &s->multivector;
    state->child_inputs[1] = s->trained.training;
    return 0;
}

static const struct argp_child groups[] = {
    {&multivector_argp, 0, NULL, 1}, {&training_argp, 0, "Training:", 6}, {0}};

static const struct program program = {
    .name = "clifford-fit",
    .operands = "[FILE]",
    .summary = "Train a network of multivectors on samples (a tensor stream as clifford-make "
               "writes it) and write the model as safetensors. The network is equivariant under "
               "the isometries of a metric, which is given or learned."
               "\vBy default --steps is 10000, --rate 0.001 and --evaluate-every 500.",
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT | OPTION_LOG |
              OPTION_CHECKPOINT,
    .most_operands = 1};

/* Samples to learn from, and those that decide when training was best. */
struct input {
    struct multivector_data all, train, validation;
};

static void read_samples(const char *path, struct multivector_data *data)
{
    struct error error = {0};
    struct stream *stream = stream_open(path, &error);
    if (!stream || !multivector_data_read(stream, data, &error))
        error_exit(&error);
    stream_close(stream);
}

static void read_input(struct settings *s, const struct common_options *common,
                       struct input *input)
{
    struct multivector_settings *m = &s->multivector;
    const char *path = options_operand(common, 0);
    read_samples(path, &input->all);
    if (m->validation_path) {
        read_samples(m->validation_path, &input->validation);
        if (!sample_same_shape(&input->all.shape, &input->validation.shape))
            error_die(EX_DATAERR, "%s: samples of another shape than those to learn from",
                      m->validation_path);
    } else if (m->held_out > 0) {
        if (input->all.count < 2)
            error_die(EX_DATAERR, "%s: one sample; expected more, for one is held out",
                      stream_path_name(path));
        multivector_hold_out(&input->all, m->held_out, common->seed, &input->train,
                             &input->validation);
    }
    bool split = !m->validation_path && m->held_out > 0;
    m->fit.train = split ? &input->train : &input->all;
    m->fit.validation = split || m->validation_path ? &input->validation : NULL;
}

static void free_input(struct input *input)
{
    multivector_data_free(&input->all);
    multivector_data_free(&input->train);
    multivector_data_free(&input->validation);
}

/* How well the best parameters do on the data that decided. */
static void judge(const struct multivector_fit *fit, struct report *report)
{
    report_metric(report, "samples", (double)fit->train->count);
    report_metric(report, "parameters", (double)parameters_count(&fit->model->set));
    training_report_results(&fit->training, report);
    report_metric(report, "train_loss", fit->training.last_loss);
    if (fit->validation) {
        struct multivector_data predictions =
            multivector_data_make(&fit->validation->shape, fit->validation->count);
        multivector_model_predict(fit->model, fit->validation, 256, &predictions);
        report_metric(report, "validation_mse",
                      multivector_errors_of(fit->model, &predictions, fit->validation)
                          .mean_squared);
        multivector_data_free(&predictions);
    }
    multivector_model_report_metric(fit->model, report);
}

static void train(struct settings *s, struct multivector_model *model)
{
    struct error error = {0};
    struct multivector_model start;
    const char *init_path = s->multivector.init_path;
    if (init_path && !multivector_model_load(&start, init_path, &error))
        error_exit(&error);
    s->multivector.fit.start = init_path ? &start : NULL;
    struct multivector_fit *fit = &s->multivector.fit;
    fit->model = model;
    fit->training.optimizer.weight_decay = (real)s->multivector.weight_decay;
    char *identity = multivector_identity(fit);
    fit->training.identity = identity;
    if (!multivector_fit(fit, &error))
        error_exit(&error);
    free(identity);
    if (init_path)
        multivector_model_free(&start);
}

static void write_model(const struct multivector_model *model, const char *path)
{
    struct error error = {0};
    struct output output;
    if (!output_open(&output, path, &error) ||
        !output_finish(&output, multivector_model_write(model, &output, &error), &error))
        error_exit(&error);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.multivector = multivector_settings_default()};
    struct error error = {0};
    struct multivector_fit *fit = &s.multivector.fit;
    s.trained.training = &fit->training;
    options_parse(&program, argc, argv, &common, &s);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--validation", s.multivector.validation_path, false},
                                     {"--init", s.multivector.init_path, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    training_settle(&fit->training, &common);
    fit->seed = common.seed;

    struct input input = {0};
    struct multivector_model_options options;
    struct multivector_model model;
    read_input(&s, &common, &input);
    if (!multivector_settle(&s.multivector, &input.all.shape, &options, &error) ||
        !multivector_model_make(&model, &options, &error) ||
        !trained_program_begin(&s.trained, &common, &error))
        error_exit(&error);
    multivector_report_options(&s.multivector, &options, &s.trained.report);
    train(&s, &model);
    judge(fit, &s.trained.report);
    if (!report_write(&s.trained.report, common.report, &error))
        error_exit(&error);
    write_model(&model, common.output);
    if (!trained_program_end(&s.trained, &error))
        error_exit(&error);
    multivector_model_free(&model);
    free_input(&input);
    return trained_program_exit_code(&s.trained);
}
