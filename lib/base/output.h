/*
 * Output: files that are complete or not there.
 *
 * A named file is written beside its final place and renamed when it is committed; a file that was
 * there before keeps its permissions, and a symbolic link stays a link. Standard output is written
 * through. Whatever ends the program before the commit (an error, a signal)
 * removes the unfinished file. A reader that closed its end of a pipe ends the program quietly,
 * as SIGPIPE would.
 */
#ifndef TESSERAE_BASE_OUTPUT_H
#define TESSERAE_BASE_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct output {
    FILE *file;            /* write here with stdio or output_write */
    char *buffer;          /* of file; NULL where stdio's own serves */
    char *name;            /* the final name, or "standard output" */
    int slot;              /* in the list of unfinished files; -1 for standard output */
};

/*
 * To be called before any file is opened: standard streams that were closed by the caller fail
 * instead of naming the next file, and what could not be written to standard output by the end of
 * the program ends it with EX_IOERR.
 */
void output_prepare_standard(void);

/*
 * Opens path for writing; NULL or "-" is standard output. Devices and pipes are written directly.
 */
bool output_open(struct output *output, const char *path, struct error *error);

/*
 * Whether output_open would be allowed to create path, for asking before long work: it must have a
 * name, in a folder that is there, and not be write-protected. Creates nothing.
 */
bool output_check(const char *path, struct error *error);

/* Writes count bytes; false on failure. */
bool output_write(struct output *output, const void *bytes, size_t count, struct error *error);

/* Flushes, checks every earlier write, and gives the file its final name. Frees the output. */
bool output_commit(struct output *output, struct error *error);

/*
 * Commits what was written wholly, discards what was not: for ending with
 * `return output_finish(&output, write_this(&output, error) && write_that(&output, error), error)`.
 */
bool output_finish(struct output *output, bool written, struct error *error);

/* Opens path, writes count bytes and commits them. */
bool output_write_file(const char *path, const void *bytes, size_t count, struct error *error);

/* Closes and removes the unfinished file. */
void output_discard(struct output *output);

/*
 * Removes every unfinished file, and an unfinished folder (folder.h); safe in a signal handler and
 * called at exit.
 */
void output_remove_unfinished(void);

#endif
