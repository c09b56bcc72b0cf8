/* JSON: arrays, tables, JSON Lines, both ways, and errors with their lines. */
#include "io/json.h"

#include "base/memory.h"

#include "check_main.h"

#include <cJSON.h>
#include <math.h>
#include <string.h>

/* The first value of a text, which may hold more; NULL on failure. */
static cJSON *parse_first(const char *text, struct error *error)
{
    struct stream *stream = stream_from_memory(text, strlen(text), "memory");
    struct json *json = json_open(stream, error);
    cJSON *value;
    bool end;
    if (!json_next(json, &value, &end, error))
        value = NULL;
    json_close(json);
    stream_close(stream);
    return value;
}

START_TEST(arrays)
{
    struct error error = {0};
    struct array array;
    cJSON *value = parse_first("\n [[1, 2.5, null],\n [true, false, -3e2]]", &error);
    ck_assert(!json_is_table(value));
    ck_assert_msg(json_to_array(value, "memory", &array, &error), "%s", error.message);
    ck_assert_int_eq(array.dimensions, 2);
    ck_assert_uint_eq(array.shape[1], 3);
    const double expected[] = {1, 2.5, 0, 1, 0, -300};
    for (size_t i = 0; i < 6; i++)
        if (i == 2)
            ck_assert(isnan(array_value(&array, i)));
        else
            ck_assert_double_eq(array_value(&array, i), expected[i]);
    array_free(&array);
    cJSON_Delete(value);
}
END_TEST

START_TEST(tables)
{
    struct error error = {0};
    struct table table;
    cJSON *value = parse_first("[{\"a\": 1, \"b\": \"x\"}, {\"b\": 2.5, \"a\": null}]", &error);
    ck_assert(json_is_table(value));
    ck_assert(json_to_table(value, "memory", &table, &error));
    ck_assert(table.header);
    ck_assert_uint_eq(table.rows, 2);
    ck_assert_int_eq(table.columns[0].kind, COLUMN_NUMBER);
    ck_assert(isnan(table.columns[0].numbers[1]));
    ck_assert_str_eq(table.columns[1].name, "b");
    ck_assert_str_eq(table.columns[1].texts[0], "x");
    ck_assert_str_eq(table.columns[1].texts[1], "2.5");
    table_free(&table);
    cJSON_Delete(value);

    value = parse_first("[[1, 2], [3, \"x\"]]", &error);
    ck_assert(json_is_table(value));
    ck_assert(json_to_table(value, "memory", &table, &error));
    ck_assert(!table.header);
    ck_assert_str_eq(table.columns[1].texts[0], "2");
    table_free(&table);
    cJSON_Delete(value);
}
END_TEST

START_TEST(values_one_after_the_other)
{
    const char *text = "{\"a\":1}\n{\"a\":2}\n[3]\n[4] {\"a\":5}";
    const int sizes[] = {2, 1, 1, 1};
    struct error error = {0};
    struct stream *stream = stream_from_memory(text, strlen(text), "memory");
    struct json *json = json_open(stream, &error);
    cJSON *value;
    bool end;
    for (int i = 0; i < 4; i++) {
        ck_assert(json_next(json, &value, &end, &error) && !end);
        ck_assert_int_eq(cJSON_GetArraySize(value), sizes[i]);
        cJSON_Delete(value);
    }
    ck_assert(json_next(json, &value, &end, &error) && end);
    json_close(json);
    stream_close(stream);
}
END_TEST

static void expect_syntax_error(const char *text, const char *message)
{
    struct error error = {0};
    ck_assert_ptr_null(parse_first(text, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
}

static void expect_refusal(const char *text, const char *message)
{
    struct error error = {0};
    struct array array;
    struct table table;
    cJSON *value = parse_first(text, &error);
    ck_assert_ptr_nonnull(value);
    ck_assert(json_is_table(value) ? !json_to_table(value, "memory", &table, &error)
                                   : !json_to_array(value, "memory", &array, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
    cJSON_Delete(value);
}

START_TEST(errors)
{
    expect_syntax_error("[1,\n2,\n,3]", "memory:3: malformed JSON near ',3'");
    expect_syntax_error("[1,\n2", "memory:2: the JSON is truncated");
    expect_syntax_error("{\"a\":1}\n{\"a\" 2}", "memory:2: malformed");
    expect_syntax_error("[nan]", "memory:1: malformed");
    expect_refusal("[[1,2],[3]]", "ragged array; expected arrays of 2 at depth 1");
    expect_refusal("[[1],[[2]]]", "an array at depth 2");
    expect_refusal("[1,\"x\"]", "a string at depth 1");
    expect_refusal("[[[[[[[[[1]]]]]]]]]", "too many dimensions");
    expect_refusal("[{\"a\":1},{\"b\":1}]", "row 2 has no 'a'");
    expect_refusal("[{\"a\":1},{\"a\":1,\"b\":1}]", "row 2 has 2 values; expected 1");
    expect_refusal("[{\"a\":1},[1]]", "row 2 is no object");
    expect_refusal("[{\"a\":{}}]", "an array or object");
    expect_refusal("[{\"a\":1,\"a\":2}]", "the key 'a' twice");
}
END_TEST

START_TEST(writing)
{
    char *text;
    size_t length;
    struct error error = {0};
    struct output output = {
        .file = memory_stream_open(&text, &length), .name = "memory", .slot = -1};
    const size_t shape[] = {2, 2};
    struct array array = array_make(DTYPE_F32, 2, shape);
    const float values[] = {0.1F, -2, NAN, 1e-10F};
    memcpy(array.data, values, sizeof values);
    ck_assert(json_write_array(&output, &array, &error));
    json_write_string(output.file, "a\"\\\n\x01\xc3\xa4");
    memory_stream_close(output.file, &text);
    ck_assert_str_eq(text, "[[0.1,-2],\n[null,1e-10]]\n\"a\\\"\\\\\\n\\u0001\xc3\xa4\"");
    free(text);
    array_free(&array);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *cases = tcase_create("json");
    tcase_add_test(cases, arrays);
    tcase_add_test(cases, tables);
    tcase_add_test(cases, values_one_after_the_other);
    tcase_add_test(cases, errors);
    tcase_add_test(cases, writing);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
