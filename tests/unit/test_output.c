/* Output: files that are complete or not there, whatever ends the program. */
#include "base/output.h"

#include "base/memory.h"
#include "base/signals.h"
#include "check_main.h"
#include "child.h"
#include "scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void write_file(const char *name, const char *text)
{
    struct error error = {0};
    ck_assert(output_write_file(name, text, strlen(text), &error));
}

static mode_t mode_of(const char *name)
{
    struct stat status;
    ck_assert_int_eq(stat(name, &status), 0);
    return status.st_mode & 0777;
}

START_TEST(appears_when_committed)
{
    struct error error = {0};
    struct output output;
    ck_assert(output_open(&output, "a", &error));
    fputs("text", output.file);
    ck_assert_int_ne(access("a", F_OK), 0);
    ck_assert(output_commit(&output, &error));
    ck_assert(scratch_holds("a", "text"));
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(discarded_leaves_the_old_one)
{
    scratch_write("a", "old");
    struct error error = {0};
    struct output output;
    ck_assert(output_open(&output, "a", &error));
    fputs("new", output.file);
    output_discard(&output);
    ck_assert(scratch_holds("a", "old"));
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(finished_only_when_written)
{
    scratch_write("a", "old");
    struct error error = {0};
    struct output output;
    ck_assert(output_open(&output, "a", &error));
    fputs("half", output.file);
    ck_assert(!output_finish(&output, false, &error));
    ck_assert(scratch_holds("a", "old"));
    ck_assert(output_open(&output, "a", &error));
    fputs("whole", output.file);
    ck_assert(output_finish(&output, true, &error));
    ck_assert(scratch_holds("a", "whole"));
    ck_assert_int_eq(scratch_count(), 1);
    ck_assert(!output_write_file("no/where", "x", 1, &error));
    ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
}
END_TEST

START_TEST(permissions)
{
    umask(027);
    write_file("new", "x");
    ck_assert_uint_eq(mode_of("new"), 0640);
    scratch_write("old", "x");
    chmod("old", 0604);
    write_file("old", "y");
    ck_assert_uint_eq(mode_of("old"), 0604);
    ck_assert(scratch_holds("old", "y"));
}
END_TEST

START_TEST(link_stays_a_link)
{
    scratch_write("target", "old");
    ck_assert_int_eq(symlink("target", "link"), 0);
    write_file("link", "new");
    struct stat status;
    ck_assert_int_eq(lstat("link", &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
    ck_assert(scratch_holds("target", "new"));
}
END_TEST

START_TEST(cannot_create)
{
    const char *const names[] = {"no-such-folder/a", ".", "/proc/none"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error error = {0};
        struct output output;
        ck_assert(!output_open(&output, names[i], &error));
        ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
        ck_assert_ptr_eq(strstr(error.message, names[i]), error.message);
    }
}
END_TEST

START_TEST(read_only_file_is_respected)
{
    if (geteuid() == 0 && (setegid(65534) != 0 || chmod(".", 0777) != 0 || seteuid(65534) != 0))
        return;
    scratch_write("a", "kept");
    chmod("a", 0444);
    struct error error = {0};
    struct output output;
    /* access() goes by the real user, who may write anything when it is root. */
    if (access("a", W_OK) != 0) {
        ck_assert(!output_open(&output, "a", &error));
        ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
    }
    ck_assert(scratch_holds("a", "kept"));
    ck_assert_int_eq(scratch_count(), 1);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(full_disk)
{
    struct error error = {0};
    struct output output;
    ck_assert(output_open(&output, "/dev/full", &error));
    fputs("text", output.file);
    ck_assert(!output_commit(&output, &error));
    ck_assert_int_eq(error.exit_code, EX_IOERR);
    ck_assert_str_eq(error.message, "/dev/full: cannot write: No space left on device");

    char block[4096] = {0};
    bool written = true;
    error = (struct error){0};
    ck_assert(output_open(&output, "/dev/full", &error));
    for (int i = 0; i < 1000 && written; i++)
        written = output_write(&output, block, sizeof block, &error);
    ck_assert(!written);
    ck_assert_int_eq(error.exit_code, EX_IOERR);
    output_discard(&output);
}
END_TEST

static void write_beyond_limit(void *context)
{
    (void)context;
    signals_install();
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){100000, 100000});
    struct error error = {0};
    struct output output;
    char *block = memory_zeroed(1 << 20, 1);
    if (output_open(&output, "limited", &error) &&
        output_write(&output, block, 1 << 20, &error))
        output_commit(&output, &error);
    free(block);
    error_exit(&error);
}

START_TEST(file_size_limit)
{
    struct child child = child_run(write_beyond_limit, NULL);
    ck_assert_int_eq(child.exit_code, EX_IOERR);
    ck_assert_ptr_nonnull(strstr(child.errors, "limited: cannot write: File too large"));
    ck_assert_int_eq(scratch_count(), 0);
}
END_TEST

/* Leaves an unfinished file and ends in the way that context says. */
static void end_unfinished(void *context)
{
    struct error error = {0};
    struct output output;
    signals_install();
    output_open(&output, "unfinished", &error);
    fputs("half", output.file);
    int way = *(int *)context;
    if (way == 0)
        error_die(EX_DATAERR, "wrong");
    if (way == EX_OSERR) {
        static volatile size_t huge = (size_t)-1;
        free(memory_alloc(huge, 2));
    }
    raise(way);
}

START_TEST(nothing_is_left_behind)
{
    const struct {
        int way;
        int exit_code;
        int signal;
    } cases[] = {{0, EX_DATAERR, 0},
                 {EX_OSERR, EX_OSERR, 0},
                 {SIGINT, EXIT_INTERRUPTED, 0},
                 {SIGTERM, EXIT_INTERRUPTED, 0},
                 {SIGPIPE, -1, SIGPIPE},
                 {SIGQUIT, -1, SIGQUIT},
                 {SIGABRT, -1, SIGABRT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int way = cases[i].way;
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        struct child child = child_run(end_unfinished, &way);
        ck_assert_int_eq(child.exit_code, cases[i].exit_code);
        ck_assert_int_eq(child.signal, cases[i].signal);
        ck_assert_int_eq(scratch_count(), 0);
    }
}
END_TEST

START_TEST(several_at_once_but_not_endlessly)
{
    struct error error = {0};
    struct output outputs[32];
    int open = 0;
    char name[16];
    for (; open < 32; open++) {
        snprintf(name, sizeof name, "f%d", open);
        if (!output_open(&outputs[open], name, &error))
            break;
    }
    ck_assert_int_ge(open, 8);
    ck_assert_int_lt(open, 32);
    ck_assert_int_eq(error.exit_code, EX_SOFTWARE);
    output_remove_unfinished();
    ck_assert_int_eq(scratch_count(), 0);
    while (open-- > 0)
        output_discard(&outputs[open]);
}
END_TEST

static void print_and_return(void *context)
{
    if (*(int *)context >= 0)
        dup2(*(int *)context, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    output_prepare_standard();
    /* Were standard output's number free, this file would get it and the text below. */
    FILE *file = fopen("bystander", "wb");
    printf("text");
    fflush(stdout);
    fclose(file);
}

START_TEST(standard_output_that_fails_is_noticed)
{
    int full = open("/dev/full", O_WRONLY);
    struct child child = child_run(print_and_return, &full);
    ck_assert_int_eq(child.exit_code, EX_IOERR);
    ck_assert_ptr_nonnull(strstr(child.errors, "standard output: cannot write"));
    close(full);
    int closed = -1;
    child = child_run(print_and_return, &closed);
    ck_assert_int_eq(child.exit_code, EX_IOERR);
    ck_assert(scratch_holds("bystander", ""));
}
END_TEST

static void write_to_standard(void *context)
{
    (void)context;
    write_file("-", "text");
    write_file(NULL, " and more");
}

START_TEST(dash_is_standard_output)
{
    struct child child = child_run(write_to_standard, NULL);
    ck_assert_int_eq(child.exit_code, 0);
    ck_assert_str_eq(child.output, "text and more");
    ck_assert_int_eq(scratch_count(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output");
    TCase *cases = tcase_create("output");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, appears_when_committed);
    tcase_add_test(cases, discarded_leaves_the_old_one);
    tcase_add_test(cases, finished_only_when_written);
    tcase_add_test(cases, permissions);
    tcase_add_test(cases, link_stays_a_link);
    tcase_add_test(cases, cannot_create);
    tcase_add_test(cases, read_only_file_is_respected);
    tcase_add_test(cases, full_disk);
    tcase_add_test(cases, file_size_limit);
    tcase_add_test(cases, nothing_is_left_behind);
    tcase_add_test(cases, several_at_once_but_not_endlessly);
    tcase_add_test(cases, standard_output_that_fails_is_noticed);
    tcase_add_test(cases, dash_is_standard_output);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
