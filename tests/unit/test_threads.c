/* Subnormal numbers: taken for 0 by all threads where that is wanted, and heeded again. */
#include "base/threads.h"

#include "check_main.h"

#include <omp.h>

/* How many of four threads get something when they halve the least normal number. */
static int threads_that_heed(void)
{
    int heeding = 0;
#pragma omp parallel num_threads(4) reduction(+ : heeding)
    {
        volatile float least = 0x1p-126f, half = least * 0.5f, again = half * 2;
        heeding += half != 0 && again != 0;
    }
    return heeding;
}

START_TEST(flushed_and_restored)
{
    omp_set_num_threads(4);
    ck_assert_int_eq(threads_that_heed(), 4);
    ck_assert(!threads_flush_subnormals(true));
#if defined __SSE__ || defined __aarch64__
    ck_assert_int_eq(threads_that_heed(), 0);
    ck_assert(threads_flush_subnormals(true));
#endif
    threads_flush_subnormals(false);
    ck_assert_int_eq(threads_that_heed(), 4);
}
END_TEST

START_TEST(threads_by_work)
{
    omp_set_num_threads(4);
    ck_assert_uint_eq(threads_for(0, 10), 1);
    ck_assert_uint_eq(threads_for(19, 10), 1);
    ck_assert_uint_eq(threads_for(20, 10), 2);
    ck_assert_uint_eq(threads_for(1000, 10), 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads");
    TCase *cases = tcase_create("threads");
    tcase_add_test(cases, flushed_and_restored);
    tcase_add_test(cases, threads_by_work);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
