/* Ticks: steps of 1, 2 and 5, labels that tell the values apart, and ranges at the limits. */
#include "plot/ticks.h"

#include "check_main.h"

#include <float.h>
#include <math.h>
#include <string.h>

START_TEST(steps_are_nice)
{
    ck_assert_double_eq_tol(ticks_step(0, 10, 10), 1, 1e-12);
    ck_assert_double_eq_tol(ticks_step(0, 1, 5), 0.2, 1e-12);
    ck_assert_double_eq_tol(ticks_step(0, 24, 5), 5, 1e-12);
    ck_assert_double_eq_tol(ticks_step(-3e-5, 3e-5, 6), 1e-5, 1e-17);
    for (double high = 1e-9; high < 1e9; high *= 1.37) {
        double step = ticks_step(0, high, 6);
        double lead = step / pow(10, floor(log10(step) + 1e-9));
        ck_assert(fabs(lead - 1) < 1e-9 || fabs(lead - 2) < 1e-9 || fabs(lead - 5) < 1e-9);
        ck_assert(high / step >= 3 && high / step <= 12);
    }
}
END_TEST

static void check_labels(const struct ticks *ticks, const char *const *expected, size_t count)
{
    ck_assert_uint_eq(ticks->count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(ticks->labels[i], expected[i]);
}

START_TEST(linear_labels)
{
    struct ticks ticks;
    ticks_place(&ticks, &(struct scale){-1.05, 1.05, false}, 4);
    check_labels(&ticks, (const char *const[]){"−1.0", "−0.5", "0.0", "0.5", "1.0"}, 5);
    ticks_place(&ticks, &(struct scale){1968, 2012, false}, 4);
    check_labels(&ticks, (const char *const[]){"1970", "1980", "1990", "2000", "2010"}, 5);
    ck_assert_int_eq(ticks.exponent, 0);
}
END_TEST

START_TEST(large_and_small_numbers_share_an_exponent)
{
    struct ticks ticks;
    ticks_place(&ticks, &(struct scale){0, 4.2e9, false}, 4);
    ck_assert_int_eq(ticks.exponent, 9);
    check_labels(&ticks, (const char *const[]){"0", "1", "2", "3", "4"}, 5);
    ticks_place(&ticks, &(struct scale){0, 2.1e-7, false}, 2);
    ck_assert_int_eq(ticks.exponent, -7);
    check_labels(&ticks, (const char *const[]){"0", "1", "2"}, 3);
}
END_TEST

/* Ticks must ascend, lie on the axis and be labelled differently, whatever the range. */
static void check_sane(struct scale scale, int wanted)
{
    struct ticks ticks;
    ticks_place(&ticks, &scale, wanted);
    ck_assert_uint_ge(ticks.count, 1);
    for (size_t i = 0; i < ticks.count; i++) {
        double fraction = scale_fraction(&scale, ticks.values[i]);
        ck_assert(fraction > -1e-6 && fraction < 1 + 1e-6);
        ck_assert_uint_lt(strlen(ticks.labels[i]), TICK_LABEL_BYTES - 1);
        if (i > 0) {
            ck_assert(ticks.values[i] > ticks.values[i - 1]);
            ck_assert_str_ne(ticks.labels[i], ticks.labels[i - 1]);
        }
    }
}

START_TEST(any_range)
{
    static const double ends[][2] = {{0, 1},           {-1e308, 1e308}, {-DBL_MAX, DBL_MAX},
                                     {1e-300, 2e-300}, {-5, -4.999999}, {1e15, 1e15 + 4},
                                     {0, 0},           {7, 7},          {-1e300, -1e300},
                                     {123456, 123457}, {0, DBL_MIN},    {1e9, 1e9 + 0.001}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        for (int wanted = 2; wanted <= 10; wanted += 4)
            check_sane(scale_around(ends[i][0], ends[i][1], false, 0.05), wanted);
}
END_TEST

START_TEST(any_logarithmic_range)
{
    static const double ends[][2] = {{1, 10},         {1e-300, 1e300},       {0.5, 0.6},
                                     {3, 3},          {1e-6, 1e2},           {2, 90},
                                     {1000, 1000.01}, {DBL_MIN, DBL_MAX},    {1, 1e12}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        for (int wanted = 2; wanted <= 10; wanted += 4)
            check_sane(scale_around(ends[i][0], ends[i][1], true, 0.05), wanted);
}
END_TEST

START_TEST(logarithmic_labels)
{
    struct ticks ticks;
    ticks_place(&ticks, &(struct scale){0.9, 1100, true}, 6);
    check_labels(&ticks, (const char *const[]){"1", "10", "100", "1000"}, 4);
    ck_assert_uint_ge(ticks.minor_count, 24);
    ticks_place(&ticks, &(struct scale){1e-6, 1e2, true}, 3);
    for (size_t i = 0; i < ticks.count; i++)
        ck_assert(strncmp(ticks.labels[i], "10", 2) == 0);
    char text[TICK_LABEL_BYTES];
    ck_assert_str_eq(ticks_power_of_ten(text, sizeof text, -12), "10⁻¹²");
}
END_TEST

START_TEST(fractions_and_values_are_inverse)
{
    struct scale scales[] = {{-3, 8, false}, {1e-4, 1e5, true}};
    for (int i = 0; i < 2; i++)
        for (double fraction = 0; fraction <= 1; fraction += 0.125)
            ck_assert_double_eq_tol(
                scale_fraction(&scales[i], scale_value(&scales[i], fraction)), fraction, 1e-12);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ticks");
    TCase *cases = tcase_create("ticks");
    tcase_add_test(cases, steps_are_nice);
    tcase_add_test(cases, linear_labels);
    tcase_add_test(cases, large_and_small_numbers_share_an_exponent);
    tcase_add_test(cases, any_range);
    tcase_add_test(cases, any_logarithmic_range);
    tcase_add_test(cases, logarithmic_labels);
    tcase_add_test(cases, fractions_and_values_are_inverse);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
