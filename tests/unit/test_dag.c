/* DAGs: what becomes of cycles, orders and ranks. */
#include "dag/dag.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "dag/cycles.h"
#include "dag_shapes.h"
#include "graph/components.h"

#include <string.h>

static bool read_text(const char *text, enum cycle_policy policy, struct dag *dag,
                      struct error *error)
{
    struct stream *stream = stream_from_memory(text, strlen(text), "edges.csv");
    bool good = dag_read(stream, policy, dag, error);
    stream_close(stream);
    return good;
}

static struct graph random_graph(size_t nodes, size_t count, uint32_t seed)
{
    struct rng rng = rng_make(seed, RNG_TEST, 0);
    struct edge *edges = memory_alloc(count, sizeof *edges);
    for (size_t i = 0; i < count; i++)
        edges[i] = (struct edge){(uint32_t)rng_below(&rng, nodes),
                                 (uint32_t)rng_below(&rng, nodes), (float)(1 + rng_below(&rng, 5))};
    struct graph graph;
    graph_from_edges(&graph, nodes, edges, count, true, true, names_numbered(nodes));
    free(edges);
    return graph;
}

static void check_order(const struct dag *dag)
{
    size_t height = 0;
    for (size_t v = 0; v < dag->graph.nodes; v++) {
        uint32_t least = 0;
        ck_assert_uint_eq(dag->order[dag->position[v]], v);
        for (size_t u = 0; u < dag->graph.nodes; u++) {
            if (graph_find_arc(&dag->graph, (uint32_t)u, (uint32_t)v) == GRAPH_NO_ARC)
                continue;
            ck_assert_uint_lt(dag->position[u], dag->position[v]);
            least = dag->rank[u] + 1 > least ? dag->rank[u] + 1 : least;
        }
        ck_assert_uint_eq(dag->rank[v], least);
        height = least + 1 > height ? least + 1 : height;
    }
    ck_assert_uint_eq(dag->height, height);
}

START_TEST(orders_ranks_and_the_longest_path)
{
    struct dag dag;
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    check_order(&dag);
    uint32_t *path = dag_longest_path(&dag);
    for (size_t i = 0; i + 1 < dag.height; i++)
        ck_assert_uint_ne(graph_find_arc(&dag.graph, path[i], path[i + 1]), GRAPH_NO_ARC);
    ck_assert_uint_eq(dag.rank[path[dag.height - 1]], dag.height - 1);
    free(path);
    dag_free(&dag);
}
END_TEST

