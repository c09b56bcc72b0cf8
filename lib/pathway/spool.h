/*
 * Spool: rows of reals in a file of their own, written once and then read in blocks, in any order
 * and by several processes: what a stream becomes when more than one pass over it is needed. Or
 * rows in memory, where a sample of the stream is enough.
 */
#ifndef TESSERAE_PATHWAY_SPOOL_H
#define TESSERAE_PATHWAY_SPOOL_H

#include "base/error.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct spool {
    char *path;
    FILE *file;
    const real *memory;    /* the rows, where there is no file */
    size_t columns, rows;
};

/* Rows (rows, columns) that are in memory, and stay the caller's. */
struct spool spool_of_memory(const real *memory, size_t rows, size_t columns);

/* A new file; EX_CANTCREAT. */
bool spool_create(struct spool *spool, const char *path, size_t columns, struct error *error);

bool spool_append(struct spool *spool, const real *row, struct error *error);

/*
 * What was written can be read from now on, by others too. EX_IOERR when it could not be written.
 */
bool spool_finish(struct spool *spool, struct error *error);

/* Opens a finished spool of so many rows for reading. */
bool spool_open(struct spool *spool, const char *path, size_t columns, size_t rows,
                struct error *error);

/* Rows first .. first + count, which must be there, into memory (count, columns). */
bool spool_read(struct spool *spool, size_t first, size_t count, real *rows, struct error *error);

/* Closes the file, and removes it if `remove_file`. */
void spool_close(struct spool *spool, bool remove_file);

#endif
