/*
 * Ranks: sums and broadcasts. Runs as one process by itself; tests/dist/ranks.sh runs it under
 * mpirun, and tells in RANKS_EXPECTED how many ranks there must be.
 */
#include "dist/ranks.h"
#include "dist/row_share.h"

#include "check_main.h"

#include <string.h>

START_TEST(count_and_rank)
{
    const char *expected = getenv("RANKS_EXPECTED");
    ck_assert_int_eq(ranks_count(), expected ? atoi(expected) : 1);
    ck_assert_int_ge(ranks_rank(), 0);
    ck_assert_int_lt(ranks_rank(), ranks_count());
    double ranks = ranks_rank();
    ranks_sum_doubles(&ranks, 1);
    ck_assert_double_eq(ranks, ranks_count() * (ranks_count() - 1) / 2);
}
END_TEST

START_TEST(sums)
{
    enum { COUNT = 1000 };
    float floats[COUNT];
    double doubles[COUNT];
    for (int i = 0; i < COUNT; i++) {
        floats[i] = (float)(i * (ranks_rank() + 1));
        doubles[i] = floats[i];
    }
    ranks_sum_floats(floats, COUNT);
    ranks_sum_doubles(doubles, COUNT);
    int factor = ranks_count() * (ranks_count() + 1) / 2;
    for (int i = 0; i < COUNT; i++) {
        ck_assert_float_eq(floats[i], (float)(i * factor));
        ck_assert_double_eq(doubles[i], i * factor);
    }
}
END_TEST

START_TEST(broadcasts)
{
    int last = ranks_count() - 1;
    char text[8] = "none";
    if (ranks_rank() == last)
        memcpy(text, "weights", sizeof text);
    ranks_broadcast(text, sizeof text, last);
    ck_assert_str_eq(text, "weights");
    ranks_broadcast(text, 0, 0);
    ranks_wait();
}
END_TEST

/* Rank r sends to rank s a run of r + s bytes that name both. */
START_TEST(exchanges)
{
    int ranks = ranks_count(), self = ranks_rank();
    size_t counts[16], total = 0, received;
    char bytes[1024];
    ck_assert_int_le(ranks, 16);
    for (int to = 0; to < ranks; to++) {
        counts[to] = (size_t)(self + to);
        memset(bytes + total, 16 * self + to, counts[to]);
        total += counts[to];
    }
    char *all = ranks_exchange(bytes, counts, &received), *next = all;
    for (int from = 0; from < ranks; from++)
        for (int i = 0; i < from + self; i++)
            ck_assert_int_eq(*next++, (char)(16 * from + self));
    ck_assert_uint_eq(received, (size_t)(next - all));
    free(all);
}
END_TEST

/* More rows than ranks, and fewer; the shares are all the rows, each once. */
START_TEST(row_shares)
{
    struct row_share share = {0};
    for (size_t rows = 0; rows < 12; rows += 5) {
        double held = 0;
        int32_t all[12][2];
        row_share_make(&share, rows);
        ck_assert_uint_eq(share.ranks, (size_t)ranks_count());
        held = (double)share.count;
        ranks_sum_doubles(&held, 1);
        ck_assert_double_eq(held, (double)rows);
        memset(all, 0xff, sizeof all);
        for (size_t i = share.first; i < share.first + share.count; i++)
            all[i][0] = all[i][1] = (int32_t)i;
        row_share_gather(&share, all, sizeof *all);
        for (size_t i = 0; i < rows; i++)
            ck_assert(all[i][0] == (int32_t)i && all[i][1] == (int32_t)i);
        ck_assert_int_eq(all[rows][0], -1);
    }
    row_share_free(&share);
}
END_TEST

START_TEST(any)
{
    ck_assert(!ranks_any(false));
    ck_assert(ranks_any(ranks_rank() == ranks_count() - 1));
}
END_TEST

int main(void)
{
    /* MPI does not survive a fork. */
    setenv("CK_FORK", "no", 1);
    ranks_start();
    Suite *suite = suite_create("ranks");
    TCase *cases = tcase_create("ranks");
    tcase_add_test(cases, count_and_rank);
    tcase_add_test(cases, sums);
    tcase_add_test(cases, broadcasts);
    tcase_add_test(cases, row_shares);
    tcase_add_test(cases, any);
    tcase_add_test(cases, exchanges);
    suite_add_tcase(suite, cases);
    int result = check_run(suite);
    ranks_finish();
    return result;
}
