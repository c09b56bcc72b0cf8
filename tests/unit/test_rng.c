/* The generator: known answers, independence of streams, and the distributions' first moments. */
#include "base/rng.h"

#include "check_main.h"

#include <math.h>

START_TEST(known_answer)
{
    /* Random123's published vector: key 0, counter 0. */
    struct rng rng = {0};
    const uint32_t expected[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(rng_bits(&rng), expected[i]);
}
END_TEST

START_TEST(streams_differ)
{
    struct rng a = rng_make(1, RNG_TEST, 0);
    struct rng b = rng_make(1, RNG_TEST, 1);
    struct rng c = rng_make(2, RNG_TEST, 0);
    struct rng again = rng_make(1, RNG_TEST, 0);
    uint64_t first = rng_bits64(&a);
    ck_assert(first != rng_bits64(&b));
    ck_assert(first != rng_bits64(&c));
    ck_assert(first == rng_bits64(&again));
}
END_TEST

START_TEST(moments)
{
    enum { COUNT = 200000 };
    struct rng rng = rng_make(7, RNG_TEST, 0);
    double mean = 0, square = 0, uniform = 0;
    for (int i = 0; i < COUNT; i++) {
        double normal = rng_normal(&rng);
        mean += normal / COUNT;
        square += normal * normal / COUNT;
        uniform += rng_uniform(&rng) / COUNT;
    }
    ck_assert(fabs(mean) < 0.01);
    ck_assert(fabs(square - 1) < 0.02);
    ck_assert(fabs(uniform - 0.5) < 0.005);
}
END_TEST

START_TEST(below_is_uniform)
{
    struct rng rng = rng_make(3, RNG_TEST, 0);
    int counts[7] = {0};
    for (int i = 0; i < 70000; i++)
        counts[rng_below(&rng, 7)]++;
    for (int i = 0; i < 7; i++)
        ck_assert(abs(counts[i] - 10000) < 500);
}
END_TEST

START_TEST(shuffle_keeps_elements)
{
    struct rng rng = rng_make(3, RNG_TEST, 0);
    int values[100], seen[100] = {0}, moved = 0;
    for (int i = 0; i < 100; i++)
        values[i] = i;
    rng_shuffle(&rng, values, 100, sizeof *values);
    for (int i = 0; i < 100; i++) {
        seen[values[i]]++;
        moved += values[i] != i;
    }
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(seen[i], 1);
    ck_assert_int_gt(moved, 80);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rng");
    TCase *cases = tcase_create("philox");
    tcase_add_test(cases, known_answer);
    tcase_add_test(cases, streams_differ);
    tcase_add_test(cases, moments);
    tcase_add_test(cases, below_is_uniform);
    tcase_add_test(cases, shuffle_keeps_elements);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
