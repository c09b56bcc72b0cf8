/* Model files: a configuration comes back as it went in, and one that lies is refused by name. */
#include "io/model_file.h"

#include "base/memory.h"

#include "check_main.h"

#include <stdlib.h>
#include <string.h>

static const struct model_kind kind = {"tesserae test", "test-fit"};
static const struct model_kind other_kind = {"tesserae other", "other-fit"};
static const char *const colors[] = {"red", "green", NULL};

struct options {
    size_t width;
    double rate;
    bool residual;
    int color;
    char *geometry;
    size_t hidden[3], hidden_count;
    double metric[2];
    size_t metric_count;
    char **classes;
    size_t class_count;
};

enum { FIELDS = 8 };

static void list_fields(struct options *o, struct model_field fields[FIELDS])
{
    const struct model_field all[FIELDS] = {
        model_number("width", &o->width, 1, 64),
        model_real("rate", &o->rate, -1, 1),
        model_text("geometry", &o->geometry),
        model_texts("classes", &o->classes, &o->class_count, 4),
        model_flag("residual", &o->residual),
        model_word("color", &o->color, colors),
        model_numbers("hidden", o->hidden, &o->hidden_count, 3, 1, 9),
        model_reals("metric", o->metric, &o->metric_count, 2, -10, 10)};
    memcpy(fields, all, sizeof all);
}

static void free_options(struct options *o)
{
    free(o->geometry);
    for (size_t i = 0; i < o->class_count; i++)
        free(o->classes[i]);
    free(o->classes);
}

START_TEST(round_trip)
{
    struct model_field fields[FIELDS];
    struct safetensors file = {0};
    struct error error = {0};
    char geometry[] = "h5 \"x\" s5", *classes[] = {(char[]){"a"}, (char[]){""}, (char[]){"b\nc"}};
    struct options o = {.width = 7, .rate = 0.1, .residual = true, .color = 1,
                        .geometry = geometry, .hidden = {3, 9}, .hidden_count = 2,
                        .metric = {-1, 1.0 / 3}, .metric_count = 2, .classes = classes,
                        .class_count = 3};
    list_fields(&o, fields);
    model_file_describe(&file, &kind, fields, FIELDS);
    safetensors_add(&file, "w", DTYPE_F32, 1, &(size_t){2}, (float[]){1, 2});

    struct options back = {0};
    list_fields(&back, fields);
    ck_assert(model_file_is(&file, &kind) && !model_file_is(&file, &other_kind));
    ck_assert_uint_eq(model_file_values(&file), 2);
    ck_assert_msg(model_file_configuration(&file, &kind, fields, FIELDS, "f", &error), "%s",
                  error.message);
    ck_assert_uint_eq(back.width, 7);
    ck_assert(back.rate == 0.1 && back.residual && back.color == 1);
    ck_assert_str_eq(back.geometry, geometry);
    ck_assert(back.hidden_count == 2 && back.hidden[0] == 3 && back.hidden[1] == 9);
    ck_assert(back.metric_count == 2 && back.metric[0] == -1 && back.metric[1] == 1.0 / 3);
    ck_assert_uint_eq(back.class_count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(back.classes[i], classes[i]);

    ck_assert(!model_file_configuration(&file, &other_kind, fields, FIELDS, "f", &error));
    ck_assert_str_eq(error.message, "f: not a model of other-fit; it is of the kind tesserae test");
    free_options(&back);
    safetensors_free(&file);
}
END_TEST

/* A good configuration with one member replaced; refused with the member's name. */
static void expect_refusal(const char *name, const char *value)
{
    static const char *const members[][2] = {
        {"width", "7"}, {"rate", "0.5"}, {"geometry", "\"e2\""}, {"classes", "[\"a\"]"},
        {"residual", "true"}, {"color", "\"red\""}, {"hidden", "[1]"}, {"metric", "[1,-1]"}};
    char text[512] = "{", *end = text + 1;
    for (size_t i = 0; i < FIELDS; i++)
        end += sprintf(end, "%s\"%s\":%s", i ? "," : "", members[i][0],
                       strcmp(members[i][0], name) == 0 ? value : members[i][1]);
    strcpy(end, "}");
    struct safetensors file = {0};
    struct error error = {0};
    struct options o = {0};
    struct model_field fields[FIELDS];
    list_fields(&o, fields);
    safetensors_set_metadata(&file, "kind", kind.name);
    safetensors_set_metadata(&file, "configuration", text);
    ck_assert_msg(!model_file_configuration(&file, &kind, fields, FIELDS, "f", &error), "%s", text);
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    char *quoted = memory_format("'%s'", name);
    ck_assert_msg(strstr(error.message, quoted), "%s", error.message);
    ck_assert(!o.geometry && !o.classes);
    free(quoted);
    safetensors_free(&file);
}

START_TEST(lies)
{
    static const char *const members[][2] = {
        {"width", "0"}, {"width", "65"}, {"width", "1.5"}, {"width", "\"7\""}, {"width", "1e300"},
        {"rate", "-2"}, {"rate", "null"}, {"rate", "1e999"}, {"geometry", "3"},
        {"classes", "[1]"}, {"classes", "[\"a\",2]"}, {"classes", "[\"\",\"\",\"\",\"\",\"\"]"},
        {"residual", "1"}, {"color", "\"blue\""}, {"color", "0"}, {"hidden", "[0]"},
        {"hidden", "[1,2,3,4]"}, {"hidden", "{}"}, {"metric", "[11]"}, {"metric", "[[1]]"}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        expect_refusal(members[i][0], members[i][1]);
}
END_TEST

START_TEST(nothing_said)
{
    struct safetensors file = {0};
    struct error error = {0};
    ck_assert(!model_file_configuration(&file, &kind, NULL, 0, "f", &error));
    ck_assert_str_eq(error.message, "f: not a model of test-fit");
    error = (struct error){0};
    safetensors_set_metadata(&file, "kind", kind.name);
    ck_assert(!model_file_configuration(&file, &kind, NULL, 0, "f", &error));
    error = (struct error){0};
    safetensors_set_metadata(&file, "configuration", "[1]");
    ck_assert(!model_file_configuration(&file, &kind, NULL, 0, "f", &error));
    ck_assert_msg(strstr(error.message, "not a JSON object"), "%s", error.message);
    safetensors_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model_file");
    TCase *cases = tcase_create("model_file");
    tcase_add_test(cases, round_trip);
    tcase_add_test(cases, lies);
    tcase_add_test(cases, nothing_said);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
