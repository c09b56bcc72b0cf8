/* Arrays: shapes, conversion between every two element types, transposition. */
#include "io/array.h"

#include "base/memory.h"

#include "check_main.h"

#include <math.h>
#include <string.h>

static struct array vector(enum dtype dtype, size_t count, const double *values)
{
    struct error error = {0};
    struct array array = array_make(DTYPE_F64, 1, &count);
    memcpy(array.data, values, count * sizeof *values);
    ck_assert_msg(array_convert(&array, dtype, "memory", &error), "%s", error.message);
    return array;
}

START_TEST(every_type_to_every_type)
{
    const double values[] = {0, 1, 0, 1};
    for (int from = 0; from < DTYPE_COUNT; from++)
        for (int to = 0; to < DTYPE_COUNT; to++) {
            struct error error = {0};
            struct array array = vector((enum dtype)from, 4, values);
            ck_assert(array_convert(&array, (enum dtype)to, "memory", &error));
            ck_assert_int_eq(array.dtype, to);
            ck_assert_uint_eq(array_bytes(&array), 4 * dtype_size((enum dtype)to));
            for (size_t i = 0; i < 4; i++)
                ck_assert_double_eq(array_value(&array, i), values[i]);
            array_free(&array);
        }
}
END_TEST

START_TEST(halves)
{
    /* Value, float16 bits: of IEEE 754, with ties to even and subnormals. */
    const struct {
        double value;
        uint16_t bits;
    } cases[] = {{1, 0x3c00},        {-2, 0xc000},      {65504, 0x7bff}, {65519, 0x7bff},
                 {0x1p-24, 0x0001},  {0x1p-25, 0x0000}, {0x1.8p-24, 0x0002},
                 {0x1p-14, 0x0400},  {1 + 0x1p-11, 0x3c00}, {1 + 0x3p-11, 0x3c02},
                 {2047.5, 0x6800},   {0.1, 0x2e66},     {(double)INFINITY, 0x7c00}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct array array = vector(DTYPE_F16, 1, &cases[i].value);
        ck_assert_uint_eq(*(uint16_t *)array.data, cases[i].bits);
        array_free(&array);
    }
    /* Every half comes back through a double. */
    for (unsigned bits = 0; bits < 65536; bits++) {
        uint16_t half = (uint16_t)bits;
        struct array array = {.dtype = DTYPE_F16, .data = &half};
        double value = array_value(&array, 0);
        if (isnan(value))
            continue;
        struct array back = vector(DTYPE_F16, 1, &value);
        ck_assert_uint_eq(*(uint16_t *)back.data, bits);
        array_free(&back);
    }
}
END_TEST

START_TEST(bfloats_round_to_even)
{
    const double values[] = {1, 1 + 0x1p-8, 1 + 0x3p-8, -3.5};
    const uint16_t bits[] = {0x3f80, 0x3f80, 0x3f82, 0xc060};
    struct array array = vector(DTYPE_BF16, 4, values);
    ck_assert(memcmp(array.data, bits, sizeof bits) == 0);
    array_free(&array);
}
END_TEST

