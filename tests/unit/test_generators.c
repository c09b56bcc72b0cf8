/* Generators: numbers of edges, degrees, connectivity, distributions, and the same seed twice. */
#include "graph/generators.h"
#include "graph/point_graphs.h"
#include "graph/random_graphs.h"

#include "base/memory.h"
#include "check_main.h"
#include "graph/bfs.h"
#include "graph/components.h"

#include <math.h>
#include <string.h>

static size_t degree(const struct graph *graph, size_t node)
{
    return graph->offsets[node + 1] - graph->offsets[node];
}

static size_t count_components(const struct graph *graph)
{
    uint32_t *component = memory_alloc(graph->nodes, sizeof *component);
    size_t count = components(graph, component);
    free(component);
    return count;
}

/* Builds the graph; no generator may list an edge twice or join a node to itself. */
static void finish(struct edge_list *list, size_t nodes, size_t edges, struct graph *graph)
{
    ck_assert_uint_eq(list->nodes, nodes);
    ck_assert_uint_eq(list->count, edges);
    edge_list_graph(list, graph);
    ck_assert_uint_eq(graph->nodes, nodes);
    ck_assert_uint_eq(graph->arcs, list->directed ? edges : 2 * edges);
    for (size_t i = 0; i < list->count; i++)
        ck_assert_uint_ne(list->edges[i].source, list->edges[i].target);
    edge_list_free(list);
}

START_TEST(regular_graphs)
{
    struct edge_list list = {0};
    struct graph graph;
    generate_path(&list, 10);
    finish(&list, 10, 9, &graph);
    ck_assert_uint_eq(count_components(&graph), 1);
    ck_assert(degree(&graph, 0) == 1 && degree(&graph, 5) == 2 && degree(&graph, 9) == 1);
    graph_free(&graph);

    generate_cycle(&list, 10);
    finish(&list, 10, 10, &graph);
    for (size_t v = 0; v < 10; v++)
        ck_assert_uint_eq(degree(&graph, v), 2);
    ck_assert_uint_eq(count_components(&graph), 1);
    graph_free(&graph);

    generate_star(&list, 10);
    finish(&list, 10, 9, &graph);
    ck_assert(degree(&graph, 0) == 9 && degree(&graph, 9) == 1);
    graph_free(&graph);

    generate_complete(&list, 10, false);
    finish(&list, 10, 45, &graph);
    graph_free(&graph);
    generate_complete(&list, 10, true);
    finish(&list, 10, 90, &graph);
    ck_assert_uint_eq(degree(&graph, 3), 9);
    graph_free(&graph);

    generate_path(&list, 1);
    finish(&list, 1, 0, &graph);
    graph_free(&graph);
}
END_TEST

START_TEST(grids)
{
    struct edge_list list = {0};
    struct graph graph;
    generate_grid(&list, 12, 4);
    finish(&list, 12, 3 * 3 + 2 * 4, &graph);
    ck_assert(degree(&graph, 0) == 2 && degree(&graph, 5) == 4 && degree(&graph, 4) == 3);
    ck_assert_uint_eq(graph_find_arc(&graph, 3, 4), GRAPH_NO_ARC);
    graph_free(&graph);
    generate_grid(&list, 10, 4); /* rows of 4, 4 and 2 */
    finish(&list, 10, 3 + 3 + 1 + 4 + 2, &graph);
    ck_assert_uint_eq(count_components(&graph), 1);
    graph_free(&graph);
    generate_grid(&list, 3, 5);
    finish(&list, 3, 2, &graph);
    graph_free(&graph);
}
END_TEST

START_TEST(trees)
{
    struct edge_list list = {0};
    struct graph graph;
    generate_tree(&list, 1023, 2);
    finish(&list, 1023, 1022, &graph);
    ck_assert_uint_eq(count_components(&graph), 1);
    uint32_t levels[1023], order[1023];
    bfs_levels(&graph, 0, levels, order);
    ck_assert_uint_eq(levels[1022], 9);
    ck_assert_uint_eq(levels[510], 8);
    ck_assert_uint_eq(levels[511], 9);
    graph_free(&graph);
    generate_tree(&list, 41, 3);
    finish(&list, 41, 40, &graph);
    ck_assert(degree(&graph, 0) == 3 && degree(&graph, 1) == 4 && degree(&graph, 40) == 1);
    graph_free(&graph);
}
END_TEST

