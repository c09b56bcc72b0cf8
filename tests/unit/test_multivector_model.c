/*
 * Models of multivectors: gradients of the whole loss, equivariance to rounding, files, scales, for
 * clouds and graphs, every kind of target and every kind of metric.
 */
#include "multivector/multivector_model.h"

#include "check_main.h"
#include "grad/gradient_check.h"
#include "multivector/equivariance.h"
#include "scratch.h"

#include <math.h>

static const struct sample_shape shapes[] = {
    {.dimension = 3, .vectors = 3, .target_pseudoscalars = 1},
    {.dimension = 2, .scalars = 1, .vectors = 2, .target_scalars = 2},
    {.dimension = 3, .scalars = 2, .vectors = 2, .target_scalars = 1, .target_vectors = 2,
     .target_pseudoscalars = 1},
    {.dimension = 3, .nodes = 3, .scalars = 1, .vectors = 2, .target_vectors = 1},
    {.dimension = 2, .nodes = 3, .vectors = 1, .target_scalars = 1, .target_vectors = 1,
     .target_pseudoscalars = 1},
    {.dimension = 2, .nodes = 3, .scalars = 1, .vectors = 2, .pooled = true, .target_scalars = 1,
     .target_vectors = 1, .target_pseudoscalars = 2}};
enum { SHAPES = sizeof shapes / sizeof *shapes, SAMPLES = 4 };

static struct multivector_data random_data(const struct sample_shape *shape, size_t count,
                                           uint32_t seed)
{
    struct multivector_data data = multivector_data_make(shape, count);
    struct rng rng = rng_make(seed, RNG_TEST, 0);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        for (size_t i = 0; i < count * sample_width(shape, (enum sample_part)part); i++)
            data.parts[part][i] = (real)(1.5 * rng_normal(&rng) + 0.3);
    return data;
}

static void make(struct multivector_model *model, const struct sample_shape *shape, int metric,
                 double second, int products, const struct multivector_data *data)
{
    struct error error = {0};
    struct multivector_model_options options = multivector_model_options_for(shape);
    options.metric = metric;
    options.products = products;
    options.channels = options.head_width = 3;
    options.layers = shape->nodes ? 1 : 2;
    options.base[0] = 0.7;
    options.base[1] = second;
    ck_assert_msg(multivector_model_make(model, &options, &error), "%s", error.message);
    sample_scales_measure(&model->scales, data, options.places);
    multivector_model_initialise(model, 5);
}

/*
 * Moves all parameters away from where they start: at biases of 0 scalars are 0, and there norms
 * bend within 1e-4, which is no place for differences.
 */
static void leave_zero(struct multivector_model *model)
{
    struct rng rng = rng_make(6, RNG_TEST, 0);
    for (size_t p = 0; p < model->set.count; p++) {
        struct parameter *parameter = model->set.list[p];
        for (size_t i = 0; !parameter->frozen && i < tensor_count(&parameter->value); i++)
            parameter->value.data[i] += (real)(0.3 * rng_normal(&rng));
    }
}

static const size_t all_samples[SAMPLES] = {0, 1, 2, 3};

struct loss_context {
    const struct multivector_model *model;
    const struct multivector_batch *batch;
};

static struct variable *whole_loss(struct tape *tape, struct parameters *set, void *context)
{
    struct loss_context *c = context;
    (void)set;
    return multivector_model_loss(tape, c->model, c->batch);
}

START_TEST(gradients)
{
    for (size_t s = 0; s < SHAPES; s++)
        for (int metric = CLIFFORD_METRIC_FIXED; metric <= CLIFFORD_METRIC_FULL; metric++)
            for (int products = 0; products < (shapes[s].nodes ? 1 : 2); products++) {
                struct multivector_data data = random_data(&shapes[s], SAMPLES, (uint32_t)s);
                struct multivector_model model;
                make(&model, &shapes[s], metric, 1.2, products, &data);
                leave_zero(&model);
                struct multivector_batch batch =
                    multivector_batch_make(&shapes[s], model.options.places, SAMPLES);
                multivector_batch_fill(&batch, &model.scales, &model.plan.algebra, &data,
                                       all_samples, SAMPLES);
                struct loss_context context = {&model, &batch};
                double error = gradient_check_fine(&model.set, whole_loss, &context, 1e-4);
                ck_assert_msg(error < 1e-6, "shape %zu, metric %d, products %d: %g", s, metric,
                              products, error);
                multivector_batch_free(&batch);
                multivector_data_free(&data);
                multivector_model_free(&model);
            }
}
END_TEST

static bool predict(void *context, const struct multivector_data *samples,
                    struct multivector_data *predictions, struct error *error)
{
    (void)error;
    multivector_model_predict(context, samples, 5, predictions);
    return true;
}

