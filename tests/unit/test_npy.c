/* NPY: headers of every kind, order and byte order, and what must be refused. */
#include "io/npy.h"

#include "base/memory.h"

#include "check_main.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A record of version 1.0 (or another) with a header as it is given. */
static size_t make_record(unsigned char *record, int version, const char *header, const void *data,
                          size_t bytes)
{
    size_t length = strlen(header), used = 0;
    memcpy(record, "\x93NUMPY", 6);
    record[6] = (unsigned char)version;
    record[7] = 0;
    used = 8;
    for (int i = 0; i < (version == 1 ? 2 : 4); i++)
        record[used++] = (unsigned char)(length >> 8 * i);
    memcpy(record + used, header, length);
    memcpy(record + used + length, data, bytes);
    return used + length + bytes;
}

static bool read_record(const void *record, size_t count, struct array *array, struct error *error)
{
    bool end;
    struct stream *stream = stream_from_memory(record, count, "memory");
    bool good = npy_read(stream, array, &end, error);
    stream_close(stream);
    return good && !end;
}

static void expect_refusal(const char *header, const char *message)
{
    unsigned char record[1024] = {0};
    struct array array;
    struct error error = {0};
    const double data[3] = {1, 2, 3};
    size_t count = make_record(record, 1, header, data, sizeof data);
    ck_assert_msg(!read_record(record, count, &array, &error), "%s", header);
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_ptr_null(array.data);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
}

START_TEST(versions_and_spellings)
{
    const char *const headers[] = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }    \n",
        "{\"shape\":(3,),\"descr\":\"<f8\",\"fortran_order\":False}",
        " { 'shape' : ( 3L , ) , 'descr' : '<f8' , 'fortran_order' : False , } ",
    };
    const double data[3] = {1, 2, 3};
    for (int version = 1; version <= 3; version++)
        for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
            unsigned char record[1024];
            struct array array;
            struct error error = {0};
            size_t count = make_record(record, version, headers[i], data, sizeof data);
            ck_assert_msg(read_record(record, count, &array, &error), "%s", error.message);
            ck_assert_int_eq(array.dtype, DTYPE_F64);
            ck_assert_int_eq(array.dimensions, 1);
            ck_assert(memcmp(array.data, data, sizeof data) == 0);
            array_free(&array);
        }
}
END_TEST

START_TEST(big_endian_and_fortran)
{
    /* 2 x 3, columns first, high byte first. */
    const unsigned char data[] = {0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 255, 250};
    unsigned char record[1024];
    struct array array;
    struct error error = {0};
    size_t count = make_record(
        record, 1, "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }", data, sizeof data);
    ck_assert(read_record(record, count, &array, &error));
    ck_assert_uint_eq(array.shape[0], 2);
    ck_assert_uint_eq(array.shape[1], 3);
    const int16_t expected[] = {1, 2, 3, 4, 5, -6};
    ck_assert(memcmp(array.data, expected, sizeof expected) == 0);
    array_free(&array);
}
END_TEST

START_TEST(refusals)
{
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }", "truncated");
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (9000000000000000000,9), }",
                   "too large");
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }",
                   "fits in memory");
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }",
                   "too many dimensions");
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", "tuple");
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': 3, }", "tuple");
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (3", "tuple");
    expect_refusal("{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }", "dtype '<c8'");
    expect_refusal("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", "dtype '|O'");
    expect_refusal("{'descr': '<U3', 'fortran_order': False, 'shape': (3,), }", "dtype '<U3'");
    expect_refusal("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3,), }",
                   "structured");
    expect_refusal("{'descr': '<f8', 'fortran_order': 0, 'shape': (3,), }", "True or False");
    expect_refusal("{'descr': '<f8', 'shape': (3,), }", "nothing else");
    expect_refusal("{'descr': '<f8', 'descr': '<f8', 'shape': (3,), }", "each once");
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'x': 1}", "keys");
    expect_refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (3,)} x", "nothing else");
    expect_refusal("{'descr' '<f8'}", "malformed");
    expect_refusal("", "dictionary");
}
END_TEST

START_TEST(bad_signatures)
{
    struct array array;
    struct error error = {0};
    ck_assert(!read_record("\x93NUMPZ\1\0\0\0", 10, &array, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "memory: record 1: no NPY signature"));
    error = (struct error){0};
    ck_assert(!read_record("\x93NUMPY\4\0\0\0", 10, &array, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "NPY version 4.0"));
    error = (struct error){0};
    ck_assert(!read_record("\x93NUMPY\2\0\0\0\0\7", 12, &array, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "header of"));
    error = (struct error){0};
    ck_assert(!read_record("\x93NUM", 4, &array, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "truncated"));
}
END_TEST

