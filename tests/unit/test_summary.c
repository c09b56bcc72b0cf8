/* Summaries: moments in pieces and of awkward values, and each kind of input in bounded memory. */
#include "io/summary.h"

#include "base/memory.h"
#include "base/rng.h"

#include "check_main.h"

#include <math.h>
#include <string.h>

START_TEST(moments_in_pieces)
{
    enum { COUNT = 10007 };
    struct rng rng = rng_make(1, RNG_TEST, 0);
    double *values = memory_alloc(COUNT, sizeof *values), mean = 0, squares = 0;
    for (int i = 0; i < COUNT; i++) {
        values[i] = 1e9 + rng_normal(&rng); /* a naive sum of squares would lose everything */
        mean += (values[i] - 1e9) / COUNT;
    }
    for (int i = 0; i < COUNT; i++)
        squares += (values[i] - 1e9 - mean) * (values[i] - 1e9 - mean);
    const size_t pieces[] = {1, 13, 4096, COUNT};
    for (size_t p = 0; p < 4; p++) {
        struct moments moments = {0};
        for (size_t start = 0; start < COUNT; start += pieces[p])
            moments_add(&moments, values + start,
                        COUNT - start < pieces[p] ? COUNT - start : pieces[p]);
        ck_assert_uint_eq(moments.finite, COUNT);
        ck_assert_double_eq_tol(moments.mean - 1e9, mean, 1e-5);
        ck_assert_double_eq_tol(moments_deviation(&moments), sqrt(squares / COUNT), 1e-6);
    }
    free(values);
}
END_TEST

START_TEST(what_is_not_finite)
{
    const double values[] = {(double)NAN, 3, (double)INFINITY, -1, -(double)INFINITY, (double)NAN};
    struct moments moments = {0};
    ck_assert(isnan(moments_deviation(&moments)));
    moments_add(&moments, values, 6);
    ck_assert_uint_eq(moments.finite, 2);
    ck_assert_uint_eq(moments.nan, 2);
    ck_assert_uint_eq(moments.infinite, 2);
    ck_assert_double_eq(moments.least, -1);
    ck_assert_double_eq(moments.greatest, 3);
    ck_assert_double_eq(moments.mean, 1);
    ck_assert_double_eq(moments_deviation(&moments), 2);
}
END_TEST

START_TEST(squares_may_overflow)
{
    const double values[] = {1e308, -1e308};
    struct moments moments = {0};
    moments_add(&moments, values, 2);
    ck_assert_double_eq(moments.mean, 0);
    ck_assert(isinf(moments_deviation(&moments)));
}
END_TEST

/* What a sink was told, as text. */
static char told[1024];

static bool tell_summary(void *context, const struct summary *summary, struct error *error)
{
    (void)context;
    (void)error;
    size_t used = strlen(told);
    snprintf(told + used, sizeof told - used, "%s %s %d %zu;", summary->name ? summary->name : "-",
             summary->dtype, summary->dimensions, summary->numeric ? summary->moments.finite : 0);
    return true;
}

static bool tell_metadata(void *context, const char *key, const char *value, struct error *error)
{
    (void)context;
    (void)error;
    size_t used = strlen(told);
    snprintf(told + used, sizeof told - used, "%s=%s;", key, value);
    return true;
}

static void expect_summary(const char *bytes, size_t count, const char *expected)
{
    struct error error = {0};
    const struct summary_sink sink = {tell_summary, tell_metadata, NULL};
    struct stream *stream = stream_from_memory(bytes, count, "memory");
    told[0] = '\0';
    ck_assert_msg(summarise(stream, &sink, &error), "%s", error.message);
    ck_assert_str_eq(told, expected);
    stream_close(stream);
}

START_TEST(kinds_of_input)
{
    expect_summary("", 0, "");
    expect_summary("a,b\n1,x\n,y\n", 11, "a float64 1 1;b text 1 0;");
    expect_summary("[[1,2],[3,4]] [5]", 17, "- float64 2 4;- float64 1 1;");
    expect_summary("\0\0\x08\2\0\0\0\2\0\0\0\1ab", 14, "- uint8 2 2;");
    const char model[] =
        "\x57\0\0\0\0\0\0\0{\"__metadata__\":{\"k\":\"v\"},\"t\":{\"dtype\":\"F32\","
        "\"shape\":[1],\"data_offsets\":[0,4]}}         \0\0\0\0";
    expect_summary(model, 8 + 0x57 + 4, "k=v;t float32 1 1;");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("summary");
    TCase *cases = tcase_create("summary");
    tcase_add_test(cases, moments_in_pieces);
    tcase_add_test(cases, what_is_not_finite);
    tcase_add_test(cases, squares_may_overflow);
    tcase_add_test(cases, kinds_of_input);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
