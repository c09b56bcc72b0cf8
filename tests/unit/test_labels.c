/* Labels: none that is placed overlaps another, a point, or the edge of the area. */
#include "plot/labels.h"

#include "base/rng.h"

#include "check_main.h"

#include <math.h>

enum { COUNT = 120 };
static const struct rectangle area = {0, 0, 400, 300};
static const double radius = 3;

static bool overlap(const struct label_box *a, const struct label_box *b)
{
    return a->left < b->left + b->width && b->left < a->left + a->width &&
           a->top < b->top + b->height && b->top < a->top + a->height;
}

static void scatter(double *x, double *y, struct label_box *boxes)
{
    struct rng rng = rng_make(5, RNG_TEST, 0);
    for (int i = 0; i < COUNT; i++) {
        x[i] = 400 * rng_uniform(&rng);
        y[i] = 300 * rng_uniform(&rng);
        boxes[i] = (struct label_box){.width = 10 + 30 * rng_uniform(&rng), .height = 10};
    }
}

START_TEST(placed_labels_are_free)
{
    double x[COUNT], y[COUNT];
    struct label_box boxes[COUNT];
    scatter(x, y, boxes);
    labels_place(boxes, x, y, COUNT, radius, LABELS_BESIDE, &area);
    int placed = 0;
    for (int i = 0; i < COUNT; i++) {
        if (!boxes[i].placed)
            continue;
        placed++;
        ck_assert(boxes[i].left >= 0 && boxes[i].left + boxes[i].width <= 400);
        ck_assert(boxes[i].top >= 0 && boxes[i].top + boxes[i].height <= 300);
        for (int j = 0; j < COUNT; j++) {
            ck_assert(j == i || !boxes[j].placed || !overlap(&boxes[i], &boxes[j]));
            bool inside = x[j] > boxes[i].left && x[j] < boxes[i].left + boxes[i].width &&
                          y[j] > boxes[i].top && y[j] < boxes[i].top + boxes[i].height;
            ck_assert(!inside);
        }
    }
    ck_assert_int_ge(placed, COUNT / 2);
}
END_TEST

START_TEST(a_lone_label_stands_on_the_right)
{
    double x = 200, y = 150;
    struct label_box box = {.width = 40, .height = 10};
    labels_place(&box, &x, &y, 1, radius, LABELS_BESIDE, &area);
    ck_assert(box.placed);
    ck_assert(box.left >= x + radius && box.left < x + radius + 5);
    ck_assert_double_eq_tol(box.top + box.height / 2, y, 1e-9);
}
END_TEST

START_TEST(at_the_edge_it_goes_to_the_left)
{
    double x = 390, y = 150;
    struct label_box box = {.width = 40, .height = 10};
    labels_place(&box, &x, &y, 1, radius, LABELS_BESIDE, &area);
    ck_assert(box.placed && box.left + box.width <= x - radius);
}
END_TEST

START_TEST(or_above_it)
{
    double x = 200, y = 150;
    struct label_box box = {.width = 40, .height = 10};
    labels_place(&box, &x, &y, 1, radius, LABELS_ABOVE, &area);
    ck_assert(box.placed && box.top + box.height <= y - radius);
    ck_assert_double_eq_tol(box.left + box.width / 2, x, 1e-9);
}
END_TEST

START_TEST(no_room_no_label)
{
    double x = 200, y = 150;
    struct label_box box = {.width = 500, .height = 10};
    labels_place(&box, &x, &y, 1, radius, LABELS_BESIDE, &area);
    ck_assert(!box.placed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("labels");
    TCase *cases = tcase_create("labels");
    tcase_add_test(cases, placed_labels_are_free);
    tcase_add_test(cases, a_lone_label_stands_on_the_right);
    tcase_add_test(cases, at_the_edge_it_goes_to_the_left);
    tcase_add_test(cases, or_above_it);
    tcase_add_test(cases, no_room_no_label);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
