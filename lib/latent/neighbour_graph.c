#include "latent/neighbour_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const neighbour_form_names[] = {"symmetric", "directed", NULL};

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Lists turned round: who lists each. offsets (count + 1), indices (count k), each ascending. */
static void turn(const uint32_t *lists, size_t count, size_t k, size_t *offsets, uint32_t *indices,
                 size_t *next)
{
    memset(offsets, 0, (count + 1) * sizeof *offsets);
    for (size_t e = 0; e < count * k; e++)
        offsets[lists[e] + 1]++;
    for (size_t i = 0; i < count; i++)
        offsets[i + 1] += offsets[i];
    memcpy(next, offsets, count * sizeof *next);
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < k; n++)
            indices[next[lists[i * k + n]]++] = (uint32_t)i;
}

/* Both ascending lists into one without what stands twice; returns its length. */
static size_t unite(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count,
                    uint32_t *both)
{
    size_t i = 0, j = 0, count = 0;
    while (i < a_count || j < b_count) {
        bool from_a = j == b_count || (i < a_count && a[i] <= b[j]);
        uint32_t value = from_a ? a[i] : b[j];
        i += i < a_count && a[i] == value;
        j += j < b_count && b[j] == value;
        both[count++] = value;
    }
    return count;
}

static struct neighbour_graph symmetric(const uint32_t *sorted, size_t count, size_t k,
                                        struct arena *arena)
{
    size_t *listed = arena_alloc(arena, count + 1, sizeof *listed);
    size_t *offsets = arena_alloc(arena, count + 1, sizeof *offsets);
    uint32_t *listing = arena_alloc(arena, count * k, sizeof *listing);
    uint32_t *indices = arena_alloc(arena, 2 * count * k, sizeof *indices);
    real *scales = arena_alloc(arena, count, sizeof *scales);
    turn(sorted, count, k, listed, listing, offsets);
    offsets[0] = 0;
    for (size_t i = 0; i < count; i++) {
        size_t neighbours = unite(sorted + i * k, k, listing + listed[i], listed[i + 1] - listed[i],
                                  indices + offsets[i]);
        offsets[i + 1] = offsets[i] + neighbours;
        scales[i] = (real)(1 / sqrt((double)neighbours + 1));
    }
    struct sparse matrix = {.rows = count,
                            .columns = count,
                            .offsets = offsets,
                            .indices = indices,
                            .row_scale = scales,
                            .column_scale = scales,
                            .diagonal = 1};
    return (struct neighbour_graph){matrix, matrix};
}

static struct neighbour_graph directed(const uint32_t *sorted, size_t count, size_t k,
                                       struct arena *arena)
{
    size_t *offsets = arena_alloc(arena, count + 1, sizeof *offsets);
    real *scales = arena_alloc(arena, count, sizeof *scales);
    for (size_t i = 0; i < count; i++) {
        offsets[i] = i * k;
        scales[i] = 1 / (real)(k + 1);
    }
    offsets[count] = count * k;
    struct neighbour_graph graph = {.matrix = {.rows = count,
                                               .columns = count,
                                               .offsets = offsets,
                                               .indices = sorted,
                                               .row_scale = scales,
                                               .diagonal = 1}};
    graph.transpose = sparse_turn(&graph.matrix, arena_zeroed(arena, count + 2, sizeof(size_t)),
                                  arena_alloc(arena, count * k, sizeof(uint32_t)), NULL);
    return graph;
}

struct neighbour_graph neighbour_graph_make(const uint32_t *lists, size_t count, size_t k,
                                            enum neighbour_form form, struct arena *arena)
{
    uint32_t *sorted = arena_alloc(arena, count * k, sizeof *sorted);
    memcpy(sorted, lists, count * k * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        qsort(sorted + i * k, k, sizeof *sorted, compare);
    return form == NEIGHBOURS_SYMMETRIC ? symmetric(sorted, count, k, arena)
                                        : directed(sorted, count, k, arena);
}
