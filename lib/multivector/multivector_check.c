#include "multivector/multivector_check.h"

#include "base/memory.h"
#include "geometry/clifford_identities.h"
#include "io/coprocess.h"
#include "multivector/equivariance.h"
#include "multivector/hidden_map.h"
#include "tensor/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 256, MOST = CLIFFORD_MOST_DIMENSIONS };

/* --- samples --- */

static bool read_samples(const char *path, struct multivector_data *data, struct error *error)
{
    struct stream *stream = stream_open(path, error);
    bool good = stream && multivector_data_read(stream, data, error);
    if (stream)
        stream_close(stream);
    return good;
}

/* Normal ones, in the units of the model. */
static struct multivector_data draw_samples(const struct multivector_check *check)
{
    const struct multivector_model *model = check->model;
    struct multivector_data data =
        multivector_data_make(&model->options.shape, check->samples);
    double scale = (double)model->scales.vectors->value.data[0];
    struct rng rng = rng_make(check->seed, RNG_GENERATOR, 0);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        for (size_t i = 0, n = data.count * sample_width(&data.shape, (enum sample_part)part);
             i < n; i++)
            data.parts[part][i] = (real)(rng_normal(&rng) * (part == PART_VECTORS ? scale : 1));
    return data;
}

/* The samples to try, with targets of the kinds that are predicted. */
static bool get_samples(const struct multivector_check *check, struct multivector_data *data,
                        struct error *error)
{
    if (!check->input) {
        *data = draw_samples(check);
        return true;
    }
    if (!read_samples(check->input, data, error))
        return false;
    bool fits = check->model ? multivector_model_takes(check->model, &data->shape)
                             : sample_has_targets(&data->shape);
    if (!fits) {
        error_set(error, EX_DATAERR, check->model ? "%s: samples of another shape than the model's"
                  : "%s: no targets; expected some, whose kinds tell how predictions turn",
                  check->input);
        multivector_data_free(data);
        return false;
    }
    if (check->model) { /* targets may be missing in the file */
        data->shape = check->model->options.shape;
        for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++) {
            size_t count = data->count * sample_width(&data->shape, (enum sample_part)part);
            data->parts[part] = memory_resize(data->parts[part], count + 1, sizeof(real));
            memset(data->parts[part], 0, count * sizeof(real));
        }
    }
    return true;
}

/* --- the metric --- */

static bool settle_metric(struct multivector_check *check, struct error *error)
{
    memset(check->metric, 0, sizeof check->metric);
    if (check->metric_path) {
        real matrix[MOST * MOST];
        check->dimension = 0;
        if (!metric_read(check->metric_path, &check->dimension, matrix, error))
            return false;
        for (size_t i = 0; i < check->dimension * check->dimension; i++)
            check->metric[i] = (double)matrix[i];
    } else if (check->given_count) {
        check->dimension = check->given_count;
        for (size_t i = 0; i < check->dimension; i++)
            check->metric[i * (check->dimension + 1)] = check->given[i];
    } else if (check->model) {
        check->dimension = check->model->options.shape.dimension;
        clifford_metric_matrix(&check->model->metric, check->metric);
    }
    return true;
}

bool multivector_check_settle(struct multivector_check *check, struct error *error)
{
    check->predicts = check->model || check->command;
    if (check->input && !check->predicts)
        return error_set(error, EX_USAGE, "samples are of use only with --load or --command");
    if (check->command && !check->input)
        return error_set(error, EX_USAGE, "--command needs samples to try: expected FILE");
    if (check->gave_samples && (check->input || !check->predicts))
        return error_set(error, EX_USAGE, "--count draws samples for --load without FILE");
    if (check->translations && !check->command)
        return error_set(error, EX_USAGE, "--translations goes with --command; a model knows");
    return settle_metric(check, error);
}

static void eigenvalues(const struct multivector_check *check, real *lambda)
{
    double matrix[MOST * MOST], values[MOST];
    size_t n = check->dimension;
    memcpy(matrix, check->metric, n * n * sizeof *matrix);
    linalg_eigen_small(matrix, n, values);
    for (size_t i = 0; i < n; i++)
        lambda[i] = (real)values[i];
}

bool multivector_check_algebra(struct multivector_check *check, struct error *error)
{
    if (check->dimension == 0) /* of a command: the Euclidean metric, once there are samples */
        return true;
    struct clifford algebra;
    struct clifford_identities found;
    struct rng rng = rng_make(check->seed, RNG_ISOMETRIES, 1);
    real lambda[MOST];
    eigenvalues(check, lambda);
    if (!clifford_make(&algebra, check->dimension, error) ||
        !clifford_identities_try(&algebra, lambda, check->trials, &rng, &found, error))
        return false;
    figures_add(&check->figures, "associativity_error", found.associativity);
    figures_add(&check->figures, "distributivity_error", found.distributivity);
    figures_add(&check->figures, "inverse_error", found.inverse);
    figures_add(&check->figures, "grade_error", found.grades);
    figures_add(&check->figures, "product_error", found.products);
    figures_add(&check->figures, "form_error", found.form);
    return true;
}

