/* Spaces: notation, factors, the manifold of points, and coordinates for people. */
#include "geometry/space.h"

#include "space_cases.h"

#include <stdlib.h>
#include <string.h>

START_TEST(notation)
{
    const struct {
        const char *text, *notation;
        size_t factors, columns, dimension;
    } cases[] = {{"e4", "e4", 1, 4, 4},
                 {"h10", "h10", 1, 10, 10},
                 {"s2", "s2", 1, 3, 2},
                 {"h2xs2xe4", "h2xs2xe4", 3, 9, 8},
                 {"h2xh2xh2", "h2xh2xh2", 3, 6, 6},
                 {"euclidean", "e5", 1, 5, 5},
                 {"hyperbolic", "h5", 1, 5, 5},
                 {"spherical", "s5", 1, 6, 5},
                 {"h", "h5", 1, 5, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct space space;
        struct error error = {0};
        ck_assert_msg(space_parse(&space, cases[i].text, 5, &error), "%s", error.message);
        char *text = space_notation(&space);
        ck_assert_str_eq(text, cases[i].notation);
        ck_assert_uint_eq(space.count, cases[i].factors);
        ck_assert_uint_eq(space.columns, cases[i].columns);
        ck_assert_uint_eq(space_dimension(&space), cases[i].dimension);
        free(text);
    }
}
END_TEST

START_TEST(factors_stand_side_by_side)
{
    struct space space = space_of("h2xs2xe4");
    ck_assert(space.factors[0].kind == FACTOR_HYPERBOLIC && space.factors[0].first_column == 0);
    ck_assert(space.factors[1].kind == FACTOR_SPHERICAL && space.factors[1].first_column == 2);
    ck_assert(space.factors[2].kind == FACTOR_EUCLIDEAN && space.factors[2].first_column == 5);
    ck_assert_uint_eq(space.factors[1].columns, 3);
}
END_TEST

START_TEST(longest_notation)
{
    char text[SPACE_MOST_FACTORS * 8] = "s63";
    for (int f = 1; f < SPACE_MOST_FACTORS; f++)
        strcat(text, "xs63");
    struct space space = space_of(text);
    char *back = space_notation(&space);
    ck_assert_str_eq(back, text);
    ck_assert_uint_eq(space.columns, MANIFOLD_MOST_COLUMNS);
    free(back);
    struct error error = {0};
    ck_assert(!space_parse(&space, strcat(text, "xe1"), 2, &error));
}
END_TEST

START_TEST(errors_name_the_position)
{
    const struct {
        const char *text;
        size_t position;
    } cases[] = {{"", 1},      {"q2", 1},       {"h2x", 4},     {"h2xq2", 4},   {"h2xs", 4},
                 {"h0", 1},    {"h2xe0", 4},    {"h2 xe2", 1},  {"e513", 1},    {"h-2", 1},
                 {"h2xx2", 4}, {"h2xs2xe4y", 7}, {"Euclidean", 1}, {"e2xhyperbolic", 4},
                 {"e99999999999999999999", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct space space;
        struct error error = {0};
        char expected[40];
        snprintf(expected, sizeof expected, "at character %zu:", cases[i].position);
        ck_assert_msg(!space_parse(&space, cases[i].text, 2, &error), "%s", cases[i].text);
        ck_assert_int_eq(error.exit_code, EX_USAGE);
        ck_assert_msg(strstr(error.message, expected), "%s: %s", cases[i].text, error.message);
    }
    struct space space;
    struct error error = {0};
    ck_assert(!space_parse(&space, "hyperbolic", 513, &error));
    ck_assert_msg(strstr(error.message, "from 1 to 512"), "%s", error.message);
}
END_TEST

/* --- the manifold --- */

struct case_points {
    struct space space;
    struct space_manifold manifold;
    real points[32 * 16];
};

enum { POINTS = 32 };

static void random_case(struct case_points *points, const char *geometry, real spread)
{
    points->space = space_of(geometry);
    space_manifold_make(&points->manifold, &points->space, NULL);
    struct rng rng = rng_make(2, RNG_TEST, 0);
    space_random_points(&points->space, &rng, spread, points->points, POINTS);
}

/* A random gradient, made a step in the frame and of the given length. */
static void random_step(const struct case_points *points, const real *point, struct rng *rng,
                        double length, real *step)
{
    size_t columns = points->space.columns;
    real gradient[16];
    for (size_t j = 0; j < columns; j++)
        gradient[j] = (real)rng_normal(rng);
    const struct manifold *manifold = &points->manifold.manifold;
    manifold->gradient_in_frame(manifold, point, gradient, step);
    double norm = sqrt((double)inner_product(step, step, columns));
    for (size_t j = 0; j < columns; j++)
        step[j] = (real)((double)step[j] * length / norm);
}

START_TEST(moves_go_as_far_as_the_step)
{
    const double lengths[] = {1e-3, 0.03, 0.1, 0.9};
    const real unit[SPACE_MOST_FACTORS] = {0};
    for (size_t c = 0; c < SPACE_CASES; c++)
        for (size_t l = 0; l < 4; l++) {
            struct case_points points;
            struct rng rng = rng_make(3, RNG_TEST, 0);
            random_case(&points, space_cases[c], 1);
            for (size_t i = 0; i < POINTS; i++) {
                size_t columns = points.space.columns;
                real *point = points.points + i * columns, before[16], step[16];
                memcpy(before, point, columns * sizeof *point);
                random_step(&points, point, &rng, lengths[l], step);
                points.manifold.manifold.move(&points.manifold.manifold, point, step);
                double moved = direct_distance(&points.space, unit, before, point);
                ck_assert_msg(fabs(moved - lengths[l]) <= 1e-9 + 1e-8 * lengths[l],
                              "%s: %.12g, not %g", space_cases[c], moved, lengths[l]);
            }
        }
}
END_TEST

/*
 * The Riemannian norm of a gradient is the steepest slope: moving by a small step along the frame
 * changes a linear function of the coordinates by the step's length times the norm.
 */
START_TEST(frame_is_the_steepest_slope)
{
    for (size_t c = 0; c < SPACE_CASES; c++) {
        struct case_points points;
        struct rng rng = rng_make(4, RNG_TEST, 0);
        random_case(&points, space_cases[c], 1);
        const struct manifold *manifold = &points.manifold.manifold;
        for (size_t i = 0; i < POINTS; i++) {
            size_t columns = points.space.columns;
            const real *point = points.points + i * columns;
            real gradient[16], frame[16], step[16], ahead[16], behind[16];
            for (size_t j = 0; j < columns; j++)
                gradient[j] = (real)rng_normal(&rng);
            manifold->gradient_in_frame(manifold, point, gradient, frame);
            double norm = sqrt((double)inner_product(frame, frame, columns)), length = 1e-5;
            memcpy(ahead, point, columns * sizeof *point);
            memcpy(behind, point, columns * sizeof *point);
            for (size_t j = 0; j < columns; j++)
                step[j] = (real)(length * (double)frame[j] / norm);
            manifold->move(manifold, ahead, step);
            for (size_t j = 0; j < columns; j++)
                step[j] = -step[j];
            manifold->move(manifold, behind, step);
            double slope = (double)(inner_product(gradient, ahead, columns) -
                                    inner_product(gradient, behind, columns)) / (2 * length);
            ck_assert_msg(fabs(slope - norm) <= 1e-7 * (1 + norm), "%s: slope %.12g, norm %.12g",
                          space_cases[c], slope, norm);
        }
    }
}
END_TEST

/* In a direction of our choice the frame's components give the directional derivative. */
START_TEST(frame_is_linear)
{
    for (size_t c = 0; c < SPACE_CASES; c++) {
        struct case_points points;
        struct rng rng = rng_make(5, RNG_TEST, 0);
        random_case(&points, space_cases[c], 1);
        const struct manifold *manifold = &points.manifold.manifold;
        for (size_t i = 0; i < POINTS; i++) {
            size_t columns = points.space.columns;
            const real *point = points.points + i * columns;
            real gradient[16], frame[16], step[16], moved[16];
            random_step(&points, point, &rng, 1e-6, step);
            for (size_t j = 0; j < columns; j++)
                gradient[j] = (real)rng_normal(&rng);
            manifold->gradient_in_frame(manifold, point, gradient, frame);
            memcpy(moved, point, columns * sizeof *point);
            manifold->move(manifold, moved, step);
            double expected = (double)inner_product(frame, step, columns);
            double found = (double)(inner_product(gradient, moved, columns) -
                                    inner_product(gradient, point, columns));
            ck_assert_msg(fabs(found - expected) <= 1e-10, "%s", space_cases[c]);
        }
    }
}
END_TEST

START_TEST(a_zero_step_stays)
{
    struct case_points points;
    random_case(&points, "h2xs2xe4", 1);
    real before[9];
    const real step[9] = {0};
    memcpy(before, points.points, sizeof before);
    points.manifold.manifold.move(&points.manifold.manifold, points.points, step);
    ck_assert_mem_eq(before, points.points, sizeof before);
}
END_TEST

START_TEST(random_points_about_the_origin)
{
    for (size_t c = 0; c < SPACE_CASES; c++) {
        struct case_points points;
        random_case(&points, space_cases[c], (real)0.01);
        real origin[16] = {0};
        const real unit[SPACE_MOST_FACTORS] = {0};
        for (size_t f = 0; f < points.space.count; f++)
            if (points.space.factors[f].kind == FACTOR_SPHERICAL)
                origin[points.space.factors[f].first_column] = 1;
        for (size_t i = 0; i < POINTS; i++) {
            double d = direct_distance(&points.space, unit, origin,
                                       points.points + i * points.space.columns);
            ck_assert_msg(d > 0 && d < 0.06, "%s: %g", space_cases[c], d);
        }
    }
}
END_TEST

/* In the Poincare ball cosh d = 1 + 2 |u - v|^2 / ((1 - |u|^2) (1 - |v|^2)). */
START_TEST(display_coordinates)
{
    struct case_points points;
    random_case(&points, "h3xs2", 1);
    const real unit[2] = {0};
    struct space hyperbolic = space_of("h3");
    double distance = direct_distance(&hyperbolic, unit, points.points, points.points + 6);
    points.points[3] *= 3; /* a point of the sphere is its direction */
    points.points[4] *= 3;
    points.points[5] *= 3;
    space_display_points(&points.space, points.points, POINTS);
    const real *u = points.points, *v = points.points + 6;
    double uu = (double)inner_product(u, u, 3), vv = (double)inner_product(v, v, 3);
    double square = uu + vv - 2 * (double)inner_product(u, v, 3);
    ck_assert(uu < 1 && vv < 1);
    ck_assert(fabs(acosh(1 + 2 * square / ((1 - uu) * (1 - vv))) - distance) < 1e-9);
    ck_assert(fabs((double)inner_product(u + 3, u + 3, 3) - 1) < 1e-12);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("space");
    TCase *cases = tcase_create("notation");
    tcase_add_test(cases, notation);
    tcase_add_test(cases, factors_stand_side_by_side);
    tcase_add_test(cases, longest_notation);
    tcase_add_test(cases, errors_name_the_position);
    suite_add_tcase(suite, cases);
    TCase *manifold = tcase_create("manifold");
    tcase_add_test(manifold, moves_go_as_far_as_the_step);
    tcase_add_test(manifold, frame_is_the_steepest_slope);
    tcase_add_test(manifold, frame_is_linear);
    tcase_add_test(manifold, a_zero_step_stays);
    tcase_add_test(manifold, random_points_about_the_origin);
    tcase_add_test(manifold, display_coordinates);
    suite_add_tcase(suite, manifold);
    return check_run(suite);
}
