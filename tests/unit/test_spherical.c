/* The sphere: angles near, far and antipodal, the exponential map, projections. */
#include "geometry/spherical.h"

#include "check_main.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

static void on_circle(double angle, real *x)
{
    x[0] = (real)cos(angle);
    x[1] = (real)sin(angle);
    x[2] = 0;
}

START_TEST(angles)
{
    const double apart[] = {1e-12, 1e-8, 1e-4, 0.1, 1, 2, 3, 3.1415, pi - 1e-8};
    for (size_t i = 0; i < 9; i++)
        for (double first = 0; first < 6; first += 1) {
            real x[3], y[3];
            on_circle(first, x);
            on_circle(first + apart[i], y);
            double found = spherical_distance(x, y, 3);
            ck_assert_msg(fabs(found - apart[i]) <= 1e-15, "%.17g, not %.17g", found, apart[i]);
        }
}
END_TEST

START_TEST(coincident_and_antipodal)
{
    const real x[3] = {(real)0.6, 0, (real)0.8}, y[3] = {(real)-0.6, 0, (real)-0.8};
    ck_assert(spherical_distance(x, x, 3) == 0);
    ck_assert(fabs(spherical_distance(x, y, 3) - pi) <= 1e-15);
}
END_TEST

START_TEST(lengths_do_not_matter)
{
    const real x[3] = {3, 0, 0}, y[3] = {0, (real)0.001, 0};
    ck_assert(fabs(spherical_distance(x, y, 3) - pi / 2) <= 1e-15);
}
END_TEST

START_TEST(normalise)
{
    real x[3] = {3, 0, -4}, zero[3] = {0, 0, 0};
    spherical_normalise(x, 3);
    ck_assert(fabs((double)x[0] - 0.6) < 1e-15 && fabs((double)x[2] + 0.8) < 1e-15);
    spherical_normalise(zero, 3);
    ck_assert(zero[0] == 1 && zero[1] == 0 && zero[2] == 0);
}
END_TEST

START_TEST(projection_is_tangent)
{
    const real x[3] = {(real)0.6, 0, (real)0.8}, gradient[3] = {1, 2, 3};
    real tangent[3];
    spherical_project(x, gradient, 3, tangent);
    ck_assert(fabs((double)(x[0] * tangent[0] + x[1] * tangent[1] + x[2] * tangent[2])) < 1e-15);
    ck_assert(tangent[1] == 2);
    const real along[3] = {(real)1.2, 0, (real)1.6};
    spherical_project(x, along, 3, tangent);
    ck_assert(fabs((double)tangent[0]) < 1e-15 && fabs((double)tangent[2]) < 1e-15);
}
END_TEST

START_TEST(moves_along_great_circles)
{
    real x[3], expected[3];
    on_circle(0.2, x);
    const real step[3] = {(real)(-0.5 * sin(0.2)), (real)(0.5 * cos(0.2)), 0};
    spherical_move(x, step, 3);
    on_circle(0.7, expected);
    for (int j = 0; j < 3; j++)
        ck_assert(fabs((double)x[j] - (double)expected[j]) < 1e-15);
}
END_TEST

/* What points off the sphere is taken out of a step, and no step is longer than one radian. */
START_TEST(steps_are_made_tangent_and_bounded)
{
    real x[3] = {1, 0, 0};
    const real outward[3] = {5, 0, 0}, askew[3] = {7, (real)0.25, 0}, huge[3] = {0, 1e20, 0};
    spherical_move(x, outward, 3);
    ck_assert(x[0] == 1 && x[1] == 0 && x[2] == 0);
    spherical_move(x, askew, 3);
    ck_assert(fabs(atan2((double)x[1], (double)x[0]) - 0.25) < 1e-14);
    real y[3] = {1, 0, 0};
    spherical_move(y, huge, 3);
    ck_assert(fabs(atan2((double)y[1], (double)y[0]) - 1) < 1e-14);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spherical");
    TCase *cases = tcase_create("sphere");
    tcase_add_test(cases, angles);
    tcase_add_test(cases, coincident_and_antipodal);
    tcase_add_test(cases, lengths_do_not_matter);
    tcase_add_test(cases, normalise);
    tcase_add_test(cases, projection_is_tangent);
    tcase_add_test(cases, moves_along_great_circles);
    tcase_add_test(cases, steps_are_made_tangent_and_bounded);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
