/* Training of networks of multivectors: what is held out, errors, starts, a metric that waits. */
#include "multivector/multivector_fit.h"

#include "base/memory.h"
#include "check_main.h"
#include "multivector/multivector_options.h"
#include "multivector/multivector_tasks.h"
#include "optim/training_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct multivector_data draw(enum multivector_task_kind kind, size_t count, uint64_t seed)
{
    struct multivector_task task = multivector_task_make(kind);
    struct error error = {0};
    task.seed = seed;
    struct sample_shape shape = multivector_task_shape(&task);
    struct multivector_data data = multivector_data_make(&shape, count);
    ck_assert(multivector_task_draw(&task, 0, &data, &error));
    return data;
}

static void make(struct multivector_model *model, const struct sample_shape *shape, int metric)
{
    struct error error = {0};
    struct multivector_model_options options = multivector_model_options_for(shape);
    options.channels = options.head_width = 4;
    options.layers = 2;
    options.metric = metric;
    ck_assert_msg(multivector_model_make(model, &options, &error), "%s", error.message);
}

static struct multivector_fit fit_of(struct multivector_model *model,
                                     const struct multivector_data *train, uint64_t steps)
{
    struct multivector_fit fit = {.model = model, .train = train, .batch = 16, .seed = 3,
                                  .training = training_defaults(steps, 1e-2)};
    fit.training.evaluate_every = 0;
    return fit;
}

static void run(struct multivector_fit *fit)
{
    struct error error = {0};
    ck_assert_msg(multivector_fit(fit, &error), "%s", error.message);
}

START_TEST(held_out)
{
    struct multivector_data data = draw(TASK_SIGNED_VOLUME, 50, 1), train, held;
    multivector_hold_out(&data, 0.2, 1, &train, &held);
    ck_assert_uint_eq(train.count, 40);
    ck_assert_uint_eq(held.count, 10);
    for (size_t i = 0; i < 50; i++) { /* each sample is in one of them, once */
        int found = 0;
        for (size_t j = 0; j < 50; j++) {
            const struct multivector_data *part = j < 40 ? &train : &held;
            size_t row = j < 40 ? j : j - 40;
            found += memcmp(part->parts[PART_VECTORS] + 9 * row,
                            data.parts[PART_VECTORS] + 9 * i, 9 * sizeof(real)) == 0;
        }
        ck_assert_int_eq(found, 1);
    }
    multivector_data_free(&train);
    multivector_data_free(&held);
    multivector_hold_out(&data, 1e-9, 1, &train, &held);
    ck_assert(train.count == 49 && held.count == 1);
    multivector_data_free(&train);
    multivector_data_free(&held);
    multivector_data_free(&data);
}
END_TEST

START_TEST(kinds_of_errors)
{
    struct multivector_data data = draw(TASK_NBODY, 3, 1);
    struct multivector_model model;
    make(&model, &data.shape, CLIFFORD_METRIC_FIXED);
    model.scales.vectors->value.data[0] = 2;
    struct multivector_data off = draw(TASK_NBODY, 3, 1);
    for (size_t i = 0; i < 3 * 15; i++)
        off.parts[PART_TARGET_VECTORS][i] += i % 2 ? (real)0.3 : (real)-0.3;
    struct multivector_errors errors = multivector_errors_of(&model, &off, &data);
    ck_assert_double_eq_tol(errors.mean_squared, 0.09, 1e-12);
    ck_assert_double_eq_tol(errors.mean_absolute, 0.3, 1e-12);
    ck_assert_double_eq_tol(errors.standardised, 0.09 / 4, 1e-12);
    ck_assert_double_eq_tol(errors.of_part[PART_TARGET_VECTORS], 0.09, 1e-12);
    ck_assert(isnan(errors.of_part[PART_TARGET_SCALARS]));
    multivector_data_free(&data);
    multivector_data_free(&off);
    multivector_model_free(&model);
}
END_TEST

