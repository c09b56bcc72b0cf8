/* Principal components of clouds whose axes are known. */
#include "plot/principal.h"

#include "base/rng.h"

#include "check_main.h"

#include <math.h>

enum { ROWS = 2000, DIMENSIONS = 5 };

START_TEST(known_axes)
{
    /* Deviations 3 along (1,1,0,0,0)/sqrt 2, 1 along the third axis, 0.1 elsewhere. */
    static double columns[DIMENSIONS][ROWS], long_axis[ROWS], middle_axis[ROWS];
    const double *pointers[DIMENSIONS];
    struct rng rng = rng_make(2, RNG_TEST, 0);
    for (int j = 0; j < DIMENSIONS; j++)
        pointers[j] = columns[j];
    for (int i = 0; i < ROWS; i++) {
        long_axis[i] = 3 * rng_normal(&rng);
        middle_axis[i] = rng_normal(&rng);
        for (int j = 0; j < DIMENSIONS; j++)
            columns[j][i] = 0.1 * rng_normal(&rng);
        columns[0][i] += long_axis[i] / sqrt(2);
        columns[1][i] += long_axis[i] / sqrt(2);
        columns[2][i] += middle_axis[i];
    }
    struct principal principal = principal_components(pointers, DIMENSIONS, ROWS);
    for (int i = 0; i < ROWS; i++) {
        ck_assert_double_eq_tol(principal.x[i], long_axis[i], 0.6);
        ck_assert_double_eq_tol(principal.y[i], middle_axis[i], 0.9);
    }
    ck_assert_double_eq_tol(principal.share[0], 0.9, 0.02);
    ck_assert_double_eq_tol(principal.share[1], 0.1, 0.02);
    free(principal.x);
    free(principal.y);
}
END_TEST

START_TEST(points_in_one_place)
{
    double column[] = {4, 4, 4};
    const double *pointers[] = {column, column, column};
    struct principal principal = principal_components(pointers, 3, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert(isfinite(principal.x[i]) && isfinite(principal.y[i]));
        ck_assert_double_eq(principal.x[i], principal.x[0]);
    }
    ck_assert_double_eq(principal.share[0], 0);
    free(principal.x);
    free(principal.y);
}
END_TEST

START_TEST(huge_coordinates)
{
    double a[] = {0, 1e200, 2e200, 3e200}, b[] = {0, 0, 1e199, 0}, c[] = {1, 1, 1, 1};
    const double *pointers[] = {a, b, c};
    struct principal principal = principal_components(pointers, 3, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq_tol(principal.x[i] / 1e200, a[i] / 1e200, 0.05);
    free(principal.x);
    free(principal.y);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("principal");
    TCase *cases = tcase_create("principal");
    tcase_add_test(cases, known_axes);
    tcase_add_test(cases, points_in_one_place);
    tcase_add_test(cases, huge_coordinates);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
