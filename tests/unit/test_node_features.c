/* Features read row by row: mapped and in memory, of several types, by name, damaged. */
#include "graph/node_features.h"

#include "base/memory.h"
#include "check_main.h"
#include "io/npy.h"
#include "scratch.h"

#include <math.h>
#include <string.h>

enum { NODES = 1000, COLUMNS = 300 };

static float value_at(size_t node, size_t column)
{
    return (float)((node * 31 + column * 7) % 251) / 2;
}

static void write_features(const char *path, enum dtype dtype, size_t damaged)
{
    struct output output;
    struct error error = {0};
    struct array array = array_make(DTYPE_F32, 2, (const size_t[]){NODES, COLUMNS});
    for (size_t i = 0; i < NODES * COLUMNS; i++)
        ((float *)array.data)[i] = i == damaged ? NAN : value_at(i / COLUMNS, i % COLUMNS);
    ck_assert(array_convert(&array, dtype, path, &error));
    ck_assert(output_open(&output, path, &error) && npy_write(&output, &array, &error) &&
              output_commit(&output, &error));
    array_free(&array);
}

START_TEST(rows_that_are_asked_for)
{
    static const enum dtype dtypes[] = {DTYPE_F32, DTYPE_F64, DTYPE_F16};
    static const uint32_t asked[] = {0, 17, 18, 500, 999};
    real *values = memory_alloc(NODES * COLUMNS, sizeof *values);
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++) {
        struct node_features features;
        struct names names = {0};
        struct error error = {0};
        write_features("x.npy", dtypes[d], SIZE_MAX);
        ck_assert_msg(node_features_open(&features, "x.npy", &names, &error), "%s", error.message);
        ck_assert_uint_eq(features.nodes, NODES);
        ck_assert_uint_eq(features.columns, COLUMNS);
        ck_assert_ptr_nonnull(features.array.mapping);
        ck_assert_ptr_null(features.rows);
        ck_assert(node_features_read(&features, asked, 0, 5, values, &error));
        for (size_t i = 0; i < 5 * COLUMNS; i++)
            ck_assert(values[i] == (real)value_at(asked[i / COLUMNS], i % COLUMNS));
        for (size_t first = 0; first < NODES; first += 300) {
            size_t count = NODES - first < 300 ? NODES - first : 300;
            ck_assert(node_features_read(&features, NULL, first, count, values, &error));
            for (size_t i = 0; i < count * COLUMNS; i++)
                ck_assert(values[i] == (real)value_at(first + i / COLUMNS, i % COLUMNS));
        }
        node_features_free(&features);
        names_free(&names);
    }
    free(values);
}
END_TEST

/* Nodes may be in another order than the rows, and fewer. */
START_TEST(rows_by_name)
{
    real values[2 * COLUMNS];
    struct node_features features;
    struct names names = {0};
    struct error error = {0};
    names_add(&names, "999", 3);
    names_add(&names, "4", 1);
    write_features("x.npy", DTYPE_F32, SIZE_MAX);
    ck_assert(node_features_open(&features, "x.npy", &names, &error));
    ck_assert_uint_eq(features.nodes, 2);
    ck_assert(node_features_read(&features, NULL, 0, 2, values, &error));
    ck_assert(values[1] == (real)value_at(999, 1));
    ck_assert(values[COLUMNS + 5] == (real)value_at(4, 5));
    node_features_free(&features);
    names_add(&names, "1000", 4);
    ck_assert(!node_features_open(&features, "x.npy", &names, &error));
    ck_assert_str_eq(error.message, "x.npy: no row for node '1000'; expected nodes named 0 to 999 "
                                    "(name them in a CSV with a column 'node')");
    node_features_free(&features);
    names_free(&names);
}
END_TEST

START_TEST(table_in_memory)
{
    real values[2];
    const uint32_t asked[] = {1};
    struct node_features features;
    struct names names = {0};
    struct error error = {0};
    scratch_write("x.csv", "node,p,q\na,1,2\nb,3,4\n");
    ck_assert(node_features_open(&features, "x.csv", &names, &error));
    ck_assert_uint_eq(features.nodes, 2);
    ck_assert(node_features_read(&features, asked, 0, 1, values, &error));
    ck_assert(values[0] == 3 && values[1] == 4);
    node_features_free(&features);
    names_free(&names);
}
END_TEST

START_TEST(not_finite)
{
    real *values = memory_alloc(NODES * COLUMNS, sizeof *values);
    struct node_features features;
    struct names names = {0};
    struct error error = {0};
    write_features("x.npy", DTYPE_F32, 7 * COLUMNS + 2);
    ck_assert(node_features_open(&features, "x.npy", &names, &error));
    ck_assert(node_features_read(&features, NULL, 8, 10, values, &error));
    ck_assert(!node_features_read(&features, NULL, 0, 10, values, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_str_eq(error.message, "x.npy: row 8, column 3: the value is not finite");
    node_features_free(&features);
    names_free(&names);
    free(values);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("node_features");
    TCase *cases = tcase_create("node_features");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, rows_that_are_asked_for);
    tcase_add_test(cases, rows_by_name);
    tcase_add_test(cases, table_in_memory);
    tcase_add_test(cases, not_finite);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
