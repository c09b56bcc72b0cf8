/* Realizers: their intersection is the order, and the test of dimension two is right. */
#include "dag/realizer.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "dag/closure.h"
#include "dag_shapes.h"
#include "graph/generators.h"

static void check_realizer(const struct realizer *realizer, const bool *reaches)
{
    size_t nodes = realizer->nodes;
    for (size_t t = 0; t < realizer->orders; t++) {
        bool *taken = memory_zeroed(nodes, sizeof *taken);
        for (size_t v = 0; v < nodes; v++) {
            uint32_t rank = realizer->ranks[v * realizer->orders + t];
            ck_assert_uint_lt(rank, nodes);
            ck_assert(!taken[rank]);
            taken[rank] = true;
        }
        free(taken);
    }
    for (size_t u = 0; u < nodes; u++) {
        for (size_t v = 0; v < nodes; v++) {
            bool before = u != v;
            for (size_t t = 0; t < realizer->orders; t++)
                before &= realizer->ranks[u * realizer->orders + t] <
                          realizer->ranks[v * realizer->orders + t];
            ck_assert(before == (u != v && reaches[u * nodes + v]));
        }
    }
}

static uint64_t closure_size(const struct dag *dag)
{
    struct closure_summary summary;
    closure_sweep(dag, &summary);
    free(summary.needed);
    return summary.size;
}

