/*
 * Rows of CSV by named columns: found by name and by place, labels, and everything that is wrong.
 */
#include "io/rows.h"

#include "check_main.h"

#include <string.h>

struct seen {
    size_t rows;
    double inputs[8][4];
    double targets[8];
    char labels[8][16];
    bool has_target;
    size_t width;
};

static bool take(void *context, const struct row *row, struct error *error)
{
    struct seen *seen = context;
    (void)error;
    for (size_t j = 0; j < seen->width; j++)
        seen->inputs[seen->rows][j] = row->inputs[j];
    seen->targets[seen->rows] = row->target;
    seen->has_target = row->has_target;
    if (row->label)
        strcpy(seen->labels[seen->rows], row->label);
    seen->rows++;
    return true;
}

static bool discover(const char *text, const char *inputs, const char *target, bool labels,
                     size_t width, struct row_columns *columns, struct seen *seen,
                     struct error *error)
{
    *seen = (struct seen){.width = width};
    const struct row_sink sink = {.row = take, .context = seen};
    struct stream *stream = stream_from_memory(text, strlen(text), "t.csv");
    bool good = rows_discover(stream, inputs, target, labels, columns, &sink, error);
    stream_close(stream);
    return good;
}

static bool scan(const char *text, const struct row_columns *columns, bool target_needed,
                 struct seen *seen, struct error *error)
{
    *seen = (struct seen){.width = columns->inputs};
    const struct row_sink sink = {.row = take, .context = seen};
    struct stream *stream = stream_from_memory(text, strlen(text), "t.csv");
    bool good = rows_scan(stream, columns, target_needed, &sink, error);
    stream_close(stream);
    return good;
}

START_TEST(discovers_columns)
{
    struct row_columns columns;
    struct seen seen;
    struct error error = {0};
    ck_assert(discover("a,y,b\n1,2,3\n4,5,6\n", NULL, "y", false, 2, &columns, &seen, &error));
    ck_assert_uint_eq(columns.inputs, 2);
    ck_assert_str_eq(columns.input_names[1], "b");
    ck_assert_str_eq(columns.target_name, "y");
    ck_assert_uint_eq(seen.rows, 2);
    ck_assert(seen.inputs[1][1] == 6 && seen.targets[1] == 5 && seen.has_target);
    row_columns_free(&columns);
    ck_assert(discover("a,y,b\n1,dog,3\n", "b", "y", true, 1, &columns, &seen, &error));
    ck_assert(seen.inputs[0][0] == 3);
    ck_assert_str_eq(seen.labels[0], "dog");
    row_columns_free(&columns);
    ck_assert(discover("1,2,3\n", NULL, "c2", false, 2, &columns, &seen, &error));
    ck_assert_str_eq(columns.input_names[1], "c3");
    ck_assert(seen.inputs[0][1] == 3 && seen.targets[0] == 2);
    row_columns_free(&columns);
}
END_TEST

/* Known columns in another order, beside others, without a header, without the target. */
START_TEST(finds_known_columns)
{
    char *names[] = {"a", "b"}, target[] = "y";
    const struct row_columns columns = {2, names, target, false};
    struct seen seen;
    struct error error = {0};
    ck_assert(scan("id,b,y,a\n9,2,3,1\n", &columns, true, &seen, &error));
    ck_assert(seen.inputs[0][0] == 1 && seen.inputs[0][1] == 2 && seen.targets[0] == 3);
    ck_assert(scan("b,a\n2,1\n", &columns, false, &seen, &error));
    ck_assert(seen.inputs[0][0] == 1 && !seen.has_target);
    ck_assert(scan("1,2\n3,4\n", &columns, false, &seen, &error));
    ck_assert(seen.inputs[1][0] == 3 && seen.inputs[1][1] == 4 && !seen.has_target);
}
END_TEST

static void check_refused(const char *text, bool target_needed, bool labels, const char *message)
{
    char *names[] = {"a", "b"}, target[] = "y";
    const struct row_columns columns = {2, names, target, labels};
    struct seen seen;
    struct error error = {0};
    ck_assert(!scan(text, &columns, target_needed, &seen, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message) != NULL, "%s", error.message);
}

START_TEST(names_what_is_wrong)
{
    check_refused("", true, false, "t.csv: no rows");
    check_refused("a,y\n1,2\n", true, false, "t.csv:1: no column 'b'");
    check_refused("a,b\n1,2\n", true, false, "t.csv:1: no column 'y'");
    check_refused("a,b,y\n1,2\n", true, false, "t.csv:2: 2 fields; expected 3 as in line 1");
    check_refused("a,b,y\n1,x,3\n", true, false, "t.csv:2: column 2 ('b') is no number: 'x'");
    check_refused("a,b,y\n1,,3\n", true, false, "t.csv:2: column 2 ('b') is empty");
    check_refused("a,b,y\n1,2,nan\n", true, false, "column 3 ('y') is not finite");
    check_refused("a,b,y\n1e39,2,3\n", true, false, "column 1 ('a') is not finite, or too large");
    check_refused("a,b,y\n1,2,\n", true, true, "column 3 ('y') is empty; expected a label");
    check_refused("1,2,3,4\n", false, false, "t.csv:1: 4 columns without a header; expected the 2");
    struct row_columns columns;
    struct seen seen;
    struct error error = {0};
    ck_assert(!discover("y\n1\n", NULL, "y", false, 1, &columns, &seen, &error));
    ck_assert(strstr(error.message, "no column is left for the inputs") != NULL);
    row_columns_free(&columns);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rows");
    TCase *cases = tcase_create("rows");
    tcase_add_test(cases, discovers_columns);
    tcase_add_test(cases, finds_known_columns);
    tcase_add_test(cases, names_what_is_wrong);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
