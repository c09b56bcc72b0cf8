/* The CSR form, and edge lists: what is read, what is refused, and where it says so. */
#include "graph/graph.h"

#include "check_main.h"

#include <math.h>
#include <string.h>

static bool read_text(const char *text, const struct graph_read_options *options,
                      struct graph *graph, struct error *error)
{
    struct stream *stream = stream_from_memory(text, strlen(text), "edges.csv");
    bool done = graph_read(stream, options, graph, error);
    stream_close(stream);
    return done;
}

static void expect_graph(const char *text, const struct graph_read_options *options,
                         struct graph *graph)
{
    struct error error = {0};
    ck_assert_msg(read_text(text, options, graph, &error), "%s", error.message);
}

static void expect_refusal(const char *text, const struct graph_read_options *options,
                           const char *message)
{
    struct error error = {0};
    struct graph graph = {0};
    ck_assert(!read_text(text, options, &graph, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message), "'%s' is not in '%s'", message, error.message);
}

static uint32_t node(const struct graph *graph, const char *name)
{
    uint32_t index = names_find(&graph->names, name);
    ck_assert_uint_ne(index, NAMES_ABSENT);
    return index;
}

static double weight(const struct graph *graph, const char *source, const char *target)
{
    size_t arc = graph_find_arc(graph, node(graph, source), node(graph, target));
    return arc == GRAPH_NO_ARC ? (double)NAN : graph->weights ? (double)graph->weights[arc] : 1.0;
}

START_TEST(arcs_are_sorted_and_merged)
{
    const struct edge edges[] = {{3, 1, 5}, {0, 2, 1}, {1, 3, 7}, {0, 1, 2}, {2, 2, 4}};
    struct graph graph;
    graph_from_edges(&graph, 5, edges, 5, false, true, names_numbered(5));
    ck_assert_uint_eq(graph.arcs, 7);
    const size_t offsets[] = {0, 2, 4, 6, 7, 7};
    const uint32_t targets[] = {1, 2, 0, 3, 0, 2, 1};
    const float weights[] = {2, 1, 2, 5, 1, 4, 5};
    ck_assert_mem_eq(graph.offsets, offsets, sizeof offsets);
    ck_assert_mem_eq(graph.targets, targets, sizeof targets);
    ck_assert_mem_eq(graph.weights, weights, sizeof weights);
    size_t count;
    struct edge *back = graph_edges(&graph, &count);
    ck_assert_uint_eq(count, 4);
    ck_assert(back[3].source == 2 && back[3].target == 2 && back[3].weight == 4);
    free(back);
    graph_free(&graph);
}
END_TEST

START_TEST(directed_arcs_are_kept_apart)
{
    const struct edge edges[] = {{1, 0, 1}, {0, 1, 1}, {1, 0, 9}, {1, 2, 1}};
    struct graph graph;
    graph_from_edges(&graph, 3, edges, 4, true, false, (struct names){0});
    ck_assert_uint_eq(graph.arcs, 3);
    ck_assert_ptr_null(graph.weights);
    ck_assert_uint_eq(graph_find_arc(&graph, 0, 1), 0);
    ck_assert_uint_eq(graph_find_arc(&graph, 1, 2), 2);
    ck_assert_uint_eq(graph_find_arc(&graph, 2, 1), GRAPH_NO_ARC);
    struct graph simple;
    graph_simple(&graph, &simple);
    ck_assert_uint_eq(simple.arcs, 4);
    ck_assert(!simple.directed);
    graph_free(&simple);
    graph_free(&graph);
}
END_TEST

START_TEST(subgraph_keeps_names_and_weights)
{
    struct graph graph;
    struct graph_read_options options = {0};
    expect_graph("a,b,1\nb,c,2\nc,d,3\nd,a,4\n", &options, &graph);
    const uint32_t chosen[] = {3, 2, 0};
    struct graph part;
    graph_subgraph(&graph, chosen, 3, &part);
    ck_assert_uint_eq(part.nodes, 3);
    ck_assert_uint_eq(part.arcs, 4);
    ck_assert_str_eq(part.names.strings[0], "d");
    ck_assert_double_eq(weight(&part, "c", "d"), 3);
    ck_assert_double_eq(weight(&part, "a", "d"), 4);
    ck_assert(isnan(weight(&part, "a", "c")));
    graph_free(&part);
    graph_free(&graph);
}
END_TEST

START_TEST(reads_names_as_they_are)
{
    struct graph graph;
    struct graph_read_options options = {0};
    expect_graph("source,target\n007,7\n7,\"a,b\"\n", &options, &graph);
    ck_assert_uint_eq(graph.nodes, 3);
    ck_assert_str_eq(graph.names.strings[0], "007");
    ck_assert_str_eq(graph.names.strings[1], "7");
    ck_assert_str_eq(graph.names.strings[2], "a,b");
    graph_free(&graph);
}
END_TEST