static void expect_unfit(double value, enum dtype dtype, const char *message)
{
    struct error error = {0};
    size_t count = 2;
    struct array array = array_make(DTYPE_F64, 1, &count);
    ((double *)array.data)[0] = 0;
    ((double *)array.data)[1] = value;
    ck_assert(!array_convert(&array, dtype, "memory", &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
    ck_assert_ptr_null(array.data);
}

START_TEST(values_that_do_not_fit)
{
    expect_unfit(256, DTYPE_U8, "memory: element 1, 256, does not fit in uint8");
    expect_unfit(-1, DTYPE_U8, "element 1");
    expect_unfit(-129, DTYPE_I8, "element 1");
    expect_unfit(0x1p31, DTYPE_I32, "int32");
    expect_unfit(0x1p63, DTYPE_I64, "int64");
    expect_unfit(0x1p64, DTYPE_U64, "uint64");
    expect_unfit((double)NAN, DTYPE_I32, "nan");
    expect_unfit((double)INFINITY, DTYPE_U64, "inf");
    expect_unfit(1e39, DTYPE_F32, "float32");
    expect_unfit(-65520, DTYPE_F16, "float16");
    expect_unfit(3.4e38 * 1.005, DTYPE_BF16, "bfloat16");
    const double truncated[] = {-0.9, 255.9, 3.5};
    struct array array = vector(DTYPE_U8, 3, truncated);
    ck_assert_double_eq(array_value(&array, 0), 0);
    ck_assert_double_eq(array_value(&array, 1), 255);
    ck_assert_double_eq(array_value(&array, 2), 3);
    array_free(&array);
}
END_TEST

START_TEST(wide_integers_keep_their_digits)
{
    struct error error = {0};
    size_t count = 1;
    struct array array = array_make(DTYPE_U64, 1, &count);
    *(uint64_t *)array.data = (1ull << 62) + 1;
    ck_assert(array_convert(&array, DTYPE_I64, "memory", &error));
    ck_assert_int_eq(*(int64_t *)array.data, (1ll << 62) + 1);
    *(int64_t *)array.data = -1;
    ck_assert(!array_convert(&array, DTYPE_U64, "memory", &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
}
END_TEST

START_TEST(shapes)
{
    struct error error = {0};
    size_t bytes;
    const size_t scalar[1] = {0}, empty[] = {0, 3}, large[] = {(size_t)1 << 40, (size_t)1 << 40},
                 hidden[] = {(size_t)1 << 40, 0, (size_t)1 << 40};
    ck_assert(array_check_shape(DTYPE_F32, 0, scalar, &bytes, "memory", &error));
    ck_assert_uint_eq(bytes, 4);
    ck_assert(array_check_shape(DTYPE_F32, 2, empty, &bytes, "memory", &error));
    ck_assert_uint_eq(bytes, 0);
    ck_assert(!array_check_shape(DTYPE_U8, 2, large, &bytes, "memory", &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    error = (struct error){0};
    ck_assert(!array_check_shape(DTYPE_U8, 3, hidden, &bytes, "memory", &error));
}
END_TEST

START_TEST(floats_in_rows)
{
    const size_t shape[] = {2, 3, 2};
    struct array array = array_make(DTYPE_I16, 3, shape);
    for (int i = 0; i < 12; i++)
        ((int16_t *)array.data)[i] = (int16_t)(i - 5);
    size_t rows, columns;
    float *floats = array_as_floats(&array, &rows, &columns);
    ck_assert_uint_eq(rows, 2);
    ck_assert_uint_eq(columns, 6);
    for (int i = 0; i < 12; i++)
        ck_assert(floats[i] == (float)(i - 5));
    free(floats);
    array_free(&array);
}
END_TEST

START_TEST(transposition)
{
    const size_t shape[] = {2, 3, 4};
    for (int type = 0; type < DTYPE_COUNT; type++) {
        struct array array = array_make((enum dtype)type, 3, shape);
        memset(array.data, 0, array_bytes(&array));
        size_t size = dtype_size(array.dtype);
        for (size_t i = 0; i < 24; i++)
            ((char *)array.data)[i * size] = (char)i;
        struct array turned = array_transpose(&array);
        ck_assert_uint_eq(turned.shape[0], 4);
        ck_assert_uint_eq(turned.shape[2], 2);
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j < 3; j++)
                for (size_t k = 0; k < 4; k++)
                    ck_assert_int_eq(((char *)turned.data)[((k * 3 + j) * 2 + i) * size],
                                     (char)((i * 3 + j) * 4 + k));
        array_free(&turned);
        array_free(&array);
    }
}
END_TEST

START_TEST(names)
{
    enum dtype dtype;
    for (int i = 0; i < DTYPE_COUNT; i++) {
        ck_assert(dtype_from_name(dtype_name((enum dtype)i), &dtype));
        ck_assert_int_eq(dtype, i);
    }
    ck_assert(!dtype_from_name("float", &dtype));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("array");
    TCase *cases = tcase_create("array");
    tcase_add_test(cases, every_type_to_every_type);
    tcase_add_test(cases, halves);
    tcase_add_test(cases, bfloats_round_to_even);
    tcase_add_test(cases, values_that_do_not_fit);
    tcase_add_test(cases, wide_integers_keep_their_digits);
    tcase_add_test(cases, shapes);
    tcase_add_test(cases, floats_in_rows);
    tcase_add_test(cases, transposition);
    tcase_add_test(cases, names);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
