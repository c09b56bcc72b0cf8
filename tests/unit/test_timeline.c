/* Timelines: lines of descent keep their lanes, and nothing collides. */
#include "plot/timeline.h"

#include "base/rng.h"

#include "check_main.h"

#include <math.h>

START_TEST(a_chain_is_one_lane)
{
    const double time[] = {3, 0, 1, 2};
    const struct point_edge edges[] = {{1, 2}, {2, 3}, {3, 0}};
    double lanes[4];
    ck_assert_uint_eq(timeline_place(time, 4, edges, 3, 0.5, lanes), 1);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq(lanes[i], 0);
}
END_TEST

START_TEST(the_longer_line_keeps_the_lane)
{
    /* 0 -> 1 (childless) and 0 -> 2 -> 3. */
    const double time[] = {0, 1, 2, 3};
    const struct point_edge edges[] = {{0, 1}, {0, 2}, {2, 3}};
    double lanes[4];
    ck_assert_uint_eq(timeline_place(time, 4, edges, 3, 0.5, lanes), 2);
    ck_assert_double_eq(lanes[0], lanes[2]);
    ck_assert_double_eq(lanes[2], lanes[3]);
    ck_assert_double_eq(fabs(lanes[1] - lanes[0]), 1);
}
END_TEST

START_TEST(contemporaries_part)
{
    const double time[] = {5, 5, 5};
    const struct point_edge edges[] = {{0, 1}, {1, 2}, {2, 0}, {1, 1}};
    double lanes[3];
    ck_assert_uint_eq(timeline_place(time, 3, edges, 4, 0.5, lanes), 3);
    ck_assert(lanes[0] != lanes[1] && lanes[1] != lanes[2] && lanes[0] != lanes[2]);
}
END_TEST

START_TEST(a_lane_is_used_again)
{
    /* Two pairs, one after the other. */
    const double time[] = {0, 1, 10, 11};
    const struct point_edge edges[] = {{0, 1}, {2, 3}};
    double lanes[4];
    ck_assert_uint_eq(timeline_place(time, 4, edges, 2, 0.5, lanes), 1);
}
END_TEST

START_TEST(no_collisions)
{
    enum { COUNT = 400 };
    static double time[COUNT], lanes[COUNT];
    static struct point_edge edges[COUNT];
    const double gap = 0.01;
    struct rng rng = rng_make(4, RNG_TEST, 0);
    for (size_t i = 0; i < COUNT; i++) {
        time[i] = rng_uniform(&rng);
        edges[i] = (struct point_edge){rng_below(&rng, COUNT), i};
    }
    size_t count = timeline_place(time, COUNT, edges, COUNT, gap, lanes);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(lanes[i] >= 0 && lanes[i] < (double)count && lanes[i] == floor(lanes[i]));
        for (size_t j = 0; j < i; j++)
            ck_assert(lanes[i] != lanes[j] || fabs(time[i] - time[j]) >= gap);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timeline");
    TCase *cases = tcase_create("timeline");
    tcase_add_test(cases, a_chain_is_one_lane);
    tcase_add_test(cases, the_longer_line_keeps_the_lane);
    tcase_add_test(cases, contemporaries_part);
    tcase_add_test(cases, a_lane_is_used_again);
    tcase_add_test(cases, no_collisions);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
