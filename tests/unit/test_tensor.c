/* Shapes: rows, columns and counts of everything from a scalar up. */
#include "tensor/tensor.h"

#include "check_main.h"

#include <stdint.h>

START_TEST(shapes)
{
    real data[24];
    const struct {
        struct tensor tensor;
        size_t rows, columns;
    } cases[] = {
        {tensor_scalar(data), 1, 1},
        {tensor_vector(data, 5), 1, 5},
        {tensor_matrix(data, 3, 4), 3, 4},
        {tensor_matrix(data, 0, 4), 0, 4},
        {tensor_of_shape(data, 3, (const size_t[]){2, 3, 4}), 6, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_uint_eq(tensor_rows(&cases[i].tensor), cases[i].rows);
        ck_assert_uint_eq(tensor_columns(&cases[i].tensor), cases[i].columns);
        ck_assert_uint_eq(tensor_count(&cases[i].tensor), cases[i].rows * cases[i].columns);
    }
}
END_TEST

START_TEST(same_shape)
{
    struct tensor matrix = tensor_matrix(NULL, 3, 4), other = tensor_matrix(NULL, 4, 3);
    struct tensor vector = tensor_vector(NULL, 12);
    ck_assert(tensor_same_shape(&matrix, &matrix));
    ck_assert(!tensor_same_shape(&matrix, &other));
    ck_assert(!tensor_same_shape(&matrix, &vector));
}
END_TEST

START_TEST(like)
{
    struct arena arena = {0};
    struct tensor matrix = tensor_matrix(NULL, 3, 4), copy = tensor_like(&matrix, &arena);
    ck_assert(tensor_same_shape(&matrix, &copy));
    ck_assert_ptr_nonnull(copy.data);
    ck_assert_uint_eq((uintptr_t)copy.data % 64, 0);
    arena_free(&arena);
}
END_TEST

START_TEST(first_not_finite)
{
    enum { MOST = 10000 };
    static real values[MOST];
    const real bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < MOST; i++)
        values[i] = i % 2 ? FLT_MAX : -FLT_MAX;
    ck_assert_uint_eq(tensor_first_not_finite(values, 0), 0);
    ck_assert_uint_eq(tensor_first_not_finite(values, MOST), MOST);
    for (size_t k = 0; k < 3; k++) {
        for (size_t at = k; at < MOST; at += 977) {
            real held = values[at];
            values[at] = bad[k];
            ck_assert_uint_eq(tensor_first_not_finite(values, MOST), at);
            ck_assert_uint_eq(tensor_first_not_finite(values, at), at);
            values[MOST - 1] = bad[k]; /* the first of two counts */
            ck_assert_uint_eq(tensor_first_not_finite(values, MOST), at);
            values[MOST - 1] = FLT_MAX;
            values[at] = held;
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tensor");
    TCase *cases = tcase_create("tensor");
    tcase_add_test(cases, shapes);
    tcase_add_test(cases, same_shape);
    tcase_add_test(cases, like);
    tcase_add_test(cases, first_not_finite);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
