/* The Poincaré disc: geodesics lie on circles orthogonal to the unit circle. */
#include "plot/disc.h"

#include "base/rng.h"

#include "check_main.h"

#include <math.h>

static void random_point(struct rng *rng, double *point)
{
    double radius = 0.999 * sqrt(rng_uniform(rng)), angle = 2 * M_PI * rng_uniform(rng);
    point[0] = radius * cos(angle);
    point[1] = radius * sin(angle);
}

START_TEST(circles_are_orthogonal)
{
    struct rng rng = rng_make(3, RNG_TEST, 0);
    int arcs = 0;
    for (int i = 0; i < 1000; i++) {
        double p[2], q[2], centre[2], radius;
        random_point(&rng, p);
        random_point(&rng, q);
        if (!disc_geodesic_circle(p, q, centre, &radius))
            continue;
        arcs++;
        double scale = fmax(radius * radius, 1);
        ck_assert(fabs(centre[0] * centre[0] + centre[1] * centre[1] - 1 - radius * radius) <
                  1e-9 * scale);
        ck_assert(fabs(hypot(q[0] - centre[0], q[1] - centre[1]) - radius) < 1e-6 * scale);
    }
    ck_assert_int_gt(arcs, 950);
}
END_TEST

START_TEST(diameters_are_straight)
{
    double centre[2], radius, p[2] = {0.5, 0.25}, q[2] = {-0.8, -0.4}, origin[2] = {0, 0};
    ck_assert(!disc_geodesic_circle(p, q, centre, &radius));
    ck_assert(!disc_geodesic_circle(p, origin, centre, &radius));
    ck_assert(!disc_geodesic_circle(p, p, centre, &radius));
}
END_TEST

START_TEST(arrivals_are_tangents)
{
    struct rng rng = rng_make(6, RNG_TEST, 0);
    for (int i = 0; i < 1000; i++) {
        double p[2], q[2], centre[2], radius, dx, dy;
        random_point(&rng, p);
        random_point(&rng, q);
        disc_arrival(p, q, &dx, &dy);
        ck_assert(dx * (q[0] - p[0]) + dy * (q[1] - p[1]) > 0);
        if (disc_geodesic_circle(p, q, centre, &radius))
            ck_assert(fabs(dx * (q[0] - centre[0]) + dy * (q[1] - centre[1])) <
                      1e-9 * radius * radius);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("disc");
    TCase *cases = tcase_create("disc");
    tcase_add_test(cases, circles_are_orthogonal);
    tcase_add_test(cases, diameters_are_straight);
    tcase_add_test(cases, arrivals_are_tangents);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
