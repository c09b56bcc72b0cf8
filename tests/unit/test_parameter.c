/* Parameter sets: values to a safetensors file and back, and files that do not fit. */
#include "grad/parameter.h"

#include "check_main.h"

#include <string.h>

static struct parameters new_set(size_t rows)
{
    struct parameters set = {0};
    parameters_add(&set, "layer.weight", 2, (const size_t[]){rows, 3});
    parameters_add(&set, "layer.bias", 1, (const size_t[]){rows});
    parameters_add(&set, "curvature", 0, NULL);
    return set;
}

static void fill(struct parameters *set)
{
    for (size_t p = 0; p < set->count; p++)
        for (size_t i = 0, n = tensor_count(&set->list[p]->value); i < n; i++)
            set->list[p]->value.data[i] = (real)sin((double)(i + 7 * p));
}

static void assert_same(const struct parameters *a, const struct parameters *b)
{
    for (size_t p = 0; p < a->count; p++)
        ck_assert_mem_eq(a->list[p]->value.data, b->list[p]->value.data,
                         tensor_count(&a->list[p]->value) * sizeof(real));
}

START_TEST(add_and_find)
{
    struct parameters set = new_set(4);
    ck_assert_uint_eq(set.count, 3);
    ck_assert_uint_eq(parameters_count(&set), 4 * 3 + 4 + 1);
    ck_assert_ptr_eq(parameters_find(&set, "curvature"), set.list[2]);
    ck_assert_ptr_null(parameters_find(&set, "layer"));
    ck_assert(set.list[0]->value.data[11] == 0 && set.list[0]->gradient[11] == 0);
    ck_assert(set.list[0]->rate_scale == 1 && set.list[0]->decays && !set.list[0]->frozen);
    parameters_free(&set);
    ck_assert_uint_eq(set.count, 0);
}
END_TEST

START_TEST(copy_and_set_values)
{
    struct parameters set = new_set(4), other = new_set(4);
    real values[17];
    fill(&set);
    parameters_copy_values(&set, values);
    ck_assert(values[12] == set.list[1]->value.data[0]);
    parameters_set_values(&other, values);
    assert_same(&set, &other);
    parameters_free(&set);
    parameters_free(&other);
}
END_TEST

/* Through the bytes of a file. */
START_TEST(save_and_load)
{
    const char *path = "test_parameter.safetensors";
    struct parameters set = new_set(4), loaded = new_set(4);
    struct safetensors file = {0}, again = {0};
    struct output output;
    struct error error = {0};
    fill(&set);
    parameters_save(&set, &file);
    ck_assert(output_open(&output, path, &error));
    ck_assert(safetensors_write(&output, &file, &error));
    ck_assert(output_commit(&output, &error));
    struct stream *stream = stream_open(path, &error);
    ck_assert_ptr_nonnull(stream);
    ck_assert(safetensors_read(stream, &again, &error));
    ck_assert(parameters_load(&loaded, &again, path, &error));
    assert_same(&set, &loaded);
    stream_close(stream);
    remove(path);
    safetensors_free(&file);
    safetensors_free(&again);
    parameters_free(&set);
    parameters_free(&loaded);
}
END_TEST

static void assert_refused(struct parameters *set, const struct safetensors *file,
                           const char *message)
{
    struct error error = {0};
    ck_assert(!parameters_load(set, file, "model", &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_str_eq(error.message, message);
}

START_TEST(files_that_do_not_fit)
{
    struct parameters set = new_set(4), larger = new_set(5), reshaped = {0};
    struct safetensors file = {0}, empty = {0};
    fill(&set);
    parameters_save(&set, &file);
    assert_refused(&set, &empty, "model: tensor 'layer.weight' is missing");
    assert_refused(&larger, &file,
                   "model: tensor 'layer.weight' has another shape than the configuration says");
    parameters_add(&reshaped, "layer.weight", 1, (const size_t[]){12});
    assert_refused(&reshaped, &file,
                   "model: tensor 'layer.weight' has another shape than the configuration says");
    safetensors_free(&file);
    set.list[1]->value.data[2] = NAN;
    parameters_save(&set, &file);
    assert_refused(&set, &file, "model: tensor 'layer.bias' holds a value that is not finite");
    safetensors_free(&file);
    parameters_free(&set);
    parameters_free(&larger);
    parameters_free(&reshaped);
}
END_TEST

/* A set that refused a file has kept every value it had. */
START_TEST(refused_file_changes_nothing)
{
    struct parameters set = new_set(4), source = new_set(4);
    struct safetensors file = {0};
    struct error error = {0};
    fill(&source);
    source.list[2]->value.data[0] = INFINITY;
    parameters_save(&source, &file);
    ck_assert(!parameters_load(&set, &file, "model", &error));
    ck_assert(set.list[0]->value.data[1] == 0);
    safetensors_free(&file);
    parameters_free(&set);
    parameters_free(&source);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parameter");
    TCase *cases = tcase_create("parameter");
    tcase_add_test(cases, add_and_find);
    tcase_add_test(cases, copy_and_set_values);
    tcase_add_test(cases, save_and_load);
    tcase_add_test(cases, files_that_do_not_fit);
    tcase_add_test(cases, refused_file_changes_nothing);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
