/*
 * Neighbours in spaces: the nearest against a plain search, drawn ones against their probabilities,
 * for any threads. Built in both precisions, since the bounds are made for rounding.
 */
#include "geometry/space_neighbours.h"

#include "base/memory.h"
#include "space_cases.h"

#include <omp.h>
#include <string.h>

enum { POINTS = 700, K = 7 };

struct problem {
    struct space space;
    struct parameters set;
    struct snowflake snowflake;
    real *points;
    real log_radius[SPACE_MOST_FACTORS];
    struct neighbour_search search;
};

static void problem_make(struct problem *p, const char *geometry, bool with_snowflake)
{
    struct rng rng = rng_make(3, RNG_TEST, 0);
    *p = (struct problem){.space = space_of(geometry)};
    p->points = memory_alloc(POINTS * p->space.columns, sizeof *p->points);
    space_random_points(&p->space, &rng, 1, p->points, POINTS);
    fill_log_radius(&p->space, p->log_radius);
    p->search = (struct neighbour_search){
        .space = &p->space, .log_radius = p->log_radius, .temperature = 4, .seed = 9};
    if (!with_snowflake)
        return;
    snowflake_make(&p->snowflake, &p->set, 2, 4);
    snowflake_initialise(&p->snowflake, SNOWFLAKE_RANDOM, &rng);
    p->search.snowflake = &p->snowflake;
}

static void problem_free(struct problem *p)
{
    parameters_free(&p->set);
    free(p->points);
}

static double distance_of(const struct problem *p, size_t i, size_t j)
{
    size_t columns = p->space.columns;
    double d =
        direct_distance(&p->space, p->log_radius, p->points + i * columns, p->points + j * columns);
    return p->search.snowflake ? snowflake_value(p->search.snowflake, d) : d;
}

/* That none is nearer than the found ones, but for rounding, and that these come in order. */
static void check_nearest(const struct problem *p, size_t query, const uint32_t *found)
{
    const double rounding = sizeof(real) == sizeof(float) ? 2e-5 : 1e-5; /* f is interpolated */
    double last = 0;
    size_t nearer = 0;
    for (size_t n = 0; n < K; n++) {
        double d = distance_of(p, query, found[n]);
        ck_assert(found[n] != query && d >= last * (1 - rounding));
        last = d;
    }
    for (size_t j = 0; j < POINTS; j++)
        nearer += j != query && distance_of(p, query, j) < last * (1 - rounding);
    ck_assert_msg(nearer < K, "%zu nearer than the last of %d", nearer, K);
}

START_TEST(nearest)
{
    struct problem p;
    problem_make(&p, space_cases[_i / 2], _i % 2);
    uint32_t *found = memory_alloc(POINTS * K, sizeof *found);
    space_neighbours(&p.search, p.points, POINTS, p.points, POINTS, K, true, found);
    for (size_t q = 0; q < POINTS; q += 3)
        check_nearest(&p, q, found + q * K);
    free(found);
    problem_free(&p);
}
END_TEST

/* Far from the origin the products cancel, and the bounds have to know. */
START_TEST(far_from_the_origin)
{
    struct problem p;
    problem_make(&p, space_cases[_i], false);
    for (size_t i = 0; i < POINTS * p.space.columns; i++)
        p.points[i] = p.points[i] / 50 + 3;
    uint32_t *found = memory_alloc(POINTS * K, sizeof *found);
    space_neighbours(&p.search, p.points, POINTS, p.points, POINTS, K, true, found);
    const double rounding = sizeof(real) == sizeof(float) ? 1e-3 : 1e-5;
    for (size_t q = 0; q < POINTS; q += 7) {
        double last = distance_of(&p, q, found[q * K + K - 1]);
        size_t nearer = 0;
        for (size_t j = 0; j < POINTS; j++)
            nearer += j != q && distance_of(&p, q, j) < last * (1 - rounding);
        ck_assert_msg(nearer < K, "%s: %zu nearer", space_cases[_i], nearer);
    }
    free(found);
    problem_free(&p);
}
END_TEST

