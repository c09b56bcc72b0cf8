/* The training loop: the best is kept, patience, checkpoints, interruption, and going on. */
#include "optim/training.h"

#include "base/rng.h"
#include "base/signals.h"
#include "check_main.h"
#include "child.h"
#include "grad/ops.h"
#include "optim/checkpoint.h"
#include "scratch.h"

#include <cJSON.h>
#include <math.h>
#include <signal.h>

enum { VALUES = 7 };

/* A noisy quadratic: every step pulls x to a target of its own. */
struct problem {
    struct parameters set;
    struct parameter *x;
    uint64_t interrupt_at; /* raise SIGINT in this step; 0: never */
    uint64_t break_at;     /* the loss of this step is NaN; 0: never */
    uint64_t calls;
    const double *figures; /* what evaluate says, one after the other */
    size_t evaluations;
    real target[VALUES];
};

static void problem_make(struct problem *problem)
{
    *problem = (struct problem){0};
    problem->x = parameters_add(&problem->set, "x", 1, (const size_t[]){VALUES});
}

static struct variable *loss_of(void *context, struct tape *tape, uint64_t step)
{
    struct problem *problem = context;
    struct rng rng = rng_make(1, RNG_TEST, (uint32_t)step);
    problem->calls++;
    for (size_t i = 0; i < VALUES; i++)
        problem->target[i] = (real)i + (real)rng_normal(&rng);
    if (problem->interrupt_at && step == problem->interrupt_at)
        raise(SIGINT);
    if (problem->break_at && step == problem->break_at)
        problem->target[0] = NAN;
    return tape_mean_squared_error(tape, tape_parameter(tape, problem->x), problem->target);
}

static double scripted(void *context, struct cJSON *line)
{
    struct problem *problem = context;
    if (line)
        cJSON_AddNumberToObject(line, "evaluation", (double)problem->evaluations);
    return problem->figures[problem->evaluations++];
}

static double distance_from_mean(void *context, struct cJSON *line)
{
    struct problem *problem = context;
    (void)line;
    double sum = 0;
    for (size_t i = 0; i < VALUES; i++)
        sum += fabs((double)problem->x->value.data[i] - (double)i);
    return sum;
}

static struct training training_of(struct problem *problem, uint64_t steps)
{
    return (struct training){
        .set = &problem->set,
        .optimizer = optimizer_make(OPTIMIZER_ADAM),
        .schedule = {.decay = DECAY_COSINE, .rate = 0.2, .last_rate = 0.002, .warm_up = 5,
                     .steps = steps},
        .evaluate_every = 10,
        .loss = loss_of,
        .context = problem,
        .identity = "a test"};
}

static void run(struct training *training)
{
    struct error error = {0};
    ck_assert_msg(training_run(training, &error), "%s", error.message);
}

START_TEST(learns)
{
    struct problem problem;
    problem_make(&problem);
    struct training training = training_of(&problem, 400);
    training.evaluate = distance_from_mean;
    run(&training);
    ck_assert_uint_eq(training.steps_done, 400);
    ck_assert_uint_eq(problem.calls, 400);
    ck_assert(!training.interrupted);
    ck_assert_msg(distance_from_mean(&problem, NULL) < 2, "%g", distance_from_mean(&problem, NULL));
    parameters_free(&problem.set);
}
END_TEST

/* The values that stood when the figure was best are there at the end, though later ones came. */
START_TEST(keeps_the_best)
{
    const double figures[] = {5, 3, 1, 4, 2};
    struct problem problem, shorter;
    problem_make(&problem);
    problem_make(&shorter);
    problem.figures = shorter.figures = figures;
    struct training training = training_of(&problem, 50);
    training.evaluate = scripted;
    run(&training);
    ck_assert_uint_eq(training.best_step, 30);
    ck_assert(training.best_figure == 1);
    ck_assert_uint_eq(training.steps_done, 50);
    ck_assert_uint_eq(problem.evaluations, 5);
    struct training stopped = training_of(&shorter, 50);
    stopped.evaluate = scripted;
    shorter.break_at = 30; /* the loss fails right after the best */
    struct error error = {0};
    ck_assert(!training_run(&stopped, &error));
    ck_assert_mem_eq(problem.x->value.data, shorter.x->value.data, VALUES * sizeof(real));
    parameters_free(&problem.set);
    parameters_free(&shorter.set);
}
END_TEST

