/* Figures of an embedding: distortions and ranks by hand, neighbourhoods against the definition. */
#include "embedding/embedding_quality.h"

#include "base/memory.h"
#include "check_main.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A line with these coordinates. */
static void line_make(struct graph_embedding *model, const real *points, size_t nodes)
{
    struct error error = {0};
    const struct graph_embedding_options options = {.geometry = "e1", .nodes = nodes};
    ck_assert(graph_embedding_make(model, &options, &error));
    memcpy(model->points->value.data, points, nodes * sizeof *points);
}

static struct embedding_quality quality_of(const real *points, size_t nodes, const float *wanted,
                                           size_t count)
{
    static const uint32_t source[] = {0, 0, 0, 1, 1, 2}, target[] = {1, 2, 3, 2, 3, 3};
    struct graph_embedding model;
    struct pairs pairs = {.count = count,
                          .source = (uint32_t *)(uintptr_t)source,
                          .target = (uint32_t *)(uintptr_t)target,
                          .distance = (float *)(uintptr_t)wanted};
    line_make(&model, points, nodes);
    struct embedding_quality quality = embedding_quality(&model, NULL, &pairs);
    graph_embedding_free(&model);
    return quality;
}

static void assert_near(double found, double expected)
{
    ck_assert_msg(fabs(found - expected) <= 1e-7 * (1 + fabs(expected)), "%.10g, not %.10g", found,
                  expected);
}

/* Distances 1, 3, 7, 2, 6, 4 of the points 0, 1, 3, 7. */
START_TEST(distortions)
{
    const real points[4] = {0, 1, 3, 7};
    const float exact[6] = {1, 3, 7, 2, 6, 4}, wanted[6] = {2, 3, 7, 2, 3, 4};
    struct embedding_quality quality = quality_of(points, 4, exact, 6);
    ck_assert_uint_eq(quality.pairs, 6);
    ck_assert(quality.mse == 0 && quality.average_distortion == 0);
    ck_assert(quality.worst_distortion == 1);
    assert_near(quality.rank_correlation, 1);
    quality = quality_of(points, 4, wanted, 6); /* ratios 1/2, 1, 1, 1, 2, 1 */
    assert_near(quality.mse, (1 + 9) / 6.0);
    assert_near(quality.average_distortion, (0.5 + 1) / 6);
    assert_near(quality.worst_distortion, 4);
}
END_TEST

/* Targets reversed; then ties on both sides, against Pearson's formula on the mean ranks. */
START_TEST(rank_correlation)
{
    const real points[4] = {0, 1, 3, 7};
    const float reversed[6] = {7, 5, 2, 6, 3, 4};
    assert_near(quality_of(points, 4, reversed, 6).rank_correlation, -1);
    const real even[4] = {0, 1, 2, 3};          /* distances 1, 2, 3, 1, 2, 1 */
    const float tied[6] = {5, 5, 9, 1, 9, 5};
    const double x[6] = {1, 3.5, 5, 1, 3.5, 1}; /* their mean ranks, from 0 */
    const double y[6] = {2, 2, 4.5, 0, 4.5, 2};
    double xy = 0, xx = 0, yy = 0;
    for (int i = 0; i < 6; i++) {
        xy += (x[i] - 2.5) * (y[i] - 2.5);
        xx += (x[i] - 2.5) * (x[i] - 2.5);
        yy += (y[i] - 2.5) * (y[i] - 2.5);
    }
    assert_near(quality_of(even, 4, tied, 6).rank_correlation, xy / sqrt(xx * yy));
    const float constant[6] = {1, 1, 1, 1, 1, 1};
    ck_assert(isnan(quality_of(even, 4, constant, 6).rank_correlation));
}
END_TEST

START_TEST(coincident_points)
{
    const real points[4] = {0, 0, 1, 2};
    const float wanted[6] = {1, 1, 2, 1, 2, 1};
    struct embedding_quality quality = quality_of(points, 4, wanted, 6);
    ck_assert(isinf(quality.worst_distortion));
    assert_near(quality.average_distortion, 1.0 / 6);
}
END_TEST

/* --- mean average precision --- */

