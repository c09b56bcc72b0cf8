/* Neural snowflakes: the published formula, the starts, gradients, and what makes a metric of f. */
#include "geometry/snowflake.h"

#include "base/memory.h"
#include "check_main.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 5 };

struct problem {
    struct parameters set;
    struct snowflake snowflake;
    struct parameter *distances;
};

static void problem_make(struct problem *problem, size_t layers, enum snowflake_start start)
{
    *problem = (struct problem){0};
    struct rng rng = rng_make(9, RNG_TEST, (uint32_t)layers);
    snowflake_make(&problem->snowflake, &problem->set, layers, WIDTH);
    snowflake_initialise(&problem->snowflake, start, &rng);
}

/* A snowflake in which everything matters: all features, different a and b, p > 0, signs. */
static void make_general(struct problem *problem, size_t layers)
{
    problem_make(problem, layers, SNOWFLAKE_RANDOM);
    for (size_t l = 0; l < layers; l++) {
        real *exponents = problem->snowflake.exponents[l]->value.data;
        exponents[0] = (real)(0.3 * (double)l - 0.4);
        exponents[1] = (real)(0.7 - 0.5 * (double)l);
        for (int i = 0; i < 3; i++)
            problem->snowflake.mixture[l]->value.data[i] += (real)0.2;
        problem->snowflake.expansion[l]->value.data[1] *= -1; /* raw values are used by size */
    }
    problem->snowflake.power->value.data[0] = (real)-0.35;
}

/* B |psi(A u)| C, layer by layer, with plain loops and the C library. */
static double naive(const struct snowflake *snowflake, double t)
{
    double u[WIDTH] = {t}, next[WIDTH];
    size_t n = 1;
    for (size_t l = 0; l < snowflake->layers; l++) {
        size_t outputs = l + 1 < snowflake->layers ? WIDTH : 1;
        double a = 1 / (1 + exp(-(double)snowflake->exponents[l]->value.data[0]));
        double b = 1 / (1 + exp(-(double)snowflake->exponents[l]->value.data[1]));
        memset(next, 0, sizeof next);
        for (size_t k = 0; k < WIDTH; k++) {
            double z = 0;
            for (size_t j = 0; j < n; j++)
                z += fabs((double)snowflake->expansion[l]->value.data[k * n + j]) * u[j];
            const double features[3] = {1 - exp(-z), pow(z, a), pow(log(1 + z), b)};
            double h = 0;
            for (int i = 0; i < 3; i++)
                h += fabs((double)snowflake->mixture[l]->value.data[i]) * features[i];
            for (size_t j = 0; j < outputs; j++)
                next[j] += fabs((double)snowflake->contraction[l]->value.data[j * WIDTH + k]) * h;
        }
        memcpy(u, next, sizeof u);
        n = outputs;
    }
    return pow(u[0], 1 + fabs((double)snowflake->power->value.data[0]));
}

START_TEST(published_formula)
{
    const double distances[] = {1e-6, 1e-3, 0.1, 0.5, 1, 2, 10, 1000, 1e6};
    for (size_t layers = 1; layers <= SNOWFLAKE_MOST_LAYERS; layers++) {
        struct problem problem;
        make_general(&problem, layers);
        for (size_t i = 0; i < 9; i++) {
            double expected = naive(&problem.snowflake, distances[i]);
            double found = snowflake_value(&problem.snowflake, distances[i]);
            ck_assert_msg(fabs(found - expected) <= 1e-9 * expected, "%zu layers: f(%g) = %.17g, "
                          "not %.17g", layers, distances[i], found, expected);
        }
        parameters_free(&problem.set);
    }
}
END_TEST

/* On the tape, in pieces of 64 and by two threads, each value is that of snowflake_value. */
START_TEST(values_on_the_tape)
{
    const size_t counts[] = {1, 63, 64, 65, 1500};
    struct problem problem;
    make_general(&problem, 2);
    for (size_t n = 0; n < 5; n++) {
        struct tape tape = {0};
        real *distances = memory_alloc(counts[n], sizeof *distances);
        for (size_t i = 0; i < counts[n]; i++)
            distances[i] = (real)(i % 7 == 3 ? 0 : 0.01 * (double)i);
        int most = omp_get_max_threads();
        omp_set_num_threads(2);
        struct variable *values = snowflake_apply(
            &tape, &problem.snowflake, tape_constant(&tape, tensor_vector(distances, counts[n])));
        omp_set_num_threads(most);
        for (size_t i = 0; i < counts[n]; i++)
            ck_assert(values->value.data[i] ==
                      (real)snowflake_value(&problem.snowflake, (double)distances[i]));
        free(distances);
        tape_free(&tape);
    }
    parameters_free(&problem.set);
}
END_TEST

START_TEST(zero_at_zero_and_increasing)
{
    for (size_t layers = 1; layers <= 3; layers++)
        for (int start = SNOWFLAKE_IDENTITY; start <= SNOWFLAKE_RANDOM; start++) {
            struct problem problem;
            problem_make(&problem, layers, (enum snowflake_start)start);
            double last = snowflake_value(&problem.snowflake, 0);
            ck_assert(last == 0);
            for (double t = 1e-6; t < 1e6; t *= 1.1) {
                double value = snowflake_value(&problem.snowflake, t);
                ck_assert_msg(value > last, "f(%g) = %.17g after %.17g", t, value, last);
                last = value;
            }
            parameters_free(&problem.set);
        }
}
END_TEST

