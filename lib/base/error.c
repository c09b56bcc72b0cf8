#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

static const char *program_name = "tesserae";
static bool quiet_warnings;

static void format_message(struct error *error, const char *format, va_list arguments)
{
    vsnprintf(error->message, sizeof error->message, format, arguments);
}

bool error_set(struct error *error, int exit_code, const char *format, ...)
{
    if (error->exit_code != EX_OK)
        return false;
    va_list arguments;
    va_start(arguments, format);
    format_message(error, format, arguments);
    va_end(arguments);
    error->exit_code = exit_code;
    return false;
}

bool error_set_errno(struct error *error, int exit_code, const char *format, ...)
{
    int saved_errno = errno;
    if (error->exit_code != EX_OK)
        return false;
    va_list arguments;
    va_start(arguments, format);
    format_message(error, format, arguments);
    va_end(arguments);
    size_t used = strlen(error->message);
    snprintf(error->message + used, sizeof error->message - used, ": %s", strerror(saved_errno));
    error->exit_code = saved_errno == ENOMEM ? EX_OSERR : exit_code;
    return false;
}

void error_append(struct error *error, const char *format, ...)
{
    size_t used = strlen(error->message);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message + used, sizeof error->message - used, format, arguments);
    va_end(arguments);
}

void error_set_program(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');
    program_name = slash ? slash + 1 : argv0;
}

const char *error_program(void)
{
    return program_name;
}

void error_exit(const struct error *error)
{
    /* A failed run prints nothing more, whatever it had ready, and complains only once. */
    __fpurge(stdout);
    clearerr(stdout);
    fprintf(stderr, "%s: %s\n", program_name, error->message);
    exit(error->exit_code ? error->exit_code : EX_SOFTWARE);
}

void error_die(int exit_code, const char *format, ...)
{
    struct error error = {0};
    va_list arguments;
    va_start(arguments, format);
    format_message(&error, format, arguments);
    va_end(arguments);
    error.exit_code = exit_code;
    error_exit(&error);
}

void error_quiet(bool quiet)
{
    quiet_warnings = quiet;
}

void error_warn(const char *format, ...)
{
    if (quiet_warnings)
        return;
    va_list arguments;
    fprintf(stderr, "%s: warning: ", program_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}
