/* CSV: records and their lines, tables, and numbers both ways. */
#include "io/csv.h"

#include "base/memory.h"
#include "base/rng.h"

#include "check_main.h"

#include <math.h>
#include <string.h>

/* What csv_scan reports, as text: "line:field|field|\n". */
static char seen[4096];

static bool note(void *context, const struct csv_record *record, struct error *error)
{
    (void)context;
    (void)error;
    size_t used = strlen(seen);
    used += (size_t)snprintf(seen + used, sizeof seen - used, "%zu:", record->line);
    for (size_t i = 0; i < record->count; i++) {
        ck_assert_uint_eq(strlen(record->fields[i]), record->lengths[i]);
        used += (size_t)snprintf(seen + used, sizeof seen - used, "%s|", record->fields[i]);
    }
    snprintf(seen + used, sizeof seen - used, "\n");
    return true;
}

static bool scan_bytes(const char *text, size_t length, struct error *error)
{
    seen[0] = '\0';
    struct stream *stream = stream_from_memory(text, length, "memory");
    bool good = csv_scan(stream, note, NULL, error);
    stream_close(stream);
    return good;
}

static void expect_records(const char *text, const char *expected)
{
    struct error error = {0};
    ck_assert_msg(scan_bytes(text, strlen(text), &error), "%s", error.message);
    ck_assert_str_eq(seen, expected);
}

