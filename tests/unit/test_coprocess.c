/* Commands beside us: large messages both ways, and every way for them to fail. */
#include "base/memory.h"
#include "base/progress.h"
#include "base/signals.h"
#include "check_main.h"
#include "io/coprocess.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct coprocess *start(const char *command, double timeout)
{
    struct error error = {0};
    struct coprocess *process = coprocess_start(command, timeout, &error);
    ck_assert_msg(process != NULL, "%s", error.message);
    return process;
}

static bool read_all(struct coprocess *process, char *bytes, size_t count, struct error *error)
{
    for (size_t done = 0, got; done < count; done += got) {
        got = coprocess_read(process, bytes + done, count - done, error);
        if (got == 0)
            return false;
    }
    return true;
}

static void no_child_is_left(void)
{
    ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

START_TEST(echo)
{
    enum { COUNT = 5000000 };
    struct error error = {0};
    char *sent = memory_alloc(COUNT, 1), *got = memory_alloc(COUNT, 1);
    for (size_t i = 0; i < COUNT; i++)
        sent[i] = (char)(i * i >> 7);
    struct coprocess *process = start("cat", 30); /* answers while we still write */
    for (int round = 0; round < 3; round++) {
        memset(got, 0, COUNT);
        ck_assert(coprocess_write(process, sent, COUNT, &error));
        ck_assert(read_all(process, got, 10, &error));
        ck_assert(read_all(process, got + 10, COUNT - 10, &error));
        ck_assert(memcmp(sent, got, COUNT) == 0);
    }
    ck_assert(coprocess_finish(process, &error));
    ck_assert_int_eq(error.exit_code, 0);
    no_child_is_left();
    free(sent);
    free(got);
}
END_TEST

/* Reading 4 bytes from the command must fail with a message that contains the words. */
static void read_fails(const char *command, double timeout, const char *words)
{
    struct error error = {0};
    char bytes[4];
    struct coprocess *process = start(command, timeout);
    ck_assert(!read_all(process, bytes, sizeof bytes, &error));
    ck_assert_int_eq(error.exit_code, EX_UNAVAILABLE);
    ck_assert_msg(strstr(error.message, words) && strstr(error.message, command), "%s",
                  error.message);
    coprocess_finish(process, &error);
    no_child_is_left();
}

START_TEST(ends)
{
    read_fails("exit 3", 0, "exit code 3 instead of answering");
    read_fails("printf abc; exit 4", 0, "exit code 4");
    read_fails("kill -9 $$", 0, "signal 9");
    read_fails("no-such-command-anywhere 2> /dev/null", 0, "127");
}
END_TEST

START_TEST(hangs)
{
    double started = progress_seconds();
    read_fails("sleep 100", 0.2, "did not answer within 0.2 seconds");
    read_fails("trap '' TERM; while :; do sleep 100; done", 0.2, "did not answer");
    read_fails("exec >&-; sleep 100", 5, "closed its output");
    ck_assert(progress_seconds() - started < 60);
}
END_TEST

/* A write to what does not read, or is gone; no signal must reach us. */
START_TEST(does_not_read)
{
    enum { COUNT = 4 << 20 };
    char *bytes = memory_zeroed(COUNT, 1);
    struct error error = {0};
    signals_install();
    struct coprocess *process = start("exit 5", 10);
    ck_assert(!coprocess_write(process, bytes, COUNT, &error));
    ck_assert_int_eq(error.exit_code, EX_UNAVAILABLE);
    ck_assert_msg(strstr(error.message, "exit code 5"), "%s", error.message);
    coprocess_abandon(process);
    error = (struct error){0};
    process = start("exec sleep 100", 0.2);
    ck_assert(!coprocess_write(process, bytes, COUNT, &error));
    ck_assert_msg(strstr(error.message, "did not answer"), "%s", error.message);
    coprocess_abandon(process);
    no_child_is_left();
    sigset_t pending;
    sigpending(&pending);
    ck_assert(!sigismember(&pending, SIGPIPE));
    free(bytes);
}
END_TEST

START_TEST(finishing)
{
    struct error error = {0};
    ck_assert(coprocess_finish(NULL, &error));
    ck_assert(coprocess_finish(start("cat > /dev/null", 0), &error));
    ck_assert(!coprocess_finish(start("cat > /dev/null; exit 6", 0), &error));
    ck_assert_msg(strstr(error.message, "exit code 6 after its input ended"), "%s", error.message);
    error = (struct error){0};
    ck_assert(!coprocess_finish(start("sleep 100", 0.2), &error));
    ck_assert_msg(strstr(error.message, "did not end within"), "%s", error.message);
    error = (struct error){0}; /* output that nobody wanted is no reason to wait */
    ck_assert(coprocess_finish(start("head -c 10000000 /dev/zero", 20), &error));
    coprocess_abandon(NULL);
    no_child_is_left();
}
END_TEST

START_TEST(consulting)
{
    enum { COUNT = 8 << 20 };
    struct error error = {0};
    char *question = memory_alloc(COUNT, 1), *answer;
    size_t count;
    for (size_t i = 0; i < COUNT; i++)
        question[i] = (char)('a' + i / 4096 % 26);
    ck_assert_msg(coprocess_consult("cat", question, COUNT, &answer, &count, &error), "%s",
                  error.message);
    ck_assert(count == COUNT && memcmp(question, answer, COUNT) == 0);
    free(answer);
    ck_assert(coprocess_consult("wc -c | tr -d ' '", question, COUNT, &answer, &count, &error));
    ck_assert(count == 8 && memcmp(answer, "8388608\n", 8) == 0);
    free(answer);
    ck_assert(coprocess_consult("cat > /dev/null", question, COUNT, &answer, &count, &error));
    ck_assert(count == 0);
    free(answer);
    ck_assert(!coprocess_consult("cat; exit 4", question, COUNT, &answer, &count, &error));
    ck_assert_msg(strstr(error.message, "exit code 4"), "%s", error.message);
    error = (struct error){0};
    ck_assert(!coprocess_consult("exit 4", question, COUNT, &answer, &count, &error));
    ck_assert_int_eq(error.exit_code, EX_UNAVAILABLE);
    free(question);
    no_child_is_left();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("coprocess");
    TCase *cases = tcase_create("coprocess");
    tcase_add_test(cases, echo);
    tcase_add_test(cases, ends);
    tcase_add_test(cases, hangs);
    tcase_add_test(cases, does_not_read);
    tcase_add_test(cases, finishing);
    tcase_add_test(cases, consulting);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
