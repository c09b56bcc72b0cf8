#include "graph/split.h"

#include "base/memory.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const split_part_names[SPLIT_PARTS] = {"none", "train", "validation", "test"};

bool split_part_from_name(const char *name, enum split_part *part)
{
    static const struct {
        const char *name;
        enum split_part part;
    } words[] = {{"none", SPLIT_NONE},       {"train", SPLIT_TRAIN},
                 {"validation", SPLIT_VALIDATION}, {"test", SPLIT_TEST},
                 {"valid", SPLIT_VALIDATION}, {"val", SPLIT_VALIDATION},
                 {"", SPLIT_NONE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        *part = words[i].part;
        if (strcmp(words[i].name, name) == 0)
            return true;
    }
    return false;
}

bool split_parse_shares(const char *text, double shares[3])
{
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        char *end;
        shares[i] = strtod(text, &end);
        if (end == text || !(shares[i] >= 0) || *end != (i < 2 ? ',' : '\0'))
            return false;
        sum += shares[i];
        text = end + 1;
    }
    return shares[0] > 0 && sum <= 1 + 1e-9;
}

/* The items of each class one class after the other; starts (classes + 1) of each. */
static uint32_t *group_by_class(const int32_t *labels, size_t items, size_t classes,
                                size_t *starts)
{
    memset(starts, 0, (classes + 1) * sizeof *starts);
    for (size_t i = 0; i < items; i++)
        if (labels[i] >= 0)
            starts[labels[i] + 1]++;
    for (size_t c = 0; c < classes; c++)
        starts[c + 1] += starts[c];
    uint32_t *grouped = memory_alloc(starts[classes], sizeof *grouped);
    size_t *next = memory_alloc(classes, sizeof *next);
    for (size_t c = 0; c < classes; c++)
        next[c] = starts[c];
    for (size_t i = 0; i < items; i++)
        if (labels[i] >= 0)
            grouped[next[labels[i]]++] = (uint32_t)i;
    free(next);
    return grouped;
}

/* How many of the first `items` belong to parts whose shares sum to `share`. */
static size_t share_of(size_t items, double share)
{
    size_t count = (size_t)floor((double)items * share + 0.5);
    return count < items ? count : items;
}

/*
 * A class that begins after `before` items gets of each part what the rounded sums leave it, so
 * that rounding does not add up over the classes.
 */
static void assign_class(const uint32_t *members, size_t count, size_t before,
                         const double shares[3], uint8_t *parts)
{
    size_t filled = 0;
    double sum = 0;
    size_t reached = 0;
    for (int p = 0; p < 3; p++) {
        sum += shares[p];
        reached = share_of(before + count, sum) - share_of(before, sum);
        for (; filled < reached && filled < count; filled++)
            parts[members[filled]] = (uint8_t)(SPLIT_TRAIN + p);
    }
}

void split_stratified(const int32_t *labels, size_t items, size_t classes, const double shares[3],
                      uint64_t seed, uint8_t *parts)
{
    size_t *starts = memory_alloc(classes + 1, sizeof *starts);
    uint32_t *grouped = group_by_class(labels, items, classes, starts);
    memset(parts, SPLIT_NONE, items);
    for (size_t c = 0; c < classes; c++) {
        struct rng rng = rng_make(seed, RNG_SPLIT, (uint32_t)c);
        size_t count = starts[c + 1] - starts[c];
        rng_shuffle(&rng, grouped + starts[c], count, sizeof *grouped);
        assign_class(grouped + starts[c], count, starts[c], shares, parts);
    }
    free(grouped);
    free(starts);
}

uint32_t *split_items(const uint8_t *parts, size_t items, enum split_part part, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < items; i++)
        *count += parts[i] == part;
    uint32_t *list = memory_alloc(*count, sizeof *list);
    size_t filled = 0;
    for (size_t i = 0; i < items; i++)
        if (parts[i] == part)
            list[filled++] = (uint32_t)i;
    return list;
}
