/*
 * Errors: one value that says what went wrong and which exit code it deserves.
 *
 * A function that can fail on its input returns false (or NULL) and fills the struct error that
 * its caller passed as the last argument. Programs hand that error to error_exit(). Running out
 * of memory is the one failure that is not returned: see memory.h.
 */
#ifndef TESSERAE_BASE_ERROR_H
#define TESSERAE_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <sysexits.h>

enum { ERROR_MESSAGE_SIZE = 512 };

/* Exit code of a program that was interrupted after it saved what it had. */
enum { EXIT_INTERRUPTED = 130 };

/* What went wrong. Initialise with {0}; exit_code is EX_OK (0) until something fails. */
struct error {
    int exit_code;                    /* one of sysexits.h */
    char message[ERROR_MESSAGE_SIZE]; /* "file:line: what is wrong; what was expected" */
};

/*
 * Records an error and returns false, so that a failing function can end with
 * `return error_set(error, EX_DATAERR, ...)`. The first error recorded stays.
 */
bool error_set(struct error *error, int exit_code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * As error_set with EX_IOERR (or EX_NOINPUT, EX_CANTCREAT, ... as given), with ": strerror(errno)".
 * Where the system ran out of memory the code is EX_OSERR, whatever was tried.
 */
bool error_set_errno(struct error *error, int exit_code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds to the end of a recorded message; for callers that know more of the place. */
void error_append(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The name that stands in front of every diagnostic; argv0 is stripped of its folders. */
void error_set_program(const char *argv0);
const char *error_program(void);

/*
 * Prints "program: message" on stderr, drops what standard output has buffered, removes unfinished
 * files and exits with the code.
 */
_Noreturn void error_exit(const struct error *error);

/* error_set and error_exit in one, for main programs. */
_Noreturn void error_die(int exit_code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints "program: warning: message" on stderr unless error_quiet(true) was called. */
void error_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void error_quiet(bool quiet);

#endif
