/* Spreading: points at one height end apart, others stay where they are. */
#include "plot/spread.h"

#include "check_main.h"

#include <math.h>

START_TEST(parted)
{
    double x[] = {0, 0.01, 0.02, 10}, y[] = {5, 5, 5, 0};
    spread_sideways(x, y, 4, 0.1, 0.05);
    ck_assert_double_ge(x[1] - x[0], 0.95); /* a tenth of the range, nearly */
    ck_assert_double_ge(x[2] - x[1], 0.95);
    ck_assert_double_eq(x[3], 10);
}
END_TEST

START_TEST(equal_points_are_parted_too)
{
    double x[] = {1, 1, 5, 0}, y[] = {2, 2, 0, 9};
    spread_sideways(x, y, 4, 0.2, 0.05);
    ck_assert_double_ge(fabs(x[1] - x[0]), 0.9);
    ck_assert_double_eq_tol(x[0] + x[1], 2, 1e-9);
}
END_TEST

START_TEST(far_points_stay)
{
    double x[] = {1, 1.1, 5}, y[] = {0, 5, 9};
    spread_sideways(x, y, 3, 0.5, 0.05);
    ck_assert_double_eq(x[0], 1);
    ck_assert_double_eq(x[1], 1.1);
    ck_assert_double_eq(x[2], 5);
    spread_sideways(x, y, 1, 0.5, 0.05);
    spread_sideways(x, y, 0, 0.5, 0.05);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spread");
    TCase *tests = tcase_create("spread");
    tcase_add_test(tests, parted);
    tcase_add_test(tests, equal_points_are_parted_too);
    tcase_add_test(tests, far_points_stay);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
