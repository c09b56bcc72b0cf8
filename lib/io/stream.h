/*
 * Stream: bytes from a file or standard input. gzip is recognised by its first bytes and undone;
 * whoever reads sees plain bytes.
 */
#ifndef TESSERAE_IO_STREAM_H
#define TESSERAE_IO_STREAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct stream;

/* What the first bytes say the stream holds. */
enum stream_kind {
    STREAM_EMPTY,
    STREAM_NPY,
    STREAM_NPZ,  /* a zip archive */
    STREAM_JSON, /* the first character that is not a space is { or [ */
    STREAM_IDX,
    STREAM_PNG,
    STREAM_SAFETENSORS,
    STREAM_CSV   /* any other text */
};

/*
 * Opens a file; NULL or "-" is standard input. EX_NOINPUT when it cannot be opened (or is a
 * folder). Close with stream_close.
 */
struct stream *stream_open(const char *path, struct error *error);

/* Reads from memory that the caller keeps; for tests and fuzzers. */
struct stream *stream_from_memory(const void *bytes, size_t count, const char *name);

/*
 * Reads from whatever `source` gives: at least one byte, at most `count`; 0 at the end, or on
 * failure with the error set. NULL when it fails at once: the first bytes are looked at here.
 */
typedef size_t stream_source(void *context, void *bytes, size_t count, struct error *error);
struct stream *stream_from_source(stream_source *source, void *context, const char *name,
                                  struct error *error);

/* The name for messages: the path, or "standard input". */
const char *stream_name(const struct stream *stream);

/* The same of a path that is not open; NULL and "-" are standard input. */
const char *stream_path_name(const char *path);

/* Looks at up to `count` (at most 4096) bytes without taking them; fewer only at the end. */
size_t stream_peek(struct stream *stream, const unsigned char **bytes, size_t count,
                   struct error *error);

/* Looks at the first bytes. STREAM_EMPTY also on failure. */
enum stream_kind stream_recognise(struct stream *stream, struct error *error);

/* Reads up to count bytes; 0 at the end. On failure sets error (EX_IOERR; EX_DATAERR for damaged
 * gzip) and returns 0. Large reads go straight into the destination. */
size_t stream_read(struct stream *stream, void *bytes, size_t count, struct error *error);

/* Reads exactly count bytes; fewer is an error (EX_DATAERR, "truncated"). */
bool stream_read_exactly(struct stream *stream, void *bytes, size_t count, struct error *error);

/*
 * Reads exactly count bytes into new memory; free() it. NULL on failure. Where it is not known
 * whether so many bytes are there, the memory grows as they arrive.
 */
void *stream_read_block(struct stream *stream, size_t count, struct error *error);

/* All bytes that are left, mapped or read. Give them back with stream_free_bytes. */
struct stream_bytes {
    unsigned char *bytes;
    size_t count;
    void *mapping;
    size_t mapping_bytes;
};

bool stream_read_all(struct stream *stream, struct stream_bytes *all, struct error *error);
void stream_free_bytes(struct stream_bytes *all);

/* Counts the records that are read from the stream; returns 1, 2, ...; for messages. */
size_t stream_count_record(struct stream *stream);

/* How many were counted so far. */
size_t stream_records(const struct stream *stream);

/*
 * The bytes that are left where that is known without reading (a plain file, memory); false for
 * pipes and gzip. Check sizes from headers against it before allocating.
 */
bool stream_remaining(const struct stream *stream, size_t *bytes);

/*
 * For a plain file: maps the next count bytes (copy on write) and moves past them. NULL without an
 * error when the stream cannot be mapped, has not so many bytes, or stands at a position that is
 * not a multiple of 8. Unmap *mapping, *mapping_bytes with munmap.
 */
void *stream_map(struct stream *stream, size_t count, void **mapping, size_t *mapping_bytes);

void stream_close(struct stream *stream);

#endif
