/* Spaced times: the ops' gradients, an order that stays, and intervals that are longest paths. */
#include "spacetime/time_spacing.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"
#include "spacetime/causality_check.h"
#include "spacetime/order_repair.h"

#include <math.h>
#include <omp.h>

enum { NODES = 30, TIMES = 3, PAIRS = 40 };

struct spaced {
    real ranks[NODES * TIMES];
    uint32_t source[PAIRS], target[PAIRS];
};

static void make_spaced(struct spaced *s, struct rng *rng)
{
    for (size_t k = 0; k < TIMES; k++) {
        uint32_t order[NODES];
        for (uint32_t v = 0; v < NODES; v++)
            order[v] = v;
        rng_shuffle(rng, order, NODES, sizeof *order);
        for (size_t v = 0; v < NODES; v++)
            s->ranks[v * TIMES + k] = (real)order[v];
    }
    for (size_t i = 0; i < PAIRS; i++) {
        s->source[i] = (uint32_t)rng_below(rng, NODES);
        s->target[i] = (s->source[i] + 1 + (uint32_t)rng_below(rng, NODES - 1)) % NODES;
    }
}

static struct variable *squares(struct tape *tape, struct parameters *set, void *context)
{
    struct spaced *s = context;
    struct variable *times = tape_spaced_times(tape, tape_parameter(tape, set->list[0]), s->ranks);
    struct variable *intervals = tape_intervals(tape, times, s->source, s->target, PAIRS);
    return tape_mean(tape, tape_function(tape, intervals, FUNCTION_SQUARE));
}

START_TEST(gradients)
{
    struct spaced s;
    struct parameters set = {0};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    make_spaced(&s, &rng);
    struct parameter *gaps = parameters_add(&set, "gaps", 2, (const size_t[]){TIMES, NODES});
    for (size_t i = 0; i < TIMES * NODES; i++)
        gaps->value.data[i] = (real)(0.5 * rng_normal(&rng));
    ck_assert_double_le(gradient_check(&set, squares, &s, 1e-6), 1e-6);
    parameters_free(&set);
}
END_TEST

START_TEST(values)
{
    const real ranks[] = {0, 2, 1, 0, 2, 1}, logarithms[] = {0, 0, 0, 0, 0, 0};
    const uint32_t source[] = {0, 1}, target[] = {2, 2};
    struct tape tape = {0};
    struct variable *gaps =
        tape_constant(&tape, tensor_matrix((real *)(uintptr_t)logarithms, 2, 3));
    struct variable *times = tape_spaced_times(&tape, gaps, ranks);
    for (size_t i = 0; i < 6; i++) /* a gap is 1 and the least one */
        ck_assert_double_eq_tol(times->value.data[i], 1.02 * ranks[i], 1e-12);
    const real *intervals = tape_intervals(&tape, times, source, target, 2)->value.data;
    ck_assert_double_eq_tol(intervals[0], -1.02, 1e-12);
    ck_assert_double_eq_tol(intervals[1], 1.02, 1e-12);
    tape_free(&tape);
}
END_TEST

/* Total orders of a random DAG, made of random times. */
static void make_order(struct dag *dag, real *times, uint32_t seed)
{
    struct rng rng = rng_make(seed, RNG_TEST, 0);
    struct edge edges[NODES * NODES];
    size_t count = 0;
    for (uint32_t u = 0; u < NODES; u++)
        for (uint32_t v = u + 1; v < NODES; v++)
            if (rng_uniform(&rng) < 0.15)
                edges[count++] = (struct edge){u, v, (float)(0.5 + rng_uniform(&rng))};
    dag_from_edges(dag, NODES, edges, count);
    for (size_t i = 0; i < NODES * TIMES; i++)
        times[i] = (real)rng_normal(&rng);
    order_repair(dag, times, TIMES);
    order_rank(dag, times, TIMES);
}

/* Not one comparison of two times of one kind comes out otherwise. */
START_TEST(order_stays)
{
    struct dag dag;
    struct error error = {0};
    real ranks[NODES * TIMES], times[NODES * TIMES];
    make_order(&dag, ranks, (uint32_t)_i);
    memcpy(times, ranks, sizeof ranks);
    struct time_spacing spacing = {.steps = 300, .seed = 3};
    ck_assert(time_spacing_fit(&spacing, &dag, times, TIMES, &error));
    for (size_t u = 0; u < NODES; u++)
        for (size_t v = 0; v < NODES; v++)
            for (size_t k = 0; k < TIMES; k++)
                ck_assert_int_eq(times[u * TIMES + k] < times[v * TIMES + k],
                                 ranks[u * TIMES + k] < ranks[v * TIMES + k]);
    ck_assert_double_lt(spacing.error, spacing.ranks_error);
    ck_assert(causality_moves_forward(&dag, times, TIMES));
    dag_free(&dag);
}
END_TEST

/* In a path there is one order, and gaps can be its weights: 1, 5, 2. */
START_TEST(path)
{
    const struct edge edges[] = {{0, 1, 1}, {1, 2, 5}, {2, 3, 2}, {0, 3, 0.1f}};
    struct dag dag;
    struct error error = {0};
    real times[] = {0, 1, 2, 3};
    dag_from_edges(&dag, 4, edges, 4);
    struct time_spacing spacing = {.steps = 500, .seed = 3};
    ck_assert(time_spacing_fit(&spacing, &dag, times, 1, &error));
    ck_assert_double_lt(spacing.error, 1e-3);
    ck_assert_double_gt(spacing.ranks_error, 0.3);
    ck_assert_double_eq_tol(times[1] - times[0], 1, 0.01);
    ck_assert_double_eq_tol(times[2] - times[1], 5, 0.05);
    ck_assert_double_eq_tol(times[3] - times[2], 2, 0.02);
    dag_free(&dag);
}
END_TEST

int main(void)
{
    omp_set_num_threads(1);
    Suite *suite = suite_create("time_spacing");
    TCase *tests = tcase_create("time_spacing");
    tcase_add_test(tests, gradients);
    tcase_add_test(tests, values);
    tcase_add_loop_test(tests, order_stays, 0, 4);
    tcase_add_test(tests, path);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