static void expect_error(const char *text, size_t length, const char *message)
{
    struct error error = {0};
    ck_assert(!scan_bytes(text, length, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(error.message, message));
}

START_TEST(records)
{
    expect_records("", "");
    expect_records("a,b\n1,2\n", "1:a|b|\n2:1|2|\n");
    expect_records("a,b\r\n1,2", "1:a|b|\n2:1|2|\n");
    expect_records("\n\n a , b \n\n1,\n", "3:a|b|\n5:1||\n");
    expect_records("\"a,\"\"b\"\"\",c\n", "1:a,\"b\"|c|\n");
    expect_records("\"two\nlines\",x\ny,z\n", "1:two\nlines|x|\n3:y|z|\n");
    expect_records("\xef\xbb\xbf" "a,b\n", "1:a|b|\n");
    expect_records(",\n", "1:||\n");
}
END_TEST

/* Lines without quotation marks are split without libcsv: it must come to the same. */
START_TEST(plain_lines_are_split_as_libcsv_does)
{
    static const char alphabet[] = ",, \t1a.\r";
    struct rng rng = rng_make(4, RNG_TEST, 0);
    for (int i = 0; i < 20000; i++) {
        char plain[16], quoted[32], expected[sizeof seen];
        size_t length = 1 + (size_t)rng_below(&rng, 12);
        for (size_t j = 0; j < length; j++)
            plain[j] = alphabet[rng_below(&rng, sizeof alphabet - 1)];
        plain[length] = '\0';
        if (plain[0] == '\r' || !plain[strspn(plain, " \t\r")])
            continue;
        const char *end = i % 3 == 0 ? "" : i % 3 == 1 ? "\n" : "\r\n";
        snprintf(quoted, sizeof quoted, "\"q\",%s%s", plain, end);
        struct error error = {0};
        ck_assert(scan_bytes(quoted, strlen(quoted), &error));
        strcpy(expected, seen);
        snprintf(quoted, sizeof quoted, "q,%s%s", plain, end);
        ck_assert(scan_bytes(quoted, strlen(quoted), &error));
        ck_assert_str_eq(seen, expected);
    }
}
END_TEST

START_TEST(record_errors)
{
    expect_error("a,b\n1,\"x", 8, "memory:2: the file ends within quotation marks");
    expect_error("a,b\n1,x\"y\n", 10, "memory:2: a quotation mark within field 2");
    expect_error("a,b\n1,x\0y\n", 10, "memory:2: a zero byte in field 2");
}
END_TEST

static bool read_text(const char *text, const struct table_options *options, struct table *table,
                      struct error *error)
{
    struct stream *stream = stream_from_memory(text, strlen(text), "memory");
    bool good = table_read(stream, options, table, error);
    stream_close(stream);
    return good;
}

START_TEST(tables)
{
    struct table table;
    struct error error = {0};
    ck_assert(read_text("name,x\n1,2.5\nthree,-4e1\n", NULL, &table, &error));
    ck_assert(table.header);
    ck_assert_uint_eq(table.rows, 2);
    const struct table_column *name = table_column_named(&table, "name");
    ck_assert_int_eq(name->kind, COLUMN_TEXT);
    ck_assert_str_eq(name->texts[0], "1");
    ck_assert_str_eq(name->texts[1], "three");
    const struct table_column *x = table_column_named(&table, "x");
    ck_assert_int_eq(x->kind, COLUMN_NUMBER);
    ck_assert_double_eq(x->numbers[0], 2.5);
    ck_assert_double_eq(x->numbers[1], -40);
    ck_assert_ptr_null(table_column_named(&table, "y"));
    table_free(&table);

    ck_assert(read_text("1,2\n3,4\n5,6", NULL, &table, &error));
    ck_assert(!table.header);
    ck_assert_uint_eq(table.rows, 3);
    ck_assert_ptr_null(table.columns[0].name);
    ck_assert_double_eq(table.columns[1].numbers[2], 6);
    table_free(&table);

    ck_assert(read_text("", NULL, &table, &error));
    ck_assert_uint_eq(table.rows + table.count, 0);
    table_free(&table);
}
END_TEST

START_TEST(table_options_are_honoured)
{
    struct table table;
    struct error error = {0};
    const char *const names[] = {"id", NULL};
    struct table_options options = {.text_columns = names, .allow_missing = true};
    ck_assert(read_text("id,x\n007,\n8,nan\n", &options, &table, &error));
    ck_assert_str_eq(table.columns[0].texts[0], "007");
    ck_assert(isnan(table.columns[1].numbers[0]) && isnan(table.columns[1].numbers[1]));
    table_free(&table);

    options = (struct table_options){.all_text = true, .header = HEADER_NONE};
    ck_assert(read_text("a,b\n1,2\n", &options, &table, &error));
    ck_assert_uint_eq(table.rows, 2);
    ck_assert_str_eq(table.columns[1].texts[1], "2");
    table_free(&table);

    options = (struct table_options){.header = HEADER_PRESENT};
    ck_assert(read_text("1,2\n3,4\n", &options, &table, &error));
    ck_assert_uint_eq(table.rows, 1);
    ck_assert_str_eq(table.columns[1].name, "2");
    table_free(&table);
}
END_TEST

static void expect_table_error(const char *text, const struct table_options *options,
                               const char *message)
{
    struct table table;
    struct error error = {0};
    ck_assert(!read_text(text, options, &table, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(error.message, message));
}

START_TEST(table_errors)
{
    struct table_options missing = {.allow_missing = true};
    expect_table_error("a,b\n1,2\n3\n", NULL, "memory:3: 1 fields; expected 2 as in line 1");
    expect_table_error("a,b\n1,2\n3,\n", NULL, "memory:3: column 2 ('b') is empty");
    expect_table_error("a,b\n1,2\n3,nan\n", NULL, "memory:3: column 2 ('b') is not finite");
    expect_table_error("1,2\n\n3,inf\n", &missing, "memory:3: column 2 is not finite");
    /* An empty cell of a column that turns out to be text is no error, only the other one is. */
    expect_table_error("a,b\n,1\nx,\n", NULL, "memory:3: column 2 ('b') is empty");
}
END_TEST

static void expect_number(const char *text)
{
    double value;
    ck_assert_msg(csv_parse_number(text, strlen(text), &value), "%s", text);
    double expected = strtod(text, NULL);
    ck_assert_msg(memcmp(&value, &expected, sizeof value) == 0, "%s: %.17g, not %.17g", text, value,
                  expected);
}

START_TEST(numbers_are_parsed)
{
    const char *const good[] = {
        "0", "-0", "+1", ".5", "5.", "1e5", "1E-5", "1e+5", "0.1", "123456789012345678901234567890",
        "9007199254740993", "1.7976931348623157e308", "4.9e-324", "1e999", "1e-999", "0e999999999",
        "0.000000000000000000000000000000123456789012345678", "1e23", "8.5e-27",
        "00000000000000000000000000001.5", "9223372036854775807", "18446744073709551615"};
    const char *const bad[] = {"", "-", "+", ".", "e5", "1e", "1e+", "0x10", "1 2", "1.2.3", "--1",
                               "1f", "infin", "nano", "1_000", "\xd9\xa1"};
    double value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        expect_number(good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!csv_parse_number(bad[i], strlen(bad[i]), &value), "%s", bad[i]);
    ck_assert(csv_parse_number("-Infinity", 9, &value) && value == -(double)INFINITY);
    ck_assert(csv_parse_number("inf", 3, &value) && value == (double)INFINITY);
    ck_assert(csv_parse_number("NaN", 3, &value) && isnan(value));
}
END_TEST

/* Any bits, and numbers of every length near halfway cases. */
START_TEST(numbers_are_parsed_exactly)
{
    struct rng rng = rng_make(5, RNG_TEST, 0);
    char text[64];
    for (int i = 0; i < 300000; i++) {
        uint64_t bits = rng_bits64(&rng);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        if (i % 2)
            value = rng_uniform(&rng) * pow(10, (double)(i % 40) - 20);
        snprintf(text, sizeof text, "%.*g", 1 + i % 21, value);
        expect_number(text);
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)bits >> (i % 12), i % 61 - 30);
        expect_number(text);
    }
}
END_TEST

