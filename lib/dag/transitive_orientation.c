#include "dag/transitive_orientation.h"

#include "base/memory.h"

#include <stdlib.h>

struct bit_matrix bit_matrix_make(size_t nodes)
{
    struct bit_matrix matrix = {.nodes = nodes, .words = (nodes + 63) / 64};
    matrix.bits = memory_zeroed(nodes * matrix.words, sizeof *matrix.bits);
    return matrix;
}

void bit_matrix_free(struct bit_matrix *matrix)
{
    free(matrix->bits);
    *matrix = (struct bit_matrix){0};
}

struct oriented_edge {
    uint32_t from, to;
};

/* The edges of the class that is being oriented, in the order they were forced. */
struct forcing {
    const struct bit_matrix *adjacent, *forward, *backward;
    struct oriented_edge *edges;
    size_t count;
    size_t capacity;
};

static void orient(struct forcing *forcing, uint32_t from, uint32_t to)
{
    bit_matrix_set(forcing->forward, from, to);
    bit_matrix_set(forcing->backward, to, from);
    forcing->edges =
        memory_grow(forcing->edges, &forcing->capacity, forcing->count + 1, sizeof *forcing->edges);
    forcing->edges[forcing->count++] = (struct oriented_edge){from, to};
}

/*
 * The edges of `node` to nodes that are not adjacent to `other` must all have the same direction
 * as the one between the two: out of node, or into it. False when one has the opposite one.
 */
static bool force_edges(struct forcing *forcing, uint32_t node, uint32_t other, bool out)
{
    const uint64_t *own = bit_matrix_row(forcing->adjacent, node);
    const uint64_t *others = bit_matrix_row(forcing->adjacent, other);
    const uint64_t *same = bit_matrix_row(out ? forcing->forward : forcing->backward, node);
    const uint64_t *opposite = bit_matrix_row(out ? forcing->backward : forcing->forward, node);
    for (size_t w = 0; w < forcing->adjacent->words; w++) {
        uint64_t forced = own[w] & ~others[w];
        if (forced & opposite[w])
            return false;
        for (uint64_t rest = forced & ~same[w]; rest; rest &= rest - 1) {
            uint32_t third = (uint32_t)(64 * w + (size_t)__builtin_ctzll(rest));
            orient(forcing, out ? node : third, out ? third : node);
        }
    }
    return true;
}

/* Orients one edge and all that follows from it; false when it follows that it has no direction. */
static bool orient_class(struct forcing *forcing, uint32_t from, uint32_t to)
{
    forcing->count = 0;
    orient(forcing, from, to);
    for (size_t i = 0; i < forcing->count; i++) {
        struct oriented_edge edge = forcing->edges[i];
        if (!force_edges(forcing, edge.from, edge.to, true) ||
            !force_edges(forcing, edge.to, edge.from, false))
            return false;
    }
    return true;
}

static void remove_class(const struct forcing *forcing)
{
    for (size_t i = 0; i < forcing->count; i++) {
        struct oriented_edge edge = forcing->edges[i];
        bit_matrix_row(forcing->adjacent, edge.from)[edge.to / 64] &= ~(1ull << edge.to % 64);
        bit_matrix_row(forcing->adjacent, edge.to)[edge.from / 64] &= ~(1ull << edge.from % 64);
    }
}

bool transitive_orientation(struct bit_matrix *adjacent, struct bit_matrix *forward,
                            struct bit_matrix *backward)
{
    struct forcing forcing = {.adjacent = adjacent, .forward = forward, .backward = backward};
    bool good = true;
    for (size_t v = 0; v < adjacent->nodes && good; v++) {
        const uint64_t *row = bit_matrix_row(adjacent, v);
        for (size_t w = 0; w < adjacent->words && good; w++) {
            while (row[w] && good) {
                uint32_t to = (uint32_t)(64 * w + (size_t)__builtin_ctzll(row[w]));
                good = orient_class(&forcing, (uint32_t)v, to);
                remove_class(&forcing);
            }
        }
    }
    free(forcing.edges);
    return good;
}