START_TEST(erdos_renyi)
{
    enum { NODES = 2000 };
    for (int directed = 0; directed < 2; directed++) {
        struct rng rng = rng_make(1, RNG_TEST, (uint32_t)directed);
        struct edge_list list = {0};
        struct graph graph;
        generate_erdos_renyi(&list, NODES, 0.01, directed, &rng);
        double expected = 0.01 * NODES * (NODES - 1) / (directed ? 1 : 2);
        ck_assert(fabs((double)list.count - expected) < 5 * sqrt(expected));
        ck_assert_int_eq(list.directed, directed);
        size_t halves[2] = {0};
        for (size_t i = 0; i < list.count; i++)
            halves[list.edges[i].target >= NODES / 2]++;
        double second = directed ? 0.5 : 0.75; /* of ordered pairs, and of pairs by their larger */
        ck_assert(fabs((double)halves[1] - second * expected) < 5 * sqrt(expected));
        finish(&list, NODES, list.count, &graph);
        graph_free(&graph);
        generate_erdos_renyi(&list, 30, 1, directed, &rng);
        finish(&list, 30, directed ? 870 : 435, &graph);
        graph_free(&graph);
        generate_erdos_renyi(&list, 30, 0, directed, &rng);
        finish(&list, 30, 0, &graph);
        graph_free(&graph);
        generate_erdos_renyi(&list, 1, 0.5, directed, &rng);
        finish(&list, 1, 0, &graph);
        graph_free(&graph);
    }
}
END_TEST

START_TEST(barabasi_albert)
{
    struct rng rng = rng_make(1, RNG_TEST, 0);
    struct edge_list list = {0};
    struct graph graph;
    generate_barabasi_albert(&list, 3000, 3, &rng);
    finish(&list, 3000, 3 * 2997, &graph);
    ck_assert_uint_eq(count_components(&graph), 1);
    size_t largest = 0;
    for (size_t v = 0; v < 3000; v++) {
        largest = degree(&graph, v) > largest ? degree(&graph, v) : largest;
        ck_assert_uint_ge(degree(&graph, v), v > 3 ? 3 : 1);
    }
    ck_assert_uint_gt(largest, 60); /* a uniform choice would give about 25 */
    graph_free(&graph);
    generate_barabasi_albert(&list, 5, 4, &rng);
    finish(&list, 5, 4, &graph);
    graph_free(&graph);
}
END_TEST

START_TEST(watts_strogatz)
{
    struct rng rng = rng_make(1, RNG_TEST, 0);
    struct edge_list list = {0};
    struct graph graph;
    generate_watts_strogatz(&list, 100, 6, 0, &rng);
    finish(&list, 100, 300, &graph);
    for (size_t v = 0; v < 100; v++)
        ck_assert_uint_eq(degree(&graph, v), 6);
    ck_assert_uint_ne(graph_find_arc(&graph, 99, 2), GRAPH_NO_ARC);
    graph_free(&graph);
    generate_watts_strogatz(&list, 1000, 4, 0.3, &rng);
    size_t moved = 0;
    for (size_t i = 0; i < list.count; i++)
        moved += (list.edges[i].target + 1000 - list.edges[i].source) % 1000 != 1 + i / 1000;
    ck_assert_uint_gt(moved, 500);
    ck_assert_uint_lt(moved, 700);
    finish(&list, 1000, 2000, &graph);
    graph_free(&graph);
    generate_watts_strogatz(&list, 7, 6, 1, &rng); /* complete: nothing can be moved */
    finish(&list, 7, 21, &graph);
    graph_free(&graph);
    generate_watts_strogatz(&list, 7, 4, 1, &rng);
    finish(&list, 7, 14, &graph);
    graph_free(&graph);
}
END_TEST

START_TEST(random_dag)
{
    struct rng rng = rng_make(1, RNG_TEST, 0);
    struct edge_list list = {0};
    struct graph graph;
    generate_random_dag(&list, 500, 0.05, &rng);
    size_t descending = 0;
    for (size_t i = 0; i < list.count; i++)
        descending += list.edges[i].source > list.edges[i].target;
    double expected = 0.05 * 500 * 499 / 2;
    ck_assert(fabs((double)list.count - expected) < 5 * sqrt(expected));
    ck_assert(fabs((double)descending / (double)list.count - 0.5) < 0.1);
    finish(&list, 500, list.count, &graph);
    ck_assert(graph.directed);
    uint32_t component[500];
    ck_assert_uint_eq(components_strong(&graph, component), 500);
    graph_free(&graph);
}
END_TEST

