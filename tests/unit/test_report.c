/* Reports and logs: their shape, numbers that are not finite, and files that cannot be written. */
#include "base/report.h"

#include "base/memory.h"
#include "base/options.h"
#include "base/progress.h"
#include "check_main.h"
#include "scratch.h"

#include <cJSON.h>
#include <math.h>

static cJSON *read_json(const char *name)
{
    char text[8192];
    FILE *file = fopen(name, "rb");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    cJSON *json = cJSON_Parse(text);
    ck_assert_ptr_nonnull(json);
    return json;
}

static double number_at(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    ck_assert_msg(cJSON_IsNumber(item), "%s is no number", name);
    return item->valuedouble;
}

START_TEST(shape)
{
    struct report report;
    struct error error = {0};
    report_begin(&report, &(struct common_options){.seed = 42, .started = progress_seconds()});
    report_option_text(&report, "geometry", "h2xe4");
    report_option_text(&report, "model", NULL);
    report_option_number(&report, "dim", 6);
    report_metric(&report, "test_mse", 0.5);
    report_metric(&report, "test_mse", 0.25);
    report_metric(&report, "Test_MSE", 4);
    report_metric(&report, "worst_distortion", INFINITY);
    report_metric_text(&report, "best", "h2");
    report_metric_values(&report, "curve", (const double[]){1, NAN, 3}, 3);
    report_metric_repeated(&report, "accuracy", (const double[]){1, 2, 3}, 3);
    report_metric_repeated(&report, "once", (const double[]){7}, 1);
    ck_assert(report_write(&report, "r.json", &error));
    report_free(&report);

    cJSON *json = read_json("r.json");
    const char *const keys[] = {"program", "version", "options", "seed",
                                "metrics", "time",    "memory"};
    int count = 0;
    for (const cJSON *item = json->child; item; item = item->next, count++)
        ck_assert_str_eq(item->string, keys[count]);
    ck_assert_int_eq(count, 7);
    ck_assert_double_eq(number_at(json, "seed"), 42);
    const cJSON *options = cJSON_GetObjectItem(json, "options");
    ck_assert_double_eq(number_at(options, "dim"), 6);
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(options, "model")));
    const cJSON *metrics = cJSON_GetObjectItem(json, "metrics");
    ck_assert_double_eq(number_at(metrics, "test_mse"), 0.25);
    ck_assert_double_eq(number_at(metrics, "Test_MSE"), 4);
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(metrics, "worst_distortion")));
    ck_assert(cJSON_IsNull(cJSON_GetArrayItem(cJSON_GetObjectItem(metrics, "curve"), 1)));
    const cJSON *accuracy = cJSON_GetObjectItem(metrics, "accuracy");
    ck_assert_double_eq(number_at(accuracy, "mean"), 2);
    ck_assert_double_eq(number_at(accuracy, "std"), 1);
    ck_assert_double_eq(number_at(cJSON_GetObjectItem(metrics, "once"), "std"), 0);
    ck_assert_double_ge(number_at(cJSON_GetObjectItem(json, "time"), "wall_s"), 0);
    ck_assert_double_ge(number_at(cJSON_GetObjectItem(json, "memory"), "peak_bytes"), 1e5);
    cJSON_Delete(json);
}
END_TEST

START_TEST(no_path_writes_nothing)
{
    struct report report;
    struct error error = {0};
    report_begin(&report, &(struct common_options){.seed = 0});
    ck_assert(report_write(&report, NULL, &error));
    report_free(&report);
    ck_assert_int_eq(scratch_count(), 0);
}
END_TEST

START_TEST(cannot_create)
{
    struct report report;
    struct report_log log;
    struct error error = {0};
    report_begin(&report, &(struct common_options){.seed = 0});
    ck_assert(!report_write(&report, "none/r.json", &error));
    ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
    report_free(&report);
    error = (struct error){0};
    ck_assert(!report_log_open(&log, "none/l", &error));
    ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
}
END_TEST

static cJSON *line(int step, double loss)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "step", step);
    cJSON_AddItemToObject(object, "loss", report_number(loss));
    return object;
}

START_TEST(log_has_a_line_per_evaluation)
{
    struct report_log log;
    struct error error = {0};
    ck_assert(report_log_open(&log, "l", &error));
    ck_assert(report_log_write(&log, line(1, 0.5), &error));
    ck_assert(report_log_write(&log, line(2, NAN), &error));
    ck_assert(report_log_close(&log, &error));
    ck_assert(scratch_holds("l", "{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"loss\":null}\n"));
}
END_TEST

START_TEST(log_to_nowhere_and_to_a_full_disk)
{
    struct report_log log;
    struct error error = {0};
    ck_assert(report_log_open(&log, NULL, &error));
    ck_assert(report_log_write(&log, line(1, 0.5), &error));
    ck_assert(report_log_close(&log, &error));
    ck_assert(report_log_open(&log, "/dev/full", &error));
    ck_assert(!report_log_write(&log, line(1, 0.5), &error));
    ck_assert_int_eq(error.exit_code, EX_IOERR);
    ck_assert(!report_log_close(&log, &error));
}
END_TEST

int main(void)
{
    report_use_memory();
    Suite *suite = suite_create("report");
    TCase *cases = tcase_create("report");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, shape);
    tcase_add_test(cases, no_path_writes_nothing);
    tcase_add_test(cases, cannot_create);
    tcase_add_test(cases, log_has_a_line_per_evaluation);
    tcase_add_test(cases, log_to_nowhere_and_to_a_full_disk);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
