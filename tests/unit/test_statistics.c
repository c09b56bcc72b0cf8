/* Statistics against values that are known by hand, and the diameter against all searches. */
#include "graph/statistics.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "graph/bfs.h"
#include "graph/clustering.h"
#include "graph/components.h"
#include "graph/diameter.h"
#include "graph/random_graphs.h"

#include <math.h>
#include <string.h>

static const uint64_t unlimited = UINT64_MAX;

static void expect(const struct figures *statistics, const char *name, double value)
{
    double found = figures_value(statistics, name);
    bool same = isnan(value) ? isnan(found) : fabs(found - value) < 1e-12;
    ck_assert_msg(same, "%s: %.15g, not %.15g", name, found, value);
}

static void read_graph(const char *text, bool directed, struct graph *graph)
{
    struct error error = {0};
    struct graph_read_options options = {.directed = directed, .allow_self_loops = true};
    struct stream *stream = stream_from_memory(text, strlen(text), "edges.csv");
    ck_assert_msg(graph_read(stream, &options, graph, &error), "%s", error.message);
    stream_close(stream);
}

static bool read_labels(const char *text, struct graph *graph, struct labels *labels,
                        struct error *error)
{
    struct stream *stream = stream_from_memory(text, strlen(text), "nodes.csv");
    bool done = labels_read(stream, graph, labels, error);
    stream_close(stream);
    return done;
}

static void compute(const char *text, bool directed, struct figures *statistics)
{
    struct graph graph;
    read_graph(text, directed, &graph);
    statistics_compute(&graph, NULL, unlimited, statistics);
    graph_free(&graph);
}

START_TEST(star)
{
    struct figures s;
    compute("c,1\nc,2\nc,3\nc,4\n", false, &s);
    expect(&s, "nodes", 5);
    expect(&s, "edges", 4);
    expect(&s, "density", 0.4);
    expect(&s, "components", 1);
    expect(&s, "is_tree", 1);
    expect(&s, "degree_minimum", 1);
    expect(&s, "degree_median", 1);
    expect(&s, "degree_mean", 1.6);
    expect(&s, "degree_maximum", 4);
    expect(&s, "degree_std", 1.2);
    expect(&s, "degree_assortativity", -1);
    expect(&s, "triangles", 0);
    expect(&s, "global_clustering", 0);
    expect(&s, "diameter", 2);
    expect(&s, "diameter_exact", 1);
    expect(&s, "is_dag", (double)NAN);
    expect(&s, "edge_homophily", (double)NAN);
}
END_TEST

START_TEST(triangle_with_a_tail)
{
    /* a b c form a triangle, c - d the tail; e has only a self loop. */
    struct figures s;
    compute("a,b,1\nb,c,2\nc,a,3\nc,d,6\ne,e,8\n", false, &s);
    expect(&s, "nodes", 5);
    expect(&s, "edges", 5);
    expect(&s, "self_loops", 1);
    expect(&s, "weighted", 1);
    expect(&s, "weight_minimum", 1);
    expect(&s, "weight_mean", 4);
    expect(&s, "weight_maximum", 8);
    expect(&s, "density", 0.4);
    expect(&s, "components", 2);
    expect(&s, "largest_component", 4);
    expect(&s, "isolated_nodes", 1);
    expect(&s, "is_tree", 0);
    expect(&s, "is_forest", 0);
    expect(&s, "degree_median", 2);
    expect(&s, "triangles", 1);
    expect(&s, "global_clustering", 3.0 / 5);       /* paths: 1 + 1 + 3 */
    expect(&s, "average_clustering", (1 + 1 + 1.0 / 3) / 5);
    expect(&s, "degree_assortativity", -5.0 / 7);   /* pairs (2,2), (2,3) twice, (3,1), both ways */
    expect(&s, "diameter", 2);
}
END_TEST

