/* Errors: what is recorded, what stays, and how a program ends on one. */
#include "base/error.h"

#include "check_main.h"
#include "child.h"

#include <errno.h>
#include <string.h>

START_TEST(records_code_and_message)
{
    struct error error = {0};
    ck_assert(!error_set(&error, EX_DATAERR, "%s:%d: no number", "a.csv", 3));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_str_eq(error.message, "a.csv:3: no number");
}
END_TEST

START_TEST(first_error_stays)
{
    struct error error = {0};
    error_set(&error, EX_DATAERR, "first");
    error_set(&error, EX_IOERR, "second");
    errno = ENOENT;
    error_set_errno(&error, EX_NOINPUT, "third");
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_str_eq(error.message, "first");
}
END_TEST

START_TEST(names_the_system_error)
{
    struct error error = {0};
    errno = ENOENT;
    ck_assert(!error_set_errno(&error, EX_NOINPUT, "a.csv: cannot open"));
    ck_assert_str_eq(error.message, "a.csv: cannot open: No such file or directory");
}
END_TEST

START_TEST(long_messages_are_cut)
{
    char text[3 * ERROR_MESSAGE_SIZE];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct error error = {0};
    error_set(&error, EX_DATAERR, "%s", text);
    ck_assert_uint_eq(strlen(error.message), ERROR_MESSAGE_SIZE - 1);
    errno = ENOENT;
    struct error with_errno = {0};
    error_set_errno(&with_errno, EX_DATAERR, "%s", text);
    ck_assert_uint_eq(strlen(with_errno.message), ERROR_MESSAGE_SIZE - 1);
    error_append(&error, "%s", text);
    ck_assert_uint_eq(strlen(error.message), ERROR_MESSAGE_SIZE - 1);
}
END_TEST

START_TEST(appended_text_comes_last)
{
    struct error error = {0};
    error_set(&error, EX_DATAERR, "no number");
    error_append(&error, " in %s %d", "row", 3);
    ck_assert_str_eq(error.message, "no number in row 3");
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
}
END_TEST

static void leave_by_error(void *context)
{
    error_set_program("/usr/bin/graph-make");
    printf("output that was not finished");
    error_exit(context);
}

START_TEST(exit_prints_and_drops_output)
{
    struct error error = {0};
    error_set(&error, EX_DATAERR, "bad");
    struct child child = child_run(leave_by_error, &error);
    ck_assert_int_eq(child.exit_code, EX_DATAERR);
    ck_assert_str_eq(child.errors, "graph-make: bad\n");
    ck_assert_str_eq(child.output, "");
}
END_TEST

START_TEST(an_error_without_code_is_internal)
{
    struct error error = {0};
    ck_assert_int_eq(child_run(leave_by_error, &error).exit_code, EX_SOFTWARE);
}
END_TEST

static void die(void *context)
{
    (void)context;
    error_die(EX_OSERR, "no %s", "luck");
}

START_TEST(die_sets_and_exits)
{
    struct child child = child_run(die, NULL);
    ck_assert_int_eq(child.exit_code, EX_OSERR);
    ck_assert_str_eq(child.errors, "tesserae: no luck\n");
}
END_TEST

static void warn(void *context)
{
    error_quiet(*(bool *)context);
    error_warn("%d nodes left out", 3);
}

START_TEST(warnings_unless_quiet)
{
    bool quiet = false;
    ck_assert_str_eq(child_run(warn, &quiet).errors, "tesserae: warning: 3 nodes left out\n");
    quiet = true;
    ck_assert_str_eq(child_run(warn, &quiet).errors, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *cases = tcase_create("error");
    tcase_add_test(cases, records_code_and_message);
    tcase_add_test(cases, first_error_stays);
    tcase_add_test(cases, names_the_system_error);
    tcase_add_test(cases, long_messages_are_cut);
    tcase_add_test(cases, appended_text_comes_last);
    tcase_add_test(cases, exit_prints_and_drops_output);
    tcase_add_test(cases, an_error_without_code_is_internal);
    tcase_add_test(cases, die_sets_and_exits);
    tcase_add_test(cases, warnings_unless_quiet);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
