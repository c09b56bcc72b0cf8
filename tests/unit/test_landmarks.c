/* Landmarks: different nodes, their true distances, and finite ones where no path leads. */
#include "graph/landmarks.h"

#include "base/memory.h"
#include "check_main.h"
#include "graph/paths.h"

#include <math.h>
#include <stdlib.h>

static struct graph path_graph(uint32_t nodes)
{
    struct graph graph;
    struct edge *edges = memory_alloc(nodes, sizeof *edges);
    for (uint32_t v = 0; v + 1 < nodes; v++)
        edges[v] = (struct edge){v, v + 1, 1};
    graph_from_edges(&graph, nodes, edges, nodes - 1, false, false, names_numbered(nodes));
    free(edges);
    return graph;
}

static void assert_different(const struct landmarks *landmarks)
{
    bool *seen = memory_zeroed(landmarks->nodes, sizeof *seen);
    for (size_t i = 0; i < landmarks->count; i++) {
        ck_assert_uint_lt(landmarks->landmarks[i], landmarks->nodes);
        ck_assert(!seen[landmarks->landmarks[i]]);
        seen[landmarks->landmarks[i]] = true;
    }
    free(seen);
}

START_TEST(of_a_path)
{
    const size_t most[] = {1, 7, 50, 1000};
    struct graph graph = path_graph(50);
    for (size_t m = 0; m < 4; m++) {
        struct rng rng = rng_make(1, RNG_TEST, (uint32_t)m);
        struct landmarks landmarks = landmarks_of_graph(&graph, most[m], &rng);
        ck_assert_uint_eq(landmarks.count, most[m] < 50 ? most[m] : 50);
        ck_assert_uint_eq(landmarks.nodes, 50);
        assert_different(&landmarks);
        for (size_t i = 0; i < landmarks.count; i++)
            for (size_t v = 0; v < 50; v++)
                ck_assert(landmarks.distances[i * 50 + v] ==
                          fabsf((float)landmarks.landmarks[i] - (float)v));
        landmarks_free(&landmarks);
        ck_assert(landmarks.count == 0 && !landmarks.distances);
    }
    graph_free(&graph);
}
END_TEST

START_TEST(random_but_repeatable)
{
    struct graph graph = path_graph(200);
    struct rng first = rng_make(1, RNG_TEST, 0), again = first, other = rng_make(2, RNG_TEST, 0);
    struct landmarks a = landmarks_of_graph(&graph, 20, &first);
    struct landmarks b = landmarks_of_graph(&graph, 20, &again);
    struct landmarks c = landmarks_of_graph(&graph, 20, &other);
    ck_assert_mem_eq(a.landmarks, b.landmarks, 20 * sizeof(uint32_t));
    ck_assert_mem_ne(a.landmarks, c.landmarks, 20 * sizeof(uint32_t));
    landmarks_free(&a);
    landmarks_free(&b);
    landmarks_free(&c);
    graph_free(&graph);
}
END_TEST

/* A path of 0, 1, 2, 3 and a pair 4, 5: what has no path is as far away as 0 from 3. */
START_TEST(of_two_components)
{
    const struct edge edges[] = {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}, {4, 5, 1}};
    struct graph graph;
    graph_from_edges(&graph, 6, edges, 4, false, false, names_numbered(6));
    struct rng rng = rng_make(1, RNG_TEST, 0);
    struct landmarks landmarks = landmarks_of_graph(&graph, 6, &rng);
    for (size_t i = 0; i < 6; i++)
        for (uint32_t v = 0; v < 6; v++) {
            uint32_t w = landmarks.landmarks[i];
            float expected = (v < 4) == (w < 4) ? fabsf((float)v - (float)w) : 3;
            ck_assert(landmarks.distances[i * 6 + v] == expected);
        }
    landmarks_free(&landmarks);
    graph_free(&graph);
}
END_TEST

START_TEST(of_a_matrix)
{
    enum { NODES = 9 };
    struct array matrix = array_make(DTYPE_F32, 2, (const size_t[]){NODES, NODES});
    for (size_t i = 0; i < NODES; i++)
        for (size_t j = 0; j < NODES; j++)
            ((float *)matrix.data)[i * NODES + j] = i == j ? 0 : (float)(i * j + i + j);
    struct rng rng = rng_make(1, RNG_TEST, 0);
    struct landmarks landmarks = landmarks_of_matrix(&matrix, 4, &rng);
    ck_assert_uint_eq(landmarks.count, 4);
    assert_different(&landmarks);
    for (size_t i = 0; i < 4; i++)
        for (size_t v = 0; v < NODES; v++)
            ck_assert(landmarks.distances[i * NODES + v] ==
                      ((float *)matrix.data)[landmarks.landmarks[i] * NODES + v]);
    landmarks_free(&landmarks);
    array_free(&matrix);
}
END_TEST

/* The distances of a large graph stay within their 32 MiB (to a row). */
START_TEST(bounded_memory)
{
    struct graph graph = path_graph(1 << 20);
    struct rng rng = rng_make(1, RNG_TEST, 0);
    struct landmarks landmarks = landmarks_of_graph(&graph, 1000, &rng);
    ck_assert_uint_ge(landmarks.count, 8);
    ck_assert_uint_le(landmarks.count, 9);
    landmarks_free(&landmarks);
    graph_free(&graph);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("landmarks");
    TCase *cases = tcase_create("landmarks");
    tcase_add_test(cases, of_a_path);
    tcase_add_test(cases, random_but_repeatable);
    tcase_add_test(cases, of_two_components);
    tcase_add_test(cases, of_a_matrix);
    tcase_add_test(cases, bounded_memory);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
