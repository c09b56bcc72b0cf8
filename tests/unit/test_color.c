/* Colours: the maps rise evenly in lightness, the palette's members can be told apart. */
#include "plot/color.h"

#include "check_main.h"

#include <math.h>

static double distance(struct color a, struct color b)
{
    struct oklab p = color_to_oklab(a), q = color_to_oklab(b);
    return sqrt(pow(p.lightness - q.lightness, 2) + pow(p.a - q.a, 2) + pow(p.b - q.b, 2));
}

START_TEST(oklab_there_and_back)
{
    static const unsigned samples[] = {0x000000, 0xffffff, 0xff0000, 0x12ab9f, 0x808080};
    for (int i = 0; i < 5; i++) {
        struct color color = color_from_hex(samples[i]);
        struct color back = color_from_oklab(color_to_oklab(color));
        ck_assert_double_eq_tol(back.red, color.red, 1e-5);
        ck_assert_double_eq_tol(back.green, color.green, 1e-5);
        ck_assert_double_eq_tol(back.blue, color.blue, 1e-5);
    }
    /* The published value of sRGB's red. */
    struct oklab red = color_to_oklab(color_from_hex(0xff0000));
    ck_assert_double_eq_tol(red.lightness, 0.6280, 1e-3);
    ck_assert_double_eq_tol(red.a, 0.2249, 1e-3);
    ck_assert_double_eq_tol(red.b, 0.1258, 1e-3);
}
END_TEST

START_TEST(maps_rise_in_lightness)
{
    static const enum colormap maps[] = {COLORMAP_VIRIDIS, COLORMAP_MAGMA, COLORMAP_GREY};
    for (int m = 0; m < 3; m++) {
        double before = -1;
        for (int i = 0; i <= 100; i++) {
            double lightness = color_to_oklab(colormap_at(maps[m], i / 100.0)).lightness;
            ck_assert(lightness > before);
            before = lightness;
        }
    }
}
END_TEST

/* Equal steps of the value are about equally far apart to the eye. */
START_TEST(maps_are_even)
{
    for (int m = COLORMAP_VIRIDIS; m <= COLORMAP_DIVERGING; m++) {
        enum { STEPS = 20 };
        double total = 0, largest = 0;
        for (int i = 0; i < STEPS; i++) {
            double step = distance(colormap_at((enum colormap)m, i / (double)STEPS),
                                   colormap_at((enum colormap)m, (i + 1) / (double)STEPS));
            total += step;
            largest = fmax(largest, step);
        }
        ck_assert(largest < 2 * total / STEPS);
    }
}
END_TEST

START_TEST(diverging_is_symmetric)
{
    for (double t = 0; t < 0.5; t += 0.05) {
        struct oklab low = color_to_oklab(colormap_at(COLORMAP_DIVERGING, t));
        struct oklab high = color_to_oklab(colormap_at(COLORMAP_DIVERGING, 1 - t));
        ck_assert_double_eq_tol(low.lightness, high.lightness, 0.02);
        ck_assert(low.b < high.b || t > 0.45);
    }
}
END_TEST

START_TEST(ends_and_beyond)
{
    struct color end = colormap_at(COLORMAP_VIRIDIS, 1), beyond = colormap_at(COLORMAP_VIRIDIS, 9);
    ck_assert_double_eq_tol(distance(end, color_from_hex(0xfde725)), 0, 1e-5);
    ck_assert_double_eq_tol(distance(end, beyond), 0, 1e-12);
    unsigned table[COLORMAP_STEPS];
    colormap_tabulate(COLORMAP_GREY, table);
    ck_assert_uint_eq(table[0], 0xff000000u);
    ck_assert_uint_eq(table[COLORMAP_STEPS - 1], 0xffffffffu);
}
END_TEST

START_TEST(palette_is_distinct)
{
    for (size_t i = 0; i < PALETTE_SIZE; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert(distance(palette_at(i), palette_at(j)) > 0.1);
    ck_assert_double_eq_tol(distance(palette_at(0), palette_at(PALETTE_SIZE)), 0, 1e-12);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("color");
    TCase *cases = tcase_create("color");
    tcase_add_test(cases, oklab_there_and_back);
    tcase_add_test(cases, maps_rise_in_lightness);
    tcase_add_test(cases, maps_are_even);
    tcase_add_test(cases, diverging_is_symmetric);
    tcase_add_test(cases, ends_and_beyond);
    tcase_add_test(cases, palette_is_distinct);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
