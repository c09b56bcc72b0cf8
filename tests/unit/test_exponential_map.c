/* The exponential map at the origin: distances from it, the pole, gradients. */
#include "geometry/exponential_map.h"
#include "geometry/space_neighbours.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include "space_cases.h"

#include <string.h>

enum { ROWS = 6, MOST_COLUMNS = 16 };

static struct space space;

/* Vectors of lengths from 0 over the tiny to `longest`. */
static void fill_vectors(real *vectors, size_t dimension, double longest)
{
    struct rng rng = rng_make(5, RNG_TEST, 0);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < dimension; j++)
            vectors[i * dimension + j] =
                (real)(longest * pow(0.1, (double)(ROWS - 1 - i)) * rng_normal(&rng)) * (i > 0);
}

START_TEST(lengths)
{
    real vectors[ROWS * MOST_COLUMNS], origin[MOST_COLUMNS] = {0},
        log_radius[SPACE_MOST_FACTORS] = {0};
    struct tape tape = {0};
    space = space_of(space_cases[_i]);
    size_t dimension = space_dimension(&space);
    fill_vectors(vectors, dimension, 0.3); /* no way round the sphere */
    struct variable *points = space_exponential(
        &tape, &space, tape_constant(&tape, tensor_matrix(vectors, ROWS, dimension)));
    for (size_t f = 0; f < space.count; f++)
        if (space.factors[f].kind == FACTOR_SPHERICAL)
            origin[space.factors[f].first_column] = 1;
    for (size_t i = 0; i < ROWS; i++) {
        double square = 0;
        for (size_t j = 0; j < dimension; j++)
            square += (double)(vectors[i * dimension + j] * vectors[i * dimension + j]);
        double d = space_distance(&space, log_radius, origin,
                                  points->value.data + i * space.columns);
        ck_assert_double_eq_tol(d, sqrt(square), 1e-12);
    }
    tape_free(&tape);
}
END_TEST

/* Longer hyperbolic vectors end at the margin. */
START_TEST(margin)
{
    real vector[2] = {30, 40}, origin[2] = {0}, log_radius[1] = {0};
    struct tape tape = {0};
    space = space_of("h2");
    struct variable *point =
        space_exponential(&tape, &space, tape_constant(&tape, tensor_matrix(vector, 1, 2)));
    double d = space_distance(&space, log_radius, origin, point->value.data);
    ck_assert_double_eq_tol(d, 10, 1e-9);
    ck_assert_double_eq_tol((double)(point->value.data[1] / point->value.data[0]), 4.0 / 3, 1e-12);
    tape_free(&tape);
}
END_TEST

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    (void)context;
    struct variable *points = space_exponential(tape, &space, tape_parameter(tape, set->list[0]));
    real *weights = arena_alloc(&tape->arena, tensor_count(&points->value), sizeof *weights);
    for (size_t i = 0; i < tensor_count(&points->value); i++)
        weights[i] = (real)sin((double)i + 1);
    return tape_sum(tape, tape_multiply(tape, points,
                                        tape_constant(tape, tensor_matrix(weights, ROWS,
                                                                          space.columns))));
}

START_TEST(gradients)
{
    struct parameters set = {0};
    space = space_of(space_cases[_i]);
    size_t dimension = space_dimension(&space);
    parameters_add(&set, "vectors", 2, (const size_t[]){ROWS, dimension});
    fill_vectors(set.list[0]->value.data, dimension, 1.5);
    double worst = gradient_check_fine(&set, loss_of, NULL, 1e-4);
    ck_assert_msg(worst < 1e-6, "%s: %g", space_cases[_i], worst);
    parameters_free(&set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exponential map");
    TCase *tests = tcase_create("exponential map");
    tcase_add_loop_test(tests, lengths, 0, SPACE_CASES);
    tcase_add_test(tests, margin);
    tcase_add_loop_test(tests, gradients, 0, SPACE_CASES);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
