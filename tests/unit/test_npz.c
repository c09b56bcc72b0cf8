/* NPZ: what is written comes back, and any damage to any byte is noticed or harmless. */
#include "io/npz.h"

#include "base/memory.h"

#include "check_main.h"

#include <string.h>

static char *archive;
static size_t archive_bytes;

static void make_archive(void)
{
    struct error error = {0};
    struct output output = {
        .file = memory_stream_open(&archive, &archive_bytes), .name = "memory", .slot = -1};
    struct npz_writer *writer = npz_begin(&output);
    const size_t shape[] = {2, 3};
    for (int i = 0; i < 3; i++) {
        struct array array = array_make(DTYPE_I16, i, shape);
        memset(array.data, i + 1, array_bytes(&array));
        const char *const names[] = {"scalar", "vector", "matrix"};
        ck_assert(npz_add(writer, names[i], &array, &error));
        array_free(&array);
    }
    ck_assert(npz_finish(writer, &error));
    memory_stream_close(output.file, &archive);
}

/* Reads all members; returns how many there were, or -1 on failure. */
static int read_members(const void *bytes, size_t count, struct error *error)
{
    struct stream *stream = stream_from_memory(bytes, count, "memory");
    struct npz *npz = npz_open(stream, error);
    int members = 0;
    bool end = !npz;
    while (!end) {
        char *name;
        struct array array;
        if (!npz_read(npz, &name, &array, &end, error))
            break;
        if (!end) {
            ck_assert_int_eq(array.dimensions, members);
            members++;
        }
        free(name);
        array_free(&array);
    }
    npz_close(npz);
    stream_close(stream);
    return error->exit_code == EX_OK ? members : -1;
}

START_TEST(round_trip)
{
    make_archive();
    struct error error = {0};
    ck_assert_int_eq(read_members(archive, archive_bytes, &error), 3);
    char *with_comment = memory_format("%*s", (int)archive_bytes + 3, "");
    memcpy(with_comment, archive, archive_bytes);
    with_comment[archive_bytes - 2] = 3;
    ck_assert_int_eq(read_members(with_comment, archive_bytes + 3, &error), 3);
    free(with_comment);
    free(archive);
}
END_TEST

START_TEST(truncation_is_noticed)
{
    make_archive();
    for (size_t count = 0; count < archive_bytes; count++) {
        struct error error = {0};
        ck_assert_int_eq(read_members(archive, count, &error), -1);
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
    }
    free(archive);
}
END_TEST

START_TEST(data_are_checked)
{
    make_archive();
    char *data = archive;
    for (int i = 0; i < 3; i++) {
        data = memmem(data + 1, archive_bytes - (size_t)(data + 1 - archive), "NUMPY", 5);
        struct error error = {0};
        data[10] ^= 1;
        ck_assert_int_eq(read_members(archive, archive_bytes, &error), -1);
        ck_assert_msg(strstr(error.message, "its checksum is wrong"), "%s", error.message);
        data[10] ^= 1;
    }
    free(archive);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("npz");
    TCase *cases = tcase_create("npz");
    tcase_add_test(cases, round_trip);
    tcase_add_test(cases, truncation_is_noticed);
    tcase_add_test(cases, data_are_checked);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
