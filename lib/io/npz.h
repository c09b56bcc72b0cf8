/*
 * NPZ: a zip archive of NPY records with names, stored or deflated, as numpy.savez and
 * numpy.savez_compressed write it. ZIP64 is read; archives below 4 GiB are written.
 */
#ifndef TESSERAE_IO_NPZ_H
#define TESSERAE_IO_NPZ_H

#include "base/output.h"
#include "io/array.h"
#include "io/stream.h"

struct npz;

/* Reads the archive's directory. NULL on failure. Close with npz_close, before the stream. */
struct npz *npz_open(struct stream *stream, struct error *error);

/*
 * Reads the next member. *name (free() it) is the member's without ".npy"; *end is true, *name
 * NULL, when there are no more. Sizes and checksums are checked; errors name the member.
 */
bool npz_read(struct npz *npz, char **name, struct array *array, bool *end, struct error *error);

void npz_close(struct npz *npz);

struct npz_writer;

/* Writes members, not compressed; npz_finish writes the directory and frees the writer. */
struct npz_writer *npz_begin(struct output *output);
bool npz_add(struct npz_writer *writer, const char *name, const struct array *array,
             struct error *error);
bool npz_finish(struct npz_writer *writer, struct error *error);

#endif