START_TEST(complete_graph)
{
    struct figures s;
    compute("1,2\n1,3\n1,4\n2,3\n2,4\n3,4\n", false, &s);
    expect(&s, "density", 1);
    expect(&s, "triangles", 4);
    expect(&s, "global_clustering", 1);
    expect(&s, "average_clustering", 1);
    expect(&s, "degree_std", 0);
    expect(&s, "degree_assortativity", (double)NAN);
    expect(&s, "diameter", 1);
}
END_TEST

START_TEST(forests)
{
    struct figures s;
    compute("1,2\n3,4\n4,5\n", false, &s);
    expect(&s, "is_tree", 0);
    expect(&s, "is_forest", 1);
    expect(&s, "components", 2);
    compute("1,2\n2,1\n2,3\n", true, &s); /* two arcs between one pair are a cycle */
    expect(&s, "is_forest", 0);
    expect(&s, "is_dag", 0);
    compute("1,1\n", false, &s);
    expect(&s, "is_forest", 0);
    expect(&s, "diameter", 0);
}
END_TEST

START_TEST(directed_graph)
{
    struct figures s;
    compute("a,b\na,c\nb,c\nc,d\n", true, &s);
    expect(&s, "edges", 4);
    expect(&s, "density", 4.0 / 12);
    expect(&s, "is_dag", 1);
    expect(&s, "strong_components", 4);
    expect(&s, "largest_strong_component", 1);
    expect(&s, "reciprocity", 0);
    expect(&s, "in_degree_maximum", 2);
    expect(&s, "out_degree_maximum", 2);
    expect(&s, "sources", 1);
    expect(&s, "sinks", 1);
    expect(&s, "triangles", 1);
    expect(&s, "diameter", 2);
    compute("a,b\nb,a\nb,c\nd,d\n", true, &s);
    expect(&s, "is_dag", 0);
    expect(&s, "strong_components", 3);
    expect(&s, "largest_strong_component", 2);
    expect(&s, "reciprocity", 2.0 / 3);
    expect(&s, "self_loops", 1);
    compute("a,b\nb,c\nc,c\n", true, &s);
    expect(&s, "is_dag", 0);
}
END_TEST

START_TEST(homophily)
{
    struct graph graph;
    struct labels labels;
    struct figures s;
    struct error error = {0};
    read_graph("1,2\n2,3\n3,1\n3,4\n", false, &graph);
    ck_assert(read_labels("node,split,label\n1,x,red\n2,x,red\n3,y,blue\n4,y,blue\n9,y,green\n",
                          &graph, &labels, &error));
    ck_assert_uint_eq(labels.classes.count, 3);
    ck_assert_uint_eq(graph.nodes, 5);
    statistics_compute(&graph, &labels, unlimited, &s);
    expect(&s, "nodes", 5);
    expect(&s, "isolated_nodes", 1);
    expect(&s, "classes", 3);
    expect(&s, "edge_homophily", 0.5);
    expect(&s, "node_homophily", (0.5 + 0.5 + 1.0 / 3 + 1) / 4);
    expect(&s, "adjusted_homophily", 0); /* half the arcs at each class: chance is 1/2 */
    labels_free(&labels);
    graph_free(&graph);
}
END_TEST

START_TEST(bad_labels)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"node,class\n1,2\n", "nodes.csv:1: no column 'label'"},
        {"1,2\n", "nodes.csv:1: no column 'node'"},
        {"node,label\n1,a\n2,\n", "nodes.csv: no label for node '2'"},
        {"node,label\n,a\n", "nodes.csv:2: the node is empty"},
        {"node,label\n1,a\n1,a\n", "nodes.csv:3: node '1' again"},
        {"node,label\n1,a,b\n", "nodes.csv:2: 3 fields"},
        {"node,label\n1,a\n", "nodes.csv: no label for node '2'"},
        {"", "nodes.csv: no label; expected a header"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct graph graph;
        struct labels labels;
        struct error error = {0};
        read_graph("1,2\n", false, &graph);
        ck_assert(!read_labels(cases[i].text, &graph, &labels, &error));
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
        ck_assert_msg(strstr(error.message, cases[i].message), "%s", error.message);
        graph_free(&graph);
    }
}
END_TEST

