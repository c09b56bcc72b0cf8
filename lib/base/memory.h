/*
 * Memory. Allocation never returns NULL: when the system has no more, the process removes its
 * unfinished files, says how much it asked for, and exits with EX_OSERR (71). Sizes that come
 * from a file are checked against the bytes that are there before they get here.
 */
#ifndef TESSERAE_BASE_MEMORY_H
#define TESSERAE_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* count * size bytes, uninitialised; 64-byte aligned. Free with free(). */
void *memory_alloc(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));

/* As memory_alloc, filled with zeros (16-byte aligned, so that untouched pages stay unmapped). */
void *memory_zeroed(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));

/* Grows or shrinks a block (of any of these functions) to count * size bytes; 16-byte aligned. */
void *memory_resize(void *block, size_t count, size_t size);

/*
 * Makes room for at least `needed` elements in a growing array: doubles *capacity as often as is
 * needed and returns the block, moved or not.
 */
void *memory_grow(void *block, size_t *capacity, size_t needed, size_t size);

/* Copies of strings. */
char *memory_copy_string(const char *string) __attribute__((malloc));
char *memory_copy_bytes(const char *bytes, size_t length) __attribute__((malloc));

/* printf into a new string. */
char *memory_format(const char *format, ...) __attribute__((malloc, format(printf, 1, 2)));

/*
 * A stdio stream into memory: when it is closed, *bytes (to be freed) holds *count bytes and a
 * final zero byte. Both pointers must stay valid until then.
 */
FILE *memory_stream_open(char **bytes, size_t *count);
void memory_stream_close(FILE *stream, char **bytes);

/* *product = a * b; false when that overflows. */
bool memory_multiply(size_t a, size_t b, size_t *product);

/* The largest resident size this process has had, in bytes. */
size_t memory_peak_bytes(void);

#endif
