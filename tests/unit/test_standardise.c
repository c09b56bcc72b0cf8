/*
 * Standardisation: means and deviations of rows and of streams, there and back, constant columns.
 */
#include "tensor/standardise.h"

#include "check_main.h"

#include <math.h>

START_TEST(there_and_back)
{
    const real rows[] = {1, 10, 7, 3, 30, 7, 8, -10, 7};
    real mean[3], scale[3], standard[9], back[9];
    const struct standardisation s = {3, mean, scale};
    standardisation_fit(&s, rows, 3);
    ck_assert(fabs((double)mean[0] - 4) < 1e-12 && fabs((double)mean[1] - 10) < 1e-12);
    ck_assert(fabs((double)scale[0] - sqrt(26.0 / 3)) < 1e-12);
    ck_assert(mean[2] == 7 && scale[2] == 1); /* it never changes */
    standardise(&s, rows, 3, standard);
    for (size_t j = 0; j < 2; j++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < 3; i++) {
            sum += (double)standard[3 * i + j];
            squares += (double)(standard[3 * i + j] * standard[3 * i + j]);
        }
        ck_assert(fabs(sum) < 1e-12 && fabs(squares - 3) < 1e-12);
    }
    standardise_undo(&s, standard, 3, back);
    for (size_t i = 0; i < 9; i++)
        ck_assert(fabs((double)(back[i] - rows[i])) < 1e-12);
}
END_TEST

/* In pieces of any size the moments are those of the whole. */
START_TEST(streams)
{
    enum { COUNT = 1000 };
    real rows[COUNT * 2];
    struct moments whole[2] = {{0}}, pieces[2] = {{0}};
    for (size_t i = 0; i < COUNT * 2; i++)
        rows[i] = (real)((i * 7919) % 1009);
    moments_add_rows(whole, rows, COUNT, 2);
    for (size_t first = 0, length = 1; first < COUNT; first += length, length = 1 + first % 300) {
        length = COUNT - first < length ? COUNT - first : length;
        moments_add_rows(pieces, rows + 2 * first, length, 2);
    }
    for (size_t j = 0; j < 2; j++) {
        ck_assert_uint_eq(pieces[j].finite, COUNT);
        ck_assert(fabs(pieces[j].mean - whole[j].mean) < 1e-9);
        ck_assert(fabs(moments_deviation(&pieces[j]) - moments_deviation(&whole[j])) < 1e-9);
    }
}
END_TEST

START_TEST(no_rows)
{
    real mean[1] = {5}, scale[1] = {5};
    standardisation_fit(&(struct standardisation){1, mean, scale}, NULL, 0);
    ck_assert(mean[0] == 0 && scale[0] == 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("standardise");
    TCase *cases = tcase_create("standardise");
    tcase_add_test(cases, there_and_back);
    tcase_add_test(cases, streams);
    tcase_add_test(cases, no_rows);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