START_TEST(stochastic_block)
{
    enum { NODES = 901, BLOCKS = 3 };
    uint32_t labels[NODES];
    for (int directed = 0; directed < 2; directed++) {
        struct rng rng = rng_make(1, RNG_TEST, 0);
        struct edge_list list = {0};
        struct graph graph;
        generate_stochastic_block(&list, NODES, BLOCKS, 0.1, 0.01, directed, &rng, labels);
        size_t sizes[BLOCKS] = {0};
        for (size_t v = 0; v < NODES; v++)
            sizes[labels[v]]++;
        ck_assert(sizes[0] == 300 && sizes[1] == 300 && sizes[2] == 301);
        double within = 0;
        for (size_t i = 0; i < list.count; i++)
            within += labels[list.edges[i].source] == labels[list.edges[i].target];
        double between = (double)list.count - within;
        double scale = directed ? 2 : 1;
        double expected_within = scale * 0.1 * 3 * 300 * 299 / 2;
        double expected_between = scale * 0.01 * 3 * 300 * 300;
        ck_assert(fabs(within - expected_within) < 0.02 * expected_within + 5 * sqrt(within));
        ck_assert(fabs(between - expected_between) < 0.02 * expected_between + 5 * sqrt(between));
        finish(&list, NODES, list.count, &graph);
        graph_free(&graph);
    }
}
END_TEST

START_TEST(same_seed_same_edges)
{
    for (uint32_t seed = 0; seed < 2; seed++) {
        struct edge_list lists[3] = {0};
        for (int i = 0; i < 3; i++) {
            struct rng rng = rng_make(i == 2 ? 99 : seed, RNG_GENERATOR, 0);
            if (seed == 0)
                generate_watts_strogatz(&lists[i], 200, 4, 0.5, &rng);
            else
                generate_barabasi_albert(&lists[i], 200, 2, &rng);
        }
        size_t bytes = lists[0].count * sizeof *lists[0].edges;
        ck_assert_uint_eq(lists[0].count, lists[1].count);
        ck_assert_mem_eq(lists[0].edges, lists[1].edges, bytes);
        ck_assert_int_ne(memcmp(lists[0].edges, lists[2].edges, bytes), 0);
        for (int i = 0; i < 3; i++)
            edge_list_free(&lists[i]);
    }
}
END_TEST

START_TEST(distributions_of_points)
{
    enum { COUNT = 20000, DIM = 3 };
    float *points = memory_alloc(COUNT * DIM, sizeof *points);
    for (int distribution = POINTS_NORMAL; distribution <= POINTS_CUBE; distribution++) {
        struct rng rng = rng_make(4, RNG_TEST, (uint32_t)distribution);
        points_sample(points, COUNT, DIM, (enum point_distribution)distribution, &rng);
        double mean = 0, square = 0, low = 9, high = -9, farthest = 0;
        for (size_t i = 0; i < COUNT; i++) {
            double radius = 0;
            for (size_t j = 0; j < DIM; j++) {
                double x = (double)points[i * DIM + j];
                radius += x * x;
                mean += x / (COUNT * DIM);
                low = fmin(low, x);
                high = fmax(high, x);
            }
            square += radius / COUNT;
            farthest = fmax(farthest, sqrt(radius));
        }
        if (distribution == POINTS_NORMAL)
            ck_assert(fabs(mean) < 0.02 && fabs(square - DIM) < 0.06);
        if (distribution == POINTS_BALL) /* E r^2 = dim / (dim + 2) */
            ck_assert(fabs(mean) < 0.02 && fabs(square - 0.6) < 0.01 && farthest <= 1.00001);
        if (distribution == POINTS_CUBE)
            ck_assert(fabs(mean - 0.5) < 0.01 && low >= 0 && high < 1 && high > 0.999);
    }
    free(points);
}
END_TEST

