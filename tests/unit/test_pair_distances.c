/* Distances of pairs on the tape: values, gradients, coincident points, threads. */
#include "base/memory.h"
#include "geometry/space.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include "space_cases.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

struct problem {
    struct space space;
    struct parameters set;
    struct parameter *points, *log_radius;
    uint32_t *source, *target;
    real *weights; /* of the distances in the loss, so that no two gradients are alike */
    size_t count;
};

static void problem_make(struct problem *problem, const char *geometry, size_t nodes, size_t count)
{
    *problem = (struct problem){.space = space_of(geometry), .count = count};
    const size_t shape[2] = {nodes, problem->space.columns};
    problem->points = parameters_add(&problem->set, "points", 2, shape);
    problem->log_radius = parameters_add(&problem->set, "log_radius", 1, &problem->space.count);
    problem->source = memory_alloc(count, sizeof(uint32_t));
    problem->target = memory_alloc(count, sizeof(uint32_t));
    problem->weights = memory_alloc(count, sizeof(real));
    struct rng rng = rng_make(7, RNG_TEST, 0);
    space_random_points(&problem->space, &rng, 1, problem->points->value.data, nodes);
    for (size_t i = 0; i < nodes * problem->space.columns; i++)
        problem->points->value.data[i] *= (real)1.5; /* points of spheres need not be normed */
    fill_log_radius(&problem->space, problem->log_radius->value.data);
    for (size_t i = 0; i < count; i++) {
        problem->source[i] = (uint32_t)rng_below(&rng, nodes);
        problem->target[i] = (uint32_t)((problem->source[i] + 1 + rng_below(&rng, nodes - 1)) %
                                        nodes);
        problem->weights[i] = (real)rng_normal(&rng);
    }
}

static void problem_free(struct problem *problem)
{
    parameters_free(&problem->set);
    free(problem->source);
    free(problem->target);
    free(problem->weights);
}

static struct variable *distances_of(struct problem *problem, struct tape *tape)
{
    return space_pair_distances(tape, &problem->space, tape_parameter(tape, problem->points),
                                tape_parameter(tape, problem->log_radius), problem->source,
                                problem->target, problem->count);
}

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *problem = context;
    (void)set;
    struct tensor weights = tensor_vector(problem->weights, problem->count);
    return tape_sum(tape, tape_multiply(tape, distances_of(problem, tape),
                                        tape_constant(tape, weights)));
}

START_TEST(values)
{
    const size_t counts[] = {1, 63, 64, 65, 1000}; /* pairs are taken 64 at a time */
    for (size_t c = 0; c < SPACE_CASES; c++)
        for (size_t n = 0; n < 5; n++) {
            struct problem problem;
            struct tape tape = {0};
            problem_make(&problem, space_cases[c], 40, counts[n]);
            struct variable *distances = distances_of(&problem, &tape);
            ck_assert_uint_eq(tensor_count(&distances->value), counts[n]);
            size_t columns = problem.space.columns;
            const real *points = problem.points->value.data;
            for (size_t i = 0; i < counts[n]; i++) {
                double expected = direct_distance(
                    &problem.space, problem.log_radius->value.data,
                    points + problem.source[i] * columns, points + problem.target[i] * columns);
                double found = (double)distances->value.data[i];
                ck_assert_msg(fabs(found - expected) <= 1e-9 * (1 + expected),
                              "%s: pair %zu: %.17g, not %.17g", space_cases[c], i, found, expected);
            }
            tape_free(&tape);
            problem_free(&problem);
        }
}
END_TEST

START_TEST(gradients)
{
    for (size_t c = 0; c < SPACE_CASES; c++) {
        struct problem problem;
        problem_make(&problem, space_cases[c], 8, 100);
        double error = gradient_check(&problem.set, loss_of, &problem, 1e-5);
        ck_assert_msg(error <= 1e-6, "%s: %g", space_cases[c], error);
        problem_free(&problem);
    }
}
END_TEST

/* Points that are 1e-4 apart, where formulas cancel. */
START_TEST(gradients_of_near_points)
{
    for (size_t c = 0; c < SPACE_CASES; c++) {
        struct problem problem;
        problem_make(&problem, space_cases[c], 8, 20);
        size_t columns = problem.space.columns;
        struct rng rng = rng_make(8, RNG_TEST, 0);
        real *points = problem.points->value.data;
        for (size_t i = columns; i < 8 * columns; i++)
            points[i] = points[i % columns] + (real)(1e-4 * rng_normal(&rng));
        double error = gradient_check(&problem.set, loss_of, &problem, 1e-8);
        ck_assert_msg(error <= 1e-4, "%s: %g", space_cases[c], error);
        problem_free(&problem);
    }
}
END_TEST