/* Every dtype, 0 to 3 dimensions, empty ones too, as one stream in a file and from memory. */
START_TEST(streams_come_back)
{
    const size_t shapes[][3] = {{0}, {5}, {0, 3}, {2, 3}, {2, 3, 4}, {70000}};
    const int dimensions[] = {0, 1, 2, 2, 3, 1};
    enum { SHAPES = sizeof dimensions / sizeof *dimensions };
    char path[] = "/tmp/test_npy.XXXXXX";
    close(mkstemp(path));
    struct error error = {0};
    struct output output;
    struct array written[DTYPE_COUNT][SHAPES], array;
    ck_assert(output_open(&output, path, &error));
    for (int type = 0; type < DTYPE_COUNT; type++)
        for (int i = 0; i < SHAPES; i++) {
            struct array *one = &written[type][i];
            *one = array_make(DTYPE_F64, dimensions[i], shapes[i]);
            for (size_t j = 0; j < array_count(one); j++)
                ((double *)one->data)[j] = type == DTYPE_BOOL ? (double)(j % 2) : (double)(j % 100);
            ck_assert(array_convert(one, (enum dtype)type, "memory", &error));
            ck_assert(npy_write(&output, one, &error));
        }
    ck_assert(output_commit(&output, &error));

    bool end;
    struct stream *stream = stream_open(path, &error);
    for (int type = 0; type < DTYPE_COUNT; type++)
        for (int i = 0; i < SHAPES; i++) {
            struct array *one = &written[type][i];
            ck_assert_msg(npy_read(stream, &array, &end, &error) && !end, "%s", error.message);
            ck_assert_int_eq(array.dtype, type == DTYPE_BF16 ? DTYPE_F32 : type);
            ck_assert_int_eq(array.dimensions, dimensions[i]);
            ck_assert_uint_eq(array_count(&array), array_count(one));
            if (type != DTYPE_BF16)
                ck_assert(memcmp(array.data, one->data, array_bytes(one)) == 0);
            for (size_t j = 0; j < array_count(one); j += 7)
                ck_assert_double_eq(array_value(&array, j), array_value(one, j));
            array_free(&array);
            array_free(one);
        }
    ck_assert(npy_read(stream, &array, &end, &error) && end);
    stream_close(stream);
    unlink(path);
}
END_TEST

START_TEST(large_data_are_mapped)
{
    char path[] = "/tmp/test_npy.XXXXXX";
    close(mkstemp(path));
    struct error error = {0};
    struct output output;
    const size_t shape[] = {100000};
    struct array array = array_make(DTYPE_F64, 1, shape);
    for (size_t i = 0; i < shape[0]; i++)
        ((double *)array.data)[i] = (double)i;
    ck_assert(output_open(&output, path, &error) && npy_write(&output, &array, &error) &&
              output_commit(&output, &error));
    array_free(&array);
    bool end;
    struct stream *stream = stream_open(path, &error);
    ck_assert(npy_read(stream, &array, &end, &error));
    stream_close(stream);
    ck_assert_ptr_nonnull(array.mapping);
    ((double *)array.data)[7] = 1; /* writable, and the file stays as it is */
    ck_assert_double_eq(array_value(&array, 99999), 99999);
    array_free(&array);
    stream = stream_open(path, &error);
    ck_assert(npy_read(stream, &array, &end, &error));
    ck_assert_double_eq(array_value(&array, 7), 7);
    array_free(&array);
    stream_close(stream);
    unlink(path);
}
END_TEST

START_TEST(the_second_record_is_named)
{
    unsigned char records[2048];
    const double data[3] = {1, 2, 3};
    const char *header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }";
    size_t count = make_record(records, 1, header, data, sizeof data);
    count += make_record(records + count, 1, header, data, sizeof data - 1);
    bool end;
    struct array array;
    struct error error = {0};
    struct stream *stream = stream_from_memory(records, count, "memory");
    ck_assert(npy_read(stream, &array, &end, &error));
    array_free(&array);
    ck_assert(!npy_read(stream, &array, &end, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "memory: record 2: truncated"));
    stream_close(stream);
}
END_TEST

START_TEST(the_leading_entries)
{
    unsigned char record[1024];
    const double data[6] = {1, 2, 3, 4, 5, 6};
    static const struct {
        const char *header;
        size_t most, rows;
    } cases[] = {{"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2)}", 2, 2},
                 {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2)}", 9, 3},
                 {"{'descr': '<f8', 'fortran_order': True, 'shape': (3, 2)}", 2, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count = make_record(record, 1, cases[i].header, data, sizeof data);
        struct stream *stream = stream_from_memory(record, count, "memory");
        struct array array;
        struct error error = {0};
        bool end;
        ck_assert(npy_read_leading(stream, cases[i].most, &array, &end, &error) && !end);
        ck_assert_uint_eq(array.shape[0], cases[i].rows);
        ck_assert_uint_eq(array.shape[1], 2);
        ck_assert_double_eq(array_value(&array, 1), i < 2 ? 2 : 4);
        array_free(&array);
        stream_close(stream);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("npy");
    TCase *cases = tcase_create("npy");
    tcase_add_test(cases, versions_and_spellings);
    tcase_add_test(cases, big_endian_and_fortran);
    tcase_add_test(cases, refusals);
    tcase_add_test(cases, bad_signatures);
    tcase_add_test(cases, streams_come_back);
    tcase_add_test(cases, large_data_are_mapped);
    tcase_add_test(cases, the_second_record_is_named);
    tcase_add_test(cases, the_leading_entries);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
