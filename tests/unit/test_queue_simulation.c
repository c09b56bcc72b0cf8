/* The queue of jobs on paper: by hand, without failures and with them. */
#include "pathway/queue_simulation.h"

#include "check_main.h"

#include <math.h>

static struct queue_simulation run(double *seconds, size_t jobs, size_t hosts, size_t slots,
                                   double failure)
{
    struct queue_simulation s = {.seconds = seconds, .jobs = jobs, .hosts = hosts, .slots = slots,
                                 .mean_failure = failure, .repair = 5, .seed = 3};
    queue_simulate(&s);
    return s;
}

START_TEST(longest_first)
{
    double seconds[] = {1, 2, 3, 4, 6};
    struct queue_simulation s = run(seconds, 5, 2, 1, 0);
    /* 6 + 2 on one, 4 + 3 + 1 on the other. */
    ck_assert(s.wall == 8 && s.busy == 16 && s.lost == 0);
    s = run(seconds, 5, 1, 1, 0);
    ck_assert(s.wall == 16);
    s = run(seconds, 5, 1, 8, 0);
    ck_assert(s.wall == 6);
}
END_TEST

/* Whatever fails, every job is done once in the end, and slots are never used twice. */
START_TEST(failures)
{
    enum { JOBS = 500 };
    double seconds[JOBS], sum = 0;
    for (size_t i = 0; i < JOBS; i++)
        sum += seconds[i] = 1 + (double)(i % 7);
    struct queue_simulation calm = run(seconds, JOBS, 4, 2, 0);
    struct queue_simulation rough = run(seconds, JOBS, 4, 2, 60);
    ck_assert(fabs(calm.busy - sum) < 1e-6 && fabs(rough.busy - sum) < 1e-6);
    ck_assert(rough.failures > 0 && rough.repeated > 0 && rough.lost > 0);
    ck_assert(rough.wall > calm.wall);
    ck_assert(rough.busy + rough.lost <= rough.wall * 8 + 1e-6);
    struct queue_simulation again = run(seconds, JOBS, 4, 2, 60);
    ck_assert(again.wall == rough.wall && again.lost == rough.lost);
}
END_TEST

START_TEST(no_jobs)
{
    struct queue_simulation s = run(NULL, 0, 2, 2, 10);
    ck_assert(s.wall == 0 && s.busy == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("queue_simulation");
    TCase *cases = tcase_create("queue");
    tcase_add_test(cases, longest_first);
    tcase_add_test(cases, failures);
    tcase_add_test(cases, no_jobs);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
