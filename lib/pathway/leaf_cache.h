/*
 * Leaf cache: the leaves of a model in a fixed number of slots, filled from their files when they
 * are asked for, the one that was used longest ago giving way. Never more than that is in memory,
 * however many leaves there are.
 */
#ifndef TESSERAE_PATHWAY_LEAF_CACHE_H
#define TESSERAE_PATHWAY_LEAF_CACHE_H

#include "pathway/leaf.h"
#include "pathway/router.h"

struct leaf_cache {
    char *path;              /* the model's folder, or the file of its only leaf */
    bool single;             /* whether it is a file */
    bool mapped;             /* leaves are mapped into memory instead of read */
    size_t leaves;
    struct leaf_shape shape; /* the same of all */
    size_t block_bytes;
    struct leaf_place *places;  /* (leaves): where the block is in its file, and its checksum */
    uint32_t *slot_of;       /* (leaves): or NO_SLOT */
    size_t slots;            /* 0 before leaf_cache_reserve */
    struct leaf_slot *slot;  /* (slots) */
    char *memory;            /* (slots, slot bytes); NULL when mapped */
    uint32_t newest, oldest; /* ends of the list by time of use */
    uint64_t hits, misses, evictions;
    size_t resident, peak_resident; /* slots in use */
};

/*
 * Looks at the heads of all leaves of a model: a missing, damaged or stale one (made for another
 * router) is EX_DATAERR and named, as is one of another shape than leaf 0. A path that is a file is
 * the only leaf of a router of one leaf.
 */
bool leaf_cache_open(struct leaf_cache *cache, const char *path, const struct router *router,
                     bool mapped, struct error *error);

/* What the cache takes: for its index, and for each slot. */
size_t leaf_cache_index_bytes(const struct leaf_cache *cache);
size_t leaf_cache_slot_bytes(const struct leaf_cache *cache);

/* Makes the slots; once. */
void leaf_cache_reserve(struct leaf_cache *cache, size_t slots);

/*
 * The block of a leaf, valid until the next call. NULL with EX_DATAERR when its file has gone or
 * its checksum is another than when the cache was opened.
 */
const real *leaf_cache_get(struct leaf_cache *cache, size_t leaf, struct error *error);

void leaf_cache_close(struct leaf_cache *cache);

#endif
