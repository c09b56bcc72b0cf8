/* Memory: alignment, growth, overflow, and the one way to end when there is no more. */
#include "base/memory.h"

#include "base/error.h"
#include "check_main.h"
#include "child.h"

#include <stdint.h>
#include <string.h>

START_TEST(blocks_are_aligned_and_writable)
{
    for (size_t count = 0; count < 200; count++) {
        char *block = memory_alloc(count, 1);
        ck_assert_uint_eq((uintptr_t)block % 64, 0);
        memset(block, 1, count);
        free(block);
    }
}
END_TEST

START_TEST(zeroed_is_zero)
{
    unsigned char *block = memory_zeroed(1000, 3);
    for (int i = 0; i < 3000; i++)
        ck_assert_uint_eq(block[i], 0);
    free(block);
    free(memory_zeroed(0, 8));
}
END_TEST

START_TEST(growth_doubles_and_keeps)
{
    int *values = NULL;
    size_t capacity = 0;
    int moves = 0;
    for (int i = 0; i < 10000; i++) {
        size_t before = capacity;
        values = memory_grow(values, &capacity, (size_t)i + 1, sizeof *values);
        moves += capacity != before;
        values[i] = i;
    }
    ck_assert_int_lt(moves, 15);
    for (int i = 0; i < 10000; i++)
        ck_assert_int_eq(values[i], i);
    free(values);
}
END_TEST

START_TEST(strings)
{
    char *copy = memory_copy_string("node");
    ck_assert_str_eq(copy, "node");
    free(copy);
    copy = memory_copy_bytes("nodes", 2);
    ck_assert_str_eq(copy, "no");
    free(copy);
    copy = memory_format("%s-%d", "layer", 12);
    ck_assert_str_eq(copy, "layer-12");
    free(copy);
}
END_TEST

START_TEST(stream_into_memory)
{
    char *bytes;
    size_t count;
    FILE *stream = memory_stream_open(&bytes, &count);
    for (int i = 0; i < 10000; i++)
        fputs("ab", stream);
    memory_stream_close(stream, &bytes);
    ck_assert_uint_eq(count, 20000);
    ck_assert_uint_eq(strlen(bytes), 20000);
    free(bytes);
    stream = memory_stream_open(&bytes, &count);
    memory_stream_close(stream, &bytes);
    ck_assert_str_eq(bytes, "");
    free(bytes);
}
END_TEST

START_TEST(multiply_notices_overflow)
{
    size_t product;
    ck_assert(memory_multiply(3, 4, &product));
    ck_assert_uint_eq(product, 12);
    ck_assert(memory_multiply(0, SIZE_MAX, &product));
    ck_assert(!memory_multiply(SIZE_MAX / 2, 3, &product));
}
END_TEST

START_TEST(peak_is_what_was_touched)
{
    const size_t bytes = 64 << 20;
    size_t before = memory_peak_bytes();
    char *block = memory_alloc(bytes, 1);
    for (size_t i = 0; i < bytes; i += 4096)
        ((volatile char *)block)[i] = 1;
    ck_assert_uint_ge(memory_peak_bytes(), bytes);
    ck_assert_uint_ge(memory_peak_bytes(), before);
    free(block);
}
END_TEST

/* Sizes whose product overflows; the volatile keeps the compiler from seeing it. */
static volatile size_t huge = SIZE_MAX / 4;

static void overflow_alloc(void *context)
{
    (void)context;
    free(memory_alloc(huge, 8));
}

static void overflow_resize(void *context)
{
    (void)context;
    free(memory_resize(NULL, huge, 8));
}

static void overflow_grow(void *context)
{
    (void)context;
    size_t capacity = 0;
    free(memory_grow(NULL, &capacity, SIZE_MAX - 1, 1));
}

START_TEST(exhaustion_ends_with_oserr)
{
    void (*const works[])(void *) = {overflow_alloc, overflow_resize, overflow_grow};
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        struct child child = child_run(works[i], NULL);
        ck_assert_int_eq(child.exit_code, EX_OSERR);
        ck_assert_ptr_nonnull(strstr(child.errors, "tesserae: out of memory: cannot allocate"));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *cases = tcase_create("memory");
    tcase_add_test(cases, blocks_are_aligned_and_writable);
    tcase_add_test(cases, zeroed_is_zero);
    tcase_add_test(cases, growth_doubles_and_keeps);
    tcase_add_test(cases, strings);
    tcase_add_test(cases, stream_into_memory);
    tcase_add_test(cases, multiply_notices_overflow);
    tcase_add_test(cases, peak_is_what_was_touched);
    tcase_add_test(cases, exhaustion_ends_with_oserr);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