bool multivector_check_metric(struct multivector_check *check, const char *path,
                              struct error *error)
{
    real truth[MOST * MOST], metric[MOST * MOST];
    size_t n = check->dimension;
    if (!metric_read(path, &n, truth, error))
        return false;
    for (size_t i = 0; i < n * n; i++)
        metric[i] = (real)check->metric[i];
    figures_add(&check->figures, "metric_error", metric_error(metric, truth, n));
    return true;
}

/* --- equivariance --- */

static bool predict_by_model(void *context, const struct multivector_data *samples,
                             struct multivector_data *predictions, struct error *error)
{
    const struct multivector_check *check = context;
    (void)error;
    multivector_model_predict(check->model, samples, CHUNK, predictions);
    return true;
}

/* Samples without targets, as the bytes of one block; free() them. */
static char *write_question(const struct multivector_data *samples, size_t *count,
                            struct error *error)
{
    char *bytes;
    struct multivector_data bare = *samples;
    struct output output = {.slot = -1, .file = memory_stream_open(&bytes, count)};
    bare.shape.target_scalars = bare.shape.target_vectors = bare.shape.target_pseudoscalars = 0;
    bool good = multivector_data_write(&output, &bare, error);
    memory_stream_close(output.file, &bytes);
    if (!good) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

static bool predict_by_command(void *context, const struct multivector_data *samples,
                               struct multivector_data *predictions, struct error *error)
{
    const struct multivector_check *check = context;
    size_t count, answer_count;
    char *answer, *question = write_question(samples, &count, error);
    bool good = question && coprocess_consult(check->command, question, count, &answer,
                                              &answer_count, error);
    free(question);
    if (!good)
        return false;
    char *name = memory_format("output of '%s'", check->command);
    struct stream *stream = stream_from_memory(answer, answer_count, name);
    good = multivector_predictions_read(stream, predictions, error);
    stream_close(stream);
    free(name);
    free(answer);
    return good;
}

static void add_figures(struct multivector_check *check, const struct equivariance *found)
{
    static const char *const names[] = {
        [PART_TARGET_SCALARS] = "equivariance_error_scalars",
        [PART_TARGET_VECTORS] = "equivariance_error_vectors",
        [PART_TARGET_PSEUDOSCALARS] = "equivariance_error_pseudoscalars"};
    figures_add(&check->figures, "equivariance_error", found->error);
    figures_add(&check->figures, "equivariance_error_mean", found->mean_error);
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
        if (!isnan(found->of_part[part]))
            figures_add(&check->figures, names[part], found->of_part[part]);
    if (!isnan(found->translation_error))
        figures_add(&check->figures, "translation_error", found->translation_error);
    if (!isnan(found->permutation_error))
        figures_add(&check->figures, "permutation_error", found->permutation_error);
    check->worst = fmax(found->error, fmax(found->translation_error, found->permutation_error));
}

/* How large targets are: of a model, as it has learned; of a command, those of the samples. */
static void measure_targets(const struct multivector_check *check,
                            const struct multivector_data *samples, double *sizes)
{
    for (int p = PART_TARGET_SCALARS; p < SAMPLE_PARTS; p++) {
        enum sample_part part = (enum sample_part)p;
        size_t width = sample_width(&samples->shape, part);
        double squares = 0;
        for (size_t i = 0; i < samples->count * width && !check->model; i++)
            squares += (double)samples->parts[part][i] * (double)samples->parts[part][i];
        for (size_t j = 0; j < width && check->model; j++) {
            double size = multivector_target_scale(check->model, part, j);
            squares += size * size * (double)samples->count;
        }
        sizes[part] = width ? sqrt(squares / (double)(samples->count * width)) : 0;
    }
}

/* What was not known before the samples were: the dimension, for a command without a metric. */
static bool settle_dimension(struct multivector_check *check, size_t dimension,
                             struct error *error)
{
    if (check->dimension == 0) {
        check->dimension = dimension;
        for (size_t i = 0; i < dimension; i++)
            check->metric[i * (dimension + 1)] = 1;
        return multivector_check_algebra(check, error);
    }
    return check->dimension == dimension ||
           error_set(error, EX_DATAERR, "a metric of %zu dimensions for samples in %zu",
                     check->dimension, dimension);
}

bool multivector_check_equivariance(struct multivector_check *check, struct error *error)
{
    struct multivector_data samples;
    struct equivariance found;
    if (!get_samples(check, &samples, error))
        return false;
    bool good = settle_dimension(check, samples.shape.dimension, error);
    double sizes[SAMPLE_PARTS];
    measure_targets(check, &samples, sizes);
    const struct equivariance_options options = {
        .metric = check->metric,
        .transformations = check->trials,
        .translations = check->model ? check->model->options.places : check->translations,
        .sizes = sizes,
        .seed = check->seed};
    if (good && options.translations && samples.shape.nodes == 0)
        good = error_set(error, EX_USAGE, "--translations is of graphs; the samples have no nodes");
    good = good && equivariance_check(check->command ? predict_by_command : predict_by_model, check,
                                      &samples, &options, &found, error);
    if (good)
        add_figures(check, &found);
    multivector_data_free(&samples);
    return good;
}
