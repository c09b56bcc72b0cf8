/*
 * Runs a function in a child process and tells how it ended and what it printed: for code that
 * ends the process.
 */
#ifndef TESSERAE_TESTS_CHILD_H
#define TESSERAE_TESTS_CHILD_H

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    int exit_code; /* -1 when a signal ended it */
    int signal;    /* 0 when it exited */
    char output[8192];
    char errors[8192];
};

static inline void child_collect(FILE *file, char *text, size_t size)
{
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* The child exits with 0 when work returns. */
static inline struct child child_run(void (*work)(void *context), void *context)
{
    struct child child = {.exit_code = -1};
    FILE *output = tmpfile();
    FILE *errors = tmpfile();
    if (!output || !errors)
        abort();
    fflush(NULL);
    pid_t process = fork();
    if (process < 0)
        abort();
    if (process == 0) {
        dup2(fileno(output), STDOUT_FILENO);
        dup2(fileno(errors), STDERR_FILENO);
        omp_set_num_threads(1); /* a child has none of its parent's other threads */
        work(context);
        exit(EXIT_SUCCESS);
    }
    int status;
    waitpid(process, &status, 0);
    if (WIFEXITED(status))
        child.exit_code = WEXITSTATUS(status);
    else
        child.signal = WTERMSIG(status);
    child_collect(output, child.output, sizeof child.output);
    child_collect(errors, child.errors, sizeof child.errors);
    return child;
}

#endif
