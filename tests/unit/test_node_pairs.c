/* Pairs of nodes: what is read, what is refused, and distances as in the rows of a matrix. */
#include "graph/node_pairs.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "graph/paths.h"
#include "graph/random_graphs.h"

#include <string.h>

static bool read_pairs(const char *text, const struct graph *graph, struct node_pair **pairs,
                       size_t *count, struct error *error)
{
    struct stream *stream = stream_from_memory(text, strlen(text), "pairs.csv");
    bool done = node_pairs_read(stream, graph, pairs, count, error);
    stream_close(stream);
    return done;
}

START_TEST(reads_pairs)
{
    static const char *const texts[] = {"source,target\n2,0\n1,1\n", "2,0,far\n1,1,near\n",
                                        "From,To\r\n2,0\r\n\r\n1,1"};
    struct graph graph = {.nodes = 3, .names = names_numbered(3)};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error = {0};
        struct node_pair *pairs;
        size_t count;
        ck_assert_msg(read_pairs(texts[i], &graph, &pairs, &count, &error), "%s", error.message);
        ck_assert_uint_eq(count, 2);
        ck_assert(pairs[0].source == 2 && pairs[0].target == 0);
        ck_assert(pairs[1].source == 1 && pairs[1].target == 1);
        free(pairs);
    }
    names_free(&graph.names);
}
END_TEST

START_TEST(refuses_pairs)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "pairs.csv: no pairs"},
        {"source,target\n", "pairs.csv: no pairs"},
        {"1\n", "pairs.csv:1: one field"},
        {"0,1\n1,3\n", "pairs.csv:2: no node '3'"},
        {"0,1\nsource,target\n", "pairs.csv:2: no node 'source'"},
        {"0,1\n00,1\n", "pairs.csv:2: no node '00'"},
    };
    struct graph graph = {.nodes = 3, .names = names_numbered(3)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        struct node_pair *pairs;
        size_t count;
        ck_assert(!read_pairs(cases[i].text, &graph, &pairs, &count, &error));
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
        ck_assert_msg(strstr(error.message, cases[i].message), "%s", error.message);
    }
    names_free(&graph.names);
}
END_TEST

START_TEST(distances_are_those_of_the_matrix)
{
    enum { NODES = 400, COUNT = 3000 };
    struct rng rng = rng_make(3, RNG_TEST, 0);
    struct edge_list list = {0};
    struct graph graph;
    generate_erdos_renyi(&list, NODES, 2.0 / NODES, true, &rng);
    edge_list_graph(&list, &graph);
    struct node_pair *pairs = memory_alloc(COUNT, sizeof *pairs);
    for (size_t i = 0; i < COUNT; i++) /* some nodes are never a source */
        pairs[i] = (struct node_pair){(uint32_t)rng_below(&rng, NODES / 2),
                                      (uint32_t)rng_below(&rng, NODES)};
    uint32_t sources[NODES];
    for (uint32_t v = 0; v < NODES; v++)
        sources[v] = v;
    float *matrix = memory_alloc(NODES * NODES, sizeof *matrix);
    float *distances = memory_alloc(COUNT, sizeof *distances);
    paths_from(&graph, sources, NODES, matrix);
    node_pairs_distances(&graph, pairs, COUNT, 1, distances);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert(distances[i] == matrix[pairs[i].source * NODES + pairs[i].target]);
    free(distances);
    free(matrix);
    free(pairs);
    graph_free(&graph);
    edge_list_free(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("node pairs");
    TCase *cases = tcase_create("pairs");
    tcase_add_test(cases, reads_pairs);
    tcase_add_test(cases, refuses_pairs);
    tcase_add_test(cases, distances_are_those_of_the_matrix);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
