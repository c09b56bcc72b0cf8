/* Pairs with target distances: all, edges, samples, matrices, and what is done with them. */
#include "graph/pairs.h"

#include "base/memory.h"
#include "check_main.h"
#include "graph/paths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct graph graph_of(size_t nodes, const struct edge *edges, size_t count, bool weighted)
{
    struct graph graph;
    graph_from_edges(&graph, nodes, edges, count, false, weighted, names_numbered(nodes));
    return graph;
}

/* A cycle with chords; weights of 1/2, 1 and 3/2. */
static struct graph wheel(size_t nodes, bool weighted)
{
    struct edge *edges = memory_alloc(2 * nodes, sizeof *edges);
    for (uint32_t v = 0; v < nodes; v++) {
        edges[2 * v] = (struct edge){v, (uint32_t)((v + 1) % nodes), 0.5f * (float)(1 + v % 3)};
        edges[2 * v + 1] = (struct edge){v, (uint32_t)((v * 7 + 3) % nodes), 1.5f};
    }
    struct graph graph = graph_of(nodes, edges, 2 * nodes, weighted);
    free(edges);
    return graph;
}

static float *all_paths(const struct graph *graph)
{
    uint32_t *sources = memory_alloc(graph->nodes, sizeof *sources);
    float *distances = memory_alloc(graph->nodes * graph->nodes, sizeof *distances);
    for (size_t v = 0; v < graph->nodes; v++)
        sources[v] = (uint32_t)v;
    paths_from(graph, sources, graph->nodes, distances);
    free(sources);
    return distances;
}

START_TEST(all_pairs)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        struct graph graph = wheel(90, weighted);
        float *distances = all_paths(&graph);
        struct pairs pairs = pairs_all(&graph, false);
        ck_assert_uint_eq(pairs.count, 90 * 89 / 2);
        ck_assert_uint_eq(pairs.unreachable, 0);
        size_t at = 0;
        for (uint32_t i = 0; i < 90; i++)
            for (uint32_t j = i + 1; j < 90; j++, at++) {
                ck_assert(pairs.source[at] == i && pairs.target[at] == j);
                ck_assert(pairs.distance[at] == distances[i * 90 + j]);
            }
        free(distances);
        pairs_free(&pairs);
        ck_assert_uint_eq(pairs.count, 0);
        graph_free(&graph);
    }
}
END_TEST

START_TEST(unreachable_pairs)
{
    const struct edge edges[] = {{0, 1, 1}, {1, 2, 1}, {3, 4, 1}};
    struct graph graph = graph_of(6, edges, 3, false);
    struct pairs pairs = pairs_all(&graph, false);
    ck_assert_uint_eq(pairs.count, 4);
    ck_assert_uint_eq(pairs.unreachable, 15 - 4);
    pairs_free(&pairs);
    graph_free(&graph);
}
END_TEST

START_TEST(edges_and_their_weights)
{
    const struct edge edges[] = {{0, 1, 2}, {2, 1, 0.25f}, {2, 2, 7}};
    struct graph weighted = graph_of(3, edges, 3, true), plain = graph_of(3, edges, 3, false);
    struct pairs pairs = pairs_edges(&weighted), ones = pairs_edges(&plain);
    ck_assert_uint_eq(pairs.count, 2); /* not the loop */
    ck_assert(pairs.source[0] == 0 && pairs.target[0] == 1 && pairs.distance[0] == 2);
    ck_assert(pairs.source[1] == 1 && pairs.target[1] == 2 && pairs.distance[1] == 0.25f);
    ck_assert(ones.count == 2 && ones.distance[0] == 1 && ones.distance[1] == 1);
    pairs_free(&pairs);
    pairs_free(&ones);
    graph_free(&weighted);
    graph_free(&plain);
}
END_TEST

static void check_sampled(bool weighted, size_t count, size_t landmarks)
{
    struct graph graph = wheel(200, weighted);
    float *distances = all_paths(&graph);
    struct rng rng = rng_make(1, RNG_TEST, 0), again = rng;
    struct pairs pairs = pairs_sampled(&graph, count, landmarks, &rng, false);
    struct pairs same = pairs_sampled(&graph, count, landmarks, &again, false);
    ck_assert_msg(pairs.count > count * 9 / 10 && pairs.count <= count + landmarks, "%zu of %zu",
                  pairs.count, count);
    bool seen[200] = {false};
    size_t sources = 0, neighbours = 0;
    for (size_t i = 0; i < pairs.count; i++) {
        uint32_t s = pairs.source[i], t = pairs.target[i];
        ck_assert(s < 200 && t < 200 && s != t);
        ck_assert(pairs.distance[i] == distances[s * 200 + t]);
        neighbours += graph_find_arc(&graph, s, t) != GRAPH_NO_ARC;
        /* pairs from landmarks come first, and are at least half of all */
        if (i < pairs.count / 3 && !seen[s]) {
            seen[s] = true;
            sources++;
        }
    }
    ck_assert_msg(sources <= landmarks, "%zu sources", sources);
    if (!weighted) /* the edges are among them */
        ck_assert(neighbours >= (count / 2 < 390 ? count / 2 : 390));
    ck_assert_uint_eq(pairs.count, same.count);
    ck_assert_mem_eq(pairs.target, same.target, pairs.count * sizeof(uint32_t));
    free(distances);
    pairs_free(&pairs);
    pairs_free(&same);
    graph_free(&graph);
}

