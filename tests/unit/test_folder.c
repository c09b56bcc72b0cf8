/* Folders that are complete or not there: committed, discarded, left at exit, refused. */
#include "base/folder.h"

#include "base/signals.h"
#include "check_main.h"
#include "child.h"
#include "scratch.h"

#include <signal.h>
#include <sys/stat.h>

static void put(const struct folder *folder, const char *name)
{
    char *path = folder_file(folder, name);
    scratch_write(path, "x");
    free(path);
}

START_TEST(committed)
{
    struct folder folder;
    struct error error = {0};
    struct stat status;
    ck_assert(folder_begin(&folder, "made//", &error));
    put(&folder, "one");
    ck_assert(stat("made", &status) != 0);
    ck_assert(folder_commit(&folder, &error));
    ck_assert(scratch_holds("made/one", "x"));
    ck_assert_int_eq(scratch_count(), 1);
    ck_assert(!folder_begin(&folder, "made", &error));
    ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
    unlink("made/one");
    error = (struct error){0};
    ck_assert(folder_begin(&folder, "made", &error)); /* an empty one may be filled */
    put(&folder, "two");
    ck_assert(folder_commit(&folder, &error));
    ck_assert(scratch_holds("made/two", "x"));
    unlink("made/two");
    rmdir("made");
}
END_TEST

START_TEST(discarded)
{
    struct folder folder;
    struct error error = {0};
    ck_assert(folder_begin(&folder, "made", &error));
    put(&folder, "one");
    folder_discard(&folder);
    ck_assert_int_eq(scratch_count(), 0);
    folder_discard(&folder); /* of {0}: nothing */
}
END_TEST

static void leave_open(void *context)
{
    struct folder folder;
    struct error error = {0};
    (void)context;
    if (!folder_begin(&folder, "made", &error))
        abort();
    put(&folder, "one");
    error_die(EX_IOERR, "as on a full disk");
}

START_TEST(removed_at_exit)
{
    struct child child = child_run(leave_open, NULL);
    ck_assert_int_eq(child.exit_code, EX_IOERR);
    ck_assert_int_eq(scratch_count(), 0);
}
END_TEST

static void be_terminated(void *context)
{
    struct folder folder;
    struct error error = {0};
    (void)context;
    signals_install();
    if (!folder_begin(&folder, "made", &error))
        abort();
    for (int i = 0; i < 300; i++) { /* more than fit into one look at the folder */
        char name[64];
        snprintf(name, sizeof name, "a file of a longer name %d", i);
        put(&folder, name);
    }
    raise(SIGTERM);
}

START_TEST(removed_by_a_signal)
{
    struct child child = child_run(be_terminated, NULL);
    ck_assert_int_eq(child.exit_code, EXIT_INTERRUPTED);
    ck_assert_int_eq(scratch_count(), 0);
}
END_TEST

START_TEST(refused)
{
    struct folder folder;
    struct error error = {0};
    ck_assert(!folder_begin(&folder, "no/such/place", &error));
    ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
    error = (struct error){0};
    ck_assert(!folder_begin(&folder, "", &error));
    ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
    scratch_write("file", "x");
    error = (struct error){0};
    ck_assert(!folder_begin(&folder, "file", &error));
    ck_assert_int_eq(error.exit_code, EX_CANTCREAT);
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("folder");
    TCase *cases = tcase_create("folder");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, committed);
    tcase_add_test(cases, discarded);
    tcase_add_test(cases, removed_at_exit);
    tcase_add_test(cases, removed_by_a_signal);
    tcase_add_test(cases, refused);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
