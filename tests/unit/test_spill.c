/* Spilled memory: in memory below the limit, in a file without a name above it. */
#include "base/spill.h"

#include "base/error.h"
#include "check_main.h"
#include "child.h"
#include "scratch.h"

#include <string.h>

static void fill_and_check(struct spill *spill, size_t count)
{
    int *values = spill->block;
    for (size_t i = 0; i < count; i++)
        values[i] = (int)(i * 7);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(values[i], (int)(i * 7));
}

START_TEST(in_memory_or_in_a_file)
{
    enum { COUNT = 100000 };
    const size_t limits[] = {0, COUNT * sizeof(int), COUNT * sizeof(int) - 1};
    setenv("TMPDIR", ".", 1);
    for (size_t i = 0; i < 3; i++) {
        struct spill spill = spill_alloc(COUNT, sizeof(int), limits[i]);
        ck_assert(spill.in_file == (i == 2));
        fill_and_check(&spill, COUNT);
        ck_assert_int_eq(scratch_count(), 0);
        spill_free(&spill);
        ck_assert_ptr_null(spill.block);
    }
    spill_free(&(struct spill){0});
}
END_TEST

static void spill_nowhere(void *context)
{
    (void)context;
    setenv("TMPDIR", "nowhere", 1);
    spill_alloc(100, 1, 1);
}

START_TEST(no_folder)
{
    struct child child = child_run(spill_nowhere, NULL);
    ck_assert_int_eq(child.exit_code, EX_CANTCREAT);
    ck_assert_ptr_nonnull(strstr(child.errors, "temporary file of 100 bytes in nowhere"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spill");
    TCase *cases = tcase_create("spill");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, in_memory_or_in_a_file);
    tcase_add_test(cases, no_folder);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
