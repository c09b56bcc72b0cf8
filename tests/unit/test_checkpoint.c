/* Checkpoints: everything comes back bit for bit; files that do not fit change nothing. */
#include "optim/checkpoint.h"

#include "check_main.h"
#include "scratch.h"

#include <math.h>
#include <string.h>

enum { VALUES = 7 };

static struct parameters new_set(size_t rows)
{
    struct parameters set = {0};
    parameters_add(&set, "weight", 2, (const size_t[]){rows, 2});
    parameters_add(&set, "bias", 1, (const size_t[]){1})->frozen = true;
    return set;
}

/* A set, its optimizer and state with numbers that no rounding in text would keep. */
struct run {
    struct parameters set;
    struct optimizer optimizer;
    struct checkpoint state;
    real best[VALUES];
};

static void run_make(struct run *run, enum optimizer_kind kind, bool filled)
{
    *run = (struct run){.set = new_set(3), .optimizer = optimizer_make(kind)};
    run->state.best_values = run->best;
    if (!filled)
        return;
    for (size_t p = 0; p < run->set.count; p++)
        for (size_t i = 0; i < tensor_count(&run->set.list[p]->value); i++) {
            run->set.list[p]->value.data[i] = (real)sin((double)(i + 3 * p + 1));
            run->set.list[p]->gradient[i] = (real)cos((double)i);
        }
    for (int step = 0; step < 3; step++)
        optimizer_step(&run->optimizer, &run->set, (real)0.01);
    for (size_t i = 0; i < VALUES; i++)
        run->best[i] = (real)exp((double)i);
    run->state.step = (1ull << 53) + 1;
    run->state.best_step = 5;
    run->state.evaluations_since = 2;
    run->state.best_figure = 1.0 / 3;
    run->state.loss_sum = 1e-300;
    run->state.loss_count = 9;
}

static void assert_same_moments(const real *a, const real *b, size_t count)
{
    ck_assert((a == NULL) == (b == NULL));
    if (a)
        ck_assert_mem_eq(a, b, count * sizeof *a);
}

static void check_round_trip(enum optimizer_kind kind)
{
    struct run run, back;
    struct error error = {0};
    run_make(&run, kind, true);
    run_make(&back, kind, false);
    ck_assert(checkpoint_save("state", &run.state, &run.set, &run.optimizer, "run", &error));
    ck_assert_msg(checkpoint_load("state", &back.state, &back.set, &back.optimizer, "run", &error),
                  "%s", error.message);
    for (size_t p = 0; p < run.set.count; p++) {
        const struct parameter *a = run.set.list[p], *b = back.set.list[p];
        size_t count = tensor_count(&a->value);
        ck_assert_mem_eq(a->value.data, b->value.data, count * sizeof(real));
        assert_same_moments(a->first_moment, b->first_moment, count);
        assert_same_moments(a->second_moment, b->second_moment, count);
    }
    ck_assert_mem_eq(run.best, back.best, sizeof run.best);
    ck_assert_uint_eq(back.optimizer.steps, 3);
    ck_assert_uint_eq(back.state.step, (1ull << 53) + 1);
    ck_assert_uint_eq(back.state.best_step, 5);
    ck_assert_uint_eq(back.state.evaluations_since, 2);
    ck_assert_uint_eq(back.state.loss_count, 9);
    ck_assert(back.state.best_figure == 1.0 / 3 && back.state.loss_sum == 1e-300);
    ck_assert_int_eq(scratch_count(), 1);
    parameters_free(&run.set);
    parameters_free(&back.set);
}

START_TEST(round_trip)
{
    check_round_trip(OPTIMIZER_SGD);
    check_round_trip(OPTIMIZER_ADAM);
    check_round_trip(OPTIMIZER_ADAMW);
}
END_TEST

/* Before the first evaluation there is no best figure. */
START_TEST(infinite_figure)
{
    struct run run;
    struct error error = {0};
    run_make(&run, OPTIMIZER_ADAM, true);
    run.state.best_figure = INFINITY;
    ck_assert(checkpoint_save("state", &run.state, &run.set, &run.optimizer, "run", &error));
    run.state.best_figure = 0;
    ck_assert(checkpoint_load("state", &run.state, &run.set, &run.optimizer, "run", &error));
    ck_assert(run.state.best_figure == INFINITY);
    parameters_free(&run.set);
}
END_TEST

static void refuse(struct run *run, const char *identity, int exit_code, const char *message)
{
    struct error error = {0};
    ck_assert(!checkpoint_load("state", &run->state, &run->set, &run->optimizer, identity, &error));
    ck_assert_int_eq(error.exit_code, exit_code);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
    ck_assert_msg(strstr(error.message, "state"), "%s", error.message);
}

START_TEST(other_files)
{
    struct run run, adam, other = {0};
    struct error error = {0};
    run_make(&run, OPTIMIZER_SGD, true);
    run_make(&adam, OPTIMIZER_ADAM, false);
    refuse(&adam, "run", EX_NOINPUT, "No such file");
    ck_assert(checkpoint_save("state", &run.state, &run.set, &run.optimizer, "run", &error));
    refuse(&adam, "run 2", EX_DATAERR, "another run");
    refuse(&adam, "run", EX_DATAERR, "second_moment"); /* which SGD does not have */
    other.set = new_set(4);
    other.state.best_values = other.best;
    other.optimizer = optimizer_make(OPTIMIZER_SGD);
    refuse(&other, "run", EX_DATAERR, "training.best");
    struct safetensors model = {0};
    safetensors_set_metadata(&model, "kind", "a model");
    ck_assert(safetensors_save("state", &model, &error));
    safetensors_free(&model);
    refuse(&run, "run", EX_DATAERR, "not a checkpoint");
    scratch_write("state", "x,y\n1,2\n");
    refuse(&run, "run", EX_DATAERR, "");
    parameters_free(&run.set);
    parameters_free(&adam.set);
    parameters_free(&other.set);
}
END_TEST

/* Cut at every length, a checkpoint is refused, and the values stay as they were. */
START_TEST(truncated)
{
    struct run run, back;
    struct error error = {0};
    char bytes[8192];
    run_make(&run, OPTIMIZER_ADAM, true);
    ck_assert(checkpoint_save("state", &run.state, &run.set, &run.optimizer, "run", &error));
    FILE *file = fopen("state", "rb");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ck_assert(length > 100 && length < sizeof bytes);
    for (size_t kept = 0; kept < length; kept += 3) {
        file = fopen("state", "wb");
        ck_assert_uint_eq(fwrite(bytes, 1, kept, file), kept);
        fclose(file);
        run_make(&back, OPTIMIZER_ADAM, false);
        refuse(&back, "run", EX_DATAERR, "");
        for (size_t i = 0; i < 6; i++)
            ck_assert(back.set.list[0]->value.data[i] == 0);
        parameters_free(&back.set);
    }
    parameters_free(&run.set);
}
END_TEST

START_TEST(cannot_be_written)
{
    struct run run;
    struct error error = {0};
    run_make(&run, OPTIMIZER_SGD, true);
    ck_assert(!checkpoint_save("nowhere/state", &run.state, &run.set, &run.optimizer, "run",
                               &error));
    ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
    parameters_free(&run.set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *cases = tcase_create("checkpoint");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, round_trip);
    tcase_add_test(cases, infinite_figure);
    tcase_add_test(cases, other_files);
    tcase_add_test(cases, truncated);
    tcase_add_test(cases, cannot_be_written);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
