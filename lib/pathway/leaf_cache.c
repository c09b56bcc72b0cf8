#include "pathway/leaf_cache.h"

#include "base/memory.h"
#include "pathway/model_folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NO_SLOT = UINT32_MAX, ALIGNMENT = 64 };

struct leaf_place {
    uint32_t offset, checksum;
};

struct leaf_slot {
    uint32_t leaf, older, newer; /* neighbours in the list by time of use, or NO_SLOT */
    void *mapping;               /* of the whole file, when mapped */
    size_t mapping_bytes;
    const real *block;
};

static char *path_of(const struct leaf_cache *c, size_t leaf)
{
    return c->single ? memory_copy_string(c->path) : model_folder_leaf(c->path, leaf);
}

/* --- opening --- */

/* Whether a leaf is one of this router, and of the shape of the first. */
static bool fits(struct leaf_cache *c, const struct leaf *leaf, size_t number, const char *path,
                 const struct router *router, struct error *error)
{
    char hash[SHA256_TEXT];
    router_leaf_hash(router, number, hash);
    if (!c->single && (strcmp(leaf->origin.router, hash) != 0 || leaf->origin.leaf != number))
        return error_set(error, EX_DATAERR, "%s: stale, made for another router; expected one that "
                         "was trained for leaf %zu of this model", path, number);
    if (number == 0)
        c->shape = leaf->shape;
    if (leaf_same_shape(&c->shape, &leaf->shape) && leaf->shape.inputs == router->inputs &&
        (!leaf->shape.labels || leaf->shape.outputs == router->classes.count))
        return true;
    char *text = leaf_shape_text(&leaf->shape), *first = leaf_shape_text(&c->shape);
    error_set(error, EX_DATAERR, "%s: %zu inputs, %s; expected %zu, %s, as of the router and of "
              "leaf 0", path, leaf->shape.inputs, text, router->inputs, first);
    free(text);
    free(first);
    return false;
}

static bool look_at(struct leaf_cache *c, size_t number, const struct router *router,
                    struct error *error)
{
    char *path = path_of(c, number);
    struct leaf leaf;
    size_t offset;
    uint32_t checksum;
    bool good;
    if (access(path, F_OK) != 0) {
        good = error_set(error, EX_DATAERR, "%s: leaf %zu is missing; expected every leaf of the "
                         "model (pathway-status lists them)", path, number);
    } else if (!leaf_load_head(&leaf, path, &offset, &checksum, error)) {
        good = false;
    } else {
        good = fits(c, &leaf, number, path, router, error);
        c->places[number] = (struct leaf_place){(uint32_t)offset, checksum};
        leaf_free(&leaf);
    }
    free(path);
    return good;
}

bool leaf_cache_open(struct leaf_cache *c, const char *path, const struct router *router,
                     bool mapped, struct error *error)
{
    *c = (struct leaf_cache){.path = memory_copy_string(path), .single = !path_is_folder(path),
                             .mapped = mapped, .leaves = router->leaves,
                             .newest = NO_SLOT, .oldest = NO_SLOT};
    c->places = memory_alloc(c->leaves, sizeof *c->places);
    c->slot_of = memory_alloc(c->leaves, sizeof *c->slot_of);
    memset(c->slot_of, 0xff, c->leaves * sizeof *c->slot_of);
    for (size_t leaf = 0; leaf < c->leaves; leaf++)
        if (!look_at(c, leaf, router, error)) {
            leaf_cache_close(c);
            return false;
        }
    c->block_bytes = leaf_values(&c->shape) * sizeof(real);
    return true;
}

size_t leaf_cache_index_bytes(const struct leaf_cache *c)
{
    return c->leaves * (sizeof *c->places + sizeof *c->slot_of);
}

