/* Node names: strings to indices by hashing, and back. */
#ifndef TESSERAE_GRAPH_NAMES_H
#define TESSERAE_GRAPH_NAMES_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Not the index of any name; indices go from 0 to NAMES_ABSENT - 1. */
enum { NAMES_ABSENT = UINT32_MAX };

/* Initialise with {0}; may be moved by assignment. Free with names_free. */
struct names {
    size_t count;
    size_t capacity;
    char **strings;    /* by index; owned by the arena */
    uint32_t *slots;   /* open addressing: an index, or NAMES_ABSENT in a free slot */
    size_t slot_count; /* a power of two, at least twice the count */
    struct arena arena;
};

/*
 * The index of a name of length bytes (no zero among them), adding it when it is new.
 * NAMES_ABSENT when it is new and every index is taken.
 */
uint32_t names_add(struct names *names, const char *name, size_t length);

/* The index of a name, or NAMES_ABSENT. */
uint32_t names_find(const struct names *names, const char *name);

/*
 * The indices of names that are separated by commas; free() them. NULL, and EX_DATAERR with `what`
 * in front ("--sources"), where one of them is not there.
 */
uint32_t *names_find_list(const struct names *names, const char *list, const char *what,
                          size_t *count, struct error *error);

/* "0", "1", ... "count - 1"; count is below NAMES_ABSENT. */
struct names names_numbered(size_t count);

/* All names in their order, with `separator` between them; free() it. */
char *names_joined(const struct names *names, const char *separator);

/* Adds strings, and frees them and their list. False when a name stands twice. */
bool names_take(struct names *names, char **strings, size_t count);

struct names names_copy(const struct names *names);
void names_free(struct names *names);

#endif