START_TEST(numbers_read_back)
{
    struct rng rng = rng_make(6, RNG_TEST, 0);
    char text[CSV_NUMBER_SIZE];
    for (int i = 0; i < 300000; i++) {
        uint64_t bits = rng_bits64(&rng);
        uint32_t low = (uint32_t)bits;
        double wide, back;
        float narrow;
        memcpy(&wide, &bits, sizeof wide);
        memcpy(&narrow, &low, sizeof narrow);
        if (i % 2) {
            wide = rng_normal(&rng);
            narrow = (float)wide;
        }
        if (isfinite(wide)) {
            size_t length = csv_format_double(text, wide);
            ck_assert_uint_eq(strlen(text), length);
            ck_assert(csv_parse_number(text, length, &back));
            ck_assert_msg(memcmp(&back, &wide, sizeof wide) == 0, "%s: %.17g", text, wide);
        }
        if (isfinite(narrow)) {
            char shorter[32];
            size_t length = csv_format_float(text, narrow);
            ck_assert(csv_parse_number(text, length, &back));
            float again = (float)back;
            ck_assert_msg(memcmp(&again, &narrow, sizeof again) == 0, "%s: %.9g", text, narrow);
            ck_assert(strtof(text, NULL) == narrow);
            /* No shorter number of that precision reads back. */
            size_t digits = 0;
            for (const char *c = text; *c && *c != 'e'; c++)
                digits += *c >= '1' ? *c <= '9' : *c == '0' && digits > 0;
            snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, (double)narrow);
            if (digits > 1 && digits < 10 && !strchr(text, 'e') && strchr(text, '.'))
                ck_assert_msg(strtof(shorter, NULL) != narrow, "%s: %s", text, shorter);
        }
    }
}
END_TEST

