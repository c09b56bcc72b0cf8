#include "base/arena.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, SMALLEST_BLOCK = 1 << 16 };

struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    char *bytes;
};

static struct arena_block *add_block(struct arena *arena, size_t bytes)
{
    size_t capacity = arena->used > SMALLEST_BLOCK ? arena->used : SMALLEST_BLOCK;
    if (capacity < bytes)
        capacity = bytes;
    struct arena_block *block = memory_alloc(1, sizeof *block);
    block->next = NULL;
    block->capacity = capacity;
    block->used = 0;
    block->bytes = memory_alloc(capacity, 1);
    arena->blocks++;
    if (arena->current) {
        block->next = arena->current->next;
        arena->current->next = block;
    } else {
        arena->first = block;
    }
    return block;
}

static void *take(struct arena *arena, size_t bytes, size_t alignment)
{
    struct arena_block *block = arena->current;
    size_t start = 0;
    for (; block; block = block->next) {
        start = (block->used + alignment - 1) / alignment * alignment;
        if (start <= block->capacity && block->capacity - start >= bytes)
            break;
    }
    if (!block) {
        block = add_block(arena, bytes);
        start = 0;
    }
    arena->current = block;
    arena->used += start + bytes - block->used;
    block->used = start + bytes;
    if (arena->used > arena->peak)
        arena->peak = arena->used;
    return block->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!memory_multiply(count, size, &bytes) || bytes > SIZE_MAX / 2)
        error_die(EX_OSERR, "out of memory: cannot allocate %zu x %zu bytes", count, size);
    return take(arena, bytes, ALIGNMENT);
}

void *arena_zeroed(struct arena *arena, size_t count, size_t size)
{
    void *memory = arena_alloc(arena, count, size);
    memset(memory, 0, count * size);
    return memory;
}

char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = take(arena, length + 1, 1);
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){.current = arena->current,
                               .block_used = arena->current ? arena->current->used : 0,
                               .used = arena->used};
}

void arena_release(struct arena *arena, const struct arena_mark *mark)
{
    /* Blocks are taken up in their order, and those behind the marked one were empty. */
    struct arena_block *block = mark->current ? mark->current->next : arena->first;
    for (; block; block = block->next)
        block->used = 0;
    arena->current = mark->current ? mark->current : arena->first;
    if (mark->current)
        mark->current->used = mark->block_used;
    arena->used = mark->used;
}

void arena_reset(struct arena *arena)
{
    for (struct arena_block *block = arena->first; block; block = block->next)
        block->used = 0;
    arena->current = arena->first;
    arena->used = 0;
}

void arena_free(struct arena *arena)
{
    struct arena_block *block = arena->first;
    while (block) {
        struct arena_block *next = block->next;
        free(block->bytes);
        free(block);
        block = next;
    }
    *arena = (struct arena){0};
}
