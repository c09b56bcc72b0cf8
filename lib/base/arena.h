/*
 * Arena: memory that is handed out by moving a pointer and given back all at once.
 *
 * The tape puts everything that lives for one training step here; after the first step the
 * blocks are there and a step allocates nothing.
 */
#ifndef TESSERAE_BASE_ARENA_H
#define TESSERAE_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Initialise with {0}; the first block is made when it is needed. */
struct arena {
    struct arena_block *first;
    struct arena_block *current;
    size_t used;  /* bytes handed out since the last reset, with padding */
    size_t peak;  /* the largest `used` so far */
    size_t blocks; /* how many blocks were ever allocated */
};

/* count * size bytes, uninitialised, 64-byte aligned; valid until arena_reset or arena_free. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/* As arena_alloc, filled with zeros. */
void *arena_zeroed(struct arena *arena, size_t count, size_t size);

/* A copy of length bytes with a final zero byte; not aligned. */
char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t length);

/* Where an arena stands, and back there: all that was handed out since is taken back. */
struct arena_mark {
    struct arena_block *current;
    size_t block_used, used;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, const struct arena_mark *mark);

/* Takes everything back and keeps the blocks for the next round. */
void arena_reset(struct arena *arena);

/* Gives all blocks back to the system; the arena may be used again. */
void arena_free(struct arena *arena);

#endif
