/* Streams: files, pipes, memory, gzip, and what happens when they end too soon. */
#include "io/stream.h"

#include "base/memory.h"

#include "check_main.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

enum { MUCH = 1 << 20 };

static unsigned char *pattern(size_t count)
{
    unsigned char *bytes = memory_alloc(count, 1);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (unsigned char)(i * 31 >> 3);
    return bytes;
}

static void write_file(char *path, const void *bytes, size_t count)
{
    strcpy(path, "/tmp/test_stream.XXXXXX");
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, bytes, count), (ssize_t)count);
    close(descriptor);
}

/* One gzip member. */
static size_t pack(const void *bytes, size_t count, unsigned char *packed, size_t room)
{
    z_stream deflater = {0};
    ck_assert_int_eq(deflateInit2(&deflater, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    deflater.next_in = (unsigned char *)(uintptr_t)bytes;
    deflater.avail_in = (uInt)count;
    deflater.next_out = packed;
    deflater.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&deflater, Z_FINISH), Z_STREAM_END);
    size_t written = deflater.total_out;
    deflateEnd(&deflater);
    return written;
}

static void expect_bytes(struct stream *stream, const unsigned char *expected, size_t count,
                         size_t piece)
{
    struct error error = {0};
    unsigned char *bytes = memory_alloc(count + 1, 1);
    size_t done = 0, got;
    while ((got = stream_read(stream, bytes + done,
                              piece < count + 1 - done ? piece : count + 1 - done, &error)) > 0)
        done += got;
    ck_assert_msg(error.exit_code == EX_OK, "%s", error.message);
    ck_assert_uint_eq(done, count);
    ck_assert(memcmp(bytes, expected, count) == 0);
    free(bytes);
}

START_TEST(files_in_pieces)
{
    char path[32];
    unsigned char *bytes = pattern(MUCH);
    write_file(path, bytes, MUCH);
    const size_t pieces[] = {1000, 1 << 18, 3 << 18, MUCH};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct error error = {0};
        struct stream *stream = stream_open(path, &error);
        size_t remaining;
        ck_assert(stream_remaining(stream, &remaining));
        ck_assert_uint_eq(remaining, MUCH);
        expect_bytes(stream, bytes, MUCH, pieces[i]);
        ck_assert(stream_remaining(stream, &remaining));
        ck_assert_uint_eq(remaining, 0);
        stream_close(stream);
    }
    unlink(path);
    free(bytes);
}
END_TEST

START_TEST(files_are_mapped)
{
    char path[32];
    unsigned char *bytes = pattern(MUCH);
    write_file(path, bytes, MUCH);
    struct error error = {0};
    struct stream *stream = stream_open(path, &error);
    unsigned char first[16];
    void *mapping;
    size_t mapping_bytes, remaining;
    ck_assert(stream_read_exactly(stream, first, 16, &error));
    ck_assert_ptr_null(stream_map(stream, MUCH, &mapping, &mapping_bytes)); /* not so many left */
    unsigned char *mapped = stream_map(stream, 500000, &mapping, &mapping_bytes);
    ck_assert_ptr_nonnull(mapped);
    ck_assert(memcmp(mapped, bytes + 16, 500000) == 0);
    ck_assert(stream_remaining(stream, &remaining));
    ck_assert_uint_eq(remaining, MUCH - 500016);
    expect_bytes(stream, bytes + 500016, MUCH - 500016, 70000);
    munmap(mapping, mapping_bytes);
    stream_close(stream);
    unlink(path);
    free(bytes);
}
END_TEST

