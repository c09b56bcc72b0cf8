/* The Lorentz model: distances near and far, the exponential map, the Poincare ball. */
#include "geometry/hyperbolic.h"

#include "base/rng.h"
#include "check_main.h"

#include <math.h>
#include <string.h>

/* The point at distance r from the origin in a direction of the plane. */
static void polar(double r, double angle, real *s)
{
    s[0] = (real)(sinh(r) * cos(angle));
    s[1] = (real)(sinh(r) * sin(angle));
}

static void assert_close(double found, double expected, double tolerance)
{
    ck_assert_msg(fabs(found - expected) <= tolerance * (fabs(expected) + 1e-300),
                  "%.17g, not %.17g", found, expected);
}

/* Far out, on one side, what rounding of q leaves is e^(2 r) against the e^d that it should be. */
START_TEST(distances_along_a_ray)
{
    const double radii[] = {0, 1e-12, 1e-6, 0.01, 1, 3, 7, 12, 16};
    for (size_t i = 0; i < 9; i++)
        for (size_t j = 0; j < 9; j++) {
            real a[2], b[2];
            polar(radii[i], 0.7, a);
            polar(radii[j], 0.7, b);
            double expected = fabs(radii[i] - radii[j]);
            double rounding = 1e-15 * exp(2 * fmax(radii[i], radii[j]) - expected);
            double found = hyperbolic_distance(a, b, 2);
            ck_assert_msg(fabs(found - expected) <= rounding, "%g to %g: %.17g", radii[i], radii[j],
                          found);
            polar(radii[j], 0.7 + 3.14159265358979323846, b); /* the other way */
            assert_close(hyperbolic_distance(a, b, 2), radii[i] + radii[j], 1e-9);
        }
}
END_TEST

/* cosh c = cosh a cosh b - sinh a sinh b cos(angle) */
START_TEST(law_of_cosines)
{
    const double radii[] = {0.1, 1, 3, 8}, angles[] = {0.5, 1, 2, 3};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            for (size_t k = 0; k < 4; k++) {
                real a[2], b[2];
                polar(radii[i], 0.3, a);
                polar(radii[j], 0.3 + angles[k], b);
                long double ra = (long double)radii[i], rb = (long double)radii[j];
                double expected = (double)acoshl(coshl(ra) * coshl(rb) -
                                                 sinhl(ra) * sinhl(rb) *
                                                     cosl((long double)angles[k]));
                assert_close(hyperbolic_distance(a, b, 2), expected, 1e-9);
            }
}
END_TEST

/* Points far out that nearly touch: where acosh of the Lorentz product gives 0 or nonsense. */
START_TEST(near_points_far_out)
{
    const double apart[] = {1e-3, 1e-5, 1e-7};
    for (size_t i = 0; i < 3; i++) {
        const double r = 6;
        real a[2], b[2];
        polar(r, 1, a);
        polar(r, 1 + apart[i], b);
        assert_close(hyperbolic_distance(a, b, 2), 2 * asinh(sinh(r) * sin(apart[i] / 2)), 1e-7);
    }
    real a[2];
    polar(16, 2, a);
    ck_assert(hyperbolic_distance(a, a, 2) == 0);
}
END_TEST

START_TEST(time_coordinate)
{
    real s[3] = {2, 3, 6};
    ck_assert(fabs(hyperbolic_time(s, 3) - sqrt(50)) < 1e-14);
    ck_assert(hyperbolic_time(s, 0) == 1);
}
END_TEST

/* From the origin the frame is that of the coordinates: the step says where one arrives. */
START_TEST(move_from_the_origin)
{
    real s[2] = {0, 0}, expected[2];
    const real step[2] = {(real)(2 * cos(0.4)), (real)(2 * sin(0.4))};
    hyperbolic_move(s, step, 2);
    polar(2, 0.4, expected);
    assert_close((double)s[0], (double)expected[0], 1e-14);
    assert_close((double)s[1], (double)expected[1], 1e-14);
}
END_TEST

/* Out along a ray and back by the opposite steps: the frame is carried along the geodesic. */
START_TEST(there_and_back)
{
    real s[3] = {(real)0.2, (real)-0.1, (real)0.4}, start[3];
    memcpy(start, s, sizeof s);
    const double length = 1 / sqrt(0.04 + 0.01 + 0.16);
    real step[3];
    for (int j = 0; j < 3; j++)
        step[j] = (real)(0.3 * length) * start[j];
    for (int i = 0; i < 10; i++)
        hyperbolic_move(s, step, 3);
    assert_close(hyperbolic_distance(start, s, 3), 3, 1e-10);
    for (int j = 0; j < 3; j++)
        step[j] = -step[j];
    for (int i = 0; i < 10; i++)
        hyperbolic_move(s, step, 3);
    for (int j = 0; j < 3; j++)
        assert_close((double)s[j], (double)start[j], 1e-9);
}
END_TEST

START_TEST(steps_are_bounded)
{
    real s[2] = {0, 0};
    const real huge[2] = {1e30, 0};
    for (int i = 0; i < 100; i++)
        hyperbolic_move(s, huge, 2);
    ck_assert(isfinite(s[0]) && s[0] <= (real)1.0001e7);
    real t[2] = {0, 0};
    hyperbolic_move(t, huge, 2);
    assert_close(hyperbolic_distance(t, (const real[2]){0, 0}, 2), 4, 1e-12);
    const real nothing[2] = {NAN, 0};
    real u[2] = {1, 2};
    hyperbolic_move(u, nothing, 2);
    ck_assert(u[0] == 1 && u[1] == 2); /* a step that is no number is not taken */
}
END_TEST

START_TEST(poincare_radius)
{
    const double radii[] = {1e-9, 0.1, 1, 5, 16};
    for (size_t i = 0; i < 5; i++) {
        real s[2];
        polar(radii[i], 2, s);
        hyperbolic_to_poincare(s, 2);
        assert_close(hypot((double)s[0], (double)s[1]), tanh(radii[i] / 2), 1e-14);
        ck_assert(hypot((double)s[0], (double)s[1]) < 1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hyperbolic");
    TCase *cases = tcase_create("lorentz");
    tcase_add_test(cases, distances_along_a_ray);
    tcase_add_test(cases, law_of_cosines);
    tcase_add_test(cases, near_points_far_out);
    tcase_add_test(cases, time_coordinate);
    tcase_add_test(cases, move_from_the_origin);
    tcase_add_test(cases, there_and_back);
    tcase_add_test(cases, steps_are_bounded);
    tcase_add_test(cases, poincare_radius);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