START_TEST(patience)
{
    const double figures[] = {5, 3, 4, 3, 2, 9, 9, 9, 1, 1};
    const struct {
        uint64_t patience, steps, best;
    } cases[] = {{1, 30, 20}, {2, 40, 20}, {3, 80, 50}, {0, 100, 90}};
    for (size_t i = 0; i < 4; i++) {
        struct problem problem;
        problem_make(&problem);
        problem.figures = figures;
        struct training training = training_of(&problem, 100);
        training.evaluate = scripted;
        training.patience = cases[i].patience;
        run(&training);
        ck_assert_uint_eq(training.steps_done, cases[i].steps);
        ck_assert_uint_eq(training.best_step, cases[i].best);
        ck_assert(!training.interrupted);
        parameters_free(&problem.set);
    }
}
END_TEST

/* Without evaluate the figure is the mean loss since the last time, also of a short last piece. */
START_TEST(mean_loss_is_the_figure)
{
    struct problem problem;
    problem_make(&problem);
    problem.x->frozen = true;
    double sum = 0;
    for (uint64_t step = 10; step < 15; step++) {
        struct tape tape = {0};
        sum += (double)loss_of(&problem, &tape, step)->value.data[0];
        tape_free(&tape);
    }
    struct report_log log;
    struct error error = {0};
    ck_assert(report_log_open(&log, "log.jsonl", &error));
    struct training training = training_of(&problem, 15);
    training.log = &log;
    run(&training);
    ck_assert(report_log_close(&log, &error));
    FILE *file = fopen("log.jsonl", "r");
    char text[512];
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    cJSON *line = cJSON_Parse(text);
    ck_assert_ptr_nonnull(line);
    ck_assert(cJSON_GetObjectItem(line, "step")->valuedouble == 15);
    ck_assert(fabs(cJSON_GetObjectItem(line, "loss")->valuedouble - sum / 5) < 1e-12);
    double rate = cJSON_GetObjectItem(line, "learning_rate")->valuedouble;
    ck_assert(fabs(rate - schedule_rate(&training.schedule, 14)) < 1e-15);
    ck_assert_ptr_null(fgets(text, sizeof text, file));
    cJSON_Delete(line);
    fclose(file);
    parameters_free(&problem.set);
}
END_TEST

START_TEST(loss_that_is_not_finite)
{
    struct problem problem;
    struct error error = {0};
    problem_make(&problem);
    problem.break_at = 12;
    struct training training = training_of(&problem, 50);
    ck_assert(!training_run(&training, &error));
    ck_assert_int_eq(error.exit_code, EX_SOFTWARE);
    ck_assert_msg(strstr(error.message, "not finite at step 12"), "%s", error.message);
    parameters_free(&problem.set);
}
END_TEST

START_TEST(clipped_gradient)
{
    struct problem problem;
    problem_make(&problem);
    struct training training = training_of(&problem, 1);
    training.optimizer = optimizer_make(OPTIMIZER_SGD);
    training.schedule = (struct schedule){.rate = 1, .steps = 1};
    training.clip = 0.001;
    run(&training);
    double square = 0;
    for (size_t i = 0; i < VALUES; i++)
        square += (double)(problem.x->value.data[i] * problem.x->value.data[i]);
    ck_assert(fabs(sqrt(square) - 0.001) < 1e-12);
    parameters_free(&problem.set);
}
END_TEST

/* --- checkpoints --- */

static void interrupted_run(void *context)
{
    struct problem problem;
    problem_make(&problem);
    problem.interrupt_at = *(const uint64_t *)context;
    signals_install();
    struct training training = training_of(&problem, 100);
    training.evaluate = distance_from_mean;
    training.checkpoint = "state";
    run(&training);
    exit(training.interrupted && training.steps_done == problem.interrupt_at + 1 ? 130 : 1);
}

