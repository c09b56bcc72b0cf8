/* PNG: every number of channels and both depths both ways, scaling, what a PNG cannot hold. */
#include "io/image.h"

#include "base/memory.h"

#include "check_main.h"

#include <math.h>
#include <string.h>

static bool write_array(const struct array *array, char **bytes, size_t *count, struct error *error)
{
    struct output output = {.file = memory_stream_open(bytes, count), .name = "memory", .slot = -1};
    bool good = image_write(&output, array, error);
    memory_stream_close(output.file, bytes);
    return good;
}

START_TEST(images_come_back)
{
    for (int depth = 0; depth < 2; depth++)
        for (size_t channels = 1; channels <= 4; channels++) {
            const size_t shape[] = {5, 7, channels};
            struct error error = {0};
            struct array back, array =
                array_make(depth ? DTYPE_U16 : DTYPE_U8, channels > 1 ? 3 : 2, shape);
            for (size_t i = 0; i < array_bytes(&array); i++)
                ((unsigned char *)array.data)[i] = (unsigned char)(i * 37);
            char *bytes;
            size_t count;
            ck_assert(write_array(&array, &bytes, &count, &error));
            struct stream *stream = stream_from_memory(bytes, count, "memory");
            ck_assert_msg(image_read(stream, &back, &error), "%s", error.message);
            stream_close(stream);
            ck_assert_int_eq(back.dtype, array.dtype);
            ck_assert_int_eq(back.dimensions, array.dimensions);
            ck_assert(memcmp(back.shape, array.shape, sizeof shape) == 0 || channels == 1);
            ck_assert(memcmp(back.data, array.data, array_bytes(&array)) == 0);
            array_free(&back);
            array_free(&array);
            free(bytes);
        }
}
END_TEST

static void expect_refusal(enum dtype dtype, int dimensions, const size_t *shape)
{
    struct error error = {0};
    struct array array = array_make(dtype, dimensions, shape);
    char *bytes;
    size_t count;
    ck_assert(!write_array(&array, &bytes, &count, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_uint_eq(count, 0);
    free(bytes);
    array_free(&array);
}

START_TEST(what_is_no_image)
{
    const size_t five[] = {2, 2, 5}, plain[] = {2, 2}, empty[] = {0, 3};
    expect_refusal(DTYPE_U8, 3, five);
    expect_refusal(DTYPE_U8, 1, plain);
    expect_refusal(DTYPE_F32, 2, plain);
    expect_refusal(DTYPE_U8, 2, empty);
}
END_TEST

START_TEST(scaling)
{
    const double values[] = {-5, 0, 0.5, 1, 9, (double)NAN, (double)INFINITY};
    const uint8_t expected[] = {0, 0, 128, 255, 255, 0, 255};
    const size_t count = 7;
    struct array array = array_make(DTYPE_F64, 1, &count);
    memcpy(array.data, values, sizeof values);
    double low, high;
    image_range(&array, &low, &high);
    ck_assert_double_eq(low, -5);
    ck_assert_double_eq(high, 9);
    image_scale(&array, 0, 1);
    ck_assert_int_eq(array.dtype, DTYPE_U8);
    ck_assert(memcmp(array.data, expected, sizeof expected) == 0);
    image_scale(&array, 3, 3);
    ck_assert_double_eq(array_value(&array, 4), 0);
    array_free(&array);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("image");
    TCase *cases = tcase_create("image");
    tcase_add_test(cases, images_come_back);
    tcase_add_test(cases, what_is_no_image);
    tcase_add_test(cases, scaling);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
