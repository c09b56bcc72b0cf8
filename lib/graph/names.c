#include "graph/names.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEWEST_SLOTS = 64 };

/* FNV-1a, with the high half folded in: only low bits choose a slot. */
static size_t hash_bytes(const char *bytes, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot that holds the name, or the free slot where it belongs. Linear probing. */
static size_t find_slot(const struct names *names, const char *name, size_t length)
{
    size_t mask = names->slot_count - 1;
    size_t slot = hash_bytes(name, length) & mask;
    while (names->slots[slot] != NAMES_ABSENT) {
        const char *present = names->strings[names->slots[slot]];
        if (strncmp(present, name, length) == 0 && present[length] == '\0')
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void rebuild_slots(struct names *names, size_t slot_count)
{
    free(names->slots);
    names->slot_count = slot_count;
    names->slots = memory_alloc(slot_count, sizeof *names->slots);
    memset(names->slots, 0xff, slot_count * sizeof *names->slots);
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->strings[i];
        names->slots[find_slot(names, name, strlen(name))] = (uint32_t)i;
    }
}

uint32_t names_add(struct names *names, const char *name, size_t length)
{
    if (names->slot_count < 2 * (names->count + 1))
        rebuild_slots(names, names->slot_count ? 2 * names->slot_count : FEWEST_SLOTS);
    size_t slot = find_slot(names, name, length);
    if (names->slots[slot] != NAMES_ABSENT || names->count == NAMES_ABSENT)
        return names->slots[slot];
    names->strings =
        memory_grow(names->strings, &names->capacity, names->count + 1, sizeof *names->strings);
    names->strings[names->count] = arena_copy_bytes(&names->arena, name, length);
    names->slots[slot] = (uint32_t)names->count;
    names->count++;
    return names->slots[slot];
}

uint32_t names_find(const struct names *names, const char *name)
{
    if (names->slot_count == 0)
        return NAMES_ABSENT;
    return names->slots[find_slot(names, name, strlen(name))];
}

uint32_t *names_find_list(const struct names *names, const char *list, const char *what,
                          size_t *count, struct error *error)
{
    char *copy = memory_copy_string(list);
    uint32_t *found = memory_alloc(strlen(list) + 1, sizeof *found);
    *count = 0;
    for (char *rest = copy, *name; found && (name = strsep(&rest, ",")) != NULL;) {
        uint32_t index = names_find(names, name);
        found[(*count)++] = index;
        if (index == NAMES_ABSENT) {
            error_set(error, EX_DATAERR, "%s: no node '%.64s' in the graph; expected one", what,
                      name);
            free(found);
            found = NULL;
        }
    }
    free(copy);
    return found;
}

struct names names_numbered(size_t count)
{
    struct names names = {0};
    for (size_t i = 0; i < count; i++) {
        char digits[24];
        int length = snprintf(digits, sizeof digits, "%zu", i);
        names_add(&names, digits, (size_t)length);
    }
    return names;
}

char *names_joined(const struct names *names, const char *separator)
{
    size_t between = strlen(separator), length = 1;
    for (size_t i = 0; i < names->count; i++)
        length += strlen(names->strings[i]) + between;
    char *text = memory_alloc(length, 1), *end = text;
    *end = '\0';
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0)
            end = stpcpy(end, separator);
        end = stpcpy(end, names->strings[i]);
    }
    return text;
}

bool names_take(struct names *names, char **strings, size_t count)
{
    bool different = true;
    for (size_t i = 0; i < count; i++) {
        size_t before = names->count;
        names_add(names, strings[i], strlen(strings[i]));
        different &= names->count > before;
        free(strings[i]);
    }
    free(strings);
    return different;
}

struct names names_copy(const struct names *names)
{
    struct names copy = {0};
    for (size_t i = 0; i < names->count; i++)
        names_add(&copy, names->strings[i], strlen(names->strings[i]));
    return copy;
}

void names_free(struct names *names)
{
    free(names->strings);
    free(names->slots);
    arena_free(&names->arena);
    *names = (struct names){0};
}
