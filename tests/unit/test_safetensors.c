/* safetensors: what is written comes back, and headers that lie are refused. */
#include "io/safetensors.h"

#include "base/memory.h"

#include "check_main.h"

#include <string.h>
#include <unistd.h>

static bool read_bytes(const void *bytes, size_t count, struct safetensors *file,
                       struct error *error)
{
    struct stream *stream = stream_from_memory(bytes, count, "memory");
    bool good = safetensors_read(stream, file, error);
    stream_close(stream);
    return good;
}

static bool read_header(const char *header, size_t data, struct safetensors *file,
                        struct error *error)
{
    unsigned char bytes[2048] = {0};
    size_t length = strlen(header);
    bytes[0] = (unsigned char)length;
    bytes[1] = (unsigned char)(length >> 8);
    memcpy(bytes + 8, header, length);
    return read_bytes(bytes, 8 + length + data, file, error);
}

static void expect_refusal(const char *header, size_t data, const char *message)
{
    struct safetensors file;
    struct error error = {0};
    ck_assert_msg(!read_header(header, data, &file, &error), "%s", header);
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_uint_eq(file.count + file.metadata_count, 0);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
}

START_TEST(round_trip)
{
    char path[] = "/tmp/test_safetensors.XXXXXX";
    close(mkstemp(path));
    struct error error = {0};
    struct output output;
    struct safetensors file = {0}, back;
    const size_t shape[] = {2, 3}, empty[] = {0, 4}, large[] = {50000};
    const float weights[] = {1, 2, 3, 4, 5, 6};
    const uint8_t bytes[] = {1, 0, 255};
    const size_t three = 3;
    double *many = memory_zeroed(large[0], sizeof *many);
    many[49999] = 7;
    safetensors_add(&file, "weight", DTYPE_F32, 2, shape, weights);
    safetensors_add(&file, "bytes", DTYPE_U8, 1, &three, bytes);
    safetensors_add(&file, "scalar", DTYPE_F32, 0, shape, weights + 4);
    safetensors_add(&file, "empty \"name\"", DTYPE_I64, 2, empty, many);
    safetensors_add(&file, "many", DTYPE_F64, 1, large, many);
    safetensors_set_metadata(&file, "model", "first");
    safetensors_set_metadata(&file, "note", "two\nlines, \"quoted\"");
    safetensors_set_metadata(&file, "model", "neural-snowflake");
    ck_assert(output_open(&output, path, &error) && safetensors_write(&output, &file, &error) &&
              output_commit(&output, &error));

    struct stream *stream = stream_open(path, &error);
    ck_assert_msg(safetensors_read(stream, &back, &error), "%s", error.message);
    stream_close(stream);
    ck_assert_uint_eq(back.count, 5);
    ck_assert_str_eq(safetensors_metadata(&back, "model"), "neural-snowflake");
    ck_assert_str_eq(safetensors_metadata(&back, "note"), "two\nlines, \"quoted\"");
    ck_assert_ptr_null(safetensors_metadata(&back, "other"));
    for (size_t i = 0; i < file.count; i++) {
        const struct array *one = &file.entries[i].array;
        const struct array *other = safetensors_find(&back, file.entries[i].name);
        ck_assert_ptr_nonnull(other);
        ck_assert_int_eq(other->dtype, one->dtype);
        ck_assert_int_eq(other->dimensions, one->dimensions);
        ck_assert_uint_eq(array_bytes(other), array_bytes(one));
        ck_assert(memcmp(other->data, one->data, array_bytes(one)) == 0);
    }
    ck_assert_ptr_null(safetensors_find(&back, "weigh"));
    safetensors_free(&back);
    safetensors_free(&file);
    free(many);
    unlink(path);
}
END_TEST

START_TEST(smallest)
{
    struct safetensors file;
    struct error error = {0};
    ck_assert_msg(read_header("{}  ", 0, &file, &error), "%s", error.message);
    ck_assert_uint_eq(file.count, 0);
    safetensors_free(&file);
    ck_assert(read_header("{\"a\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[0,2]}}", 2,
                          &file, &error));
    ck_assert_int_eq(file.entries[0].array.dtype, DTYPE_F16);
    safetensors_free(&file);
}
END_TEST