/* Learning brings the error of new samples well below the variance of the targets, 0.06. */
START_TEST(learns)
{
    struct multivector_data train = draw(TASK_SIGNED_VOLUME, 500, 1);
    struct multivector_data test = draw(TASK_SIGNED_VOLUME, 200, 2);
    struct multivector_model model;
    make(&model, &train.shape, CLIFFORD_METRIC_FULL);
    struct multivector_fit fit = fit_of(&model, &train, 300);
    fit.validation = &test;
    run(&fit);
    struct multivector_data predictions = multivector_data_make(&test.shape, test.count);
    multivector_model_predict(&model, &test, 64, &predictions);
    ck_assert(multivector_errors_of(&model, &predictions, &test).mean_squared < 0.006);
    multivector_data_free(&train);
    multivector_data_free(&test);
    multivector_data_free(&predictions);
    multivector_model_free(&model);
}
END_TEST

/* A metric that starts after all steps never moves; one that starts after half does. */
START_TEST(delayed_metric)
{
    struct multivector_data train = draw(TASK_SIGNED_VOLUME, 50, 1);
    real values[3][9];
    for (int late = 0; late < 3; late++) {
        struct multivector_model model;
        make(&model, &train.shape, CLIFFORD_METRIC_FULL);
        struct multivector_fit fit = fit_of(&model, &train, late ? 10 : 1);
        fit.metric_start = late == 2 ? 0.5 : 1;
        run(&fit);
        memcpy(values[late], model.metric.matrix->value.data, sizeof values[late]);
        multivector_model_free(&model);
    }
    ck_assert(memcmp(values[0], values[1], sizeof values[0]) == 0);
    ck_assert(memcmp(values[0], values[2], sizeof values[0]) != 0);
    multivector_data_free(&train);
}
END_TEST

START_TEST(starts)
{
    struct multivector_data train = draw(TASK_SIGNED_VOLUME, 50, 1);
    struct multivector_model first, second, other;
    struct error error = {0};
    make(&first, &train.shape, CLIFFORD_METRIC_FULL);
    make(&second, &train.shape, CLIFFORD_METRIC_FULL);
    make(&other, &train.shape, CLIFFORD_METRIC_FIXED);
    struct multivector_fit fit = fit_of(&first, &train, 5);
    run(&fit);
    fit = fit_of(&second, &train, 1);
    fit.start = &first;
    fit.training.schedule.rate = 0;
    fit.training.schedule.last_rate = 0;
    run(&fit);
    size_t count = parameters_count(&first.set);
    real *a = memory_alloc(count, sizeof *a), *b = memory_alloc(count, sizeof *b);
    parameters_copy_values(&first.set, a);
    parameters_copy_values(&second.set, b);
    ck_assert(memcmp(a, b, count * sizeof *a) == 0);
    fit = fit_of(&other, &train, 1);
    fit.start = &first;
    ck_assert(!multivector_fit(&fit, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    free(a);
    free(b);
    multivector_model_free(&first);
    multivector_model_free(&second);
    multivector_model_free(&other);
    multivector_data_free(&train);
}
END_TEST

START_TEST(lists_of_numbers)
{
    double numbers[6];
    size_t count;
    ck_assert(metric_parse("1,-1,0.5", numbers, &count) && count == 3 && numbers[1] == -1);
    ck_assert(metric_parse("2", numbers, &count) && count == 1);
    const char *const wrong[] = {"", "1,", ",1", "1,,2", "a", "1;2", "nan", "inf", "1e9",
                                 "1,1,1,1,1,1,1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!metric_parse(wrong[i], numbers, &count), "'%s'", wrong[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multivector_fit");
    TCase *cases = tcase_create("multivector_fit");
    tcase_add_test(cases, held_out);
    tcase_add_test(cases, kinds_of_errors);
    tcase_add_test(cases, learns);
    tcase_add_test(cases, delayed_metric);
    tcase_add_test(cases, starts);
    tcase_add_test(cases, lists_of_numbers);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
