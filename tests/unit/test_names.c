/* Node names: indices in order of appearance, and back, through many growths of the table. */
#include "graph/names.h"

#include "check_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(indices_follow_appearance)
{
    struct names names = {0};
    ck_assert_uint_eq(names_find(&names, "a"), NAMES_ABSENT);
    ck_assert_uint_eq(names_add(&names, "007", 3), 0);
    ck_assert_uint_eq(names_add(&names, "7", 1), 1);
    ck_assert_uint_eq(names_add(&names, "007", 3), 0);
    ck_assert_uint_eq(names_add(&names, "", 0), 2);
    ck_assert_uint_eq(names_find(&names, "7"), 1);
    ck_assert_uint_eq(names_find(&names, ""), 2);
    ck_assert_uint_eq(names_find(&names, "07"), NAMES_ABSENT);
    ck_assert_uint_eq(names.count, 3);
    ck_assert_str_eq(names.strings[0], "007");
    names_free(&names);
    ck_assert_uint_eq(names.count, 0);
}
END_TEST

START_TEST(length_ends_a_name)
{
    struct names names = {0};
    ck_assert_uint_eq(names_add(&names, "abc", 2), 0);
    ck_assert_uint_eq(names_add(&names, "abc", 3), 1);
    ck_assert_uint_eq(names_add(&names, "abd", 2), 0);
    ck_assert_str_eq(names.strings[0], "ab");
    names_free(&names);
}
END_TEST

START_TEST(many_names)
{
    enum { COUNT = 100000 };
    struct names names = names_numbered(COUNT);
    ck_assert_uint_eq(names.count, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        char digits[16];
        snprintf(digits, sizeof digits, "%u", i);
        ck_assert_uint_eq(names_find(&names, digits), i);
        ck_assert_str_eq(names.strings[i], digits);
    }
    ck_assert_uint_eq(names_find(&names, "100000"), NAMES_ABSENT);
    names_free(&names);
}
END_TEST

START_TEST(copy_is_independent)
{
    struct names names = names_numbered(3);
    struct names copy = names_copy(&names);
    names_free(&names);
    ck_assert_uint_eq(copy.count, 3);
    ck_assert_uint_eq(names_find(&copy, "2"), 2);
    ck_assert_uint_eq(names_add(&copy, "new", 3), 3);
    names_free(&copy);
}
END_TEST

START_TEST(joined)
{
    struct names none = {0}, names = names_numbered(3);
    char *text = names_joined(&names, "; ");
    ck_assert_str_eq(text, "0; 1; 2");
    free(text);
    text = names_joined(&none, ",");
    ck_assert_str_eq(text, "");
    free(text);
    names_free(&names);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("names");
    TCase *cases = tcase_create("names");
    tcase_add_test(cases, indices_follow_appearance);
    tcase_add_test(cases, length_ends_a_name);
    tcase_add_test(cases, many_names);
    tcase_add_test(cases, copy_is_independent);
    tcase_add_test(cases, joined);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