/* A pair of one node with itself, and of two nodes at one place: 0, and no gradient from them. */
START_TEST(coincident_points)
{
    for (size_t c = 0; c < SPACE_CASES; c++) {
        struct problem problem;
        struct tape tape = {0};
        problem_make(&problem, space_cases[c], 3, 2);
        size_t columns = problem.space.columns;
        memcpy(problem.points->value.data + columns, problem.points->value.data,
               columns * sizeof(real));
        problem.source[0] = problem.target[0] = 2;
        problem.source[1] = 0;
        problem.target[1] = 1;
        parameters_zero_gradient(&problem.set);
        struct variable *loss = loss_of(&tape, &problem.set, &problem);
        tape_backward(&tape, loss);
        ck_assert_msg(loss->value.data[0] == 0, "%s", space_cases[c]);
        for (size_t i = 0; i < 3 * columns; i++)
            ck_assert_msg(problem.points->gradient[i] == 0, "%s", space_cases[c]);
        for (size_t f = 0; f < problem.space.count; f++)
            ck_assert_msg(problem.log_radius->gradient[f] == 0, "%s", space_cases[c]);
        tape_free(&tape);
        problem_free(&problem);
    }
}
END_TEST

/* Where only one factor of a product coincides, the others still have their gradient. */
START_TEST(one_coincident_factor)
{
    struct problem problem;
    problem_make(&problem, "h2xs2xe4", 2, 1);
    memcpy(problem.points->value.data + 9, problem.points->value.data, 5 * sizeof(real));
    problem.source[0] = 0;
    problem.target[0] = 1;
    struct tape tape = {0};
    parameters_zero_gradient(&problem.set);
    tape_backward(&tape, loss_of(&tape, &problem.set, &problem));
    for (size_t j = 0; j < 5; j++)
        ck_assert(fabs(problem.points->gradient[j]) < 1e-12);
    double norm = 0; /* the gradient of a Euclidean distance is a unit vector */
    for (size_t j = 5; j < 9; j++)
        norm += (double)(problem.points->gradient[j] * problem.points->gradient[j]);
    ck_assert(fabs(sqrt(norm) - fabs((double)problem.weights[0])) < 1e-12);
    tape_free(&tape);
    problem_free(&problem);
}
END_TEST

static void run_with_threads(struct problem *problem, int threads, real *distances, real *gradient)
{
    struct tape tape = {0};
    int most = omp_get_max_threads();
    omp_set_num_threads(threads);
    parameters_zero_gradient(&problem->set);
    struct variable *loss = loss_of(&tape, &problem->set, problem);
    tape_backward(&tape, loss);
    struct variable *again = distances_of(problem, &tape);
    memcpy(distances, again->value.data, problem->count * sizeof *distances);
    size_t count = tensor_count(&problem->points->value);
    memcpy(gradient, problem->points->gradient, count * sizeof *gradient);
    memcpy(gradient + count, problem->log_radius->gradient,
           problem->space.count * sizeof *gradient);
    omp_set_num_threads(most);
    tape_free(&tape);
}

START_TEST(threads)
{
    enum { PAIRS = 10007, NODES = 50 };
    for (size_t c = 0; c < SPACE_CASES; c++) {
        struct problem problem;
        problem_make(&problem, space_cases[c], NODES, PAIRS);
        size_t learned = parameters_count(&problem.set);
        real *distances[2], *gradient[2];
        for (int t = 0; t < 2; t++) {
            distances[t] = memory_alloc(PAIRS, sizeof(real));
            gradient[t] = memory_alloc(learned, sizeof(real));
            run_with_threads(&problem, t + 1, distances[t], gradient[t]);
        }
        ck_assert_mem_eq(distances[0], distances[1], PAIRS * sizeof(real));
        for (size_t i = 0; i < learned; i++)
            ck_assert_msg(fabs(gradient[0][i] - gradient[1][i]) <= 1e-10,
                          "%s: gradient %zu differs", space_cases[c], i);
        for (int t = 0; t < 2; t++) {
            free(distances[t]);
            free(gradient[t]);
        }
        problem_free(&problem);
    }
}
END_TEST

START_TEST(frozen_inputs_get_no_gradient)
{
    struct problem problem;
    struct tape tape = {0};
    problem_make(&problem, "h2xs2xe4", 8, 70);
    problem.points->frozen = true;
    parameters_zero_gradient(&problem.set);
    tape_backward(&tape, loss_of(&tape, &problem.set, &problem));
    for (size_t i = 0; i < 8 * 9; i++)
        ck_assert(problem.points->gradient[i] == 0);
    ck_assert(problem.log_radius->gradient[0] != 0);
    ck_assert(problem.log_radius->gradient[2] == 0); /* a Euclidean factor has no radius */
    tape_free(&tape);
    problem_free(&problem);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pair_distances");
    TCase *cases = tcase_create("pairs");
    tcase_add_test(cases, values);
    tcase_add_test(cases, gradients);
    tcase_add_test(cases, gradients_of_near_points);
    tcase_add_test(cases, coincident_points);
    tcase_add_test(cases, one_coincident_factor);
    tcase_add_test(cases, threads);
    tcase_add_test(cases, frozen_inputs_get_no_gradient);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
