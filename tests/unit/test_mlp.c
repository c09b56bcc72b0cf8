/* The multilayer perceptron: layout, initial weights, values and gradients. */
#include "nn/mlp.h"

#include "check_main.h"
#include "grad/gradient_check.h"

#include <math.h>

enum { ROWS = 4, INPUTS = 3, HIDDEN = 5, OUTPUTS = 2 };
static const size_t sizes[] = {INPUTS, HIDDEN, OUTPUTS};

struct problem {
    struct parameters set;
    struct mlp mlp;
    real x[ROWS * INPUTS];
    real target[ROWS * OUTPUTS];
};

static void problem_make(struct problem *problem, enum activation activation)
{
    *problem = (struct problem){0};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    mlp_make(&problem->mlp, &problem->set, "encoder", sizes, 2, activation);
    mlp_initialise(&problem->mlp, &rng);
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        problem->x[i] = (real)rng_normal(&rng);
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        problem->target[i] = (real)rng_normal(&rng);
    for (size_t l = 0; l < 2; l++) /* biases that are 0 would show less */
        for (size_t i = 0; i < sizes[l + 1]; i++)
            problem->mlp.bias[l]->value.data[i] = (real)(0.1 * rng_normal(&rng));
}

static struct variable *output_of(struct problem *problem, struct tape *tape)
{
    return mlp_apply(tape, &problem->mlp,
                     tape_constant(tape, tensor_matrix(problem->x, ROWS, INPUTS)));
}

START_TEST(layout)
{
    struct problem problem;
    problem_make(&problem, ACTIVATION_GELU);
    const char *const names[] = {"encoder.0.weight", "encoder.0.bias", "encoder.1.weight",
                                 "encoder.1.bias"};
    ck_assert_uint_eq(problem.set.count, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(problem.set.list[i]->name, names[i]);
    ck_assert_uint_eq(parameters_count(&problem.set), HIDDEN * INPUTS + HIDDEN +
                                                          OUTPUTS * HIDDEN + OUTPUTS);
    ck_assert(problem.mlp.weight[0]->decays && !problem.mlp.bias[0]->decays);
    parameters_free(&problem.set);
}
END_TEST

/* W2 tanh(W1 x + b1) + b2 by plain loops. */
START_TEST(values)
{
    struct problem problem;
    struct tape tape = {0};
    problem_make(&problem, ACTIVATION_TANH);
    const struct mlp *mlp = &problem.mlp;
    const real *found = output_of(&problem, &tape)->value.data;
    for (size_t r = 0; r < ROWS; r++) {
        double hidden[HIDDEN];
        for (size_t k = 0; k < HIDDEN; k++) {
            double sum = (double)mlp->bias[0]->value.data[k];
            for (size_t j = 0; j < INPUTS; j++)
                sum += (double)(mlp->weight[0]->value.data[k * INPUTS + j] *
                                problem.x[r * INPUTS + j]);
            hidden[k] = tanh(sum);
        }
        for (size_t o = 0; o < OUTPUTS; o++) {
            double sum = (double)mlp->bias[1]->value.data[o];
            for (size_t k = 0; k < HIDDEN; k++)
                sum += (double)mlp->weight[1]->value.data[o * HIDDEN + k] * hidden[k];
            ck_assert(fabs((double)found[r * OUTPUTS + o] - sum) < 1e-12);
        }
    }
    tape_free(&tape);
    parameters_free(&problem.set);
}
END_TEST

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *problem = context;
    (void)set;
    return tape_mean_squared_error(tape, output_of(problem, tape), problem->target);
}

START_TEST(gradients)
{
    const enum activation activations[] = {ACTIVATION_TANH, ACTIVATION_GELU};
    for (size_t i = 0; i < 2; i++) {
        struct problem problem;
        problem_make(&problem, activations[i]);
        double error = gradient_check(&problem.set, loss_of, &problem, 1e-5);
        ck_assert_msg(error <= 1e-6, "%g", error);
        parameters_free(&problem.set);
    }
}
END_TEST

START_TEST(learned_slopes)
{
    struct problem problem;
    problem_make(&problem, ACTIVATION_RELU);
    parameters_free(&problem.set);
    struct rng rng = rng_make(3, RNG_TEST, 0);
    mlp_make_prelu(&problem.mlp, &problem.set, "leaf", sizes, 2);
    mlp_initialise(&problem.mlp, &rng);
    ck_assert_uint_eq(problem.set.count, 5);
    ck_assert_str_eq(problem.set.list[2]->name, "leaf.0.slope");
    ck_assert(problem.mlp.slope[1] == NULL && problem.mlp.slope[0]->value.data[HIDDEN - 1] == 0.25);
    double error = gradient_check(&problem.set, loss_of, &problem, 1e-5);
    ck_assert_msg(error <= 1e-6, "%g", error);
    parameters_free(&problem.set);
}
END_TEST

/* Uniform weights of variance 1 / in. */
START_TEST(initial_weights)
{
    const size_t wide[] = {100, 400};
    struct parameters set = {0};
    struct mlp mlp;
    struct rng rng = rng_make(2, RNG_TEST, 0);
    mlp_make(&mlp, &set, "m", wide, 1, ACTIVATION_GELU);
    mlp.bias[0]->value.data[3] = 1;
    mlp_initialise(&mlp, &rng);
    double square = 0, largest = 0;
    for (size_t i = 0; i < 40000; i++) {
        double weight = (double)mlp.weight[0]->value.data[i];
        square += weight * weight / 40000;
        largest = fmax(largest, fabs(weight));
    }
    ck_assert_msg(fabs(square - 0.01) < 0.0003, "%g", square);
    ck_assert(largest <= sqrt(0.03) && largest > 0.17);
    ck_assert(mlp.bias[0]->value.data[3] == 0);
    parameters_free(&set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mlp");
    TCase *cases = tcase_create("mlp");
    tcase_add_test(cases, layout);
    tcase_add_test(cases, values);
    tcase_add_test(cases, gradients);
    tcase_add_test(cases, learned_slopes);
    tcase_add_test(cases, initial_weights);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
