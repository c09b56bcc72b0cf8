/* Node names: strings to indices by hashing, and back. */
#ifndef TESSERAE_GRAPH_NAMES_H
#define TESSERAE_GRAPH_NAMES_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

enum { NAMES_ABSENT = UINT32_MAX };

struct names {
    size_t count;
    size_t capacity;
    char **strings;      /* by index; owned by the arena */
    uint32_t *slots;     /* open addressing */
    size_t slot_count;   /* a power of two */
    struct arena arena;
};

/* The index of a name, adding it when it is new. */
uint32_t names_add(struct names *names, const char *name, size_t length);

/* The index of a name, or NAMES_ABSENT. */
uint32_t names_find(const struct names *names, const char *name);

/* "0", "1", ... "count - 1". */
struct names names_numbered(size_t count);

struct names names_copy(const struct names *names);
void names_free(struct names *names);

#endif
