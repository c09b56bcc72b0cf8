/* Signals: interrupted at once, deferred to save first, ignored where the parent ignores. */
#include "base/signals.h"

#include "base/error.h"
#include "check_main.h"
#include "child.h"

#include <signal.h>

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDING = sizeof ending / sizeof *ending };

static void interrupt(void *context)
{
    signals_install();
    raise(*(int *)context);
}

START_TEST(an_interrupt_ends_with_130)
{
    for (size_t i = 0; i < ENDING; i++) {
        int number = ending[i];
        ck_assert_int_eq(child_run(interrupt, &number).exit_code, EXIT_INTERRUPTED);
    }
}
END_TEST

START_TEST(a_closed_pipe_ends_quietly)
{
    int number = SIGPIPE;
    struct child child = child_run(interrupt, &number);
    ck_assert_int_eq(child.signal, SIGPIPE);
    ck_assert_str_eq(child.errors, "");
}
END_TEST

static void defer(void *context)
{
    signals_install();
    signals_defer();
    if (signals_pending())
        exit(1);
    raise(SIGTERM);
    if (!signals_pending())
        exit(2);
    if (*(int *)context == 2)
        raise(SIGINT);
    raise(SIGTERM); /* as timeout(1) does: the process, then its group */
    exit(3);
}

START_TEST(the_first_is_deferred_with_its_echo_and_the_second_is_not)
{
    int count = 1;
    ck_assert_int_eq(child_run(defer, &count).exit_code, 3);
    count = 2;
    ck_assert_int_eq(child_run(defer, &count).exit_code, EXIT_INTERRUPTED);
}
END_TEST

static void ignore_first(void *context)
{
    signal(*(int *)context, SIG_IGN);
    interrupt(context);
}

START_TEST(what_the_parent_ignores_stays_ignored)
{
    int number = SIGHUP;
    ck_assert_int_eq(child_run(ignore_first, &number).exit_code, 0);
}
END_TEST

int main(void)
{
    /* Whoever runs the tests in the background or under nohup ignores some of these. */
    for (size_t i = 0; i < ENDING; i++)
        signal(ending[i], SIG_DFL);
    Suite *suite = suite_create("signals");
    TCase *cases = tcase_create("signals");
    tcase_add_test(cases, an_interrupt_ends_with_130);
    tcase_add_test(cases, a_closed_pipe_ends_quietly);
    tcase_add_test(cases, the_first_is_deferred_with_its_echo_and_the_second_is_not);
    tcase_add_test(cases, what_the_parent_ignores_stays_ignored);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