START_TEST(weights_by_name)
{
    static const struct {
        const char *name;
        double at_two;
    } expected[] = {
        {"euclidean", 2},          {"sqrt", 1.4142135623730951},
        {"squared", 4},            {"log", 1.0986122886681098},
        {"sqrt-log", 1.4823038073675112}, {"root-log", 1.1664416186395432},
        {"rational-sqrt", 0.5857864376269049}, {"exp-log", 0.7637099116554773},
        {"rational", 2.0 / 3},     {"rational-roots", 0.719330698262638},
    };
    for (int w = 0; point_weight_names[w]; w++) {
        enum point_weight weight = (enum point_weight)w;
        ck_assert_str_eq(point_weight_names[w], expected[w].name);
        ck_assert_msg(fabs(point_weight(weight, 2) - expected[w].at_two) < 1e-12, "%s: %.17g",
                      expected[w].name, point_weight(weight, 2));
        ck_assert(point_weight(weight, 0) == 0);
        double last = 0;
        for (double t = 1e-12; t < 100; t *= 1.01) {
            double value = point_weight(weight, t);
            ck_assert(value > last && isfinite(value));
            last = value;
        }
    }
    const double limit = 1 - exp(-1);
    ck_assert(fabs(point_weight(WEIGHT_EXP_LOG, 1) - limit) < 1e-15);
    ck_assert(fabs(point_weight(WEIGHT_EXP_LOG, 1 + 1e-9) - limit) < 1e-8);
    ck_assert(fabs(point_weight(WEIGHT_EXP_LOG, 1 - 1e-9) - limit) < 1e-8);
}
END_TEST

START_TEST(metric_graph)
{
    const float points[] = {0, 0, 3, 4, 0, 1};
    struct edge_list list = {0};
    generate_metric(&list, points, 3, 2, WEIGHT_EUCLIDEAN);
    ck_assert_uint_eq(list.count, 3);
    ck_assert(list.weighted && list.edges[0].weight == 5 && list.edges[1].weight == 1);
    ck_assert(fabs((double)list.edges[2].weight - sqrt(18)) < 1e-6);
    edge_list_free(&list);
}
END_TEST

START_TEST(geometric_graph)
{
    enum { COUNT = 1500, DIM = 2 };
    struct rng rng = rng_make(8, RNG_TEST, 0);
    float *points = memory_alloc(COUNT * DIM, sizeof *points);
    points_sample(points, COUNT, DIM, POINTS_CUBE, &rng);
    double radius = geometric_radius(COUNT, DIM, 8);
    ck_assert(fabs(radius * radius * 3.14159265358979 * COUNT - 8) < 1e-9);
    struct edge_list near = {0}, all = {0};
    const enum point_weight weight = WEIGHT_EUCLIDEAN;
    generate_geometric(&near, points, COUNT, DIM, radius, &weight);
    generate_metric(&all, points, COUNT, DIM, WEIGHT_EUCLIDEAN);
    size_t expected = 0;
    for (size_t i = 0; i < all.count; i++)
        expected += (double)all.edges[i].weight <= radius;
    ck_assert_uint_eq(near.count, expected);
    ck_assert(2.0 * (double)expected / COUNT > 6.5 && 2.0 * (double)expected / COUNT < 8.5);
    for (size_t i = 0; i < near.count; i++)
        ck_assert((double)near.edges[i].weight <= radius);
    struct graph graph;
    finish(&near, COUNT, expected, &graph);
    graph_free(&graph);
    generate_geometric(&near, points, COUNT, DIM, radius, NULL);
    ck_assert(!near.weighted && near.edges[0].weight == 1);
    edge_list_free(&near);
    edge_list_free(&all);
    free(points);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("generators");
    TCase *regular = tcase_create("regular");
    tcase_add_test(regular, regular_graphs);
    tcase_add_test(regular, grids);
    tcase_add_test(regular, trees);
    suite_add_tcase(suite, regular);
    TCase *random = tcase_create("random");
    tcase_add_test(random, erdos_renyi);
    tcase_add_test(random, barabasi_albert);
    tcase_add_test(random, watts_strogatz);
    tcase_add_test(random, random_dag);
    tcase_add_test(random, stochastic_block);
    tcase_add_test(random, same_seed_same_edges);
    suite_add_tcase(suite, random);
    TCase *points = tcase_create("points");
    tcase_add_test(points, distributions_of_points);
    tcase_add_test(points, weights_by_name);
    tcase_add_test(points, metric_graph);
    tcase_add_test(points, geometric_graph);
    suite_add_tcase(suite, points);
    return check_run(suite);
}
