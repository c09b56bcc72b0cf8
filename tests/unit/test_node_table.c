/* Tables of nodes: rows by name from CSV and NPY, and back in every format. */
#include "graph/node_table.h"

#include "check_main.h"
#include "io/npy.h"
#include "scratch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct names names_of(const char *const *strings, size_t count)
{
    struct names names = {0};
    for (size_t i = 0; i < count; i++)
        names_add(&names, strings[i], strlen(strings[i]));
    return names;
}

static const char *const three[] = {"b", "007", "c, d"};

START_TEST(rows_come_in_the_order_of_the_names)
{
    scratch_write("t.csv", "p,node,q\n1,007,2\n3,extra,4\n5,\"c, d\",6\n7.5,b,-8\n");
    struct names names = names_of(three, 3);
    struct error error = {0};
    real *values;
    size_t columns;
    ck_assert_msg(node_table_read("t.csv", &names, &values, &columns, &error), "%s", error.message);
    ck_assert_uint_eq(columns, 2);
    ck_assert_uint_eq(names.count, 3);
    const real expected[6] = {(real)7.5, -8, 1, 2, 5, 6};
    ck_assert_mem_eq(values, expected, sizeof expected);
    free(values);
    names_free(&names);
}
END_TEST

START_TEST(names_are_taken_from_the_file)
{
    scratch_write("t.csv", "node,x\n007,1\n\"c, d\",2\n7,3\n");
    struct names names = {0};
    struct error error = {0};
    real *values;
    size_t columns;
    ck_assert_msg(node_table_read("t.csv", &names, &values, &columns, &error), "%s", error.message);
    ck_assert_uint_eq(names.count, 3);
    ck_assert_str_eq(names.strings[0], "007");
    ck_assert_str_eq(names.strings[1], "c, d");
    ck_assert(columns == 1 && values[2] == 3);
    free(values);
    names_free(&names);
}
END_TEST

static void write_npy(const char *path, const float *values, int dimensions, const size_t *shape)
{
    struct output output;
    struct error error = {0};
    ck_assert(output_open(&output, path, &error));
    ck_assert(npy_write_floats(&output, dimensions, shape, values, &error));
    ck_assert(output_commit(&output, &error));
}

/* Row i of an array is the node named i, in whichever order the graph names its nodes. */
START_TEST(arrays)
{
    const char *const numbers[] = {"2", "0"};
    const float values[6] = {1, 2, 3, 4, 5, 6};
    struct names names = names_of(numbers, 2), none = {0};
    struct error error = {0};
    real *found;
    size_t columns;
    write_npy("t.npy", values, 2, (const size_t[]){3, 2});
    ck_assert_msg(node_table_read("t.npy", &names, &found, &columns, &error), "%s", error.message);
    ck_assert(columns == 2 && found[0] == 5 && found[1] == 6 && found[2] == 1 && found[3] == 2);
    free(found);
    ck_assert(node_table_read("t.npy", &none, &found, &columns, &error));
    ck_assert(none.count == 3 && found[5] == 6);
    ck_assert_str_eq(none.strings[2], "2");
    free(found);
    names_free(&names);
    names_free(&none);
    struct names vector_names = {0};
    write_npy("t.npy", values, 1, (const size_t[]){6});
    ck_assert(node_table_read("t.npy", &vector_names, &found, &columns, &error));
    ck_assert(columns == 1 && vector_names.count == 6 && found[5] == 6);
    free(found);
    names_free(&vector_names);
}
END_TEST

static void refuse(const char *path, const char *const *strings, size_t count, int exit_code,
                   const char *message)
{
    struct names names = names_of(strings, count);
    struct error error = {0};
    real *values;
    size_t columns;
    ck_assert_msg(!node_table_read(path, &names, &values, &columns, &error), "%s", message);
    ck_assert_int_eq(error.exit_code, exit_code);
    ck_assert_msg(strstr(error.message, path) && strstr(error.message, message), "%s, not %s",
                  error.message, message);
    ck_assert_ptr_null(values);
    names_free(&names);
}

