/* Transitive closure and reduction against brute force. */
#include "dag/closure.h"

#include "base/memory.h"
#include "check_main.h"
#include "dag_shapes.h"
#include "graph/random_graphs.h"

#include <string.h>

struct visits {
    bool *reaches; /* (nodes), to be cleared one by one */
    size_t count;
};

static void visit(uint32_t v, void *context)
{
    struct visits *visits = context;
    ck_assert(visits->reaches[v]);
    visits->count++;
}

START_TEST(agrees_with_warshall)
{
    struct dag dag;
    struct closure closure;
    struct error error = {0};
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    size_t nodes = dag.graph.nodes, pairs = 0;
    bool *reaches = dag_shape_closure(&dag);
    ck_assert(closure_build(&closure, &dag, 1 << 20, &error));
    for (uint32_t u = 0; u < nodes; u++) {
        size_t count = 0;
        struct visits visits = {.reaches = reaches + u * nodes};
        for (uint32_t v = 0; v < nodes; v++) {
            ck_assert(closure_reaches(&closure, u, v) == reaches[u * nodes + v]);
            count += u != v && reaches[u * nodes + v];
        }
        closure_visit(&closure, u, visit, &visits);
        ck_assert_uint_eq(visits.count, count);
        pairs += count;
    }
    ck_assert_uint_eq(closure.size, pairs);
    closure_free(&closure);
    free(reaches);
    dag_free(&dag);
}
END_TEST

START_TEST(reduces_to_the_least_arcs)
{
    struct dag dag;
    struct closure_summary summary;
    struct graph reduction;
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    size_t nodes = dag.graph.nodes, pairs = 0;
    bool *reaches = dag_shape_closure(&dag);
    closure_sweep(&dag, &summary);
    for (uint32_t u = 0; u < nodes; u++) {
        for (size_t i = dag.graph.offsets[u]; i < dag.graph.offsets[u + 1]; i++) {
            bool between = false;
            uint32_t v = dag.graph.targets[i];
            for (size_t w = 0; w < nodes; w++)
                between |= w != u && w != v && reaches[u * nodes + w] && reaches[w * nodes + v];
            ck_assert(summary.needed[i] == !between);
        }
        for (uint32_t v = 0; v < nodes; v++)
            pairs += u != v && reaches[u * nodes + v];
    }
    ck_assert_uint_eq(summary.size, pairs);
    closure_reduction(&dag, summary.needed, &reduction);
    ck_assert_uint_eq(reduction.arcs, summary.reduction);
    struct dag reduced;
    struct error error = {0};
    ck_assert(dag_from_graph(&reduction, CYCLES_REFUSE, "reduction", &reduced, &error));
    bool *again = dag_shape_closure(&reduced);
    ck_assert_mem_eq(again, reaches, nodes * nodes);
    free(again);
    dag_free(&reduced);
    free(summary.needed);
    free(reaches);
    dag_free(&dag);
}
END_TEST

/* More nodes than a block has columns, and rows of many words. */
START_TEST(agrees_with_itself_on_larger_graphs)
{
    static const double degrees[] = {0.5, 2, 8, 100};
    struct edge_list list = {0};
    struct rng rng = rng_make(4, RNG_TEST, (uint32_t)_i);
    generate_random_dag(&list, 1500, degrees[_i] / 1500, &rng);
    struct dag dag;
    struct closure closure;
    struct closure_summary summary;
    struct error error = {0};
    dag_from_edges(&dag, list.nodes, list.edges, list.count);
    ck_assert(closure_build(&closure, &dag, 64 << 20, &error));
    closure_sweep(&dag, &summary);
    ck_assert_uint_eq(summary.size, closure.size);
    ck_assert_uint_le(closure_bytes(&closure), 12 * 1501 + 1500 * 1500 / 8 + 8);
    free(summary.needed);
    closure_free(&closure);
    dag_free(&dag);
    edge_list_free(&list);
}
END_TEST

START_TEST(keeps_within_its_bound)
{
    struct dag dag;
    struct closure closure;
    struct error error = {0};
    dag_shape_make(&dag, SHAPE_SPARSE, 1);
    ck_assert(closure_build(&closure, &dag, 1 << 20, &error));
    size_t bytes = closure_bytes(&closure);
    closure_free(&closure);
    ck_assert(closure_build(&closure, &dag, bytes, &error));
    closure_free(&closure);
    ck_assert(!closure_build(&closure, &dag, bytes - 1, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    dag_free(&dag);
}
END_TEST

START_TEST(takes_one_run_for_each_node_of_a_tree)
{
    struct edge_list list = {0};
    struct dag dag;
    struct closure closure;
    struct error error = {0};
    generate_tree(&list, 5000, 3);
    dag_from_edges(&dag, list.nodes, list.edges, list.count);
    ck_assert(closure_build(&closure, &dag, 1 << 20, &error));
    ck_assert_uint_le(closure.offsets[5000], 5000);
    closure_free(&closure);
    dag_free(&dag);
    edge_list_free(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("closure");
    TCase *tests = tcase_create("closure");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, agrees_with_warshall, 0, 4 * DAG_SHAPES);
    tcase_add_loop_test(tests, reduces_to_the_least_arcs, 0, 4 * DAG_SHAPES);
    tcase_add_loop_test(tests, agrees_with_itself_on_larger_graphs, 0, 4);
    tcase_add_test(tests, keeps_within_its_bound);
    tcase_add_test(tests, takes_one_run_for_each_node_of_a_tree);
    return check_run(suite);
}
