/* Conversions: columns, rows, shapes, the way from table to array, and back out by a writer. */
#include "io/conversion.h"

#include "base/memory.h"
#include "io/record_writer.h"

#include "check_main.h"

#include <string.h>

/* Reads a text, converts its first record, writes it as CSV (or JSON). */
static bool convert(const char *input, const struct conversion *conversion, bool as_array,
                    enum file_format format, char **written, struct error *error)
{
    size_t length;
    bool end;
    char **names = NULL;
    struct record record;
    struct output output = {
        .file = memory_stream_open(written, &length), .name = "memory", .slot = -1};
    struct stream *stream = stream_from_memory(input, strlen(input), "memory");
    struct records *records = records_open(stream, NULL, error);
    struct record_writer *writer = record_writer_begin(&output, format);
    bool good = records_next(records, &record, &end, error) && !end &&
                conversion_apply(conversion, &record, as_array, "memory", &names, error) &&
                record_writer_add(writer, &record, names, error);
    good = record_writer_finish(writer, error) && good;
    memory_stream_close(output.file, written);
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
    record_free(&record);
    records_close(records);
    stream_close(stream);
    return good;
}

static void expect(const char *input, struct conversion conversion, bool as_array,
                   const char *expected)
{
    struct error error = {0};
    char *written;
    ck_assert_msg(convert(input, &conversion, as_array, FILE_FORMAT_CSV, &written, &error), "%s",
                  error.message);
    ck_assert_str_eq(written, expected);
    free(written);
}

static void expect_refusal(const char *input, struct conversion conversion, bool as_array,
                           const char *message)
{
    struct error error = {0};
    char *written;
    ck_assert(!convert(input, &conversion, as_array, FILE_FORMAT_CSV, &written, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
    free(written);
}

static const char people[] = "name,age,size\nann,30,1.5\nbob,41,1.75\neve,7,1\n";
static const char numbers[] = "[[1,2,3],[4,5,6]]";

START_TEST(columns)
{
    expect(people, (struct conversion){.columns = "size,1"}, false,
           "size,name\n1.5,ann\n1.75,bob\n1,eve\n");
    expect(people, (struct conversion){.columns = "2-3"}, true,
           "age,size\n30,1.5\n41,1.75\n7,1\n");
    expect(people, (struct conversion){.columns = "2,2"}, false, "age,age\n30,30\n41,41\n7,7\n");
    expect(numbers, (struct conversion){.columns = "3,1-2"}, true, "3,1,2\n6,4,5\n");
    const char *const bad[] = {"0", "4", "2-4", "3-2", "x", "", "1,", "1-", "-1", "1-2-3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        expect_refusal(people, (struct conversion){.columns = bad[i]}, false, "no column");
        expect_refusal(numbers, (struct conversion){.columns = bad[i]}, true, "no column");
    }
    expect_refusal(people, (struct conversion){0}, true, "column 1 ('name') is text ('ann')");
    expect_refusal("[1,2]", (struct conversion){.columns = "1"}, true, "no columns");
}
END_TEST

START_TEST(rows)
{
    const struct {
        const char *rows;
        const char *expected;
    } cases[] = {{":", "1\n2\n3\n"}, {"1:", "2\n3\n"}, {":1", "1\n"},    {"1:2", "2\n"},
                 {"-1:", "3\n"},     {":-1", "1\n2\n"}, {"2:1", ""},      {"5:9", ""},
                 {"-9:9", "1\n2\n3\n"}, {"0:99999999999", "1\n2\n3\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert(conversion_check_rows(cases[i].rows));
        expect("1\n2\n3\n", (struct conversion){.rows = cases[i].rows}, false, cases[i].expected);
        expect("[1,2,3]", (struct conversion){.rows = cases[i].rows}, true, cases[i].expected);
    }
    const char *const bad[] = {"", "1", "1:2:3", "a:b", "1-2", "--1:", "99999999999999999999:"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert(!conversion_check_rows(bad[i]));
}
END_TEST

START_TEST(shapes)
{
    expect(numbers, (struct conversion){.transpose = true}, true, "1,4\n2,5\n3,6\n");
    expect(numbers, (struct conversion){.reshape = "3x2"}, true, "1,2\n3,4\n5,6\n");
    expect(numbers, (struct conversion){.reshape = "-1"}, true, "1\n2\n3\n4\n5\n6\n");
    expect(numbers, (struct conversion){.reshape = "1,-1,3"}, true, "1,2,3,4,5,6\n");
    expect_refusal(numbers, (struct conversion){.reshape = "4"}, true, "6 elements do not fit");
    expect_refusal(numbers, (struct conversion){.reshape = "4x-1"}, true, "do not fit");
    expect_refusal(numbers, (struct conversion){.reshape = "0x-1"}, true, "do not fit");
    const char *const bad[] = {"", "x", "3x", "-1x-1", "3y2", "1x1x1x1x1x1x1x1x1", "-2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert(!conversion_check_shape(bad[i]));
}
END_TEST

START_TEST(types_and_scale)
{
    struct conversion conversion = {.change_dtype = true, .dtype = DTYPE_I32};
    expect("a,b\n1.75,-2\n", conversion, false, "a,b\n1,-2\n");
    expect_refusal("3e9\n", conversion, false, "element 0, 3e+09, does not fit in int32");
    expect(numbers, (struct conversion){.scale = true, .low = 2, .high = 4}, true,
           "0,0,128\n255,255,255\n");
    expect(numbers, (struct conversion){.scale = true, .scale_to_range = true}, true,
           "0,51,102\n153,204,255\n");
    expect("-1.5e308,0\n1.5e308,0\n", (struct conversion){.scale = true, .scale_to_range = true},
           true, "0,128\n255,128\n");
}
END_TEST

START_TEST(writers)
{
    struct error error = {0};
    char *written;
    ck_assert(convert(people, &(struct conversion){.rows = ":1"}, false, FILE_FORMAT_JSON, &written,
                      &error));
    ck_assert_str_eq(written, "[{\"name\":\"ann\",\"age\":30,\"size\":1.5}]\n");
    free(written);
    char *refused;
    ck_assert(!convert(numbers, &(struct conversion){0}, true, FILE_FORMAT_PNG, &refused, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    free(refused);
    ck_assert_int_eq(file_format_of("a/b.c/x.NPY"), FILE_FORMAT_NPY);
    ck_assert_int_eq(file_format_of("x.png"), FILE_FORMAT_PNG);
    ck_assert_int_eq(file_format_of("x"), FILE_FORMAT_UNKNOWN);
    ck_assert_int_eq(file_format_of(NULL), FILE_FORMAT_UNKNOWN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("conversion");
    TCase *cases = tcase_create("conversion");
    tcase_add_test(cases, columns);
    tcase_add_test(cases, rows);
    tcase_add_test(cases, shapes);
    tcase_add_test(cases, types_and_scale);
    tcase_add_test(cases, writers);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