START_TEST(wrong_tables)
{
    const struct {
        const char *text, *message;
    } cases[] = {{"", "empty; expected a table of nodes"},
                 {"name,x\nb,1\n", ":1: there is no column 'node'"},
                 {"node\nb\n", ":1: there is no column beside 'node'"},
                 {"node,x\nb,1\n007,2\n", "node 'c, d' has no row"},
                 {"node,x\nb,1\n007,2\n\"c, d\",3\nb,1\n", "node 'b' has two rows"},
                 {"node,x\nb,1\n007,red\n\"c, d\",3\n", "t.csv:3: column 2 ('x') is text ('red')"},
                 {"node,x\nb,1\n007,nan\n\"c, d\",3\n", "finite"},
                 {"node,x\nb,1\n007,inf\n\"c, d\",3\n", "finite"},
                 {"node,x\nb,1\n007\n", ":3: "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_write("t.csv", cases[i].text);
        refuse("t.csv", three, 3, EX_DATAERR, cases[i].message);
    }
    refuse("nowhere.csv", three, 3, EX_NOINPUT, "No such file");
    scratch_write("t.json", "{\"node\":[1]}");
    refuse("t.json", three, 3, EX_DATAERR, "expected CSV or NPY");
}
END_TEST

START_TEST(wrong_arrays)
{
    const char *const numbers[] = {"0", "1"}, *const beyond[] = {"0", "2"}, *const minus[] = {"-1"};
    const float values[8] = {1, 2, NAN, 4};
    write_npy("t.npy", values, 2, (const size_t[]){2, 2});
    refuse("t.npy", numbers, 2, EX_DATAERR, "row 2, column 1: the value is not finite");
    refuse("t.npy", beyond, 2, EX_DATAERR, "no row for node '2'");
    refuse("t.npy", three, 3, EX_DATAERR, "no row for node 'b'");
    refuse("t.npy", minus, 1, EX_DATAERR, "no row for node '-1'");
    write_npy("t.npy", values, 3, (const size_t[]){2, 2, 2});
    refuse("t.npy", numbers, 2, EX_DATAERR, "expected an array (nodes, columns)");
    write_npy("t.npy", values, 2, (const size_t[]){0, 2});
    refuse("t.npy", numbers, 2, EX_DATAERR, "t.npy");
}
END_TEST

/* --- writing --- */

static void write_table(const char *path, enum option_format format)
{
    const char *const strings[] = {"007", "a \"b\"", "c, d"};
    const real values[6] = {(real)0.1, -2, 3, (real)4e-20, 5, (real)1e10};
    struct names names = names_of(strings, 3);
    struct output output;
    struct error error = {0};
    ck_assert(output_open(&output, path, &error));
    ck_assert(node_table_write(&output, format, &names, values, 2, &error));
    ck_assert(output_commit(&output, &error));
    names_free(&names);
}

START_TEST(written_text)
{
    write_table("t.csv", FORMAT_CSV);
    ck_assert(scratch_holds("t.csv", "node,x0,x1\n007,0.1,-2\n\"a \"\"b\"\"\",3,4e-20\n"
                                     "\"c, d\",5,10000000000\n"));
    write_table("t.json", FORMAT_JSON);
    ck_assert(scratch_holds("t.json", "[\n{\"node\":\"007\",\"x0\":0.1,\"x1\":-2},\n"
                                      "{\"node\":\"a \\\"b\\\"\",\"x0\":3,\"x1\":4e-20},\n"
                                      "{\"node\":\"c, d\",\"x0\":5,\"x1\":10000000000}\n]\n"));
}
END_TEST

START_TEST(written_and_read)
{
    const enum option_format formats[] = {FORMAT_CSV, FORMAT_NPY};
    for (size_t i = 0; i < 2; i++) {
        write_table("t", formats[i]);
        struct names names = {0};
        struct error error = {0};
        real *values;
        size_t columns;
        ck_assert_msg(node_table_read("t", &names, &values, &columns, &error), "%s",
                      error.message);
        ck_assert(names.count == 3 && columns == 2);
        ck_assert_str_eq(names.strings[1], formats[i] == FORMAT_CSV ? "a \"b\"" : "1");
        const float expected[6] = {0.1f, -2, 3, 4e-20f, 5, 1e10f};
        for (size_t k = 0; k < 6; k++)
            ck_assert((float)values[k] == expected[k]);
        free(values);
        names_free(&names);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("node_table");
    TCase *cases = tcase_create("node_table");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, rows_come_in_the_order_of_the_names);
    tcase_add_test(cases, names_are_taken_from_the_file);
    tcase_add_test(cases, arrays);
    tcase_add_test(cases, wrong_tables);
    tcase_add_test(cases, wrong_arrays);
    tcase_add_test(cases, written_text);
    tcase_add_test(cases, written_and_read);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
