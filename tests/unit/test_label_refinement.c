/* Refined labels: pairs to part, repaired times, ranks, and the training of all. */
#include "spacetime/label_refinement.h"

#include "check_main.h"
#include "spacetime/causality_check.h"
#include "spacetime/order_pairs.h"
#include "spacetime/order_repair.h"

#include <math.h>
#include <omp.h>

enum { NODES = 40, TIMES = 3 };

static void make_random(struct dag *dag, double probability, uint32_t seed)
{
    struct rng rng = rng_make(seed, RNG_TEST, 0);
    struct edge edges[NODES * NODES];
    size_t count = 0;
    for (uint32_t u = 0; u < NODES; u++)
        for (uint32_t v = u + 1; v < NODES; v++)
            if (rng_uniform(&rng) < probability)
                edges[count++] = (struct edge){u, v, 1};
    dag_from_edges(dag, NODES, edges, count);
}

static void fill(real *times, uint32_t seed)
{
    struct rng rng = rng_make(seed, RNG_TEST, 1);
    for (size_t i = 0; i < NODES * TIMES; i++)
        times[i] = (real)rng_normal(&rng);
}

/* Times of any kind go forward after repair; those that did are left alone. */
START_TEST(repaired_times_go_forward)
{
    struct dag dag;
    real times[NODES * TIMES], again[NODES * TIMES];
    make_random(&dag, 0.1, (uint32_t)_i);
    fill(times, (uint32_t)_i);
    ck_assert(!causality_moves_forward(&dag, times, TIMES));
    ck_assert_uint_gt(order_repair(&dag, times, TIMES), 0);
    ck_assert(causality_moves_forward(&dag, times, TIMES));
    struct causality_figures figures = causality_check(&dag, times, TIMES, NULL, 0);
    ck_assert_double_eq(causality_recall(&figures), 1);
    memcpy(again, times, sizeof times);
    ck_assert_uint_eq(order_repair(&dag, again, TIMES), 0);
    ck_assert_mem_eq(again, times, sizeof times);
    dag_free(&dag);
}
END_TEST

/* One edge, backward by 2: each end moves by 1, and then they are parted by as little as can be. */
START_TEST(repair_goes_to_the_middle)
{
    struct dag dag;
    real times[] = {2, 0};
    dag_from_edges(&dag, 2, (const struct edge[]){{0, 1, 1}}, 1);
    ck_assert_uint_eq(order_repair(&dag, times, 1), 2);
    ck_assert_double_eq(times[0], 1);
    ck_assert(times[1] > 1);
    ck_assert_double_eq_tol(times[1], 1, 1e-12);
    dag_free(&dag);
}
END_TEST

START_TEST(ranks_are_total_orders)
{
    struct dag dag;
    real times[NODES * TIMES];
    make_random(&dag, 0.1, 3);
    fill(times, 3);
    for (size_t v = 0; v < NODES; v++)
        times[v * TIMES] = 7; /* all the same: the topological order */
    order_repair(&dag, times, TIMES);
    order_rank(&dag, times, TIMES);
    ck_assert(causality_moves_forward(&dag, times, TIMES));
    for (size_t k = 0; k < TIMES; k++) {
        bool seen[NODES] = {0};
        for (size_t v = 0; v < NODES; v++) {
            size_t rank = (size_t)times[v * TIMES + k];
            ck_assert_uint_lt(rank, NODES);
            ck_assert(!seen[rank]);
            seen[rank] = true;
        }
    }
    dag_free(&dag);
}
END_TEST

/* Pairs are never related; mistaken ones are claimed by the times, and all are found here. */
START_TEST(pairs_are_unrelated)
{
    struct dag dag;
    struct error error = {0};
    struct order_pairs pairs;
    real times[NODES * TIMES];
    make_random(&dag, 0.08, 5);
    fill(times, 5);
    order_repair(&dag, times, TIMES);
    struct causality_figures figures = causality_check(&dag, times, TIMES, NULL, 0);
    ck_assert(order_pairs_begin(&pairs, &dag, 4000, 0, &error));
    struct rng rng = rng_make(1, RNG_TEST, 2);
    order_pairs_find(&pairs, times, TIMES, NODES * NODES, &rng);
    ck_assert_double_eq((double)pairs.mistaken, figures.false_positives);
    order_pairs_draw(&pairs, &rng);
    ck_assert_uint_eq(pairs.count, pairs.mistaken + 2000);
    for (size_t i = 0; i < pairs.count; i++) {
        ck_assert(pairs.source[i] != pairs.target[i]);
        ck_assert(!reachability_query(&pairs.index, &pairs.scratch, pairs.source[i],
                                      pairs.target[i]));
    }
    order_pairs_end(&pairs);
    dag_free(&dag);
}
END_TEST