/*
 * Of few points, the first one drawn is j with probability p_ij / sum_j p_ij: counts of 6,000 draws
 * lie within 4.5 deviations.
 */
START_TEST(drawn_by_probability)
{
    enum { FEW = 6, DRAWS = 6000 };
    struct problem p;
    problem_make(&p, space_cases[_i], _i % 2);
    p.search.noise = true;
    p.search.temperature = 0.7;
    size_t counts[FEW] = {0};
    for (uint32_t d = 0; d < DRAWS; d++) {
        uint32_t found[FEW * 2];
        p.search.draw = d;
        space_neighbours(&p.search, p.points, FEW, p.points, FEW, 2, true, found);
        ck_assert(found[0] != found[1] && found[0] != 0);
        counts[found[0]]++;
    }
    double likely[FEW] = {0}, sum = 0;
    for (size_t j = 1; j < FEW; j++) {
        double d = distance_of(&p, 0, j);
        sum += likely[j] = exp(-p.search.temperature * d * d);
    }
    for (size_t j = 1; j < FEW; j++) {
        double share = likely[j] / sum, deviation = sqrt(DRAWS * share * (1 - share));
        ck_assert_msg(fabs((double)counts[j] - DRAWS * share) < 4.5 * deviation,
                      "%s: point %zu: %zu of %d, expected %g", space_cases[_i], j, counts[j], DRAWS,
                      DRAWS * share);
    }
    problem_free(&p);
}
END_TEST

/* A high temperature leaves the nearest; draws differ; threads do not matter. */
START_TEST(draws)
{
    struct problem p;
    problem_make(&p, "h2xs2xe4", true);
    uint32_t *found[4];
    for (size_t i = 0; i < 4; i++) {
        found[i] = memory_alloc(POINTS * K, sizeof(uint32_t));
        p.search.noise = i > 0;
        p.search.temperature = i == 3 ? 1e7 : 2;
        p.search.draw = i == 2;
        omp_set_num_threads(i % 2 ? 3 : 1);
        space_neighbours(&p.search, p.points, POINTS, p.points, POINTS, K, true, found[i]);
    }
    ck_assert(memcmp(found[1], found[2], POINTS * K * sizeof(uint32_t)) != 0);
    size_t same = 0;
    for (size_t i = 0; i < POINTS * K; i++)
        same += found[0][i] == found[3][i];
    ck_assert_msg(same > POINTS * K * 98 / 100, "%zu of %d", same, POINTS * K);
    p.search.temperature = 2;
    p.search.draw = 0;
    omp_set_num_threads(1);
    space_neighbours(&p.search, p.points, POINTS, p.points, POINTS, K, true, found[0]);
    ck_assert(memcmp(found[0], found[1], POINTS * K * sizeof(uint32_t)) == 0);
    for (size_t i = 0; i < 4; i++)
        free(found[i]);
    problem_free(&p);
}
END_TEST

/* Queries that are no points find the point that they lie on first. */
START_TEST(other_queries)
{
    struct problem p;
    problem_make(&p, space_cases[_i], false);
    uint32_t found[5 * K];
    space_neighbours(&p.search, p.points + 100 * p.space.columns, 5, p.points, POINTS, K, false,
                     found);
    for (uint32_t q = 0; q < 5; q++)
        ck_assert_uint_eq(found[q * K], 100 + q);
    problem_free(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("space neighbours");
    TCase *tests = tcase_create("space neighbours");
    tcase_set_timeout(tests, 0);
    tcase_add_loop_test(tests, nearest, 0, 2 * SPACE_CASES);
    tcase_add_loop_test(tests, far_from_the_origin, 0, SPACE_CASES);
    tcase_add_loop_test(tests, drawn_by_probability, 0, SPACE_CASES);
    tcase_add_test(tests, draws);
    tcase_add_loop_test(tests, other_queries, 0, SPACE_CASES);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
