/* Components, on graphs whose components are known and against reachability on random ones. */
#include "graph/components.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "graph/bfs.h"

#include <string.h>

static void make(struct graph *graph, size_t nodes, const struct edge *edges, size_t count,
                 bool directed)
{
    graph_from_edges(graph, nodes, edges, count, directed, false, (struct names){0});
}

START_TEST(weak_components_by_size)
{
    /* 0 | 1-5 | 2-3, 4-2: sizes 1, 2, 3; directions do not matter. */
    const struct edge edges[] = {{5, 1, 1}, {2, 3, 1}, {4, 2, 1}};
    const uint32_t expected[] = {2, 1, 0, 0, 0, 1};
    for (int directed = 0; directed < 2; directed++) {
        struct graph graph;
        uint32_t component[6];
        make(&graph, 6, edges, 3, directed);
        ck_assert_uint_eq(components(&graph, component), 3);
        ck_assert_mem_eq(component, expected, sizeof expected);
        size_t count;
        uint32_t *largest = components_largest(&graph, &count);
        const uint32_t members[] = {2, 3, 4};
        ck_assert_uint_eq(count, 3);
        ck_assert_mem_eq(largest, members, sizeof members);
        free(largest);
        graph_free(&graph);
    }
}
END_TEST

START_TEST(strong_components_by_size)
{
    /* 0 -> cycle 1 2 3 -> 4 <-> 5, and 6 with a self loop. */
    const struct edge edges[] = {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}, {3, 1, 1},
                                 {3, 4, 1}, {4, 5, 1}, {5, 4, 1}, {6, 6, 1}};
    const uint32_t expected[] = {2, 0, 0, 0, 1, 1, 3};
    struct graph graph;
    uint32_t component[7];
    make(&graph, 7, edges, 8, true);
    ck_assert_uint_eq(components_strong(&graph, component), 4);
    ck_assert_mem_eq(component, expected, sizeof expected);
    graph_free(&graph);
}
END_TEST

START_TEST(agrees_with_reachability)
{
    enum { NODES = 60 };
    struct rng rng = rng_make(2, RNG_TEST, (uint32_t)_i);
    size_t count = 20 + rng_below(&rng, 150);
    struct edge *edges = memory_alloc(count, sizeof *edges);
    for (size_t i = 0; i < count; i++)
        edges[i] = (struct edge){(uint32_t)rng_below(&rng, NODES), (uint32_t)rng_below(&rng, NODES),
                                 1};
    struct graph graph, simple;
    make(&graph, NODES, edges, count, true);
    graph_simple(&graph, &simple);
    static uint32_t reach[NODES][NODES], weak_reach[NODES][NODES];
    uint32_t order[NODES], strong[NODES], weak[NODES];
    for (uint32_t v = 0; v < NODES; v++) {
        bfs_levels(&graph, v, reach[v], order);
        bfs_levels(&simple, v, weak_reach[v], order);
    }
    components_strong(&graph, strong);
    components(&graph, weak);
    for (uint32_t a = 0; a < NODES; a++)
        for (uint32_t b = 0; b < NODES; b++) {
            bool both = reach[a][b] != UINT32_MAX && reach[b][a] != UINT32_MAX;
            ck_assert_int_eq(strong[a] == strong[b], both);
            ck_assert_int_eq(weak[a] == weak[b], weak_reach[a][b] != UINT32_MAX);
        }
    free(edges);
    graph_free(&simple);
    graph_free(&graph);
}
END_TEST

START_TEST(deep_cycle)
{
    enum { NODES = 500000 };
    struct edge *edges = memory_alloc(NODES, sizeof *edges);
    for (uint32_t i = 0; i < NODES; i++)
        edges[i] = (struct edge){i, (i + 1) % NODES, 1};
    struct graph graph;
    make(&graph, NODES, edges, NODES, true);
    uint32_t *component = memory_alloc(NODES, sizeof *component);
    ck_assert_uint_eq(components_strong(&graph, component), 1);
    graph_free(&graph);
    make(&graph, NODES, edges, NODES - 1, true);
    ck_assert_uint_eq(components_strong(&graph, component), NODES);
    ck_assert_uint_eq(components(&graph, component), 1);
    free(component);
    free(edges);
    graph_free(&graph);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("components");
    TCase *cases = tcase_create("components");
    tcase_add_test(cases, weak_components_by_size);
    tcase_add_test(cases, strong_components_by_size);
    tcase_add_loop_test(cases, agrees_with_reachability, 0, 20);
    tcase_add_test(cases, deep_cycle);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
