/* Texts: what is not UTF-8 becomes something that can be drawn. */
#include "plot/text.h"

#include "check_main.h"

#include <stdlib.h>

static void check_clean(const char *text, bool plain, const char *expected)
{
    char *clean = text_clean(text, plain);
    ck_assert_str_eq(clean, expected);
    free(clean);
}

START_TEST(valid_text_stays)
{
    check_clean("", false, "");
    check_clean("Poincaré − 10⁶ × 𝛼", false, "Poincaré − 10⁶ × 𝛼");
}
END_TEST

START_TEST(invalid_bytes)
{
    check_clean("a\xff" "b", false, "a?b");
    check_clean("cut \xe2\x88", false, "cut ??");
    check_clean("overlong \xc0\x80", false, "overlong ??");
    check_clean("surrogate \xed\xa0\x80", false, "surrogate ???");
    check_clean("tab\tline\n", false, "tab?line?");
}
END_TEST

START_TEST(in_ascii)
{
    check_clean("−5×10⁻¹²…", true, "-5x10^-12...");
    check_clean("Poincaré", true, "Poincar?");
    check_clean("10³", true, "10^3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *cases = tcase_create("text");
    tcase_add_test(cases, valid_text_stays);
    tcase_add_test(cases, invalid_bytes);
    tcase_add_test(cases, in_ascii);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