START_TEST(equivariance)
{
    for (size_t s = 0; s < SHAPES; s++)
        for (int metric = CLIFFORD_METRIC_FIXED; metric <= CLIFFORD_METRIC_FULL; metric++)
            for (int products = 0; products < (shapes[s].nodes ? 1 : 2); products++) {
                struct multivector_data data = random_data(&shapes[s], 8, 10 + (uint32_t)s);
                struct multivector_model model;
                struct error error = {0};
                struct equivariance found;
                double matrix[36], sizes[SAMPLE_PARTS] = {0, 0, 1, 1, 1};
                make(&model, &shapes[s], metric, -1, products, &data);
                clifford_metric_matrix(&model.metric, matrix);
                struct equivariance_options options = {.metric = matrix, .transformations = 6,
                                                       .translations = model.options.places,
                                                       .sizes = sizes};
                ck_assert(equivariance_check(predict, &model, &data, &options, &found, &error));
                ck_assert_msg(found.error < 1e-10, "shape %zu, metric %d, products %d: %g", s,
                              metric, products, found.error);
                ck_assert(!model.options.places || found.translation_error < 1e-10);
                ck_assert(!shapes[s].nodes || found.permutation_error < 1e-10);
                multivector_data_free(&data);
                multivector_model_free(&model);
            }
}
END_TEST

/* In units a hundred times as large, predictions are as many times as large. */
START_TEST(units)
{
    for (size_t s = 0; s < SHAPES; s++) {
        struct multivector_data data = random_data(&shapes[s], 8, 20);
        struct multivector_data large = random_data(&shapes[s], 8, 20);
        for (int part = PART_VECTORS; part < SAMPLE_PARTS; part++)
            for (size_t i = 0; i < 8 * sample_width(&shapes[s], (enum sample_part)part); i++)
                large.parts[part][i] *= 100;
        struct multivector_model one, other;
        make(&one, &shapes[s], CLIFFORD_METRIC_FULL, 1.2, PRODUCTS_CHANNELS, &data);
        make(&other, &shapes[s], CLIFFORD_METRIC_FULL, 1.2, PRODUCTS_CHANNELS, &large);
        struct multivector_data first = multivector_data_make(&shapes[s], 8);
        struct multivector_data second = multivector_data_make(&shapes[s], 8);
        multivector_model_predict(&one, &data, 3, &first);
        multivector_model_predict(&other, &large, 8, &second);
        for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
            for (size_t i = 0; i < 8 * sample_width(&shapes[s], (enum sample_part)part); i++)
                ck_assert_double_eq_tol((double)second.parts[part][i],
                                        100 * (double)first.parts[part][i], 1e-7);
        multivector_data_free(&data);
        multivector_data_free(&large);
        multivector_data_free(&first);
        multivector_data_free(&second);
        multivector_model_free(&one);
        multivector_model_free(&other);
    }
}
END_TEST

START_TEST(files)
{
    for (size_t s = 0; s < SHAPES; s++) {
        struct multivector_data data = random_data(&shapes[s], 6, 30);
        struct multivector_model model, back;
        struct error error = {0};
        struct output output;
        make(&model, &shapes[s], CLIFFORD_METRIC_FULL, 1.2, (int)(s % 2), &data);
        ck_assert(output_open(&output, "model", &error));
        ck_assert(output_finish(&output, multivector_model_write(&model, &output, &error),
                                &error));
        ck_assert_msg(multivector_model_load(&back, "model", &error), "%s", error.message);
        struct multivector_data first = multivector_data_make(&shapes[s], 6);
        struct multivector_data second = multivector_data_make(&shapes[s], 6);
        multivector_model_predict(&model, &data, 6, &first);
        multivector_model_predict(&back, &data, 4, &second);
        for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
            for (size_t i = 0; i < 6 * sample_width(&shapes[s], (enum sample_part)part); i++)
                ck_assert_double_eq_tol((double)first.parts[part][i],
                                        (double)second.parts[part][i], 1e-12);
        multivector_data_free(&data);
        multivector_data_free(&first);
        multivector_data_free(&second);
        multivector_model_free(&model);
        multivector_model_free(&back);
    }
}
END_TEST

static void check_refused(const struct multivector_model_options *options, const char *message)
{
    struct error error = {0};
    struct multivector_model model;
    ck_assert(!multivector_model_make(&model, options, &error));
    ck_assert_msg(strstr(error.message, message) != NULL, "'%s' is not in '%s'", message,
                  error.message);
    multivector_model_free(&model);
}

START_TEST(refused)
{
    struct multivector_model_options options = multivector_model_options_for(&shapes[0]);
    options.base_count = 2;
    check_refused(&options, "a metric of 2 numbers for vectors in 3 dimensions; expected 3");
    options = multivector_model_options_for(&shapes[0]);
    options.base[0] = options.base[1] = options.base[2] = 0;
    check_refused(&options, "the metric is 0 in all dimensions");
    options = multivector_model_options_for(&shapes[0]);
    options.network = NETWORK_CGGNN;
    check_refused(&options, "the model cggnn for samples without nodes; expected cgmlp");
    struct sample_shape bare = {.dimension = 3, .vectors = 3};
    options = multivector_model_options_for(&bare);
    check_refused(&options, "no targets");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multivector_model");
    TCase *cases = tcase_create("multivector_model");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, gradients);
    tcase_add_test(cases, equivariance);
    tcase_add_test(cases, units);
    tcase_add_test(cases, files);
    tcase_add_test(cases, refused);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
