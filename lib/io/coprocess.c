#include "io/coprocess.h"

#include "base/memory.h"
#include "base/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { PIPE_BYTES = 1 << 20, PIECE_BYTES = 1 << 16 };

static const double usual_patience = 5; /* seconds, for the command to end after its input */

struct coprocess {
    char *command;
    pid_t pid;       /* also the process group; 0 when it has been waited for */
    int input;       /* we write here; -1 when closed */
    int output;      /* we read here */
    double timeout;
    bool ended;      /* it closed its output, or does not read */
    char *early;     /* what it said while we wrote */
    size_t early_first, early_end, early_capacity;
};

/* --- starting --- */

/* A pipe whose ends other programs do not inherit, as large as the system allows. */
static bool make_pipe(int ends[2], struct error *error)
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set_errno(error, EX_OSERR, "cannot make a pipe");
    (void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES); /* smaller pipes are slower, no more */
    return true;
}

static int spawn(struct coprocess *process, int input, int output)
{
    char *arguments[] = {"sh", "-c", process->command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    posix_spawn_file_actions_init(&actions);
    int failure = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (failure == 0)
        failure = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    sigaddset(&signals, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    if (failure == 0)
        failure = posix_spawn(&process->pid, "/bin/sh", &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

static void free_process(struct coprocess *process)
{
    if (process->input >= 0)
        close(process->input);
    if (process->output >= 0)
        close(process->output);
    free(process->command);
    free(process->early);
    free(process);
}

struct coprocess *coprocess_start(const char *command, double timeout, struct error *error)
{
    struct coprocess *process = memory_zeroed(1, sizeof *process);
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    process->command = memory_copy_string(command);
    process->timeout = timeout;
    process->input = process->output = -1;
    bool good = make_pipe(to, error) && make_pipe(from, error);
    if (good) {
        errno = spawn(process, to[0], from[1]);
        good = errno == 0 || error_set_errno(error, EX_OSERR, "cannot run '%s'", command);
    }
    if (to[0] >= 0)
        close(to[0]);
    if (from[1] >= 0)
        close(from[1]);
    process->input = to[1];
    process->output = from[0];
    if (!good) {
        free_process(process);
        return NULL;
    }
    fcntl(process->input, F_SETFL, O_NONBLOCK);
    fcntl(process->output, F_SETFL, O_NONBLOCK);
    return process;
}

const char *coprocess_command(const struct coprocess *process)
{
    return process->command;
}

/* --- ending --- */

static void rest(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds,
                            .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

/* Waits up to so many seconds for the command to end; whether it did. */
static bool wait_for(struct coprocess *process, double seconds, int *status)
{
    double started = progress_seconds(), pause = 0.0002;
    while (true) {
        pid_t ended = waitpid(process->pid, status, WNOHANG);
        if (ended == process->pid || (ended < 0 && errno != EINTR)) {
            process->pid = 0;
            return true;
        }
        if (progress_seconds() - started >= seconds)
            return false;
        rest(pause);
        pause = pause < 0.02 ? 2 * pause : pause;
    }
}

/* Ends the group: politely, and where that does not help not so. */
static void end_group(struct coprocess *process)
{
    int status;
    if (process->pid == 0)
        return;
    pid_t group = process->pid;
    kill(-group, SIGTERM);
    if (!wait_for(process, 0.5, &status)) {
        kill(-group, SIGKILL);
        wait_for(process, 5, &status);
    } else {
        kill(-group, SIGKILL); /* what it started and left behind */
    }
}

/* Says how the command ended; false always. */
static bool tell_end(const struct coprocess *process, int status, const char *when,
                     struct error *error)
{
    if (WIFSIGNALED(status))
        return error_set(error, EX_UNAVAILABLE, "'%s' was ended by signal %d (%s)%s",
                         process->command, WTERMSIG(status), strsignal(WTERMSIG(status)), when);
    return error_set(error, EX_UNAVAILABLE, "'%s' ended with exit code %d%s%s", process->command,
                     WEXITSTATUS(status), when,
                     WEXITSTATUS(status) == 127 ? "; is there such a command?" : "");
}

/* The command closed its end while it was needed: tells why, false always. */
static bool fail_ended(struct coprocess *process, struct error *error)
{
    int status = 0;
    process->ended = true;
    if (process->pid != 0 && wait_for(process, 1, &status))
        return tell_end(process, status, " instead of answering", error);
    end_group(process);
    return error_set(error, EX_UNAVAILABLE, "'%s' closed its output instead of answering",
                     process->command);
}

static bool fail_hung(struct coprocess *process, struct error *error)
{
    process->ended = true;
    end_group(process);
    return error_set(error, EX_UNAVAILABLE,
                     "'%s' did not answer within %g seconds; expected it to read a question and "
                     "answer it", process->command, process->timeout);
}

static void close_input(struct coprocess *process)
{
    if (process->input >= 0)
        close(process->input);
    process->input = -1;
}

bool coprocess_finish(struct coprocess *process, struct error *error)
{
    int status = 0;
    bool good = true;
    if (!process)
        return true;
    double patience = process->timeout > 0 ? process->timeout : usual_patience;
    double started = progress_seconds();
    close_input(process);
    if (process->pid != 0) {
        while (progress_seconds() - started < patience) { /* a full pipe would keep it waiting */
            char piece[PIECE_BYTES];
            struct pollfd wait = {process->output, POLLIN, 0};
            if (poll(&wait, 1, 100) > 0 && read(process->output, piece, sizeof piece) == 0)
                break;
        }
        if (!wait_for(process, fmax(0, patience - (progress_seconds() - started)), &status)) {
            end_group(process);
            good = error_set(error, EX_UNAVAILABLE,
                             "'%s' did not end within %g seconds after its input did",
                             process->command, patience);
        } else if (status != 0) {
            good = tell_end(process, status, " after its input ended", error);
        }
    }
    free_process(process);
    return good;
}

void coprocess_abandon(struct coprocess *process)
{
    if (!process)
        return;
    end_group(process);
    free_process(process);
}

/* --- talking --- */

/* write(2), but a reader that has gone is EPIPE and not a signal. */
static ssize_t write_quietly(int descriptor, const void *bytes, size_t count)
{
    sigset_t broken, before, waiting;
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&waiting);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    ssize_t written = write(descriptor, bytes, count);
    int failure = errno;
    if (written < 0 && failure == EPIPE && !sigismember(&waiting, SIGPIPE))
        (void)sigtimedwait(&broken, NULL, &(struct timespec){0}); /* it is ours, and pending */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failure;
    return written;
}

/* Waits until one of the pipes can move a byte; *writable and *readable say which. */
static bool await(struct coprocess *process, bool write, bool *writable, bool *readable,
                  struct error *error)
{
    struct pollfd pipes[2] = {{process->output, POLLIN, 0}, {process->input, POLLOUT, 0}};
    double started = progress_seconds();
    while (true) {
        double left = process->timeout - (progress_seconds() - started);
        int wait = process->timeout > 0 ? (int)fmax(0, ceil(left * 1e3)) : -1;
        int ready = poll(pipes, write ? 2 : 1, wait);
        if (ready > 0)
            break;
        if (ready == 0)
            return fail_hung(process, error);
        if (errno != EINTR)
            return error_set_errno(error, EX_OSERR, "cannot wait for '%s'", process->command);
    }
    *readable = pipes[0].revents != 0;
    *writable = write && pipes[1].revents != 0;
    return true;
}

/* Keeps what can be read now for later. */
static void read_early(struct coprocess *process)
{
    process->early = memory_grow(process->early, &process->early_capacity,
                                 process->early_end + PIECE_BYTES, 1);
    ssize_t count = read(process->output, process->early + process->early_end, PIECE_BYTES);
    if (count > 0)
        process->early_end += (size_t)count;
    process->ended = count == 0;
}

bool coprocess_write(struct coprocess *process, const void *bytes, size_t count,
                     struct error *error)
{
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = process->ended ? -1 : write_quietly(process->input, next, count);
        if (written >= 0) {
            next += written;
            count -= (size_t)written;
            continue;
        }
        if (process->ended || errno == EPIPE)
            return fail_ended(process, error);
        bool writable = false, readable = false;
        if (errno != EAGAIN && errno != EINTR)
            return error_set_errno(error, EX_IOERR, "cannot write to '%s'", process->command);
        if (!await(process, true, &writable, &readable, error))
            return false;
        if (readable)
            read_early(process);
    }
    return true;
}

/* What the command said while we wrote. */
static size_t take_early(struct coprocess *process, void *bytes, size_t count)
{
    size_t early = process->early_end - process->early_first;
    count = count < early ? count : early;
    memcpy(bytes, process->early + process->early_first, count);
    process->early_first += count;
    if (process->early_first == process->early_end)
        process->early_first = process->early_end = 0;
    return count;
}

size_t coprocess_read(void *context, void *bytes, size_t count, struct error *error)
{
    struct coprocess *process = context;
    if (process->early_first < process->early_end)
        return take_early(process, bytes, count);
    while (true) {
        ssize_t got = process->ended ? 0 : read(process->output, bytes, count);
        if (got > 0)
            return (size_t)got;
        bool writable = false, readable = false;
        if (got == 0)
            fail_ended(process, error);
        else if (errno != EAGAIN && errno != EINTR)
            error_set_errno(error, EX_IOERR, "cannot read from '%s'", process->command);
        else if (await(process, false, &writable, &readable, error))
            continue;
        return 0;
    }
}

/* --- question and answer --- */

bool coprocess_consult(const char *command, const void *question, size_t count, char **answer,
                       size_t *answer_count, struct error *error)
{
    struct coprocess *process = coprocess_start(command, 0, error);
    if (!process || !coprocess_write(process, question, count, error)) {
        coprocess_abandon(process);
        return false;
    }
    close_input(process);
    bool writable = false, readable = false, good = true;
    while (good && !process->ended) {
        good = await(process, false, &writable, &readable, error);
        if (good)
            read_early(process);
    }
    char *said = process->early;
    *answer_count = process->early_end;
    process->early = NULL;
    good = coprocess_finish(process, error) && good;
    if (!good) {
        free(said);
        said = NULL;
    }
    *answer = said;
    return good;
}
