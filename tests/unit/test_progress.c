/* Progress: clocks that run, a meter on a terminal, and silence everywhere else. */
#include "base/progress.h"

#include "check_main.h"
#include "child.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>

START_TEST(clocks_do_not_run_backwards)
{
    double wall = progress_seconds();
    double processor = progress_processor_seconds();
    volatile double sum = 0;
    for (int i = 1; i < 1000000; i++)
        sum += sqrt(i);
    ck_assert_double_gt(progress_seconds(), wall);
    ck_assert_double_gt(progress_processor_seconds(), processor);
}
END_TEST

static void count_to_ten(void *context)
{
    struct progress progress;
    progress_start(&progress, "steps", 10, *(bool *)context);
    progress_update(&progress, 5, "loss", 0.25);
    progress_finish(&progress);
}

START_TEST(silent_without_a_terminal)
{
    bool shown = true;
    ck_assert_str_eq(child_run(count_to_ten, &shown).errors, "");
}
END_TEST

/* What count_to_ten writes to a terminal; a mark behind it tells that everything has come. */
static void draw_on_terminal(bool shown, char *text, size_t size)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal, 0);
    ck_assert(grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    int line = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(line, 0);
    int saved = dup(STDERR_FILENO);
    dup2(line, STDERR_FILENO);
    count_to_ten(&shown);
    dup2(saved, STDERR_FILENO);
    ck_assert_int_eq(write(line, "#", 1), 1);
    size_t length = 0;
    while (length == 0 || text[length - 1] != '#') {
        ck_assert_uint_lt(length, size - 1);
        ssize_t count = read(terminal, text + length, size - 1 - length);
        ck_assert_int_gt(count, 0);
        length += (size_t)count;
    }
    text[length - 1] = '\0';
    close(saved);
    close(line);
    close(terminal);
}

START_TEST(drawn_on_a_terminal_and_cleared)
{
    char text[512];
    draw_on_terminal(true, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "5/10 steps"));
    ck_assert_ptr_nonnull(strstr(text, "left 0:00"));
    ck_assert_ptr_nonnull(strstr(text, "loss 0.25"));
    const char clear[] = "\r\033[K";
    ck_assert_str_eq(text + strlen(text) - strlen(clear), clear);
}
END_TEST

START_TEST(quiet_on_a_terminal)
{
    char text[512];
    draw_on_terminal(false, text, sizeof text);
    ck_assert_str_eq(text, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    TCase *cases = tcase_create("progress");
    tcase_add_test(cases, clocks_do_not_run_backwards);
    tcase_add_test(cases, silent_without_a_terminal);
    tcase_add_test(cases, drawn_on_a_terminal_and_cleared);
    tcase_add_test(cases, quiet_on_a_terminal);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
