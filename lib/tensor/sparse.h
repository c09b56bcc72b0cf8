/*
 * Sparse matrices in compressed rows, for products with dense ones (message passing).
 *
 * A matrix is R (V + d E) C: V the entries, R and C diagonal scales of rows and columns, d E a
 * constant diagonal. A normalised adjacency D^-1/2 (A + I) D^-1/2 so needs no stored values, and
 * its transpose shares the arrays of a symmetric A. All but the entries may be left out (zeros).
 *
 * A slice of rows first .. of a matrix is the same struct with offsets + first: offsets[0] need not
 * be 0, and `diagonal_first` tells which column the first row's diagonal lies in.
 */
#ifndef TESSERAE_TENSOR_SPARSE_H
#define TESSERAE_TENSOR_SPARSE_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row_share; /* dist/row_share.h */

struct sparse {
    size_t rows;
    size_t columns;
    const size_t *offsets;   /* (rows + 1) */
    const uint32_t *indices; /* (entries): the column of each entry */
    const real *values;      /* (entries), or NULL when all are 1 */
    const real *row_scale;    /* (rows): R, or NULL for 1 */
    const real *column_scale; /* (columns): C, or NULL for 1 */
    real diagonal;            /* d: added to the value at (i, diagonal_first + i), before scaling */
    size_t diagonal_first;
    /*
     * How all rows are shared among ranks, where this slice is one rank's; or NULL. Only ops of the
     * tape heed it: they are given x of these rows and ask for the others.
     */
    const struct row_share *share;
};

/* The number of entries; the diagonal counts only where it is stored. */
size_t sparse_entries(const struct sparse *matrix);

/*
 * The transpose, with entries of its own; free with sparse_free. It shares the scales. Not of a
 * slice with a diagonal that does not begin in its first column. O(rows + columns + entries).
 */
struct sparse sparse_transpose(const struct sparse *matrix);

/*
 * The same for those who bring the memory: offsets (columns + 2), which must be zeros, indices
 * (entries), values (entries), or NULL where the matrix has none. The memory stays theirs.
 */
struct sparse sparse_turn(const struct sparse *matrix, size_t *offsets, uint32_t *indices,
                          real *values);

/* Rows first .. first + count as a matrix, which shares everything with the whole. */
struct sparse sparse_slice(const struct sparse *matrix, size_t first, size_t count);

/* Frees offsets, indices and values, not the scales. */
void sparse_free(struct sparse *matrix);

/*
 * y (rows, width) = matrix x, or += when accumulate; x is (columns, width). Rows are shared among
 * the threads by their entries. 2 entries * width flops. The result does not depend on the number
 * of threads.
 */
void sparse_multiply(const struct sparse *matrix, const real *x, size_t width, bool accumulate,
                     real *y);

/*
 * What is done with rows first .. first + count of a product while they are in the cache; called
 * from several threads at once, every row once.
 */
typedef void sparse_finish(void *context, size_t first, size_t count);

/* sparse_multiply, where `finish` takes the rows as they are done. */
void sparse_multiply_and(const struct sparse *matrix, const real *x, size_t width, bool accumulate,
                         real *y, sparse_finish *finish, void *context);

#endif