/* By the definition, in O(nodes^3). */
static double naive_precision(const struct graph *graph, const real *points)
{
    double total = 0;
    size_t judged = 0;
    for (uint32_t v = 0; v < graph->nodes; v++) {
        double sum = 0;
        size_t degree = 0;
        for (uint32_t w = 0; w < graph->nodes; w++) {
            if (w == v || graph_find_arc(graph, v, w) == GRAPH_NO_ARC)
                continue;
            size_t within = 0, hits = 0;
            for (uint32_t u = 0; u < graph->nodes; u++) {
                if (u == v || fabs(points[u] - points[v]) > fabs(points[w] - points[v]))
                    continue;
                within++;
                hits += graph_find_arc(graph, v, u) != GRAPH_NO_ARC;
            }
            sum += (double)hits / (double)within;
            degree++;
        }
        if (degree) {
            total += sum / (double)degree;
            judged++;
        }
    }
    return total / (double)judged;
}

static struct graph random_graph(size_t nodes, size_t count, uint32_t seed)
{
    struct graph graph;
    struct edge *edges = memory_alloc(count, sizeof *edges);
    struct rng rng = rng_make(seed, RNG_TEST, 0);
    for (size_t i = 0; i < count; i++)
        edges[i] = (struct edge){(uint32_t)rng_below(&rng, nodes), (uint32_t)rng_below(&rng, nodes),
                                 1};
    graph_from_edges(&graph, nodes, edges, count, false, false, names_numbered(nodes));
    free(edges);
    return graph;
}

/* Random graphs with loops, isolated nodes, and many points at one place. */
START_TEST(precision_against_the_definition)
{
    for (uint32_t seed = 0; seed < 8; seed++) {
        enum { NODES = 40 };
        struct graph graph = random_graph(NODES, 50, seed);
        struct rng rng = rng_make(seed, RNG_TEST, 1);
        real points[NODES];
        for (size_t v = 0; v < NODES; v++)
            points[v] = seed % 2 ? (real)rng_below(&rng, 10) : (real)rng_normal(&rng);
        struct graph_embedding model;
        line_make(&model, points, NODES);
        assert_near(embedding_mean_average_precision(&model, NULL, &graph, NODES, 0),
                    naive_precision(&graph, points));
        double sampled = embedding_mean_average_precision(&model, NULL, &graph, 10, 0);
        ck_assert(sampled > 0 && sampled <= 1);
        ck_assert(sampled == embedding_mean_average_precision(&model, NULL, &graph, 10, 0));
        graph_embedding_free(&model);
        graph_free(&graph);
    }
}
END_TEST

START_TEST(precision_of_known_graphs)
{
    const real points[4] = {0, 1, 2, 3};
    const struct edge path[] = {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}}, far[] = {{0, 3, 1}};
    struct graph graph;
    struct graph_embedding model;
    line_make(&model, points, 4);
    graph_from_edges(&graph, 4, path, 3, false, false, names_numbered(4));
    ck_assert(embedding_mean_average_precision(&model, NULL, &graph, 4, 0) == 1);
    graph_free(&graph);
    graph_from_edges(&graph, 4, far, 1, false, false, names_numbered(4));
    assert_near(embedding_mean_average_precision(&model, NULL, &graph, 4, 0), 1.0 / 3);
    graph_free(&graph);
    graph_from_edges(&graph, 4, NULL, 0, false, false, names_numbered(4));
    ck_assert(isnan(embedding_mean_average_precision(&model, NULL, &graph, 4, 0)));
    graph_free(&graph);
    graph_embedding_free(&model);
}
END_TEST

/* More pairs than go over the tape at once. */
START_TEST(many_pairs)
{
    enum { COUNT = (1 << 18) + 3 };
    const real points[3] = {0, 1, 5};
    struct graph_embedding model;
    line_make(&model, points, 3);
    uint32_t *source = memory_alloc(COUNT, sizeof *source);
    uint32_t *target = memory_alloc(COUNT, sizeof *target);
    real *distances = memory_alloc(COUNT, sizeof *distances);
    for (uint32_t i = 0; i < COUNT; i++) {
        source[i] = i % 3;
        target[i] = (i + 1) % 3;
    }
    embedding_distances(&model, NULL, source, target, COUNT, distances);
    const real expected[3] = {1, 4, 5};
    for (size_t i = 0; i < COUNT; i++)
        ck_assert(distances[i] == expected[i % 3]);
    free(source);
    free(target);
    free(distances);
    graph_embedding_free(&model);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("embedding_quality");
    TCase *cases = tcase_create("quality");
    tcase_add_test(cases, distortions);
    tcase_add_test(cases, rank_correlation);
    tcase_add_test(cases, coincident_points);
    tcase_add_test(cases, precision_against_the_definition);
    tcase_add_test(cases, precision_of_known_graphs);
    tcase_add_test(cases, many_pairs);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
