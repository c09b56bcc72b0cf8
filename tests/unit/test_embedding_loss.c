/* Losses of embedded distances: by hand, through pieces, and their gradients. */
#include "embedding/embedding_loss.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct problem {
    struct parameters set;
    struct parameter *distances;
    float *targets;
    real scale;
    enum embedding_loss kind;
};

static void problem_make(struct problem *problem, size_t count, enum embedding_loss kind)
{
    *problem = (struct problem){.scale = (real)0.5, .kind = kind};
    problem->distances = parameters_add(&problem->set, "distances", 1, &count);
    problem->targets = memory_alloc(count, sizeof(float));
    struct rng rng = rng_make(1, RNG_TEST, 0);
    for (size_t i = 0; i < count; i++) {
        problem->targets[i] = (float)(0.5 + rng_uniform(&rng));
        /* away from the target, where |d / g - 1| has its kink */
        double ratio = i % 2 ? 0.3 + 0.5 * rng_uniform(&rng) : 1.2 + rng_uniform(&rng);
        problem->distances->value.data[i] = (real)(0.5 * (double)problem->targets[i] * ratio);
    }
}

static void problem_free(struct problem *problem)
{
    parameters_free(&problem->set);
    free(problem->targets);
}

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *problem = context;
    (void)set;
    return embedding_loss(tape, tape_parameter(tape, problem->distances), problem->targets,
                          problem->scale, problem->kind);
}

static double by_hand(const struct problem *problem, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double d = (double)problem->distances->value.data[i];
        double g = (double)problem->scale * (double)problem->targets[i];
        sum += problem->kind == EMBEDDING_LOSS_MSE        ? (d - g) * (d - g)
               : problem->kind == EMBEDDING_LOSS_RELATIVE ? (d / g - 1) * (d / g - 1)
                                                          : fabs(d / g - 1);
    }
    return sum / (double)count;
}

START_TEST(values)
{
    const size_t counts[] = {1, 2, 1023, 1024, 1025, 5000};
    for (int kind = 0; embedding_loss_names[kind]; kind++)
        for (size_t n = 0; n < 6; n++) {
            struct problem problem;
            struct tape tape = {0};
            problem_make(&problem, counts[n], (enum embedding_loss)kind);
            double expected = by_hand(&problem, counts[n]);
            double found = (double)loss_of(&tape, &problem.set, &problem)->value.data[0];
            ck_assert_msg(fabs(found - expected) <= 1e-12 * expected, "%s: %g, not %g",
                          embedding_loss_names[kind], found, expected);
            tape_free(&tape);
            problem_free(&problem);
        }
}
END_TEST

START_TEST(gradients)
{
    for (int kind = 0; embedding_loss_names[kind]; kind++) {
        struct problem problem;
        problem_make(&problem, 50, (enum embedding_loss)kind);
        double error = gradient_check(&problem.set, loss_of, &problem, 1e-5);
        ck_assert_msg(error <= 1e-6, "%s: %g", embedding_loss_names[kind], error);
        problem_free(&problem);
    }
}
END_TEST

/* Added to a gradient that is there already, and multiplied by the loss's own. */
static struct variable *with_others(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *problem = context;
    (void)set;
    struct variable *d = tape_affine(tape, tape_parameter(tape, problem->distances), 1, 0);
    struct variable *loss =
        embedding_loss(tape, d, problem->targets, problem->scale, problem->kind);
    return tape_add(tape, tape_affine(tape, loss, 3, 0), tape_mean(tape, d));
}

START_TEST(gradients_among_others)
{
    for (int kind = 0; embedding_loss_names[kind]; kind++) {
        struct problem problem;
        problem_make(&problem, 50, (enum embedding_loss)kind);
        double error = gradient_check(&problem.set, with_others, &problem, 1e-5);
        ck_assert_msg(error <= 1e-6, "%s: %g", embedding_loss_names[kind], error);
        problem_free(&problem);
    }
}
END_TEST

START_TEST(perfect_distances)
{
    for (int kind = 0; embedding_loss_names[kind]; kind++) {
        struct problem problem;
        struct tape tape = {0};
        problem_make(&problem, 10, (enum embedding_loss)kind);
        for (size_t i = 0; i < 10; i++)
            problem.distances->value.data[i] = problem.scale * (real)problem.targets[i];
        parameters_zero_gradient(&problem.set);
        struct variable *loss = loss_of(&tape, &problem.set, &problem);
        tape_backward(&tape, loss);
        ck_assert(loss->value.data[0] == 0);
        for (size_t i = 0; i < 10; i++)
            ck_assert(problem.distances->gradient[i] == 0);
        tape_free(&tape);
        problem_free(&problem);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("embedding_loss");
    TCase *cases = tcase_create("losses");
    tcase_add_test(cases, values);
    tcase_add_test(cases, gradients);
    tcase_add_test(cases, gradients_among_others);
    tcase_add_test(cases, perfect_distances);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
