#include "base/output.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_UNFINISHED = 16, BUFFER_BYTES = 1 << 18 };

/* Fixed storage, so that a signal handler can walk it. */
static char unfinished[MOST_UNFINISHED][4096];
static volatile sig_atomic_t in_use[MOST_UNFINISHED];
static pid_t owner;

void output_remove_unfinished(void)
{
    if (owner != getpid())
        return; /* a forked child does not own its parent's files */
    for (int slot = 0; slot < MOST_UNFINISHED; slot++) {
        if (in_use[slot])
            unlink(unfinished[slot]);
        in_use[slot] = 0;
    }
}

static bool is_regular_or_new(const char *path)
{
    struct stat status;
    return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* The file that a symbolic link names is replaced, not the link. */
static char *final_name(const char *path)
{
    char *resolved = realpath(path, NULL);
    if (!resolved)
        return memory_copy_string(path);
    char *copy = memory_copy_string(resolved);
    free(resolved);
    return copy;
}

static bool open_beside(struct output *output, struct error *error)
{
    int slot = 0;
    while (slot < MOST_UNFINISHED && in_use[slot])
        slot++;
    if (slot == MOST_UNFINISHED)
        return error_set(error, EX_SOFTWARE, "%s: too many files are being written", output->name);
    int length = snprintf(unfinished[slot], sizeof unfinished[slot], "%s.XXXXXX", output->name);
    if (length < 0 || (size_t)length >= sizeof unfinished[slot])
        return error_set(error, EX_CANTCREAT, "%s: the name is too long", output->name);
    if (owner != getpid()) {
        owner = getpid();
        atexit(output_remove_unfinished);
    }
    int descriptor = mkstemp(unfinished[slot]);
    if (descriptor < 0)
        return error_set_errno(error, EX_CANTCREAT, "%s: cannot create", output->name);
    in_use[slot] = 1;
    output->slot = slot;
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(descriptor, 0666 & ~mask) != 0 || !(output->file = fdopen(descriptor, "wb"))) {
        close(descriptor);
        return error_set_errno(error, EX_CANTCREAT, "%s: cannot create", output->name);
    }
    return true;
}

bool output_open(struct output *output, const char *path, struct error *error)
{
    *output = (struct output){.slot = -1};
    if (!path || strcmp(path, "-") == 0) {
        output->name = memory_copy_string("standard output");
        output->file = stdout;
    } else if (!is_regular_or_new(path)) {
        output->name = memory_copy_string(path);
        output->file = fopen(path, "wb");
        if (!output->file)
            error_set_errno(error, EX_CANTCREAT, "%s: cannot open for writing", path);
    } else {
        output->name = final_name(path);
        open_beside(output, error);
    }
    if (error->exit_code != EX_OK) {
        output_discard(output);
        return false;
    }
    if (output->file != stdout)
        setvbuf(output->file, NULL, _IOFBF, BUFFER_BYTES);
    return true;
}

/* A closed pipe never gets here: its SIGPIPE has ended the program. */
static bool write_failed(const struct output *output, struct error *error)
{
    return error_set_errno(error, EX_IOERR, "%s: cannot write", output->name);
}

bool output_write(struct output *output, const void *bytes, size_t count, struct error *error)
{
    if (count && fwrite(bytes, 1, count, output->file) != count)
        return write_failed(output, error);
    return true;
}

static void forget(struct output *output)
{
    free(output->name);
    *output = (struct output){.slot = -1};
}

bool output_commit(struct output *output, struct error *error)
{
    errno = EIO; /* the best that can be said of a write that failed earlier */
    bool written = !ferror(output->file) && fflush(output->file) == 0;
    if (!written)
        write_failed(output, error);
    if (written && output->slot >= 0 && fsync(fileno(output->file)) != 0 && errno != EINVAL &&
        errno != ENOSYS)
        written = write_failed(output, error);
    if (output->file != stdout) {
        FILE *file = output->file;
        output->file = NULL;
        if (fclose(file) != 0 && written)
            written = write_failed(output, error);
    }
    if (!written) {
        output_discard(output);
        return false;
    }
    if (output->slot >= 0) {
        if (rename(unfinished[output->slot], output->name) != 0) {
            error_set_errno(error, EX_CANTCREAT, "%s: cannot put in place", output->name);
            output_discard(output);
            return false;
        }
        in_use[output->slot] = 0;
    }
    forget(output);
    return true;
}

void output_discard(struct output *output)
{
    if (output->file && output->file != stdout)
        fclose(output->file);
    if (output->slot >= 0) {
        unlink(unfinished[output->slot]);
        in_use[output->slot] = 0;
    }
    forget(output);
}
