#include "io/filter.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The two ends of a pipe. */
struct ends {
    int reading, writing;
};

static bool open_pipe(struct ends *ends, struct error *error)
{
    int both[2];
    if (pipe(both) != 0)
        return error_set_errno(error, EX_OSERR, "cannot make a pipe");
    *ends = (struct ends){both[0], both[1]};
    /* No child but the one it is meant for may hold an end open. */
    fcntl(ends->reading, F_SETFD, FD_CLOEXEC);
    fcntl(ends->writing, F_SETFD, FD_CLOEXEC);
    return true;
}

static void close_ends(const struct ends *ends)
{
    close(ends->reading);
    close(ends->writing);
}

/* Signals as they were at the start, for a process that is not ours. */
static void restore_signals(void)
{
    static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXFSZ};
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        signal(handled[i], SIG_DFL);
}

static pid_t start_command(const char *command, const struct ends *input,
                           const struct ends *answer)
{
    pid_t process = fork();
    if (process == 0) {
        restore_signals();
        dup2(input->reading, STDIN_FILENO);
        dup2(answer->writing, STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return process;
}

/* The process that feeds; when the command goes away early, SIGPIPE ends it. */
static pid_t start_feed(bool (*feed)(void *context, struct output *output, struct error *error),
                        void *context, const struct ends *input, const struct ends *answer)
{
    pid_t process = fork();
    if (process == 0) {
        struct error error = {0};
        struct output output;
        char *name = memory_format("/dev/fd/%d", input->writing);
        restore_signals();
        close(input->reading);
        close_ends(answer);
        bool good = output_open(&output, name, &error) &&
                    output_finish(&output, feed(context, &output, &error), &error);
        _exit(good ? EX_OK : error.exit_code);
    }
    return process;
}

/* All of the answer, so that the command can end as it would whatever is made of it. */
static char *hear_out(int descriptor, size_t *count)
{
    enum { PIECE = 1 << 16 };
    size_t capacity = 0;
    char *bytes = NULL;
    *count = 0;
    for (;;) {
        bytes = memory_grow(bytes, &capacity, *count + PIECE, 1);
        ssize_t more = read(descriptor, bytes + *count, PIECE);
        if (more == 0 || (more < 0 && errno != EINTR))
            return bytes;
        *count += more > 0 ? (size_t)more : 0;
    }
}

static bool take_answer(bool (*take)(void *context, struct stream *stream, struct error *error),
                        void *context, const char *command, int descriptor, struct error *error)
{
    size_t count;
    char *bytes = hear_out(descriptor, &count);
    char *name = memory_format("output of '%s'", command);
    struct stream *stream = stream_from_memory(bytes, count, name);
    bool good = take(context, stream, error);
    stream_close(stream);
    close(descriptor);
    free(name);
    free(bytes);
    return good;
}

/* How a child ended: its code, or 128 and the signal. */
static int wait_for(pid_t process)
{
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool filter_run(const char *command,
                bool (*feed)(void *context, struct output *output, struct error *error),
                bool (*take)(void *context, struct stream *stream, struct error *error),
                void *context, struct error *error)
{
    struct ends input = {-1, -1}, answer = {-1, -1};
    if (!open_pipe(&input, error))
        return false;
    if (!open_pipe(&answer, error)) {
        close_ends(&input);
        return false;
    }
    fflush(NULL);
    pid_t running = start_command(command, &input, &answer);
    pid_t feeding = running < 0 ? -1 : start_feed(feed, context, &input, &answer);
    close_ends(&input);
    close(answer.writing);
    if (feeding < 0) {
        error_set_errno(error, EX_OSERR, "cannot start '%s'", command);
        close(answer.reading);
        if (running > 0)
            wait_for(running);
        return false;
    }
    struct error answered = {0};
    bool good = take_answer(take, context, command, answer.reading, &answered);
    int code = wait_for(running);
    wait_for(feeding);
    if (code != 0)
        return error_set(error, EX_UNAVAILABLE, "'%s' ended with exit code %d; expected 0", command,
                         code);
    if (!good)
        *error = answered;
    return good;
}