static void random_simple_graph(uint32_t index, double mean_degree, struct graph *graph)
{
    struct rng rng = rng_make(6, RNG_TEST, index);
    size_t nodes = 50 + rng_below(&rng, 200);
    struct edge_list list = {0};
    generate_erdos_renyi(&list, nodes, mean_degree / (double)nodes, false, &rng);
    edge_list_graph(&list, graph);
    edge_list_free(&list);
}

START_TEST(diameter_agrees_with_all_searches)
{
    struct graph graph;
    random_simple_graph((uint32_t)_i, 1 + 0.2 * _i, &graph);
    size_t count;
    uint32_t *largest = components_largest(&graph, &count);
    uint32_t levels[256], order[256], longest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t reached = bfs_levels(&graph, largest[i], levels, order);
        uint32_t eccentricity = levels[order[reached - 1]];
        longest = eccentricity > longest ? eccentricity : longest;
    }
    struct diameter exact = diameter_of(&graph, largest, count, unlimited);
    ck_assert(exact.exact);
    ck_assert_uint_eq(exact.value, longest);
    struct diameter estimate = diameter_of(&graph, largest, count, 0);
    ck_assert_uint_le(estimate.searches, 2);
    ck_assert_uint_le(estimate.value, longest);
    ck_assert_uint_ge(2 * estimate.value, longest);
    free(largest);
    graph_free(&graph);
}
END_TEST

START_TEST(diameter_of_a_cycle_needs_all_searches)
{
    enum { NODES = 1001 };
    struct edge_list list = {0};
    struct graph graph;
    generate_cycle(&list, NODES);
    edge_list_graph(&list, &graph);
    size_t count;
    uint32_t *all = components_largest(&graph, &count);
    struct diameter exact = diameter_of(&graph, all, count, unlimited);
    ck_assert(exact.exact && exact.value == 500);
    ck_assert_uint_gt(exact.searches, 300);
    struct diameter cut = diameter_of(&graph, all, count, 100 * 3 * NODES);
    ck_assert(!cut.exact && cut.value == 500);
    ck_assert_uint_lt(cut.searches, exact.searches);
    free(all);
    edge_list_free(&list);
    graph_free(&graph);
}
END_TEST

START_TEST(triangles_agree_with_all_triples)
{
    struct graph graph;
    random_simple_graph(100 + (uint32_t)_i, 4 + 4 * _i, &graph);
    uint64_t *found = memory_alloc(graph.nodes, sizeof *found);
    clustering_triangles(&graph, found);
    for (uint32_t a = 0; a < graph.nodes; a++) {
        uint64_t expected = 0;
        for (size_t i = graph.offsets[a]; i < graph.offsets[a + 1]; i++)
            for (size_t j = i + 1; j < graph.offsets[a + 1]; j++)
                expected += graph_find_arc(&graph, graph.targets[i], graph.targets[j]) !=
                            GRAPH_NO_ARC;
        ck_assert_uint_eq(found[a], expected);
    }
    free(found);
    graph_free(&graph);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statistics");
    TCase *known = tcase_create("known graphs");
    tcase_add_test(known, star);
    tcase_add_test(known, triangle_with_a_tail);
    tcase_add_test(known, complete_graph);
    tcase_add_test(known, forests);
    tcase_add_test(known, directed_graph);
    tcase_add_test(known, homophily);
    tcase_add_test(known, bad_labels);
    suite_add_tcase(suite, known);
    TCase *random = tcase_create("random graphs");
    tcase_add_loop_test(random, diameter_agrees_with_all_searches, 0, 20);
    tcase_add_test(random, diameter_of_a_cycle_needs_all_searches);
    tcase_add_loop_test(random, triangles_agree_with_all_triples, 0, 5);
    suite_add_tcase(suite, random);
    return check_run(suite);
}
