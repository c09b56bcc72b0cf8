/* Orders of nodes: permutations, and neighbours near to each other where they can be. */
#include "graph/order.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "graph/generators.h"

#include <string.h>

enum { NODES = 300 };

/* The graph of a list with its nodes in random order. */
static void shuffled_graph(struct graph *graph, const struct edge_list *list)
{
    struct graph whole;
    uint32_t order[NODES];
    struct rng rng = rng_make(4, RNG_TEST, 0);
    for (size_t v = 0; v < NODES; v++)
        order[v] = (uint32_t)v;
    rng_shuffle(&rng, order, NODES, sizeof *order);
    graph_from_edges(&whole, NODES, list->edges, list->count, false, false, (struct names){0});
    graph_subgraph(&whole, order, NODES, graph);
    graph_free(&whole);
}

static void check_permutation(const uint32_t *order)
{
    bool seen[NODES] = {false};
    for (size_t i = 0; i < NODES; i++) {
        ck_assert_uint_lt(order[i], NODES);
        ck_assert(!seen[order[i]]);
        seen[order[i]] = true;
    }
}

/* The largest distance between neighbours. */
static size_t bandwidth(const struct graph *graph)
{
    size_t largest = 0;
    for (size_t v = 0; v < graph->nodes; v++)
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            size_t target = graph->targets[i], distance = target > v ? target - v : v - target;
            largest = distance > largest ? distance : largest;
        }
    return largest;
}

static size_t ordered_bandwidth(const struct edge_list *list)
{
    struct graph graph, ordered;
    uint32_t order[NODES];
    shuffled_graph(&graph, list);
    ck_assert_uint_gt(bandwidth(&graph), NODES / 2);
    order_cuthill_mckee(&graph, order);
    check_permutation(order);
    graph_subgraph(&graph, order, NODES, &ordered);
    size_t found = bandwidth(&ordered);
    graph_free(&ordered);
    graph_free(&graph);
    return found;
}

START_TEST(cuthill_mckee)
{
    struct edge_list path = {0}, grid = {0}, parts = {0};
    generate_path(&path, NODES);
    ck_assert_uint_eq(ordered_bandwidth(&path), 1);
    generate_grid(&grid, NODES, 10);
    ck_assert_uint_le(ordered_bandwidth(&grid), 12);
    for (size_t v = 0; v + 30 < NODES; v++) /* three paths and 28 nodes alone */
        if (v % 90 != 89)
            edge_list_add(&parts, v, v + 1, 1);
    ck_assert_uint_eq(ordered_bandwidth(&parts), 1);
    edge_list_free(&path);
    edge_list_free(&grid);
    edge_list_free(&parts);
}
END_TEST

START_TEST(by_degree)
{
    struct edge_list star = {0};
    struct graph graph;
    uint32_t order[NODES];
    generate_star(&star, NODES);
    shuffled_graph(&graph, &star);
    order_by_degree(&graph, order);
    check_permutation(order);
    ck_assert_uint_eq(graph.offsets[order[NODES - 1] + 1] - graph.offsets[order[NODES - 1]],
                      NODES - 1);
    ck_assert(order[0] < order[1] && order[1] < order[2]);
    graph_free(&graph);
    edge_list_free(&star);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("order");
    TCase *cases = tcase_create("order");
    tcase_add_test(cases, cuthill_mckee);
    tcase_add_test(cases, by_degree);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
