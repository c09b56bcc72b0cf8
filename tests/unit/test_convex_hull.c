/* Convex hulls: volumes that are known, flat sets, points inside, many threads at once. */
#include "geometry/convex_hull.h"

#include "base/rng.h"
#include "check_main.h"

#include <math.h>

static double volume_of(const double *points, size_t count, size_t dimensions)
{
    struct error error = {0};
    double volume;
    ck_assert_msg(convex_hull_volume(points, count, dimensions, &volume, &error), "%s",
                  error.message);
    return volume;
}

/* The corners of [0, side]^n. */
static size_t cube(size_t n, double side, double *points)
{
    for (size_t corner = 0; corner < 1u << n; corner++)
        for (size_t k = 0; k < n; k++)
            points[corner * n + k] = corner >> k & 1 ? side : 0;
    return 1u << n;
}

START_TEST(cubes)
{
    for (size_t n = 2; n <= 6; n++) {
        double points[64 * 6];
        size_t count = cube(n, 1.5, points);
        ck_assert_double_eq_tol(volume_of(points, count, n), pow(1.5, (double)n), 1e-9);
    }
}
END_TEST

/* The simplex of the origin and the unit vectors has 1 / n!; the cross polytope 2^n / n!. */
START_TEST(simplices_and_cross_polytopes)
{
    double factorial = 1;
    for (size_t n = 2; n <= 6; n++) {
        double simplex[7 * 6] = {0}, cross[12 * 6] = {0};
        factorial *= (double)n;
        for (size_t k = 0; k < n; k++) {
            simplex[(k + 1) * n + k] = 1;
            cross[2 * k * n + k] = 1;
            cross[(2 * k + 1) * n + k] = -1;
        }
        ck_assert_double_eq_tol(volume_of(simplex, n + 1, n), 1 / factorial, 1e-12);
        ck_assert_double_eq_tol(volume_of(cross, 2 * n, n), pow(2, (double)n) / factorial, 1e-12);
    }
}
END_TEST

START_TEST(points_within_change_nothing)
{
    struct rng rng = rng_make(1, RNG_TEST, 0);
    double points[64 * 3];
    size_t count = cube(3, 1, points);
    while (count < 64) {
        for (size_t k = 0; k < 3; k++)
            points[count * 3 + k] = rng_uniform(&rng);
        count++;
    }
    ck_assert_double_eq_tol(volume_of(points, count, 3), 1, 1e-12);
}
END_TEST

START_TEST(flat_sets)
{
    const double plane[] = {0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 3, 4, 1};
    const double few[] = {0, 0, 0, 1, 0, 0, 0, 1, 0};
    const double same[] = {1, 2, 1, 2, 1, 2, 1, 2};
    ck_assert(volume_of(plane, 5, 3) == 0);
    ck_assert(volume_of(few, 3, 3) == 0);
    ck_assert(volume_of(same, 4, 2) == 0);
    ck_assert(volume_of(few, 0, 3) == 0);
}
END_TEST

START_TEST(wrong_input)
{
    struct error error = {0};
    double volume, points[] = {0, 0, 1, 0, 0, NAN};
    ck_assert(!convex_hull_volume(points, 3, 2, &volume, &error));
    ck_assert_str_eq(error.message, "point 2 of a hull is not finite");
    error = (struct error){0};
    ck_assert(!convex_hull_volume(points, 3, 1, &volume, &error));
    error = (struct error){0};
    ck_assert(!convex_hull_volume(points, 3, 9, &volume, &error));
}
END_TEST

START_TEST(threads)
{
    enum { HULLS = 200, POINTS = 12, N = 4 };
    static double points[HULLS][POINTS * N], alone[HULLS], shared[HULLS];
    struct rng rng = rng_make(2, RNG_TEST, 0);
    for (size_t h = 0; h < HULLS; h++)
        for (size_t i = 0; i < POINTS * N; i++)
            points[h][i] = rng_normal(&rng);
    for (size_t h = 0; h < HULLS; h++)
        alone[h] = volume_of(points[h], POINTS, N);
#pragma omp parallel for num_threads(4)
    for (size_t h = 0; h < HULLS; h++) {
        struct error error = {0};
        convex_hull_volume(points[h], POINTS, N, &shared[h], &error);
    }
    for (size_t h = 0; h < HULLS; h++)
        ck_assert(alone[h] > 0 && alone[h] == shared[h]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("convex_hull");
    TCase *cases = tcase_create("convex_hull");
    tcase_add_test(cases, cubes);
    tcase_add_test(cases, simplices_and_cross_polytopes);
    tcase_add_test(cases, points_within_change_nothing);
    tcase_add_test(cases, flat_sets);
    tcase_add_test(cases, wrong_input);
    tcase_add_test(cases, threads);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