START_TEST(tells_headers_from_edges)
{
    static const struct {
        const char *text;
        size_t nodes;
    } cases[] = {
        {"1,2\n2,3\n", 3},           {"Source,Target\na,b\n", 2},  {"alice,bob\nbob,carol\n", 3},
        {"id_1,id_2\n1,2\n3,4\n", 4}, {"x,y,length\na,b,2\n", 2},  {"a,b,1\nb,c,1\n", 3},
        {"n1,n2\n1,x\n", 4},         {"n1,2\n1,2\n", 3},           {"id_1,id_2\r\n1,2", 2},
        {"\"from\",\"to\"\nq,r", 2},
    };
    struct graph_read_options options = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct graph graph;
        expect_graph(cases[i].text, &options, &graph);
        ck_assert_msg(graph.nodes == cases[i].nodes, "%s", cases[i].text);
        graph_free(&graph);
    }
}
END_TEST

START_TEST(refuses_bad_input)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "edges.csv: no edges"},
        {"source,target\n", "edges.csv: no edges"},
        {"1\n", "edges.csv:1: 1 fields"},
        {"1,2,3,4\n", "edges.csv:1: 4 fields"},
        {"1,2\n1,2,3\n", "edges.csv:2: 3 fields; expected 2"},
        {"1,2,1\n1,2\n", "edges.csv:2: 2 fields; expected 3"},
        {"1,2\n3,3\n", "edges.csv:2: self loop at node '3'"},
        {"1,2\n\n,3\n", "edges.csv:3: the source is empty"},
        {"1,2\n3,\n", "edges.csv:2: the target is empty"},
        {"1,2,x\n1,3,1\n2,3,x\n", "edges.csv:3: weight 'x'"},
        {"1,2,1\n1,3,nan\n", "edges.csv:2: weight nan"},
        {"1,2,1\n1,3,-inf\n", "edges.csv:2: weight -inf"},
        {"1,2,1\n1,3,1e39\n", "edges.csv:2: weight 1e39"},
        {"1,2,1\n1,3,0\n", "edges.csv:2: weight 0; expected a positive"},
        {"1,2,1\n1,3,-2\n", "edges.csv:2: weight -2; expected a positive"},
        {"1,2,1\n1,3,\n", "edges.csv:2: weight ''"},
        {"1,2,1\n2,3,1\n2,1,4\n", "edges.csv:3: edge '2','1' again with weight 4"},
    };
    struct graph_read_options options = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_refusal(cases[i].text, &options, cases[i].message);
}
END_TEST

START_TEST(zero_byte_in_a_name)
{
    struct graph_read_options options = {0};
    struct error error = {0};
    struct graph graph;
    struct stream *stream = stream_from_memory("1,2\n3,\0a\n", 9, "edges.csv");
    ck_assert(!graph_read(stream, &options, &graph, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(error.message, "edges.csv:2"));
    stream_close(stream);
}
END_TEST

START_TEST(allows_what_it_is_told_to)
{
    struct graph graph;
    struct graph_read_options options = {.allow_self_loops = true, .allow_nonpositive = true};
    expect_graph("1,1,0\n1,2,-2\n", &options, &graph);
    ck_assert_uint_eq(graph.arcs, 3);
    ck_assert_double_eq(weight(&graph, "1", "1"), 0);
    ck_assert_double_eq(weight(&graph, "2", "1"), -2);
    graph_free(&graph);
    expect_refusal("1,1,0\n1,2,nan\n", &options, "edges.csv:2");
}
END_TEST

START_TEST(duplicates)
{
    const char *same = "1,2,3\n2,1,3\n1,2,3\n";
    const char *differing = "1,2,3\n2,1,4\n1,1,5\n1,1,6\n";
    struct graph graph;
    struct graph_read_options options = {.allow_self_loops = true};
    expect_graph(same, &options, &graph);
    ck_assert_uint_eq(graph.arcs, 2);
    graph_free(&graph);
    options.duplicates = DUPLICATES_KEEP_FIRST;
    expect_graph(differing, &options, &graph);
    ck_assert_double_eq(weight(&graph, "2", "1"), 3);
    ck_assert_double_eq(weight(&graph, "1", "1"), 5);
    graph_free(&graph);
    options.duplicates = DUPLICATES_SUM;
    expect_graph(differing, &options, &graph);
    ck_assert_double_eq(weight(&graph, "1", "2"), 7);
    ck_assert_double_eq(weight(&graph, "2", "1"), 7);
    ck_assert_double_eq(weight(&graph, "1", "1"), 11);
    graph_free(&graph);
    options.duplicates = DUPLICATES_REFUSE_CONFLICTS;
    options.directed = true;
    expect_graph("1,2,3\n2,1,4\n", &options, &graph);
    ck_assert_double_eq(weight(&graph, "2", "1"), 4);
    graph_free(&graph);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("graph");
    TCase *form = tcase_create("compressed rows");
    tcase_add_test(form, arcs_are_sorted_and_merged);
    tcase_add_test(form, directed_arcs_are_kept_apart);
    tcase_add_test(form, subgraph_keeps_names_and_weights);
    suite_add_tcase(suite, form);
    TCase *reading = tcase_create("edge lists");
    tcase_add_test(reading, reads_names_as_they_are);
    tcase_add_test(reading, tells_headers_from_edges);
    tcase_add_test(reading, refuses_bad_input);
    tcase_add_test(reading, zero_byte_in_a_name);
    tcase_add_test(reading, allows_what_it_is_told_to);
    tcase_add_test(reading, duplicates);
    suite_add_tcase(suite, reading);
    return check_run(suite);
}
