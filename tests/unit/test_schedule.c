/* Learning-rate schedules: the warm-up, where each decay begins, passes and ends. */
#include "optim/schedule.h"

#include "check_main.h"

#include <math.h>

static struct schedule schedule_of(enum decay decay)
{
    return (struct schedule){
        .decay = decay, .rate = 0.1, .last_rate = 0.001, .warm_up = 10, .steps = 111, .period = 25};
}

static void assert_rate(const struct schedule *schedule, uint64_t step, double expected)
{
    double rate = schedule_rate(schedule, step);
    ck_assert_msg(fabs(rate - expected) <= 1e-12, "%s: rate %.17g at step %llu, not %.17g",
                  decay_names[schedule->decay], rate, (unsigned long long)step, expected);
}

START_TEST(warm_up_is_linear)
{
    for (int decay = 0; decay_names[decay]; decay++) {
        struct schedule schedule = schedule_of((enum decay)decay);
        for (uint64_t step = 0; step < 10; step++)
            assert_rate(&schedule, step, 0.01 * (double)(step + 1));
        assert_rate(&schedule, 10, 0.1);
    }
}
END_TEST

START_TEST(decays)
{
    const struct {
        enum decay decay;
        double halfway, last;
    } cases[] = {{DECAY_CONSTANT, 0.1, 0.1},
                 {DECAY_LINEAR, 0.0505, 0.001},
                 {DECAY_COSINE, 0.0505, 0.001},
                 {DECAY_EXPONENTIAL, 0.01, 0.001},
                 {DECAY_STEP, 0.01, 0.001}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct schedule schedule = schedule_of(cases[i].decay);
        assert_rate(&schedule, 60, cases[i].halfway);
        assert_rate(&schedule, 110, cases[i].last);
        assert_rate(&schedule, 100000, cases[i].last); /* and beyond the end */
    }
}
END_TEST

START_TEST(cosine_at_a_quarter)
{
    struct schedule schedule = schedule_of(DECAY_COSINE);
    assert_rate(&schedule, 35, 0.001 + 0.099 * (1 + sqrt(0.5)) / 2);
}
END_TEST

/* Four drops, each to the root of the root of a hundredth, and level between them. */
START_TEST(steps_are_equal_in_ratio)
{
    struct schedule schedule = schedule_of(DECAY_STEP);
    for (uint64_t step = 10; step < 110; step++)
        assert_rate(&schedule, step, 0.1 * pow(0.01, (double)((step - 10) / 25) / 4));
}
END_TEST

START_TEST(degenerate_lengths)
{
    for (int decay = 0; decay_names[decay]; decay++) {
        struct schedule schedule = {.decay = (enum decay)decay, .rate = 1, .last_rate = 0.1};
        for (schedule.steps = 0; schedule.steps < 4; schedule.steps++)
            for (schedule.warm_up = 0; schedule.warm_up < 4; schedule.warm_up++)
                for (uint64_t step = 0; step < 6; step++) {
                    double rate = schedule_rate(&schedule, step);
                    ck_assert(rate > 0 && rate <= 1);
                }
    }
}
END_TEST

START_TEST(rates_never_rise_after_the_warm_up)
{
    for (int decay = 0; decay_names[decay]; decay++) {
        struct schedule schedule = schedule_of((enum decay)decay);
        for (uint64_t step = 10; step < 200; step++)
            ck_assert(schedule_rate(&schedule, step + 1) <= schedule_rate(&schedule, step));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schedule");
    TCase *cases = tcase_create("schedule");
    tcase_add_test(cases, warm_up_is_linear);
    tcase_add_test(cases, decays);
    tcase_add_test(cases, cosine_at_a_quarter);
    tcase_add_test(cases, steps_are_equal_in_ratio);
    tcase_add_test(cases, degenerate_lengths);
    tcase_add_test(cases, rates_never_rise_after_the_warm_up);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