/* A tensor of a header: string literals are joined, which no function can do. */
#define TENSOR(name, dtype, shape, offsets)                                                        \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

START_TEST(refusals)
{
    expect_refusal("{" TENSOR("a", "F32", "[2]", "[0,8]"), 8, "not JSON");
    expect_refusal("[]", 0, "not a JSON object");
    expect_refusal("{} x", 0, "not JSON");
    expect_refusal("{\"a\":3}", 0, "tensor 'a': expected an object");
    expect_refusal("{" TENSOR("a", "F8_E4M3", "[2]", "[0,2]") "}", 2, "dtype 'F8_E4M3'");
    expect_refusal("{" TENSOR("a", "F32", "[2]", "[0,4]") "}", 4, "4 bytes of data; dtype and");
    expect_refusal("{" TENSOR("a", "F32", "[2]", "[8,0]") "}", 8, "malformed data_offsets");
    expect_refusal("{" TENSOR("a", "F32", "[2]", "[0]") "}", 8, "malformed data_offsets");
    expect_refusal("{" TENSOR("a", "F32", "[2]", "[0,-8]") "}", 8, "malformed data_offsets");
    expect_refusal("{" TENSOR("a", "F32", "[2]", "[0,1e300]") "}", 8, "malformed data_offsets");
    expect_refusal("{" TENSOR("a", "F32", "[0.5]", "[0,2]") "}", 2, "not a whole number");
    expect_refusal("{" TENSOR("a", "F32", "[-2]", "[0,8]") "}", 8, "not a whole number");
    expect_refusal("{" TENSOR("a", "F32", "[1e16]", "[0,8]") "}", 8, "a size in the shape");
    expect_refusal("{" TENSOR("a", "F32", "[4503599627370496,4503599627370496]", "[0,8]") "}", 8,
                   "too large");
    expect_refusal("{" TENSOR("a", "U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]") "}", 1, "dimensions");
    expect_refusal("{\"a\":{\"shape\":[],\"data_offsets\":[0,1]}}", 1, "no dtype");
    expect_refusal("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1, "no shape");
    expect_refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "data_offsets");
    expect_refusal("{" TENSOR("a", "U8", "[4]", "[0,4]") "," TENSOR("b", "U8", "[4]", "[2,6]") "}",
                   6, "tensor 'b' begin at 2; expected 4");
    expect_refusal("{" TENSOR("a", "U8", "[4]", "[0,4]") "," TENSOR("b", "U8", "[4]", "[5,9]") "}",
                   9, "tensor 'b' begin at 5; expected 4");
    expect_refusal("{" TENSOR("a", "U8", "[4]", "[0,4]") "," TENSOR("a", "U8", "[4]", "[4,8]") "}",
                   8, "tensor 'a' is there twice");
    expect_refusal("{" TENSOR("a", "U8", "[4]", "[0,4]") "}", 3,
                   "memory: truncated; expected 1 more bytes of tensor 'a'");
    expect_refusal("{" TENSOR("a", "U8", "[4]", "[0,4]") "}", 5, "bytes follow the last tensor");
    expect_refusal("{\"__metadata__\":[]}", 0, "__metadata__ is not an object");
    expect_refusal("{\"__metadata__\":{\"x\":1}}", 0, "metadata 'x' are not a string");
    expect_refusal("{\"__metadata__\":{\"x\":\"1\",\"x\":\"2\"}}", 0, "there twice");
}
END_TEST

START_TEST(lengths_that_lie)
{
    struct safetensors file;
    struct error error = {0};
    ck_assert(!read_bytes("\x40\0\0\0\0\0\0\0{}", 10, &file, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "truncated"));
    error = (struct error){0};
    ck_assert(!read_bytes("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10, &file, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "18446744073709551615 bytes"));
    error = (struct error){0};
    ck_assert(!read_bytes("\x40\0", 2, &file, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "truncated"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("safetensors");
    TCase *cases = tcase_create("safetensors");
    tcase_add_test(cases, round_trip);
    tcase_add_test(cases, smallest);
    tcase_add_test(cases, refusals);
    tcase_add_test(cases, lengths_that_lie);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
