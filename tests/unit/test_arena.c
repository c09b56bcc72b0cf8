/* Arena: no two pieces overlap, and the second round allocates nothing. */
#include "base/arena.h"

#include "base/error.h"
#include "base/rng.h"
#include "check_main.h"
#include "child.h"

#include <stdint.h>
#include <string.h>

enum { PIECES = 2000 };

/* Takes pieces of random sizes, fills each with its number, and checks them all at the end. */
static void take_and_verify(struct arena *arena, uint32_t index)
{
    struct rng rng = rng_make(5, RNG_TEST, index);
    static unsigned char *pieces[PIECES];
    static size_t sizes[PIECES];
    for (int i = 0; i < PIECES; i++) {
        sizes[i] = i % 100 == 99 ? 200000 : rng_below(&rng, 500);
        pieces[i] = arena_alloc(arena, sizes[i], 1);
        ck_assert_uint_eq((uintptr_t)pieces[i] % 64, 0);
        memset(pieces[i], i % 251, sizes[i]);
    }
    size_t wrong = 0;
    for (int i = 0; i < PIECES; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            wrong += pieces[i][j] != i % 251;
    ck_assert_uint_eq(wrong, 0);
}

START_TEST(pieces_do_not_overlap)
{
    struct arena arena = {0};
    take_and_verify(&arena, 0);
    arena_free(&arena);
}
END_TEST

START_TEST(second_round_allocates_nothing)
{
    struct arena arena = {0};
    take_and_verify(&arena, 0);
    size_t blocks = arena.blocks;
    size_t used = arena.used;
    for (int round = 0; round < 3; round++) {
        arena_reset(&arena);
        ck_assert_uint_eq(arena.used, 0);
        take_and_verify(&arena, 0);
        ck_assert_uint_eq(arena.blocks, blocks);
    }
    ck_assert_uint_ge(arena.peak, used);
    arena_free(&arena);
    ck_assert_ptr_null(arena.first);
    arena_alloc(&arena, 1, 1);
    arena_free(&arena);
}
END_TEST

/* What is taken behind a mark is given back, what was there before stays, and no block is lost. */
START_TEST(marks)
{
    struct arena arena = {0};
    struct arena_mark empty = arena_mark(&arena);
    unsigned char *kept = NULL;
    size_t blocks = 0;
    for (int round = 0; round < 3; round++) {
        kept = arena_alloc(&arena, 1000, 1);
        memset(kept, 7, 1000);
        struct arena_mark mark = arena_mark(&arena);
        size_t used = arena.used;
        unsigned char *after = arena_alloc(&arena, 10, 1);
        for (uint32_t index = 0; index < 3; index++) {
            arena_release(&arena, &mark);
            ck_assert_uint_eq(arena.used, used);
            take_and_verify(&arena, index);
        }
        arena_release(&arena, &mark);
        ck_assert_ptr_eq(arena_alloc(&arena, 10, 1), after);
        for (size_t i = 0; i < 1000; i++)
            ck_assert_uint_eq(kept[i], 7);
        ck_assert(round == 0 || arena.blocks == blocks);
        blocks = arena.blocks;
        arena_release(&arena, &empty);
        ck_assert_uint_eq(arena.used, 0);
    }
    arena_free(&arena);
}
END_TEST

START_TEST(zeroed_even_when_reused)
{
    struct arena arena = {0};
    memset(arena_alloc(&arena, 1000, 1), 0xff, 1000);
    arena_reset(&arena);
    const unsigned char *bytes = arena_zeroed(&arena, 1000, 1);
    for (int i = 0; i < 1000; i++)
        ck_assert_uint_eq(bytes[i], 0);
    arena_free(&arena);
}
END_TEST

START_TEST(strings_are_packed)
{
    struct arena arena = {0};
    char *first = arena_copy_bytes(&arena, "abcdef", 3);
    char *second = arena_copy_bytes(&arena, "", 0);
    ck_assert_str_eq(first, "abc");
    ck_assert_str_eq(second, "");
    ck_assert_ptr_eq(second, first + 4);
    arena_free(&arena);
}
END_TEST

static void ask_for_too_much(void *context)
{
    static volatile size_t huge = SIZE_MAX / 4;
    arena_alloc(context, huge, 8);
}

START_TEST(overflow_ends_with_oserr)
{
    struct arena arena = {0};
    ck_assert_int_eq(child_run(ask_for_too_much, &arena).exit_code, EX_OSERR);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arena");
    TCase *cases = tcase_create("arena");
    tcase_add_test(cases, pieces_do_not_overlap);
    tcase_add_test(cases, second_round_allocates_nothing);
    tcase_add_test(cases, marks);
    tcase_add_test(cases, zeroed_even_when_reused);
    tcase_add_test(cases, strings_are_packed);
    tcase_add_test(cases, overflow_ends_with_oserr);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