START_TEST(sampled_pairs)
{
    check_sampled(false, 2000, 20);
    check_sampled(false, 300, 5);
    check_sampled(true, 2000, 20);
    check_sampled(true, 500, 1000); /* more landmarks than nodes */
}
END_TEST

/* --- matrices --- */

static struct array matrix_of(size_t rows, size_t columns, const double *values)
{
    struct array matrix = array_make(DTYPE_F64, 2, (const size_t[]){rows, columns});
    memcpy(matrix.data, values, rows * columns * sizeof *values);
    return matrix;
}

START_TEST(whole_matrix)
{
    const double values[9] = {0, 1, 2.5, 1, 0, 0, 2.5, 0, 0};
    struct array matrix = matrix_of(3, 3, values);
    struct pairs pairs = {0};
    struct error error = {0};
    ck_assert_msg(pairs_from_matrix(&matrix, "m", &pairs, &error), "%s", error.message);
    ck_assert_uint_eq(pairs.count, 2); /* coincident nodes say nothing */
    ck_assert(pairs.distance[0] == 1 && pairs.distance[1] == 2.5f);
    ck_assert(pairs.source[1] == 0 && pairs.target[1] == 2);
    pairs_free(&pairs);
    array_free(&matrix);
}
END_TEST

START_TEST(wrong_matrices)
{
    const struct {
        double values[4];
        const char *message;
    } cases[] = {{{0, NAN, NAN, 0}, "m: row 1, column 2: the value nan is not finite"},
                 {{0, INFINITY, INFINITY, 0}, "row 1, column 2: the value inf is not finite"},
                 {{0, -1, -1, 0}, "row 1, column 2: the value -1 is negative"},
                 {{0, 1, 1, 2}, "row 2, column 2: the value 2 lies on the diagonal"},
                 {{0, 1, 1.1, 0}, "row 1, column 2: the value 1 differs from its mirror image"},
                 {{0, 1, NAN, 0}, "row 1, column 2: the value 1 differs"},
                 {{0, 1, INFINITY, 0}, "row 1, column 2: the value 1 differs"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct array matrix = matrix_of(2, 2, cases[i].values);
        struct pairs pairs = {0};
        struct error error = {0};
        ck_assert_msg(!pairs_from_matrix(&matrix, "m", &pairs, &error), "%s", cases[i].message);
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
        ck_assert_msg(strstr(error.message, cases[i].message), "%s", error.message);
        ck_assert_ptr_null(pairs.source);
        array_free(&matrix);
    }
}
END_TEST

START_TEST(wrong_shapes)
{
    const double values[6] = {0};
    struct array oblong = matrix_of(2, 3, values), one = matrix_of(1, 1, values);
    struct array vector = array_make(DTYPE_F32, 1, (const size_t[]){4});
    struct array *matrices[] = {&oblong, &one, &vector};
    for (size_t i = 0; i < 3; i++) {
        struct pairs pairs = {0};
        struct error error = {0};
        ck_assert(!pairs_from_matrix(matrices[i], "m", &pairs, &error));
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
        array_free(matrices[i]);
    }
}
END_TEST

/* --- order and splits --- */

START_TEST(shuffle_and_split)
{
    struct graph graph = wheel(40, true);
    struct pairs pairs = pairs_all(&graph, false);
    size_t count = pairs.count;
    double mean = pairs_mean(&pairs);
    struct rng rng = rng_make(1, RNG_TEST, 0);
    pairs_shuffle(&pairs, &rng);
    float *distances = all_paths(&graph);
    bool *seen = memory_zeroed(1600, sizeof *seen);
    size_t moved = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = pairs.source[i] * 40 + pairs.target[i];
        ck_assert(!seen[at] && pairs.distance[i] == distances[at]); /* they stay together */
        seen[at] = true;
        moved += i > 0 && pairs.source[i] != pairs.source[i - 1];
    }
    ck_assert(moved > count / 2);
    ck_assert(fabs(pairs_mean(&pairs) - mean) < 1e-9);
    uint32_t last = pairs.target[count - 1];
    struct pairs rest = pairs_split(&pairs, 0.25);
    ck_assert_uint_eq(rest.count, count / 4);
    ck_assert_uint_eq(pairs.count + rest.count, count);
    ck_assert_uint_eq(rest.target[rest.count - 1], last);
    struct pairs none = pairs_split(&pairs, 0);
    ck_assert_uint_eq(none.count, 0);
    ck_assert(pairs_mean(&none) == 0);
    free(distances);
    free(seen);
    pairs_free(&pairs);
    pairs_free(&rest);
    pairs_free(&none);
    graph_free(&graph);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pairs");
    TCase *cases = tcase_create("pairs");
    tcase_add_test(cases, all_pairs);
    tcase_add_test(cases, unreachable_pairs);
    tcase_add_test(cases, edges_and_their_weights);
    tcase_add_test(cases, sampled_pairs);
    tcase_add_test(cases, whole_matrix);
    tcase_add_test(cases, wrong_matrices);
    tcase_add_test(cases, wrong_shapes);
    tcase_add_test(cases, shuffle_and_split);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
