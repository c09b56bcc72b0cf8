#include "base/output.h"

#include "base/folder.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_UNFINISHED = 16, BUFFER_BYTES = 1 << 18, STANDARD_BUFFER_BYTES = 1 << 16 };

/* Fixed storage, so that a signal handler can walk it. */
static char unfinished[MOST_UNFINISHED][4096];
static volatile sig_atomic_t in_use[MOST_UNFINISHED];
static pid_t owner;

void output_remove_unfinished(void)
{
    folder_remove_unfinished();
    if (owner != getpid())
        return; /* a forked child does not own its parent's files */
    for (int slot = 0; slot < MOST_UNFINISHED; slot++) {
        if (in_use[slot])
            unlink(unfinished[slot]);
        in_use[slot] = 0;
    }
}

/* A closed descriptor would be given to the next file that is opened; hold its place. */
static void hold_descriptor(int descriptor, int mode)
{
    if (fcntl(descriptor, F_GETFD) != -1)
        return;
    int opened = open("/dev/null", mode);
    if (opened >= 0 && opened != descriptor) {
        dup2(opened, descriptor);
        close(opened);
    }
}

static void close_standard(void)
{
    bool failed_before = ferror(stdout);
    errno = EIO;
    if (fclose(stdout) == 0 && !failed_before)
        return;
    fprintf(stderr, "%s: standard output: cannot write: %s\n", error_program(), strerror(errno));
    output_remove_unfinished();
    _exit(EX_IOERR);
}

void output_prepare_standard(void)
{
    static char buffer[STANDARD_BUFFER_BYTES];
    hold_descriptor(STDIN_FILENO, O_WRONLY);
    hold_descriptor(STDOUT_FILENO, O_RDONLY);
    hold_descriptor(STDERR_FILENO, O_RDWR);
    if (!isatty(STDOUT_FILENO))
        setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    if (atexit(close_standard) != 0)
        error_die(EX_OSERR, "out of memory at the start");
}

/* The file that a symbolic link names is replaced, not the link. */
static char *final_name(const char *path)
{
    char resolved[PATH_MAX];
    return memory_copy_string(realpath(path, resolved) ? resolved : path);
}

/*
 * Creates the unfinished file of a slot; no signal may come between its creation and its listing.
 */
static int create_listed(int slot)
{
    sigset_t all;
    sigset_t saved;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &saved);
    int descriptor = mkstemp(unfinished[slot]);
    in_use[slot] = descriptor >= 0;
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    return descriptor;
}

/* A new file gets the permissions that fopen would give it, a replaced one those it had. */
static mode_t final_mode(const char *name)
{
    struct stat status;
    if (stat(name, &status) == 0)
        return status.st_mode & 0777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
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
        if (atexit(output_remove_unfinished) != 0)
            return error_set_errno(error, EX_OSERR, "%s: cannot create", output->name);
        owner = getpid();
    }
    int descriptor = create_listed(slot);
    if (descriptor < 0)
        return error_set_errno(error, EX_CANTCREAT, "%s: cannot create", output->name);
    output->slot = slot;
    if (fchmod(descriptor, final_mode(output->name)) != 0 ||
        !(output->file = fdopen(descriptor, "wb"))) {
        error_set_errno(error, EX_CANTCREAT, "%s: cannot create", output->name);
        close(descriptor);
        return false;
    }
    return true;
}

static bool is_standard(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

static bool is_regular_or_new(const char *path)
{
    struct stat status;
    return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

static bool check_folder(const char *name, struct error *error)
{
    char *folder = memory_copy_string(name);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    bool good = access(slash ? folder : ".", W_OK | X_OK) == 0 ||
                error_set_errno(error, EX_CANTCREAT, "%s: cannot create", name);
    free(folder);
    return good;
}

bool output_check(const char *path, struct error *error)
{
    if (is_standard(path))
        return true;
    if (!*path)
        return error_set(error, EX_CANTCREAT, "an output has the empty name; expected a file's");
    char *name = final_name(path);
    bool good = access(name, F_OK) != 0 || access(name, W_OK) == 0 ||
                error_set_errno(error, EX_CANTCREAT, "%s: cannot replace", name);
    good = good && (!is_regular_or_new(path) || check_folder(name, error));
    free(name);
    return good;
}

bool output_open(struct output *output, const char *path, struct error *error)
{
    *output = (struct output){.slot = -1};
    if (!output_check(path, error))
        return false;
    if (is_standard(path)) {
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
    if (output->file != stdout) {
        output->buffer = memory_alloc(BUFFER_BYTES, 1);
        setvbuf(output->file, output->buffer, _IOFBF, BUFFER_BYTES);
    }
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
    free(output->buffer);
    *output = (struct output){.slot = -1};
}

bool output_commit(struct output *output, struct error *error)
{
    bool failed_before = ferror(output->file);
    errno = EIO; /* where trying again does not tell why an earlier write failed */
    bool written = fflush(output->file) == 0 && !failed_before;
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

bool output_finish(struct output *output, bool written, struct error *error)
{
    if (written)
        return output_commit(output, error);
    output_discard(output);
    return false;
}

bool output_write_file(const char *path, const void *bytes, size_t count, struct error *error)
{
    struct output output;
    return output_open(&output, path, error) &&
           output_finish(&output, output_write(&output, bytes, count, error), error);
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
