/* Bins: every value is counted once, where it belongs. */
#include "plot/bins.h"

#include "base/rng.h"

#include "check_main.h"

#include <math.h>

static size_t total(const struct bins *bins)
{
    size_t sum = 0;
    for (size_t i = 0; i < bins->count; i++)
        sum += bins->counts[i];
    return sum;
}

static void bins_free(struct bins *bins)
{
    free(bins->edges);
    free(bins->counts);
}

START_TEST(equal_bins)
{
    double values[] = {0, 0.5, 1, 1, 2.5, 4};
    struct bins bins = bins_make(values, 6, 4, false);
    static const size_t expected[] = {2, 2, 1, 1}; /* [0,1) [1,2) [2,3) [3,4] */
    ck_assert_uint_eq(bins.count, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(bins.counts[i], expected[i]);
    ck_assert_double_eq(bins.edges[4], 4);
    bins_free(&bins);
}
END_TEST

START_TEST(whole_numbers_have_a_bin_each)
{
    double values[] = {3, 1, 1, 5, 3, 3};
    struct bins bins = bins_make(values, 6, 0, false);
    static const size_t expected[] = {2, 0, 3, 0, 1};
    ck_assert_uint_eq(bins.count, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_uint_eq(bins.counts[i], expected[i]);
    ck_assert_double_eq(bins.edges[0], 0.5);
    bins_free(&bins);
}
END_TEST

START_TEST(logarithmic_bins_are_decades)
{
    double values[] = {1, 2, 10, 20, 30, 1000};
    struct bins bins = bins_make(values, 6, 3, true);
    static const size_t expected[] = {2, 3, 1};
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(bins.counts[i], expected[i]);
    ck_assert_double_eq_tol(bins.edges[1], 10, 1e-9);
    bins_free(&bins);
}
END_TEST

START_TEST(nothing_is_lost)
{
    enum { COUNT = 5000 };
    static double values[COUNT];
    struct rng rng = rng_make(1, RNG_TEST, 0);
    for (int i = 0; i < COUNT; i++)
        values[i] = rng_normal(&rng);
    struct bins bins = bins_make(values, COUNT, 0, false);
    ck_assert_uint_eq(total(&bins), COUNT);
    /* The rule's width for a normal distribution is 2.69 / cbrt(n): 46 of it in 7.2 deviations. */
    ck_assert(bins.count > 30 && bins.count < 60);
    bins_free(&bins);
}
END_TEST

START_TEST(constant_and_huge_values)
{
    double constant[] = {2.5, 2.5, 2.5}, huge[] = {-1e308, 0.5, 1e308}, one[] = {-7.25};
    struct bins bins = bins_make(constant, 3, 0, false);
    ck_assert_uint_eq(total(&bins), 3);
    bins_free(&bins);
    bins = bins_make(huge, 3, 0, false);
    ck_assert_uint_eq(total(&bins), 3);
    for (size_t i = 0; i < bins.count; i++)
        ck_assert(bins.edges[i] < bins.edges[i + 1]);
    bins_free(&bins);
    bins = bins_make(one, 1, 10, false);
    ck_assert_uint_eq(total(&bins), 1);
    ck_assert_uint_eq(bins.count, 10);
    bins_free(&bins);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bins");
    TCase *cases = tcase_create("bins");
    tcase_add_test(cases, equal_bins);
    tcase_add_test(cases, whole_numbers_have_a_bin_each);
    tcase_add_test(cases, logarithmic_bins_are_decades);
    tcase_add_test(cases, nothing_is_lost);
    tcase_add_test(cases, constant_and_huge_values);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
