/* Filters: large amounts both ways, commands that fail, that do not read, that say nothing. */
#include "io/filter.h"

#include "check_main.h"

#include <string.h>

struct exchange {
    size_t sent, received;
    unsigned sum; /* of the bytes that came back */
    size_t wanted; /* more than this is not read */
};

static bool feed(void *context, struct output *output, struct error *error)
{
    struct exchange *exchange = context;
    char block[4096];
    for (size_t done = 0; done < exchange->sent; done += sizeof block) {
        memset(block, 'a' + (int)(done / sizeof block % 26), sizeof block);
        if (!output_write(output, block, sizeof block, error))
            return false;
    }
    return true;
}

static bool take(void *context, struct stream *stream, struct error *error)
{
    struct exchange *exchange = context;
    unsigned char block[1000];
    size_t count;
    while (exchange->received < exchange->wanted &&
           (count = stream_read(stream, block, sizeof block, error)) > 0) {
        exchange->received += count;
        for (size_t i = 0; i < count; i++)
            exchange->sum += block[i];
    }
    return error->exit_code == EX_OK;
}

static bool refuse(void *context, struct stream *stream, struct error *error)
{
    (void)context;
    (void)stream;
    return error_set(error, EX_DATAERR, "not what was wanted");
}

START_TEST(both_ways)
{
    struct exchange exchange = {.sent = 8u << 20, .wanted = SIZE_MAX};
    struct error error = {0};
    ck_assert_msg(filter_run("cat", feed, take, &exchange, &error), "%s", error.message);
    ck_assert_uint_eq(exchange.received, 8u << 20);
    unsigned sum = 0;
    for (size_t block = 0; block < 2048; block++)
        sum += 4096 * (unsigned)('a' + block % 26);
    ck_assert_uint_eq(exchange.sum, sum);
}
END_TEST

START_TEST(commands_that_fail)
{
    struct exchange exchange = {.sent = 1u << 20, .wanted = SIZE_MAX};
    struct error error = {0};
    ck_assert(!filter_run("exit 3", feed, take, &exchange, &error));
    ck_assert_int_eq(error.exit_code, EX_UNAVAILABLE);
    ck_assert_str_eq(error.message, "'exit 3' ended with exit code 3; expected 0");
    error = (struct error){0};
    ck_assert(!filter_run("no-such-command-here 2>/dev/null", feed, take, &exchange, &error));
    ck_assert(strstr(error.message, "exit code 127") != NULL);
    error = (struct error){0};
    ck_assert(!filter_run("cat; exit 1", feed, take, &exchange, &error));
}
END_TEST

START_TEST(commands_that_do_not_read)
{
    struct exchange exchange = {.sent = 4u << 20, .wanted = SIZE_MAX};
    struct error error = {0};
    ck_assert_msg(filter_run("echo hello", feed, take, &exchange, &error), "%s", error.message);
    ck_assert_uint_eq(exchange.received, 6);
}
END_TEST

/* The answer is heard out, so that the command can end well. */
START_TEST(answers_that_are_not_wanted)
{
    struct exchange exchange = {.sent = 4u << 20, .wanted = 10};
    struct error error = {0};
    ck_assert_msg(filter_run("cat", feed, take, &exchange, &error), "%s", error.message);
    ck_assert(!filter_run("cat", feed, refuse, &exchange, &error));
    ck_assert_str_eq(error.message, "not what was wanted");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filter");
    TCase *cases = tcase_create("filter");
    tcase_add_test(cases, both_ways);
    tcase_add_test(cases, commands_that_fail);
    tcase_add_test(cases, commands_that_do_not_read);
    tcase_add_test(cases, answers_that_are_not_wanted);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
