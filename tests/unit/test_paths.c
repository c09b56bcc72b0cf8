/* Shortest paths against Floyd-Warshall on random graphs of every kind. */
#include "graph/bfs.h"
#include "graph/paths.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"

#include <math.h>
#include <string.h>

enum kind { UNWEIGHTED, EQUAL_WEIGHTS, WEIGHTED, WEIGHTS_WITH_ZERO, KIND_COUNT };

static float random_weight(struct rng *rng, enum kind kind)
{
    switch (kind) {
    case EQUAL_WEIGHTS: return 0.75f;
    case WEIGHTED: return (float)(0.1 + rng_uniform(rng));
    case WEIGHTS_WITH_ZERO: return (float)rng_below(rng, 4);
    default: return 1;
    }
}

static void random_graph(struct rng *rng, size_t nodes, size_t edge_count, bool directed,
                         enum kind kind, struct graph *graph)
{
    struct edge *edges = memory_alloc(edge_count, sizeof *edges);
    for (size_t i = 0; i < edge_count; i++)
        edges[i] = (struct edge){(uint32_t)rng_below(rng, nodes), (uint32_t)rng_below(rng, nodes),
                                 random_weight(rng, kind)};
    graph_from_edges(graph, nodes, edges, edge_count, directed, kind != UNWEIGHTED,
                     names_numbered(nodes));
    free(edges);
}

/* All pairs in O(n^3), in double precision. */
static double *floyd_warshall(const struct graph *graph)
{
    size_t n = graph->nodes;
    double *distances = memory_alloc(n * n, sizeof *distances);
    for (size_t i = 0; i < n * n; i++)
        distances[i] = i % (n + 1) == 0 ? 0 : INFINITY;
    for (size_t v = 0; v < n; v++)
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            double weight = graph->weights ? (double)graph->weights[i] : 1.0;
            if (graph->targets[i] != v)
                distances[v * n + graph->targets[i]] = weight;
        }
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                distances[i * n + j] =
                    fmin(distances[i * n + j], distances[i * n + k] + distances[k * n + j]);
    return distances;
}

static void compare(const struct graph *graph, const uint32_t *sources, size_t count)
{
    size_t n = graph->nodes;
    float *found = memory_alloc(count * n, sizeof *found);
    double *expected = floyd_warshall(graph);
    paths_from(graph, sources, count, found);
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < n; v++) {
            double want = expected[sources[i] * n + v];
            double have = (double)found[i * n + v];
            ck_assert_msg(have == want || fabs(have - want) <= 1e-6 * want,
                          "from %u to %zu: %g, not %g", sources[i], v, have, want);
        }
    free(expected);
    free(found);
}

START_TEST(agrees_with_floyd_warshall)
{
    enum kind kind = (enum kind)(_i / 2);
    bool directed = _i % 2;
    for (uint32_t round = 0; round < 8; round++) {
        struct rng rng = rng_make(11, RNG_TEST, (uint32_t)_i * 100 + round);
        size_t nodes = 1 + rng_below(&rng, 150);
        size_t edges = rng_below(&rng, 4 * nodes);
        struct graph graph;
        random_graph(&rng, nodes, edges, directed, kind, &graph);
        uint32_t sources[200];
        size_t count = rng_below(&rng, 200);
        for (size_t i = 0; i < count; i++)
            sources[i] = (uint32_t)rng_below(&rng, nodes); /* repeats, too */
        compare(&graph, sources, count);
        graph_free(&graph);
    }
}
END_TEST

START_TEST(long_path)
{
    enum { NODES = 70000 };
    struct edge *edges = memory_alloc(NODES - 1, sizeof *edges);
    for (uint32_t i = 0; i + 1 < NODES; i++)
        edges[i] = (struct edge){i, i + 1, 1};
    struct graph graph;
    graph_from_edges(&graph, NODES, edges, NODES - 1, true, false, (struct names){0});
    const uint32_t sources[] = {0, NODES - 1};
    float *distances = memory_alloc(2 * NODES, sizeof *distances);
    paths_from(&graph, sources, 2, distances);
    for (uint32_t v = 0; v < NODES; v++)
        ck_assert(distances[v] == (float)v);
    ck_assert(isinf(distances[NODES]) && distances[2 * NODES - 1] == 0);
    free(distances);
    free(edges);
    graph_free(&graph);
}
END_TEST

START_TEST(one_search)
{
    struct rng rng = rng_make(5, RNG_TEST, 0);
    struct graph graph;
    random_graph(&rng, 300, 400, false, UNWEIGHTED, &graph);
    const uint32_t source = 17;
    float distances[300];
    uint32_t levels[300], order[300];
    paths_from(&graph, &source, 1, distances);
    size_t reached = bfs_levels(&graph, source, levels, order);
    size_t finite = 0;
    for (size_t v = 0; v < 300; v++) {
        finite += isfinite(distances[v]) != 0;
        ck_assert(levels[v] == UINT32_MAX ? isinf(distances[v]) : distances[v] == (float)levels[v]);
    }
    ck_assert_uint_eq(reached, finite);
    ck_assert_uint_lt(finite, 300);
    for (size_t i = 1; i < reached; i++)
        ck_assert_uint_le(levels[order[i - 1]], levels[order[i]]);
    graph_free(&graph);
}
END_TEST

START_TEST(blocks_are_bounded)
{
    struct graph small = {.nodes = 100};
    struct graph large = {.nodes = (size_t)1 << 27};
    ck_assert_uint_ge(paths_block(&small, 4), 4 * BFS_BATCH);
    ck_assert_uint_eq(paths_block(&small, 4) % BFS_BATCH, 0);
    ck_assert_uint_eq(paths_block(&large, 4), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("paths");
    TCase *cases = tcase_create("shortest paths");
    tcase_add_loop_test(cases, agrees_with_floyd_warshall, 0, 2 * KIND_COUNT);
    tcase_add_test(cases, long_path);
    tcase_add_test(cases, one_search);
    tcase_add_test(cases, blocks_are_bounded);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
