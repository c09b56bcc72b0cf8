/* From rows to a tree: growing, refining, balance, supervision, ranks of one, empty leaves. */
#include "pathway/partition.h"

#include "check_main.h"
#include "pathway_cases.h"

enum { ROWS = 1200 };

static struct partition_options usual(size_t leaves, size_t branching)
{
    return (struct partition_options){
        .tree = {.branching = branching, .iterations = 20, .seed = 3}, .leaves = leaves,
        .passes = 1, .joint = joint_defaults()};
}

/* The tree of rows (ROWS, inputs + 1), which come in another order. */
static struct router tree_of(real *rows, size_t inputs, size_t classes,
                             const struct partition_options *options)
{
    struct router router = case_root(inputs, classes);
    struct moments *moments = memory_zeroed(inputs + 1, sizeof *moments);
    struct error error = {0};
    real *copy = memory_alloc(ROWS * (inputs + 1), sizeof *copy);
    memcpy(copy, rows, ROWS * (inputs + 1) * sizeof *copy);
    struct spool spool = spool_of_memory(copy, ROWS, inputs + 1);
    moments_add_rows(moments, rows, ROWS, inputs + 1);
    standardisation_from_moments(&router.scaling, moments);
    ck_assert(partition_make(&router, options, rows, ROWS, &moments[inputs], &spool, &error));
    free(moments);
    free(copy);
    return router;
}

static uint64_t *counts_of(const struct router *router, const real *rows)
{
    struct error error = {0};
    struct spool spool = spool_of_memory(rows, ROWS, router->inputs + 1);
    uint64_t *counts = memory_alloc(router->leaves, sizeof *counts);
    ck_assert(partition_count(router, &spool, counts, &error));
    return counts;
}

START_TEST(as_many_leaves_as_wanted)
{
    static const size_t wanted[] = {1, 2, 5, 16, 17, 60};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        real *rows = case_rows(ROWS, 3, 0);
        const struct partition_options options = usual(wanted[i], 4);
        struct router router = tree_of(rows, 3, 0, &options);
        uint64_t *counts = counts_of(&router, rows), sum = 0;
        ck_assert_uint_eq(router.leaves, wanted[i]);
        for (size_t leaf = 0; leaf < router.leaves; leaf++) {
            ck_assert_uint_gt(counts[leaf], 0);
            sum += counts[leaf];
        }
        ck_assert_uint_eq(sum, ROWS);
        for (size_t node = 0; node < router.nodes; node++)
            ck_assert_uint_le(router.children[node], 4);
        free(counts);
        free(rows);
        router_free(&router);
    }
}
END_TEST

START_TEST(balance)
{
    real *rows = case_rows(ROWS, 2, 0);
    for (size_t i = 0; i < ROWS; i++) /* most rows near one corner */
        for (size_t j = 0; j < 2; j++)
            rows[3 * i + j] = (real)exp(3 * (double)rows[3 * i + j]);
    struct partition_options options = usual(20, 16);
    options.balance = 1.5;
    struct router router = tree_of(rows, 2, 0, &options);
    uint64_t *counts = counts_of(&router, rows);
    ck_assert_uint_ge(router.leaves, 20);
    for (size_t leaf = 0; leaf < router.leaves; leaf++)
        ck_assert_uint_le(counts[leaf], (uint64_t)(1.5 * ROWS / 20));
    free(counts);
    free(rows);
    router_free(&router);
}
END_TEST

/* The share of the target's variance that is left within cells. */
static double unexplained(const struct router *router, const real *rows)
{
    size_t columns = router->inputs + 1;
    double *sums = memory_zeroed(3 * router->leaves, sizeof *sums), within = 0;
    struct moments all = {0};
    real *scratch = memory_alloc(router->inputs, sizeof *scratch);
    for (size_t i = 0; i < ROWS; i++) {
        struct route route;
        double y = (double)rows[i * columns + router->inputs];
        router_route(router, rows + i * columns, scratch, &route);
        sums[3 * route.leaf]++;
        sums[3 * route.leaf + 1] += y;
        sums[3 * route.leaf + 2] += y * y;
        moments_add(&all, &y, 1);
    }
    for (size_t leaf = 0; leaf < router->leaves; leaf++) {
        const double *s = sums + 3 * leaf;
        within += s[0] > 0 ? s[2] - s[1] * s[1] / s[0] : 0;
    }
    free(sums);
    free(scratch);
    return within / all.squares;
}

/*
 * Of two inputs only one tells the target: with supervision, and with training, cells know which.
 */
