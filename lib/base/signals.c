#include "base/signals.h"

#include "base/error.h"
#include "base/output.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { ECHO_MS = 300 };

static volatile sig_atomic_t deferred;
static volatile sig_atomic_t pending; /* the number of the signal */
static volatile long long pending_since;

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* timeout(1) tells the process, and then its group: the same again at once is no second wish. */
static bool is_echo(int number)
{
    return pending == number && now_ms() - pending_since < ECHO_MS;
}

static void handle(int number)
{
    if (deferred && !pending) {
        pending_since = now_ms();
        pending = number;
        return;
    }
    if (deferred && is_echo(number))
        return;
    output_remove_unfinished();
    _exit(EXIT_INTERRUPTED);
}

static void clean_up_and_end(int number)
{
    output_remove_unfinished();
    signal(number, SIG_DFL);
    raise(number);
}

void signals_install(void)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        struct sigaction present;
        /* A signal that our parent ignores (nohup, a background job) stays ignored. */
        if (sigaction(ending[i], NULL, &present) == 0 && present.sa_handler != SIG_IGN)
            sigaction(ending[i], &action, NULL);
    }
    action.sa_handler = clean_up_and_end;
    action.sa_flags = SA_NODEFER;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
    const int crashes[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        struct sigaction present;
        /* A sanitizer that waits for crashes keeps its handler. */
        if (sigaction(crashes[i], NULL, &present) == 0 && present.sa_handler == SIG_DFL)
            sigaction(crashes[i], &action, NULL);
    }
    /* A file that may not grow larger is a write that fails, with a message. */
    signal(SIGXFSZ, SIG_IGN);
}

void signals_defer(void)
{
    deferred = 1;
}

bool signals_pending(void)
{
    return pending != 0;
}