static void check_start(enum snowflake_start start, double power)
{
    for (size_t layers = 1; layers <= SNOWFLAKE_MOST_LAYERS; layers++) {
        struct problem problem;
        problem_make(&problem, layers, start);
        for (double t = 0.01; t < 100; t *= 1.5) {
            double value = snowflake_value(&problem.snowflake, t), expected = pow(t, power);
            ck_assert_msg(fabs(value - expected) <= 0.02 * expected, "%zu layers: f(%g) = %g",
                          layers, t, value);
        }
        ck_assert_msg(fabs(snowflake_value(&problem.snowflake, 1) - 1) < 0.02, "%zu layers",
                      layers);
        parameters_free(&problem.set);
    }
}

START_TEST(starts)
{
    check_start(SNOWFLAKE_IDENTITY, 1);
    check_start(SNOWFLAKE_SQUARE, 2);
}
END_TEST

START_TEST(exponents_as_used)
{
    struct problem problem;
    double exponents[4], power;
    make_general(&problem, 2);
    snowflake_exponents(&problem.snowflake, exponents, &power);
    const double raw[4] = {-0.4, 0.7, -0.1, 0.2};
    for (int i = 0; i < 4; i++)
        ck_assert(fabs(exponents[i] - 1 / (1 + exp(-raw[i]))) < 1e-12);
    ck_assert(fabs(power - 0.35) < 1e-12);
    snowflake_freeze_power(&problem.snowflake);
    snowflake_exponents(&problem.snowflake, exponents, &power);
    ck_assert(power == 0 && problem.snowflake.power->frozen);
    parameters_free(&problem.set);
}
END_TEST

/* --- gradients --- */

static void add_distances(struct problem *problem, size_t count)
{
    problem->distances = parameters_add(&problem->set, "distances", 1, &count);
    struct rng rng = rng_make(10, RNG_TEST, 0);
    for (size_t i = 0; i < count; i++)
        problem->distances->value.data[i] = (real)(0.2 + 2 * rng_uniform(&rng));
}

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *problem = context;
    (void)set;
    struct variable *values = snowflake_apply(tape, &problem->snowflake,
                                              tape_parameter(tape, problem->distances));
    /* the logarithm, so that small values count as much as large ones */
    return tape_sum(tape, tape_function(tape, values, FUNCTION_LOGARITHM));
}

START_TEST(gradients)
{
    for (size_t layers = 1; layers <= 3; layers++) {
        struct problem problem;
        make_general(&problem, layers);
        add_distances(&problem, 70);
        double error = gradient_check(&problem.set, loss_of, &problem, 1e-5);
        ck_assert_msg(error <= 1e-6, "%zu layers: %g", layers, error);
        parameters_free(&problem.set);
    }
}
END_TEST

/* By one and by two threads, to rounding; distances of 0 have and give no gradient. */
START_TEST(gradients_by_threads)
{
    struct problem problem;
    make_general(&problem, 2);
    add_distances(&problem, 3001);
    real *distances = problem.distances->value.data;
    for (size_t i = 0; i < 3001; i += 10)
        distances[i] = 0;
    size_t count = parameters_count(&problem.set);
    real *found[2];
    for (int threads = 1; threads <= 2; threads++) {
        struct tape tape = {0};
        int most = omp_get_max_threads();
        omp_set_num_threads(threads);
        parameters_zero_gradient(&problem.set);
        tape_backward(&tape, tape_sum(&tape, snowflake_apply(&tape, &problem.snowflake,
                                                             tape_parameter(&tape,
                                                                            problem.distances))));
        omp_set_num_threads(most);
        real *at = found[threads - 1] = memory_alloc(count, sizeof *at);
        for (size_t p = 0; p < problem.set.count; p++) {
            size_t n = tensor_count(&problem.set.list[p]->value);
            memcpy(at, problem.set.list[p]->gradient, n * sizeof *at);
            at += n;
        }
        for (size_t i = 0; i < 3001; i++)
            ck_assert((problem.distances->gradient[i] == 0) == (i % 10 == 0));
        tape_free(&tape);
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert(isfinite(found[0][i]));
        ck_assert(fabs(found[0][i] - found[1][i]) <= 1e-10 * (1 + fabs(found[0][i])));
    }
    free(found[0]);
    free(found[1]);
    parameters_free(&problem.set);
}
END_TEST

/* Near 0 slopes grow without bound but stay finite. */
START_TEST(tiny_distances)
{
    struct problem problem;
    make_general(&problem, 3);
    add_distances(&problem, 5);
    const real tiny[5] = {(real)1e-300, (real)1e-30, (real)1e-13, (real)1e-9, 0};
    memcpy(problem.distances->value.data, tiny, sizeof tiny);
    struct tape tape = {0};
    parameters_zero_gradient(&problem.set);
    tape_backward(&tape, tape_sum(&tape, snowflake_apply(&tape, &problem.snowflake,
                                                         tape_parameter(&tape,
                                                                        problem.distances))));
    for (size_t p = 0; p < problem.set.count; p++)
        for (size_t i = 0; i < tensor_count(&problem.set.list[p]->value); i++)
            ck_assert(isfinite(problem.set.list[p]->gradient[i]));
    tape_free(&tape);
    parameters_free(&problem.set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("snowflake");
    TCase *cases = tcase_create("values");
    tcase_add_test(cases, published_formula);
    tcase_add_test(cases, values_on_the_tape);
    tcase_add_test(cases, zero_at_zero_and_increasing);
    tcase_add_test(cases, starts);
    tcase_add_test(cases, exponents_as_used);
    suite_add_tcase(suite, cases);
    TCase *learning = tcase_create("gradients");
    tcase_add_test(learning, gradients);
    tcase_add_test(learning, gradients_by_threads);
    tcase_add_test(learning, tiny_distances);
    suite_add_tcase(suite, learning);
    return check_run(suite);
}
