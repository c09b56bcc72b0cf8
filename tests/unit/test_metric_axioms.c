/*
 * The axioms of a metric on random triples of points: d(x, x) = 0, d(x, y) = d(y, x) > 0, and the
 * triangle inequality, for every geometry, products, and snowflakes with p = 0; with p > 0 the
 * triangle inequality holds up to the factor 2^p.
 */
#include "geometry/snowflake.h"

#include "base/memory.h"
#include "space_cases.h"

#include <stdlib.h>

enum { TRIPLES = 4000, NODES = 3 * TRIPLES };

static const char *const geometries[] = {"e1",   "e2",   "e10",   "h1",       "h2",      "h10",
                                         "s1",   "s2",   "s5",    "h2xs2xe4", "h2xh2",   "s2xs2",
                                         "e3xs1"};
enum { GEOMETRIES = sizeof geometries / sizeof *geometries };

struct sample {
    real *points;
    uint32_t *first, *second, *third;
};

/* Spreads from nearly coincident to far apart; every fifth triple lies on one line or arc. */
static struct sample sample_make(const struct space *space)
{
    size_t columns = space->columns;
    struct sample sample = {memory_alloc(NODES * columns, sizeof(real)),
                            memory_alloc(TRIPLES, sizeof(uint32_t)),
                            memory_alloc(TRIPLES, sizeof(uint32_t)),
                            memory_alloc(TRIPLES, sizeof(uint32_t))};
    struct rng rng = rng_make(11, RNG_TEST, 0);
    for (uint32_t t = 0; t < TRIPLES; t++) {
        real *triple = sample.points + 3 * t * columns;
        space_random_points(space, &rng, (real)pow(10, 4 * rng_uniform(&rng) - 3), triple, 3);
        for (size_t j = 0; t % 5 == 0 && j < columns; j++)
            triple[columns + j] = (triple[j] + triple[2 * columns + j]) / 2;
        sample.first[t] = 3 * t;
        sample.second[t] = 3 * t + 1;
        sample.third[t] = 3 * t + 2;
    }
    return sample;
}

static void sample_free(struct sample *sample)
{
    free(sample->points);
    free(sample->first);
    free(sample->second);
    free(sample->third);
}

/* The distances of pairs (TRIPLES), through f where there is a snowflake. */
static const real *distances(struct tape *tape, const struct space *space,
                             const struct snowflake *snowflake, const struct sample *sample,
                             const uint32_t *source, const uint32_t *target)
{
    real *log_radius = arena_alloc(&tape->arena, space->count, sizeof(real));
    fill_log_radius(space, log_radius);
    struct variable *d = space_pair_distances(
        tape, space, tape_constant(tape, tensor_matrix(sample->points, NODES, space->columns)),
        tape_constant(tape, tensor_vector(log_radius, space->count)), source, target, TRIPLES);
    return (snowflake ? snowflake_apply(tape, snowflake, d) : d)->value.data;
}

static void check_axioms(const char *geometry, const struct snowflake *snowflake, double relaxation)
{
    struct space space = space_of(geometry);
    struct sample sample = sample_make(&space);
    struct tape tape = {0};
    const real *xx = distances(&tape, &space, snowflake, &sample, sample.first, sample.first);
    const real *xy = distances(&tape, &space, snowflake, &sample, sample.first, sample.second);
    const real *yx = distances(&tape, &space, snowflake, &sample, sample.second, sample.first);
    const real *yz = distances(&tape, &space, snowflake, &sample, sample.second, sample.third);
    const real *xz = distances(&tape, &space, snowflake, &sample, sample.first, sample.third);
    for (size_t t = 0; t < TRIPLES; t++) {
        ck_assert_msg(xx[t] == 0, "%s: d(x, x) = %g", geometry, (double)xx[t]);
        ck_assert_msg(xy[t] > 0, "%s: d(x, y) = %g", geometry, (double)xy[t]);
        ck_assert_msg(fabs(xy[t] - yx[t]) <= 1e-12 * xy[t], "%s: not symmetric: %.17g and %.17g",
                      geometry, (double)xy[t], (double)yx[t]);
        double bound = relaxation * ((double)xy[t] + (double)yz[t]);
        ck_assert_msg((double)xz[t] <= bound * (1 + 1e-9) + 1e-12,
                      "%s: triangle: %.17g by a way of %.17g + %.17g", geometry, (double)xz[t],
                      (double)xy[t], (double)yz[t]);
    }
    tape_free(&tape);
    sample_free(&sample);
}

START_TEST(spaces)
{
    for (size_t g = 0; g < GEOMETRIES; g++)
        check_axioms(geometries[g], NULL, 1);
}
END_TEST

/* A random snowflake of two layers with the given p. */
static void check_snowflakes(double power, double relaxation)
{
    for (uint32_t seed = 0; seed < 3; seed++) {
        struct parameters set = {0};
        struct snowflake snowflake;
        struct rng rng = rng_make(seed, RNG_TEST, 1);
        snowflake_make(&snowflake, &set, 1 + seed, 4);
        snowflake_initialise(&snowflake, SNOWFLAKE_RANDOM, &rng);
        snowflake.power->value.data[0] = (real)power;
        for (size_t g = 0; g < GEOMETRIES; g += 3)
            check_axioms(geometries[g], &snowflake, relaxation);
        parameters_free(&set);
    }
}

START_TEST(snowflakes_of_power_0_are_metrics)
{
    check_snowflakes(0, 1);
}
END_TEST

START_TEST(other_snowflakes_are_quasi_metrics)
{
    check_snowflakes(0.5, pow(2, 0.5));
    check_snowflakes(1, 2);
    check_snowflakes(-1, 2); /* p is used by its size */
}
END_TEST

/* The square of a line's distance is not a metric: the factor 2 is needed, and reached. */
START_TEST(the_relaxation_is_needed)
{
    struct parameters set = {0};
    struct snowflake snowflake;
    struct rng rng = rng_make(0, RNG_TEST, 0);
    snowflake_make(&snowflake, &set, 2, 4);
    snowflake_initialise(&snowflake, SNOWFLAKE_SQUARE, &rng);
    double half = snowflake_value(&snowflake, 1), whole = snowflake_value(&snowflake, 2);
    ck_assert(whole > 1.9 * (half + half));
    double exponents[4], power;
    snowflake_exponents(&snowflake, exponents, &power);
    ck_assert(whole <= pow(2, power) * (half + half));
    parameters_free(&set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metric_axioms");
    TCase *cases = tcase_create("axioms");
    tcase_add_test(cases, spaces);
    tcase_add_test(cases, snowflakes_of_power_0_are_metrics);
    tcase_add_test(cases, other_snowflakes_are_quasi_metrics);
    tcase_add_test(cases, the_relaxation_is_needed);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
