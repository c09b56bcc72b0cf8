/* Node data: graph, features and labels that must agree on which nodes there are. */
#include "node/node_data.h"

#include "check_main.h"
#include "scratch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct node_data_options plain = {.edges = "edges.csv", .features = "features.csv",
                                               .labels = "labels.csv", .resident = true};

static void write_files(void)
{
    scratch_write("edges.csv", "source,target\nc,a\na,b\n");
    scratch_write("features.csv", "node,x,y\na,1,3\nb,0,2\nc,4,4\nlonely,1,1\n");
    scratch_write("labels.csv", "node,label,split\nb,no,train\na,yes,test\n");
}

static void must_read(struct node_data *data, const struct node_data_options *options,
                      enum feature_scaling scaling)
{
    struct error error = {0};
    ck_assert_msg(node_data_read(data, options, scaling, &error), "%s", error.message);
}

START_TEST(nodes_are_those_with_features)
{
    struct node_data data;
    write_files();
    must_read(&data, &plain, FEATURES_AUTO);
    ck_assert_uint_eq(data.graph.nodes, 4);
    ck_assert_str_eq(data.graph.names.strings[3], "lonely");
    ck_assert_uint_eq(data.graph.arcs, 4);
    ck_assert(graph_find_arc(&data.graph, 0, 2) != GRAPH_NO_ARC);
    ck_assert_int_eq(data.table.labels[0], 1);
    ck_assert_int_eq(data.table.labels[1], 0);
    ck_assert_int_lt(data.table.labels[2], 0);
    ck_assert_int_eq(data.scaling, FEATURES_AS_THEY_ARE);
    ck_assert(data.matrix.dense && data.matrix.dense[4] == 4);
    node_data_free(&data);
}
END_TEST

START_TEST(rows_are_scaled)
{
    struct node_data data;
    struct error error = {0};
    write_files();
    must_read(&data, &plain, FEATURES_ROWS);
    ck_assert(data.matrix.dense[0] == (real)0.25 && data.matrix.dense[3] == 1);
    node_data_free(&data);
    struct node_data_options lean = plain; /* the same, read when asked for */
    lean.resident = false;
    must_read(&data, &lean, FEATURES_ROWS);
    ck_assert(!data.has_matrix);
    const uint32_t nodes[2] = {2, 0};
    real values[4];
    ck_assert(node_data_features(&data, nodes, 0, 2, values, &error));
    ck_assert(values[0] == (real)0.5 && values[2] == (real)0.25 && values[3] == (real)0.75);
    node_data_free(&data);
}
END_TEST

/* Sparse and not negative: counted words. */
START_TEST(words_are_recognised)
{
    struct node_data data;
    write_files();
    char text[1024] = "node";
    for (int j = 0; j < 16; j++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ",w%d", j);
    for (int v = 0; v < 4; v++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "\n%s",
                 (const char *[]){"a", "b", "c", "d"}[v]);
        for (int j = 0; j < 16; j++)
            strcat(text, j == v ? _i ? ",-1" : ",2" : ",0");
    }
    scratch_write("features.csv", strcat(text, "\n"));
    must_read(&data, &plain, FEATURES_AUTO);
    ck_assert_ptr_null(data.matrix.dense);
    ck_assert_int_eq(data.scaling, _i ? FEATURES_AS_THEY_ARE : FEATURES_ROWS);
    ck_assert(data.matrix.sparse.values[0] == (_i ? -1 : 1));
    node_data_free(&data);
}
END_TEST

START_TEST(what_is_wrong)
{
    static const struct {
        const char *file, *text, *message;
        bool lean;
    } cases[] = {{"edges.csv", "a,b\na,z\n", "edges.csv:2: unknown node 'z'", false},
                 {"edges.csv", "p,q\n", "no edges", false}, /* taken for a header */
                 {"labels.csv", "node,label\nz,1\n", "labels.csv:2: unknown node 'z'", false},
                 {"features.csv", "node,x\na,1\nb,nan\nc,1\n", "features.csv", false},
                 {"features.csv", "node,x\na,1\nb,2\n", "unknown node 'c'", false},
                 {"features.csv", "node,x\na,1\nb,inf\nc,1\n", "features.csv", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct node_data data;
        struct error error = {0};
        struct node_data_options options = plain;
        options.resident = !cases[i].lean;
        write_files();
        scratch_write(cases[i].file, cases[i].text);
        ck_assert_msg(!node_data_read(&data, &options, FEATURES_AUTO, &error), "%zu", i);
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
        ck_assert_msg(strstr(error.message, cases[i].message), "%s", error.message);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("node data");
    TCase *cases = tcase_create("node data");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, nodes_are_those_with_features);
    tcase_add_test(cases, rows_are_scaled);
    tcase_add_loop_test(cases, words_are_recognised, 0, 2);
    tcase_add_test(cases, what_is_wrong);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
