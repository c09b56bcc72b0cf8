/* Random partitions and induced subgraphs against plain ones. */
#include "graph/batches.h"

#include "base/memory.h"
#include "check_main.h"
#include "graph/random_graphs.h"

#include <string.h>

START_TEST(partition_holds_every_node_once)
{
    enum { NODES = 1003, SIZE = 100 };
    struct partition partition = {0};
    size_t first_seen[3] = {0};
    for (uint64_t epoch = 0; epoch < 3; epoch++) {
        bool seen[NODES] = {false};
        partition_draw(&partition, NODES, SIZE, 5, epoch);
        ck_assert_uint_eq(partition.parts, 11);
        for (size_t part = 0; part < partition.parts; part++) {
            size_t count;
            const uint32_t *nodes = partition_part(&partition, part, &count);
            ck_assert_uint_eq(count, part + 1 < partition.parts ? SIZE : 3);
            for (size_t i = 0; i < count; i++) {
                ck_assert(!seen[nodes[i]]);
                seen[nodes[i]] = true;
                ck_assert(i == 0 || nodes[i - 1] < nodes[i]);
                if (part == 0)
                    first_seen[epoch] += nodes[i];
            }
        }
    }
    ck_assert(first_seen[0] != first_seen[1] && first_seen[1] != first_seen[2]);
    struct partition again = {0};
    partition_draw(&again, NODES, SIZE, 5, 2);
    ck_assert_mem_eq(again.order, partition.order, NODES * sizeof *again.order);
    partition_free(&again);
    partition_free(&partition);
}
END_TEST

static void random_graph(struct graph *graph, size_t nodes, bool directed, bool weighted)
{
    struct rng rng = rng_make(3, RNG_TEST, 0);
    struct edge_list list = {0};
    generate_erdos_renyi(&list, nodes, 0.02, directed, &rng);
    for (size_t i = 0; weighted && i < list.count; i++)
        list.edges[i].weight = (float)(1 + i % 7);
    graph_from_edges(graph, nodes, list.edges, list.count, directed, weighted,
                     names_numbered(nodes));
    edge_list_free(&list);
}

static void check_induced(bool directed, bool weighted)
{
    enum { NODES = 500, SIZE = 120 };
    struct graph graph;
    random_graph(&graph, NODES, directed, weighted);
    struct partition partition = {0};
    struct induced induced = {0};
    partition_draw(&partition, NODES, SIZE, 1, 0);
    for (size_t part = 0; part < partition.parts; part++) {
        size_t count;
        const uint32_t *nodes = partition_part(&partition, part, &count);
        struct graph expected;
        graph_subgraph(&graph, nodes, count, &expected);
        induced_take(&induced, &graph, nodes, count);
        ck_assert_uint_eq(induced.graph.nodes, count);
        ck_assert_uint_eq(induced.graph.arcs, expected.arcs);
        ck_assert_uint_gt(expected.arcs, 0);
        ck_assert_mem_eq(induced.graph.offsets, expected.offsets, (count + 1) * sizeof(size_t));
        ck_assert_mem_eq(induced.graph.targets, expected.targets,
                         expected.arcs * sizeof(uint32_t));
        ck_assert(weighted == (induced.graph.weights != NULL));
        if (weighted)
            ck_assert_mem_eq(induced.graph.weights, expected.weights,
                             expected.arcs * sizeof(float));
        graph_free(&expected);
    }
    induced_free(&induced);
    partition_free(&partition);
    graph_free(&graph);
}

START_TEST(induced_subgraphs)
{
    for (int form = 0; form < 4; form++)
        check_induced(form & 1, form & 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("batches");
    TCase *cases = tcase_create("batches");
    tcase_add_test(cases, partition_holds_every_node_once);
    tcase_add_test(cases, induced_subgraphs);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
