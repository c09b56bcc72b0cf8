/* IDX: every element type both ways, and what must be refused. */
#include "io/idx.h"

#include "base/memory.h"

#include "check_main.h"

#include <string.h>

static bool read_bytes(const void *bytes, size_t count, struct array *array, struct error *error)
{
    struct stream *stream = stream_from_memory(bytes, count, "memory");
    bool good = idx_read(stream, array, error);
    stream_close(stream);
    return good;
}

START_TEST(bytes_are_swapped)
{
    const unsigned char file[] = {0, 0, 0x0c, 2, 0, 0, 0, 1, 0, 0, 0, 2,
                                  0, 1, 0, 2, 0xff, 0xff, 0xff, 0xfe};
    struct array array;
    struct error error = {0};
    ck_assert(read_bytes(file, sizeof file, &array, &error));
    ck_assert_int_eq(array.dtype, DTYPE_I32);
    ck_assert_int_eq(array.dimensions, 2);
    ck_assert_uint_eq(array.shape[1], 2);
    ck_assert_double_eq(array_value(&array, 0), 65538);
    ck_assert_double_eq(array_value(&array, 1), -2);
    array_free(&array);
}
END_TEST

static void write_array(const struct array *array, char **bytes, size_t *count, bool *good,
                        struct error *error)
{
    struct output output = {.file = memory_stream_open(bytes, count), .name = "memory", .slot = -1};
    *good = idx_write(&output, array, error);
    memory_stream_close(output.file, bytes);
}

START_TEST(every_type_comes_back)
{
    const size_t shape[] = {2, 3};
    for (int type = 0; type < DTYPE_COUNT; type++) {
        struct error error = {0};
        struct array array = array_make(DTYPE_F64, 2, shape), back;
        for (int i = 0; i < 6; i++)
            ((double *)array.data)[i] = i % 2;
        ck_assert(array_convert(&array, (enum dtype)type, "memory", &error));
        char *bytes;
        size_t count;
        bool good;
        write_array(&array, &bytes, &count, &good, &error);
        bool known = type == DTYPE_U8 || type == DTYPE_I8 || type == DTYPE_I16 ||
                     type == DTYPE_I32 || type == DTYPE_F32 || type == DTYPE_F64;
        ck_assert(good == known);
        if (good) {
            ck_assert(read_bytes(bytes, count, &back, &error));
            ck_assert_int_eq(back.dtype, type);
            ck_assert(memcmp(back.data, array.data, array_bytes(&array)) == 0);
            array_free(&back);
        } else {
            ck_assert_int_eq(error.exit_code, EX_DATAERR);
            ck_assert_ptr_nonnull(strstr(error.message, dtype_name((enum dtype)type)));
        }
        free(bytes);
        array_free(&array);
    }
}
END_TEST

static void expect_refusal(const void *bytes, size_t count, const char *message)
{
    struct array array;
    struct error error = {0};
    ck_assert(!read_bytes(bytes, count, &array, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
    ck_assert_ptr_null(array.data);
}

START_TEST(refusals)
{
    expect_refusal("\0\0\x08\1\0\0\0\3ab", 10, "truncated");
    expect_refusal("\0\0\x08\1\0\0\0\3abcd", 12, "bytes follow");
    expect_refusal("\0\0\x08\2\0\0\0", 7, "truncated");
    expect_refusal("\0\0\x0a\1\0\0\0\1a", 9, "no IDX signature");
    expect_refusal("\1\0\x08\1\0\0\0\1a", 9, "no IDX signature");
    expect_refusal("\0\0\x08\x09", 4, "9 dimensions");
    expect_refusal("\0\0\x0e\2\xff\xff\xff\xff\xff\xff\xff\xff", 12, "too large");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("idx");
    TCase *cases = tcase_create("idx");
    tcase_add_test(cases, bytes_are_swapped);
    tcase_add_test(cases, every_type_comes_back);
    tcase_add_test(cases, refusals);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
