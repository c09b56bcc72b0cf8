/* Splits: words, shares, and stratified draws. */
#include "graph/split.h"

#include "base/rng.h"
#include "check_main.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

START_TEST(words)
{
    enum split_part part;
    ck_assert(split_part_from_name("train", &part) && part == SPLIT_TRAIN);
    ck_assert(split_part_from_name("validation", &part) && part == SPLIT_VALIDATION);
    ck_assert(split_part_from_name("valid", &part) && part == SPLIT_VALIDATION);
    ck_assert(split_part_from_name("val", &part) && part == SPLIT_VALIDATION);
    ck_assert(split_part_from_name("test", &part) && part == SPLIT_TEST);
    ck_assert(split_part_from_name("none", &part) && part == SPLIT_NONE);
    ck_assert(split_part_from_name("", &part) && part == SPLIT_NONE);
    ck_assert(!split_part_from_name("Train", &part) && !split_part_from_name("tested", &part));
    for (int p = 0; p < SPLIT_PARTS; p++)
        ck_assert(split_part_from_name(split_part_names[p], &part) && (int)part == p);
}
END_TEST

START_TEST(shares)
{
    double found[3];
    ck_assert(split_parse_shares("0.6,0.2,0.2", found));
    ck_assert(found[0] == 0.6 && found[1] == 0.2 && found[2] == 0.2);
    ck_assert(split_parse_shares("1,0,0", found));
    ck_assert(split_parse_shares("0.1,0.1,0.1", found));
    static const char *const wrong[] = {"",        "0.6",       "0.6,0.2",     "0.6,0.2,0.2,0",
                                        "0,0.5,0.5", "-0.1,0.5,0.5", "0.6,0.3,0.2", "a,b,c",
                                        "nan,0,0", "0.6,0.2,0.2x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!split_parse_shares(wrong[i], found), "%s", wrong[i]);
}
END_TEST

enum { ITEMS = 997, CLASSES = 7 };

/* Every class and all together get their shares to within one item. */
START_TEST(stratified)
{
    const double wanted[][3] = {{0.6, 0.2, 0.2}, {0.33, 0.33, 0.34}, {0.05, 0.1, 0.2}, {1, 0, 0}};
    const double *share = wanted[_i];
    struct rng rng = rng_make((uint64_t)_i, RNG_TEST, 0);
    int32_t labels[ITEMS];
    uint8_t parts[ITEMS], again[ITEMS], other[ITEMS];
    double members[CLASSES] = {0}, counts[CLASSES][SPLIT_PARTS] = {{0}};
    for (size_t i = 0; i < ITEMS; i++) {
        double u = rng_uniform(&rng);
        labels[i] = (int32_t)(u * u * (CLASSES + 1)) - 1; /* classes of many sizes, some absent */
    }
    split_stratified(labels, ITEMS, CLASSES, share, 3, parts);
    split_stratified(labels, ITEMS, CLASSES, share, 3, again);
    split_stratified(labels, ITEMS, CLASSES, share, 4, other);
    ck_assert_mem_eq(parts, again, ITEMS);
    ck_assert(share[0] == 1 || memcmp(parts, other, ITEMS) != 0);
    double all = 0, totals[SPLIT_PARTS] = {0};
    for (size_t i = 0; i < ITEMS; i++) {
        if (labels[i] < 0) {
            ck_assert_int_eq(parts[i], SPLIT_NONE);
            continue;
        }
        members[labels[i]]++;
        counts[labels[i]][parts[i]]++;
        totals[parts[i]]++;
        all++;
    }
    for (int p = 0; p < 3; p++) {
        ck_assert_double_le(fabs(totals[SPLIT_TRAIN + p] - all * share[p]), 1);
        for (int c = 0; c < CLASSES; c++)
            ck_assert_double_lt(fabs(counts[c][SPLIT_TRAIN + p] - members[c] * share[p]), 2);
    }
}
END_TEST

START_TEST(items_of_a_part)
{
    const uint8_t parts[6] = {SPLIT_TEST, SPLIT_TRAIN, SPLIT_NONE, SPLIT_TRAIN, SPLIT_TEST,
                              SPLIT_TRAIN};
    size_t count;
    uint32_t *items = split_items(parts, 6, SPLIT_TRAIN, &count);
    ck_assert(count == 3 && items[0] == 1 && items[1] == 3 && items[2] == 5);
    free(items);
    items = split_items(parts, 6, SPLIT_VALIDATION, &count);
    ck_assert_uint_eq(count, 0);
    free(items);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("split");
    TCase *cases = tcase_create("split");
    tcase_add_test(cases, words);
    tcase_add_test(cases, shares);
    tcase_add_loop_test(cases, stratified, 0, 4);
    tcase_add_test(cases, items_of_a_part);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