/* In a path every pair of one direction is related: pairs of the other remain. */
START_TEST(pairs_of_a_path)
{
    struct dag dag;
    struct error error = {0};
    struct order_pairs pairs;
    dag_from_edges(&dag, 3, (const struct edge[]){{0, 1, 1}, {1, 2, 1}}, 2);
    ck_assert(order_pairs_begin(&pairs, &dag, 1000000, 0, &error));
    struct rng rng = rng_make(1, RNG_TEST, 3);
    order_pairs_draw(&pairs, &rng);
    ck_assert_uint_eq(pairs.count, 36); /* half of eight times nine */
    for (size_t i = 0; i < pairs.count; i++)
        ck_assert_uint_gt(pairs.source[i], pairs.target[i]);
    order_pairs_end(&pairs);
    dag_free(&dag);
}
END_TEST

static void take_labels(const struct dag *dag, real *times, size_t dim, uint64_t seed)
{
    struct interval_labels labels;
    uint32_t coordinates[16];
    interval_labels_make(&labels, dag, (dim + 1) / 2, seed);
    for (size_t v = 0; v < dag->graph.nodes; v++) {
        interval_labels_coordinates(&labels, (uint32_t)v, coordinates);
        for (size_t k = 0; k < dim; k++)
            times[v * dim + k] = (real)coordinates[k + (dim % 2 && k == dim - 1)];
    }
    interval_labels_free(&labels);
}

/* Whatever the graph: no path is missed, and no more pairs are claimed in error than before. */
START_TEST(refined_labels_miss_nothing)
{
    struct dag dag;
    struct error error = {0};
    real times[NODES * 8];
    size_t dim = 1 + (size_t)_i % 4;
    make_random(&dag, _i % 2 ? 0.05 : 0.2, (uint32_t)_i);
    take_labels(&dag, times, dim, 1);
    struct causality_figures before = causality_check(&dag, times, dim, NULL, 0);
    struct label_refinement refinement = {.steps = 60, .seed = (uint64_t)_i};
    ck_assert(label_refine(&refinement, &dag, times, dim, &error));
    struct causality_figures after = causality_check(&dag, times, dim, NULL, 0);
    ck_assert_double_eq(causality_recall(&after), 1);
    ck_assert_double_le(after.false_positives, before.false_positives);
    ck_assert(causality_moves_forward(&dag, times, dim));
    dag_free(&dag);
}
END_TEST

START_TEST(refining_helps)
{
    struct dag dag;
    struct error error = {0};
    real times[NODES * 8], again[NODES * 8];
    make_random(&dag, 0.08, 9);
    take_labels(&dag, times, 4, 1);
    memcpy(again, times, sizeof times);
    struct causality_figures before = causality_check(&dag, times, 4, NULL, 0);
    struct label_refinement refinement = {.steps = 400, .seed = 2};
    ck_assert(label_refine(&refinement, &dag, times, 4, &error));
    struct causality_figures after = causality_check(&dag, times, 4, NULL, 0);
    ck_assert_double_gt(before.false_positives, 20);
    ck_assert_double_lt(after.false_positives, before.false_positives / 4);
    ck_assert(
        label_refine(&refinement, &dag, again, 4, &error)); /* the same seed, the same times */
    ck_assert_mem_eq(times, again, NODES * 4 * sizeof *times);
    dag_free(&dag);
}
END_TEST

int main(void)
{
    omp_set_num_threads(1);
    Suite *suite = suite_create("label_refinement");
    TCase *tests = tcase_create("label_refinement");
    tcase_add_loop_test(tests, repaired_times_go_forward, 0, 6);
    tcase_add_test(tests, repair_goes_to_the_middle);
    tcase_add_test(tests, ranks_are_total_orders);
    tcase_add_test(tests, pairs_are_unrelated);
    tcase_add_test(tests, pairs_of_a_path);
    tcase_add_loop_test(tests, refined_labels_miss_nothing, 0, 8);
    tcase_add_test(tests, refining_helps);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