static void check_resumed(uint64_t interrupt_at)
{
    struct problem whole, resumed;
    problem_make(&whole);
    problem_make(&resumed);
    struct training training = training_of(&whole, 100);
    training.evaluate = distance_from_mean;
    run(&training);
    struct child child = child_run(interrupted_run, &interrupt_at);
    ck_assert_msg(child.exit_code == 130, "%s", child.errors);
    struct training rest = training_of(&resumed, 100);
    rest.evaluate = distance_from_mean;
    rest.checkpoint = "state";
    rest.resume = true;
    run(&rest);
    ck_assert_uint_eq(resumed.calls, 100 - interrupt_at - 1);
    ck_assert_uint_eq(rest.best_step, training.best_step);
    ck_assert(rest.best_figure == training.best_figure);
    ck_assert_mem_eq(whole.x->value.data, resumed.x->value.data, VALUES * sizeof(real));
    parameters_free(&whole.set);
    parameters_free(&resumed.set);
}

START_TEST(resumed_is_uninterrupted)
{
    const uint64_t steps[] = {1, 17, 19, 20, 42, 98}; /* before, at and after evaluations */
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        check_resumed(steps[i]);
}
END_TEST

START_TEST(a_run_that_fails_leaves_no_checkpoint)
{
    struct problem problem;
    struct error error = {0};
    problem_make(&problem);
    problem.break_at = 7;
    struct training training = training_of(&problem, 60);
    training.checkpoint = "state";
    ck_assert(!training_run(&training, &error));
    ck_assert_int_eq(scratch_count(), 0);
    parameters_free(&problem.set);
}
END_TEST

/* Interrupted between two evaluations, the checkpoint holds the sum of the losses since. */
START_TEST(loss_so_far_is_kept)
{
    struct problem problem;
    problem_make(&problem);
    uint64_t interrupt_at = 33;
    ck_assert_int_eq(child_run(interrupted_run, &interrupt_at).exit_code, 130);
    real best[VALUES];
    struct checkpoint state = {.best_values = best};
    struct optimizer optimizer = optimizer_make(OPTIMIZER_ADAM);
    struct error error = {0};
    ck_assert_msg(checkpoint_load("state", &state, &problem.set, &optimizer, "a test", &error),
                  "%s", error.message);
    ck_assert_uint_eq(state.step, 34);
    ck_assert_uint_eq(optimizer.steps, 34);
    ck_assert_uint_eq(state.loss_count, 4);
    ck_assert(state.loss_sum > 0);
    parameters_free(&problem.set);
}
END_TEST

static void refuse(struct problem *problem, const char *identity, int exit_code,
                   const char *message)
{
    struct error error = {0};
    struct training training = training_of(problem, 100);
    training.checkpoint = "state";
    training.resume = true;
    training.identity = identity;
    ck_assert(!training_run(&training, &error));
    ck_assert_int_eq(error.exit_code, exit_code);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
}

START_TEST(refused_checkpoints)
{
    struct problem problem;
    problem_make(&problem);
    refuse(&problem, "a test", EX_NOINPUT, "state");
    struct training training = training_of(&problem, 20);
    training.checkpoint = "state";
    run(&training);
    refuse(&problem, "another test", EX_DATAERR, "another run");
    ck_assert_int_eq(truncate("state", 200), 0);
    refuse(&problem, "a test", EX_DATAERR, "state");
    scratch_write("state", "");
    refuse(&problem, "a test", EX_DATAERR, "state");
    parameters_free(&problem.set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("training");
    TCase *cases = tcase_create("loop");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, learns);
    tcase_add_test(cases, keeps_the_best);
    tcase_add_test(cases, patience);
    tcase_add_test(cases, mean_loss_is_the_figure);
    tcase_add_test(cases, loss_that_is_not_finite);
    tcase_add_test(cases, clipped_gradient);
    suite_add_tcase(suite, cases);
    TCase *checkpoints = tcase_create("checkpoints");
    tcase_add_checked_fixture(checkpoints, scratch_enter, scratch_leave);
    tcase_add_test(checkpoints, resumed_is_uninterrupted);
    tcase_add_test(checkpoints, a_run_that_fails_leaves_no_checkpoint);
    tcase_add_test(checkpoints, loss_so_far_is_kept);
    tcase_add_test(checkpoints, refused_checkpoints);
    suite_add_tcase(suite, checkpoints);
    return check_run(suite);
}