static size_t stride(const struct leaf_cache *c)
{
    return (c->block_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

size_t leaf_cache_slot_bytes(const struct leaf_cache *c)
{
    return stride(c) + sizeof *c->slot;
}

void leaf_cache_reserve(struct leaf_cache *c, size_t slots)
{
    c->slots = slots;
    c->slot = memory_zeroed(slots, sizeof *c->slot);
    if (!c->mapped)
        c->memory = memory_alloc(slots, stride(c));
}

/* --- the list by time of use --- */

static void unlink_slot(struct leaf_cache *c, uint32_t s)
{
    struct leaf_slot *slot = &c->slot[s];
    if (slot->newer == NO_SLOT)
        c->newest = slot->older;
    else
        c->slot[slot->newer].older = slot->older;
    if (slot->older == NO_SLOT)
        c->oldest = slot->newer;
    else
        c->slot[slot->older].newer = slot->newer;
}

static void link_newest(struct leaf_cache *c, uint32_t s)
{
    c->slot[s].newer = NO_SLOT;
    c->slot[s].older = c->newest;
    if (c->newest == NO_SLOT)
        c->oldest = s;
    else
        c->slot[c->newest].newer = s;
    c->newest = s;
}

/* --- filling and emptying --- */

static void release(struct leaf_slot *slot)
{
    if (slot->mapping)
        munmap(slot->mapping, slot->mapping_bytes);
    slot->mapping = NULL;
}

/* A slot that holds nothing: a fresh one, or the oldest, emptied. */
static uint32_t free_slot(struct leaf_cache *c)
{
    if (c->resident < c->slots) {
        c->resident++;
        if (c->resident > c->peak_resident)
            c->peak_resident = c->resident;
        return (uint32_t)(c->resident - 1);
    }
    uint32_t s = c->oldest;
    unlink_slot(c, s);
    release(&c->slot[s]);
    c->slot_of[c->slot[s].leaf] = NO_SLOT;
    c->evictions++;
    return s;
}

static bool read_block(int file, size_t offset, char *block, size_t bytes)
{
    for (size_t done = 0; done < bytes; ) {
        ssize_t got = pread(file, block + done, bytes - done, (off_t)(offset + done));
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

/* Reads or maps the block of a leaf into a slot. */
static bool fill(struct leaf_cache *c, uint32_t s, size_t leaf, const char *path,
                 struct error *error)
{
    struct leaf_slot *slot = &c->slot[s];
    size_t offset = c->places[leaf].offset;
    int file = open(path, O_RDONLY);
    if (file < 0)
        return error_set_errno(error, EX_DATAERR, "%s: cannot open", path);
    bool good;
    if (c->mapped) {
        slot->mapping_bytes = offset + c->block_bytes;
        void *mapping = mmap(NULL, slot->mapping_bytes, PROT_READ, MAP_PRIVATE, file, 0);
        good = mapping != MAP_FAILED && lseek(file, 0, SEEK_END) >= (off_t)slot->mapping_bytes;
        slot->mapping = mapping != MAP_FAILED ? mapping : NULL;
        slot->block = (const real *)(const void *)((const char *)mapping + offset);
    } else {
        char *memory = c->memory + s * stride(c);
        good = read_block(file, offset, memory, c->block_bytes);
        slot->block = (const real *)(const void *)memory;
    }
    close(file);
    if (good && leaf_checksum(slot->block, c->block_bytes) == c->places[leaf].checksum)
        return true;
    release(slot);
    return error_set(error, EX_DATAERR, "%s: its numbers are damaged, or changed since prediction "
                     "began (another checksum); expected them as pathway-fit wrote them", path);
}

const real *leaf_cache_get(struct leaf_cache *c, size_t leaf, struct error *error)
{
    uint32_t s = c->slot_of[leaf];
    if (s != NO_SLOT) {
        c->hits++;
        if (s != c->newest) {
            unlink_slot(c, s);
            link_newest(c, s);
        }
        return c->slot[s].block;
    }
    c->misses++;
    s = free_slot(c);
    char *path = path_of(c, leaf);
    bool good = fill(c, s, leaf, path, error);
    free(path);
    if (!good)
        return NULL; /* nobody goes on after that */
    c->slot[s].leaf = (uint32_t)leaf;
    c->slot_of[leaf] = s;
    link_newest(c, s);
    return c->slot[s].block;
}

void leaf_cache_close(struct leaf_cache *c)
{
    for (size_t s = 0; s < c->resident; s++)
        release(&c->slot[s]);
    free(c->path);
    free(c->places);
    free(c->slot_of);
    free(c->slot);
    free(c->memory);
    *c = (struct leaf_cache){0};
}
