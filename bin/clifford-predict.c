/* clifford-predict: predicts scalars, vectors and pseudoscalars by a model of clifford-fit. */
#include "base/error.h"
#include "base/options.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/report.h"
#include "multivector/multivector_fit.h"

#include <stdlib.h>

enum { KEY_LOAD = 0x2000, CHUNK = 256 };

static const struct argp_option option_table[] = {
    {"load", KEY_LOAD, "MODEL", 0, "The model, from clifford-fit", 1}, {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    const char **load_path = state->input;
    switch (key) {
    case KEY_LOAD: *load_path = argument; return 0;
    case ARGP_KEY_END:
        if (!*load_path)
            argp_error(state, "expected --load MODEL");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "clifford-predict",
    .operands = "[FILE]",
    .summary = "Predict the targets of samples (a tensor stream as clifford-make writes it) by a "
               "model. Writes one NPY record for each kind of target: scalars, vectors, "
               "pseudoscalars.",
    .options = option_table,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_THREADS | OPTION_REPORT,
    .most_operands = 1};

/* All predictions, and how far they are from the targets where the stream has any. */
struct result {
    struct multivector_data predictions;
    size_t room;                      /* for predictions */
    struct sample_shape shape;        /* of the blocks */
    struct multivector_errors errors; /* means over the samples so far */
    double seconds;                   /* of predicting */
};

static void check_shape(const struct multivector_model *model, const struct result *result,
                        const struct multivector_data *block, const char *path)
{
    const struct sample_shape *shape = &model->options.shape;
    if (result->predictions.count > 0 && !sample_same_shape(&block->shape, &result->shape))
        error_die(EX_DATAERR, "%s: blocks of different shapes; expected samples as in the first",
                  path);
    if (multivector_model_takes(model, &block->shape) &&
        (!sample_has_targets(&block->shape) || sample_same_shape(&block->shape, shape)))
        return;
    char *expected = sample_shape_text(shape), *found = sample_shape_text(&block->shape);
    error_die(EX_DATAERR, "%s: samples of %s; the model expects %s, or none as targets", path,
              found, expected);
}

/* The mean of a and b, of so many samples each; NaN stays. */
static void join_means(double *a, double samples, double b, double more)
{
    *a = samples > 0 ? (samples * *a + more * b) / (samples + more) : b;
}

static void add_errors(const struct multivector_model *model,
                       const struct multivector_data *predictions,
                       const struct multivector_data *block, struct result *result)
{
    if (!sample_has_targets(&block->shape) || block->count == 0)
        return;
    struct multivector_errors errors = multivector_errors_of(model, predictions, block);
    double before = (double)result->predictions.count, now = (double)block->count;
    join_means(&result->errors.mean_squared, before, errors.mean_squared, now);
    join_means(&result->errors.mean_absolute, before, errors.mean_absolute, now);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        join_means(&result->errors.of_part[part], before, errors.of_part[part], now);
}

/* Block after block; inputs are forgotten, predictions are kept. */
static void predict(const struct multivector_model *model, const char *path, struct result *result)
{
    struct error error = {0};
    struct stream *stream = stream_open(path, &error);
    struct multivector_data block;
    bool end = false;
    if (!stream)
        error_exit(&error);
    while (multivector_data_read_block(stream, &block, &end, &error) && !end) {
        check_shape(model, result, &block, stream_name(stream));
        result->shape = block.shape;
        double started = progress_seconds();
        struct multivector_data predictions =
            multivector_data_make(&model->options.shape, block.count);
        multivector_model_predict(model, &block, CHUNK, &predictions);
        result->seconds += progress_seconds() - started;
        add_errors(model, &predictions, &block, result);
        multivector_data_append(&result->predictions, &predictions, &result->room);
        multivector_data_free(&predictions);
        multivector_data_free(&block);
    }
    if (error.exit_code != EX_OK)
        error_exit(&error);
    if (result->predictions.count == 0)
        error_die(EX_DATAERR, "%s: no samples; expected blocks of five NPY records",
                  stream_name(stream));
    stream_close(stream);
}

static void describe(struct report *report, const struct result *result)
{
    static const char *const names[] = {[PART_TARGET_SCALARS] = "test_mse_scalars",
                                        [PART_TARGET_VECTORS] = "test_mse_vectors",
                                        [PART_TARGET_PSEUDOSCALARS] = "test_mse_pseudoscalars"};
    report_metric(report, "samples", (double)result->predictions.count);
    report_metric(report, "samples_per_second",
                  (double)result->predictions.count / result->seconds);
    if (!sample_has_targets(&result->shape))
        return;
    report_metric(report, "test_mse", result->errors.mean_squared);
    report_metric(report, "test_mae", result->errors.mean_absolute);
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
        if (sample_width(&result->shape, (enum sample_part)part) > 0)
            report_metric(report, names[part], result->errors.of_part[part]);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct error error = {0};
    const char *load_path = NULL;
    options_parse(&program, argc, argv, &common, &load_path);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--load", load_path, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    struct report report;
    struct multivector_model model;
    struct result result = {0};
    struct output output;
    report_begin(&report, &common);
    report_option_text(&report, "input", options_operand(&common, 0));
    report_option_text(&report, "load", load_path);
    if (!multivector_model_load(&model, load_path, &error))
        error_exit(&error);
    predict(&model, options_operand(&common, 0), &result);
    describe(&report, &result);
    if (!report_write(&report, common.report, &error) ||
        !output_open(&output, common.output, &error) ||
        !output_finish(&output, multivector_predictions_write(&output, &result.predictions, &error),
                       &error))
        error_exit(&error);
    report_free(&report);
    multivector_data_free(&result.predictions);
    multivector_model_free(&model);
    return EX_OK;
}