START_TEST(chains_give_a_realizer)
{
    struct dag dag;
    struct chain_cover cover;
    struct realizer realizer;
    struct error error = {0};
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    bool *reaches = dag_shape_closure(&dag);
    chain_cover_make(&cover, &dag, UINT64_MAX);
    ck_assert(realizer_from_cover(&realizer, &dag, &cover, 1 << 20, &error));
    ck_assert_uint_eq(realizer.orders, cover.chains);
    check_realizer(&realizer, reaches);
    realizer_free(&realizer);
    size_t bytes = dag.graph.nodes * cover.chains * sizeof(uint32_t);
    ck_assert(!realizer_from_cover(&realizer, &dag, &cover, bytes - 1, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    chain_cover_free(&cover);
    free(reaches);
    dag_free(&dag);
}
END_TEST

START_TEST(knows_some_dimensions)
{
    static const enum dag_shape shapes[] = {SHAPE_CHAIN, SHAPE_ANTICHAIN, SHAPE_GRID, SHAPE_TREE,
                                            SHAPE_IN_TREE, SHAPE_SERIES_PARALLEL,
                                            SHAPE_CHAINS_APART, SHAPE_ONE_NODE};
    struct dag dag;
    struct realizer realizer;
    dag_shape_make(&dag, shapes[_i % 8], (uint32_t)_i);
    bool *reaches = dag_shape_closure(&dag);
    ck_assert_int_eq(realizer_of_two(&realizer, &dag, closure_size(&dag), 1000),
                     DIMENSION_AT_MOST_TWO);
    ck_assert_uint_eq(realizer.orders,
                      shapes[_i % 8] == SHAPE_CHAIN || shapes[_i % 8] == SHAPE_ONE_NODE ? 1 : 2);
    check_realizer(&realizer, reaches);
    realizer_free(&realizer);
    free(reaches);
    dag_free(&dag);
    dag_shape_make(&dag, SHAPE_STANDARD, (uint32_t)_i);
    uint64_t size = closure_size(&dag);
    ck_assert_int_eq(realizer_of_two(&realizer, &dag, size, 1000), DIMENSION_ABOVE_TWO);
    ck_assert_int_eq(realizer_of_two(&realizer, &dag, size, 5), DIMENSION_UNKNOWN);
    dag_free(&dag);
}
END_TEST

/* Trees, forests and grids of any size, numbered as they are drawn. */
START_TEST(depth_first_orders_serve_large_planar_graphs)
{
    struct edge_list list = {0};
    if (_i < 2)
        generate_tree(&list, 3000, 2 + (size_t)_i);
    else
        generate_grid(&list, 3000, 50);
    if (_i == 1) /* an in-tree */
        for (size_t i = 0; i < list.count; i++)
            list.edges[i] = (struct edge){list.edges[i].target, list.edges[i].source, 1};
    struct dag dag;
    struct realizer realizer;
    dag_from_edges(&dag, list.nodes, list.edges, list.count);
    ck_assert_int_eq(realizer_of_two(&realizer, &dag, closure_size(&dag), 0),
                     DIMENSION_AT_MOST_TWO);
    realizer_free(&realizer);
    dag_free(&dag);
    edge_list_free(&list);
}
END_TEST

/* Every linear extension has at most one partner: the one that turns all incomparable pairs. */
struct enumeration {
    const bool *reaches;
    size_t nodes;
    size_t place[8]; /* of a node; SIZE_MAX while it has none */
    size_t placed;
};

static bool has_partner(const struct enumeration *e)
{
    bool after[8][8];
    for (size_t u = 0; u < e->nodes; u++)
        for (size_t v = 0; v < e->nodes; v++)
            after[u][v] = u != v && (e->reaches[u * e->nodes + v] ||
                                     (!e->reaches[v * e->nodes + u] && e->place[v] < e->place[u]));
    for (size_t u = 0; u < e->nodes; u++)
        for (size_t v = 0; v < e->nodes; v++)
            for (size_t w = 0; w < e->nodes; w++)
                if (after[u][v] && after[v][w] && !after[u][w])
                    return false;
    return true;
}

static bool some_extension_has_partner(struct enumeration *e)
{
    if (e->placed == e->nodes)
        return has_partner(e);
    for (size_t v = 0; v < e->nodes; v++) {
        bool ready = e->place[v] == SIZE_MAX;
        for (size_t u = 0; u < e->nodes; u++)
            ready &= u == v || !e->reaches[u * e->nodes + v] || e->place[u] != SIZE_MAX;
        if (!ready)
            continue;
        e->place[v] = e->placed++;
        bool found = some_extension_has_partner(e);
        e->place[v] = SIZE_MAX;
        e->placed--;
        if (found)
            return true;
    }
    return false;
}

START_TEST(agrees_with_all_linear_extensions)
{
    enum { NODES = 7 };
    struct rng rng = rng_make(6, RNG_TEST, (uint32_t)_i);
    struct edge_list list = {0};
    for (size_t u = 0; u < NODES; u++)
        for (size_t v = u + 1; v < NODES; v++)
            if (_i % 2 ? u < 3 && v >= 3 && rng_uniform(&rng) < 0.6 : rng_uniform(&rng) < 0.3)
                edge_list_add(&list, u, v, 1);
    struct dag dag;
    dag_from_edges(&dag, NODES, list.edges, list.count);
    bool *reaches = dag_shape_closure(&dag);
    struct enumeration enumeration = {.reaches = reaches, .nodes = NODES};
    for (size_t v = 0; v < NODES; v++)
        enumeration.place[v] = SIZE_MAX;
    struct realizer realizer;
    enum dimension_two answer = realizer_of_two(&realizer, &dag, closure_size(&dag), NODES);
    ck_assert_int_eq(answer, some_extension_has_partner(&enumeration) ? DIMENSION_AT_MOST_TWO
                                                                      : DIMENSION_ABOVE_TWO);
    if (answer == DIMENSION_AT_MOST_TWO) {
        check_realizer(&realizer, reaches);
        realizer_free(&realizer);
    }
    free(reaches);
    dag_free(&dag);
    edge_list_free(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("realizer");
    TCase *tests = tcase_create("realizer");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, chains_give_a_realizer, 0, 3 * DAG_SHAPES);
    tcase_add_loop_test(tests, knows_some_dimensions, 0, 32);
    tcase_add_loop_test(tests, depth_first_orders_serve_large_planar_graphs, 0, 3);
    tcase_add_loop_test(tests, agrees_with_all_linear_extensions, 0, 120);
    return check_run(suite);
}