START_TEST(cells_that_know_the_target)
{
    for (int by_labels = 0; by_labels < 2; by_labels++) {
        double left[3];
        for (int run = 0; run < 3; run++) {
            real *rows = case_rows(ROWS, 2, 0);
            for (size_t i = 0; i < ROWS; i++)
                rows[3 * i + 2] = by_labels ? rows[3 * i] > 0 : (real)(rows[3 * i] > 0 ? 2 : -1);
            struct partition_options options = usual(3, 8);
            options.tree.supervision = run == 1 ? 3 : 0;
            options.joint.steps = run == 2 ? 300 : 0;
            options.passes = run == 2 ? 0 : 1;
            struct router router = tree_of(rows, 2, by_labels ? 2 : 0, &options);
            left[run] = unexplained(&router, rows);
            free(rows);
            router_free(&router);
        }
        ck_assert_msg(left[1] < 0.7 * left[0], "%g %g", left[1], left[0]);
        ck_assert_msg(left[2] < 0.9 * left[0], "%g %g", left[2], left[0]);
    }
}
END_TEST

/* The order of rows within a batch, and how a batch is cut, change nothing. */
START_TEST(batches_are_exact)
{
    enum { COUNT = 1000 };
    real *rows = case_rows(COUNT, 2, 0), *turned = memory_alloc(COUNT * 3, sizeof *turned);
    struct router one = case_router(0), other = case_router(0);
    const struct tree_options options = {.branching = 4};
    struct tree_builder first, second;
    for (size_t i = 0; i < COUNT; i++)
        memcpy(turned + 3 * i, rows + 3 * (COUNT - 1 - i), 3 * sizeof *rows);
    tree_builder_begin(&first, &one, &options, NULL);
    tree_builder_begin(&second, &other, &options, NULL);
    tree_builder_batch(&first, rows, COUNT);
    tree_builder_batch(&second, turned, COUNT);
    ck_assert_mem_eq(one.centres, other.centres, one.nodes * 2 * sizeof(real));
    ck_assert(first.seen[1] + first.seen[2] + first.seen[3] == COUNT);
    tree_builder_free(&first);
    tree_builder_free(&second);
    router_free(&one);
    router_free(&other);
    free(rows);
    free(turned);
}
END_TEST

/* From nothing seen, one batch moves every prototype to the mean of its rows. */
START_TEST(a_batch_moves_to_means)
{
    const real rows[] = {-1, 0, 9, -3, 0, 9, (real)0.1, 3, 9};
    struct router r = case_router(0);
    const struct tree_options options = {.branching = 4};
    struct tree_builder b;
    tree_builder_begin(&b, &r, &options, NULL);
    tree_builder_batch(&b, rows, 3);
    ck_assert(fabs((double)r.centres[2] + 2) < 1e-7 && r.centres[3] == 0);
    ck_assert(r.centres[4] == 1 && r.centres[5] == 0); /* without rows it stays */
    ck_assert(fabs((double)r.centres[6] - 0.1) < 1e-7 && fabs((double)r.centres[7] - 3) < 1e-7);
    tree_builder_free(&b);
    router_free(&r);
}
END_TEST

START_TEST(leaves_without_rows)
{
    struct router r = case_router(0);
    const uint64_t counts[] = {5, 0, 3, 0, 2}; /* the second child of the root keeps one leaf */
    const real x[] = {1, (real)0.5};
    real scratch[2];
    struct route route;
    r = router_without_empty(&r, counts);
    ck_assert_uint_eq(r.leaves, 3);
    ck_assert_uint_eq(r.nodes, 4);
    router_route(&r, x, scratch, &route);
    ck_assert_uint_eq(route.leaf, 1);
    router_free(&r);
}
END_TEST

/* Rows of which there are but two kinds make two leaves. */
START_TEST(few_different_rows)
{
    real rows[ROWS * 2];
    for (size_t i = 0; i < ROWS; i++)
        rows[2 * i] = rows[2 * i + 1] = (real)(i % 2);
    const struct partition_options options = usual(10, 4);
    struct router router = tree_of(rows, 1, 0, &options);
    ck_assert_uint_eq(router.leaves, 2);
    router_free(&router);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("partition");
    TCase *cases = tcase_create("partition");
    tcase_add_test(cases, as_many_leaves_as_wanted);
    tcase_add_test(cases, balance);
    tcase_add_test(cases, cells_that_know_the_target);
    tcase_add_test(cases, batches_are_exact);
    tcase_add_test(cases, a_batch_moves_to_means);
    tcase_add_test(cases, leaves_without_rows);
    tcase_add_test(cases, few_different_rows);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