START_TEST(refuses_cycles_by_name)
{
    struct dag dag;
    struct error error = {0};
    ck_assert(!read_text("x,a\na,b\nb,c\nc,a\nc,y\n", CYCLES_REFUSE, &dag, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(error.message, "'a' -> 'b' -> 'c' -> 'a'"));
    error = (struct error){0};
    ck_assert(!read_text("a,b\nb,b\n", CYCLES_REFUSE, &dag, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
}
END_TEST

START_TEST(shortens_the_text_of_a_long_cycle)
{
    enum { NODES = 3000 };
    struct edge edges[NODES];
    for (uint32_t v = 0; v < NODES; v++)
        edges[v] = (struct edge){v, (v + 1) % NODES, 1};
    struct graph graph;
    struct dag dag;
    struct error error = {0};
    graph_from_edges(&graph, NODES, edges, NODES, true, false, names_numbered(NODES));
    ck_assert(!dag_from_graph(&graph, CYCLES_REFUSE, "ring.csv", &dag, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "ring.csv: the graph has a cycle, '0' -> '1' -> "));
    ck_assert_ptr_nonnull(strstr(error.message, " more) -> '0'; expected none"));
}
END_TEST

START_TEST(finds_real_cycles)
{
    struct graph graph = random_graph(40, 20 + 3 * (size_t)_i, (uint32_t)_i);
    uint32_t component[40];
    bool loops = false;
    for (uint32_t v = 0; v < 40; v++)
        loops |= graph_find_arc(&graph, v, v) != GRAPH_NO_ARC;
    bool cyclic = loops || components_strong(&graph, component) < 40;
    size_t length;
    uint32_t *cycle = cycles_find(&graph, &length);
    ck_assert(cyclic == (cycle != NULL));
    for (size_t i = 0; cycle && i < length; i++) {
        ck_assert_uint_ne(graph_find_arc(&graph, cycle[i], cycle[(i + 1) % length]), GRAPH_NO_ARC);
        for (size_t k = 0; k < i; k++)
            ck_assert_uint_ne(cycle[k], cycle[i]);
    }
    free(cycle);
    graph_free(&graph);
}
END_TEST

START_TEST(condenses_strong_components)
{
    struct graph graph = random_graph(60, 30 + 4 * (size_t)_i, (uint32_t)_i);
    uint32_t component[60];
    size_t count = components_strong(&graph, component);
    struct graph copy = random_graph(60, 30 + 4 * (size_t)_i, (uint32_t)_i);
    struct dag dag;
    struct error error = {0};
    ck_assert(dag_from_graph(&copy, CYCLES_CONDENSE, "test", &dag, &error));
    ck_assert_uint_eq(dag.graph.nodes, count);
    ck_assert_uint_eq(dag_names(&dag)->count, 60);
    check_order(&dag);
    for (size_t u = 0; u < 60; u++) {
        ck_assert_uint_eq(dag_find(&dag, graph.names.strings[u]), dag_node_of(&dag, u));
        for (size_t v = 0; v < 60; v++)
            ck_assert((component[u] == component[v]) ==
                      (dag_node_of(&dag, u) == dag_node_of(&dag, v)));
    }
    const struct dag_changes *changes = &dag.changes;
    ck_assert_uint_eq(graph.arcs, dag.graph.arcs + changes->self_loops + changes->inner_edges +
                                      changes->parallel_edges);
    ck_assert_uint_eq(changes->joined_nodes - changes->joined_components, 60 - count);
    dag_free(&dag);
    graph_free(&graph);
}
END_TEST

START_TEST(keeps_the_least_of_parallel_weights)
{
    struct dag dag;
    struct error error = {0};
    ck_assert(read_text("x,a,5\na,b,1\nb,a,1\nx,b,3\na,a,2\n", CYCLES_CONDENSE, &dag, &error));
    ck_assert_uint_eq(dag.graph.nodes, 2);
    ck_assert_uint_eq(dag.graph.arcs, 1);
    ck_assert_float_eq(dag.graph.weights[0], 3);
    ck_assert_str_eq(dag.graph.names.strings[1], "a");
    ck_assert_uint_eq(dag_find(&dag, "b"), 1);
    ck_assert_uint_eq(dag_find(&dag, "z"), NAMES_ABSENT);
    char *text = dag_changes_text(&dag.changes);
    ck_assert_str_eq(text, "joined 2 nodes into 1, the largest of 2, with 2 edges inside and 1 "
                           "parallel to another; dropped 1 self loops");
    free(text);
    dag_free(&dag);
}
END_TEST

START_TEST(breaks_cycles_within_components_only)
{
    struct graph graph = random_graph(60, 30 + 6 * (size_t)_i, (uint32_t)_i);
    size_t arcs = graph.arcs;
    uint32_t component[60];
    components_strong(&graph, component);
    struct dag dag;
    struct error error = {0};
    ck_assert(dag_from_graph(&graph, CYCLES_BREAK, "test", &dag, &error));
    check_order(&dag);
    const struct dag_changes *changes = &dag.changes;
    ck_assert_uint_eq(arcs, dag.graph.arcs + changes->broken_count + changes->self_loops);
    ck_assert_uint_le(changes->broken_count, arcs / 2); /* the bound of the heuristic */
    for (size_t i = 0; i < changes->broken_count; i++)
        ck_assert_uint_eq(component[changes->broken[i].source],
                          component[changes->broken[i].target]);
    dag_free(&dag);
}
END_TEST

START_TEST(breaks_a_ring_once)
{
    struct dag dag;
    struct error error = {0};
    ck_assert(read_text("a,b\nb,c\nc,d\nd,a\nz,a\n", CYCLES_BREAK, &dag, &error));
    ck_assert_uint_eq(dag.changes.broken_count, 1);
    char *text = dag_changes_text(&dag.changes);
    ck_assert_str_eq(text, "dropped 1 of 5 edges to break cycles");
    free(text);
    dag_free(&dag);
    ck_assert(read_text("a,b\n", CYCLES_BREAK, &dag, &error));
    ck_assert_ptr_null(dag_changes_text(&dag.changes));
    dag_free(&dag);
}
END_TEST

START_TEST(refuses_weights_that_are_none)
{
    static const char *const texts[] = {"a,b,-1\n", "a,b,0\n", "a,b,nan\n", "a,b,inf\n",
                                        "a,b,1\na,b,2\n", ""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int policy = CYCLES_REFUSE; policy <= CYCLES_BREAK; policy++) {
            struct dag dag;
            struct error error = {0};
            ck_assert(!read_text(texts[i], (enum cycle_policy)policy, &dag, &error));
            ck_assert_int_eq(error.exit_code, EX_DATAERR);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dag");
    TCase *tests = tcase_create("dag");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, orders_ranks_and_the_longest_path, 0, 3 * DAG_SHAPES);
    tcase_add_test(tests, refuses_cycles_by_name);
    tcase_add_test(tests, shortens_the_text_of_a_long_cycle);
    tcase_add_loop_test(tests, finds_real_cycles, 0, 20);
    tcase_add_loop_test(tests, condenses_strong_components, 0, 20);
    tcase_add_test(tests, keeps_the_least_of_parallel_weights);
    tcase_add_loop_test(tests, breaks_cycles_within_components_only, 0, 20);
    tcase_add_test(tests, breaks_a_ring_once);
    tcase_add_test(tests, refuses_weights_that_are_none);
    return check_run(suite);
}
