/* Sequential samples: ascending, complete, every number and every pair as likely as any other. */
#include "graph/pair_sampling.h"

#include "check_main.h"

#include <math.h>
#include <string.h>

enum { MOST = 400 };

/* How often each number and each pair of neighbouring numbers is drawn, against what it should. */
static void check_uniform(uint64_t count, uint64_t bound)
{
    enum { DRAWS = 20000 };
    static uint32_t singles[MOST], pairs[MOST];
    memset(singles, 0, sizeof singles);
    memset(pairs, 0, sizeof pairs);
    bool ordered = true;
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        struct sequential_sample sample =
            sequential_sample_start(count, bound, rng_make(11, RNG_TEST, draw));
        uint64_t number, drawn = 0, last = UINT64_MAX;
        while (sequential_sample_next(&sample, &number)) {
            ordered &= (drawn == 0 || number > last) && number < bound;
            singles[number]++;
            if (drawn > 0 && number == last + 1)
                pairs[number]++;
            last = number;
            drawn++;
        }
        ordered &= drawn == count;
    }
    ck_assert(ordered);
    double share = (double)count / (double)bound;
    double both = share * (double)(count - 1) / (double)(bound - 1);
    for (uint64_t i = 0; i < bound; i++) {
        double deviation = sqrt(DRAWS * share * (1 - share)) + 1e-9;
        ck_assert_msg(fabs(singles[i] - DRAWS * share) <= 5 * deviation, "%d of %d: %d: %d, not %g",
                      (int)count, (int)bound, (int)i, (int)singles[i], DRAWS * share);
        deviation = sqrt(DRAWS * both * (1 - both)) + 1e-9;
        ck_assert(i == 0 || fabs(pairs[i] - DRAWS * both) <= 5 * deviation);
    }
}

START_TEST(uniform)
{
    check_uniform(10, MOST); /* sparse, then dense towards the end */
    check_uniform(25, MOST);
    check_uniform(100, MOST);
    check_uniform(3, 90);
    check_uniform(1, 50);
    check_uniform(40, 40);
}
END_TEST

START_TEST(large)
{
    const uint64_t count = 100000, bound = UINT64_C(1) << 50;
    struct sequential_sample sample =
        sequential_sample_start(count, bound, rng_make(1, RNG_TEST, 0));
    uint64_t number, drawn = 0, last = 0;
    double mean = 0, square = 0;
    for (; sequential_sample_next(&sample, &number); drawn++, last = number) {
        double gap = (double)(number - last) / ((double)bound / (double)count);
        mean += gap / (double)count;
        square += gap * gap / (double)count;
    }
    ck_assert_uint_eq(drawn, count);
    ck_assert_double_eq_tol(mean, 1, 1e-3);   /* gaps are exponential with mean 1 */
    ck_assert_double_eq_tol(square, 2, 0.08); /* 5 deviations */
}
END_TEST

START_TEST(none)
{
    uint64_t number;
    struct sequential_sample sample = sequential_sample_start(0, 5, rng_make(1, RNG_TEST, 0));
    ck_assert(!sequential_sample_next(&sample, &number));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pair_sampling");
    TCase *cases = tcase_create("pair_sampling");
    tcase_add_test(cases, uniform);
    tcase_add_test(cases, large);
    tcase_add_test(cases, none);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