START_TEST(pipes_and_blocks)
{
    int ends[2];
    unsigned char *bytes = pattern(50000);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq(write(ends[1], bytes, 50000), 50000);
    close(ends[1]);
    struct error error = {0};
    size_t remaining;
    struct stream *stream = stream_open("-", &error);
    ck_assert_str_eq(stream_name(stream), "standard input");
    ck_assert(!stream_remaining(stream, &remaining));
    unsigned char *block = stream_read_block(stream, 49000, &error);
    ck_assert(memcmp(block, bytes, 49000) == 0);
    free(block);
    /* A size that is a lie costs no more than what has come. */
    ck_assert_ptr_null(stream_read_block(stream, (size_t)1 << 50, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(error.message, "standard input: truncated"));
    stream_close(stream);
    free(bytes);
}
END_TEST

START_TEST(gzip_is_undone)
{
    unsigned char *bytes = pattern(MUCH), *packed = memory_alloc(2 * MUCH, 1);
    size_t first = pack(bytes, 700000, packed, 2 * MUCH);
    size_t both = first + pack(bytes + 700000, MUCH - 700000, packed + first, 2 * MUCH - first);
    const size_t pieces[] = {1000, MUCH + 1};
    for (size_t i = 0; i < 2; i++) {
        struct stream *stream = stream_from_memory(packed, both, "memory");
        expect_bytes(stream, bytes, MUCH, pieces[i]);
        stream_close(stream);
    }
    free(packed);
    free(bytes);
}
END_TEST

static void expect_damage(const unsigned char *packed, size_t count, const char *message)
{
    struct error error = {0};
    struct stream_bytes all;
    struct stream *stream = stream_from_memory(packed, count, "memory");
    ck_assert(!stream_read_all(stream, &all, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
    stream_close(stream);
}

START_TEST(damaged_gzip)
{
    unsigned char packed[4096];
    size_t count = pack("hello, hello, hello", 19, packed, sizeof packed - 16);
    expect_damage(packed, count - 3, "memory: damaged gzip: it is truncated");
    expect_damage(packed, 5, "memory: damaged gzip: it is truncated");
    packed[count] = 'x';
    expect_damage(packed, count + 1, "memory: damaged gzip: other bytes follow it");
    packed[count - 5] ^= 1; /* the checksum */
    expect_damage(packed, count, "memory: damaged gzip: incorrect");
}
END_TEST

START_TEST(kinds_are_recognised)
{
    const struct {
        const char *bytes;
        size_t count;
        enum stream_kind kind;
    } cases[] = {
        {"", 0, STREAM_EMPTY},
        {"\x93NUMPY\1\0", 8, STREAM_NPY},
        {"PK\3\4", 4, STREAM_NPZ},
        {"\x89PNG\r\n\x1a\n", 8, STREAM_PNG},
        {"\0\0\x08\3\0\0\0\1", 8, STREAM_IDX},
        {"\x02\0\0\0\0\0\0\0{}", 10, STREAM_SAFETENSORS},
        {" \n [1]", 6, STREAM_JSON},
        {"                              {}", 32, STREAM_JSON},
        {"\xef\xbb\xbf[]", 5, STREAM_JSON},
        {"a,b\n", 4, STREAM_CSV},
        {"   ", 3, STREAM_CSV},
        {"\0", 1, STREAM_CSV},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        struct stream *stream = stream_from_memory(cases[i].bytes, cases[i].count, "memory");
        ck_assert_int_eq(stream_recognise(stream, &error), cases[i].kind);
        expect_bytes(stream, (const unsigned char *)cases[i].bytes, cases[i].count, 7);
        stream_close(stream);
    }
}
END_TEST

START_TEST(opening_fails)
{
    struct error error = {0};
    ck_assert_ptr_null(stream_open("/no/such/file", &error));
    ck_assert_int_eq(error.exit_code, EX_NOINPUT);
    ck_assert_ptr_nonnull(strstr(error.message, "/no/such/file"));
    error = (struct error){0};
    ck_assert_ptr_null(stream_open("/tmp", &error));
    ck_assert_int_eq(error.exit_code, EX_NOINPUT);
    ck_assert_ptr_nonnull(strstr(error.message, "folder"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stream");
    TCase *cases = tcase_create("stream");
    tcase_add_test(cases, files_in_pieces);
    tcase_add_test(cases, files_are_mapped);
    tcase_add_test(cases, pipes_and_blocks);
    tcase_add_test(cases, gzip_is_undone);
    tcase_add_test(cases, damaged_gzip);
    tcase_add_test(cases, kinds_are_recognised);
    tcase_add_test(cases, opening_fails);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