START_TEST(numbers_are_short)
{
    const struct {
        double value;
        const char *text;
    } doubles[] = {{0, "0"},
                   {-0.0, "-0"},
                   {0.1, "0.1"},
                   {1e22, "1e22"},
                   {1e-7, "1e-7"},
                   {123456, "123456"},
                   {0.3, "0.3"},
                   {1.0 / 3, "0.3333333333333333"},
                   {5e-324, "4.94065645841247e-324"},
                   {-2.5e-5, "-2.5e-5"},
                   {1e15, "1000000000000000"},
                   {0.0001, "0.0001"},
                   {0x1.2671ec8ea14f4p-1, "0.5750879215344455"},
                   {(double)NAN, "nan"},
                   {-(double)INFINITY, "-inf"}};
    const struct {
        float value;
        const char *text;
    } floats[] = {{0.1F, "0.1"}, {16777216, "16777216"}, {3.4028235e38F, "3.4028235e38"},
                  {1e-45F, "1e-45"}, {0.3F, "0.3"}, {1.0F / 3, "0.33333334"}, {-1.5F, "-1.5"},
                  {1e10F, "10000000000"}};
    char text[CSV_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        csv_format_double(text, doubles[i].value);
        ck_assert_str_eq(text, doubles[i].text);
    }
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        csv_format_float(text, floats[i].value);
        ck_assert_str_eq(text, floats[i].text);
    }
}
END_TEST

/* What was written with few digits is written with as few again. */
START_TEST(decimals_stay_as_they_are)
{
    struct rng rng = rng_make(8, RNG_TEST, 0);
    for (int i = 0; i < 300000; i++) {
        char text[64], again[CSV_NUMBER_SIZE];
        int digits = 1 + i % 15;
        uint64_t number = rng_below(&rng, (uint64_t)pow(10, digits));
        if (number % 10 == 0)
            number++;
        snprintf(text, sizeof text, "%llue-%d", (unsigned long long)number, i % 20);
        double value = strtod(text, NULL);
        size_t length = csv_format_double(again, value), used = 0;
        bool leading = true;
        for (size_t j = 0; j < length && again[j] != 'e'; j++) {
            leading = leading && (again[j] == '0' || again[j] == '.');
            used += !leading && again[j] != '.';
        }
        ck_assert_msg(used <= strcspn(text, "e"), "%s became %s", text, again);
    }
}
END_TEST

START_TEST(fields_are_quoted_where_they_must_be)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    const char *const fields[] = {"plain", "", "a,b", "say \"x\"", " led", "two\nlines"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        csv_write_field(file, fields[i]);
        fputc(i + 1 < sizeof fields / sizeof *fields ? ',' : '\n', file);
    }
    fclose(file);
    ck_assert_str_eq(text, "plain,\"\",\"a,b\",\"say \"\"x\"\"\",\" led\",\"two\nlines\"\n");
    expect_records(text, "1:plain||a,b|say \"x\"| led|two\nlines|\n");
    free(text);
}
END_TEST

/* A line that is longer than every buffer, and quoted fields across buffers. */
START_TEST(long_lines)
{
    enum { FIELDS = 200000 };
    char *text = memory_alloc(FIELDS, 8), *end = text;
    for (int i = 0; i < FIELDS; i++)
        end += sprintf(end, i % 3 ? "%d%c" : "\"%d\"%c", i % 1000, i + 1 < FIELDS ? ',' : '\n');
    struct stream *stream = stream_from_memory(text, (size_t)(end - text), "memory");
    struct table table;
    struct error error = {0};
    ck_assert(table_read(stream, NULL, &table, &error));
    ck_assert_uint_eq(table.count, FIELDS);
    ck_assert_double_eq(table.columns[FIELDS - 1].numbers[0], (FIELDS - 1) % 1000);
    table_free(&table);
    stream_close(stream);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv");
    TCase *cases = tcase_create("csv");
    tcase_add_test(cases, records);
    tcase_add_test(cases, plain_lines_are_split_as_libcsv_does);
    tcase_add_test(cases, record_errors);
    tcase_add_test(cases, tables);
    tcase_add_test(cases, table_options_are_honoured);
    tcase_add_test(cases, table_errors);
    tcase_add_test(cases, numbers_are_parsed);
    tcase_add_test(cases, numbers_are_parsed_exactly);
    tcase_add_test(cases, numbers_read_back);
    tcase_add_test(cases, numbers_are_short);
    tcase_add_test(cases, decimals_stay_as_they_are);
    tcase_add_test(cases, fields_are_quoted_where_they_must_be);
    tcase_add_test(cases, long_lines);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
