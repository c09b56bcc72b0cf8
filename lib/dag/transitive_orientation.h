/* Transitive orientation of an undirected graph; comparability graphs are those that have one. */
#ifndef TESSERAE_DAG_TRANSITIVE_ORIENTATION_H
#define TESSERAE_DAG_TRANSITIVE_ORIENTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Square matrices of bits: row v has `words` words, bit u of it is bit u % 64 of word u / 64.
 */
struct bit_matrix {
    size_t nodes;
    size_t words; /* of a row */
    uint64_t *bits;
};

/* All 0. */
struct bit_matrix bit_matrix_make(size_t nodes);
void bit_matrix_free(struct bit_matrix *matrix);

static inline uint64_t *bit_matrix_row(const struct bit_matrix *matrix, size_t row)
{
    return matrix->bits + row * matrix->words;
}

static inline void bit_matrix_set(const struct bit_matrix *matrix, size_t row, size_t column)
{
    bit_matrix_row(matrix, row)[column / 64] |= 1ull << column % 64;
}

static inline bool bit_matrix_get(const struct bit_matrix *matrix, size_t row, size_t column)
{
    return bit_matrix_row(matrix, row)[column / 64] >> column % 64 & 1;
}

/*
 * Orients the edges of a symmetric matrix without a diagonal so that a -> b -> c implies a -> c:
 * forward holds a -> b at (a, b), backward at (b, a); both are all 0 before. False when there is no
 * such orientation. An edge is oriented at will, and those that this forces follow: a -> b forces
 * a -> c where b and c are not adjacent, and c -> b where a and c are not; each class that is
 * complete is taken out of the graph before the next one begins (Golumbic, 1977). `adjacent` is
 * used up. O(edges nodes / 64).
 */
bool transitive_orientation(struct bit_matrix *adjacent, struct bit_matrix *forward,
                            struct bit_matrix *backward);

#endif
