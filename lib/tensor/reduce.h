/*
 * Sums of arrays that a source gives piece by piece (pieces.h), shared among the threads and added
 * up in an order that depends on the shape alone.
 */
#ifndef TESSERAE_TENSOR_REDUCE_H
#define TESSERAE_TENSOR_REDUCE_H

#include "base/arena.h"
#include "tensor/pieces.h"

/*
 * The sum of n elements; pieces in the precision of reals, their sums in double. `work` says how
 * many elements stand behind each (1, or the columns where each is made of a row): pieces are
 * shorter by that.
 */
double reduce_sum(size_t n, size_t work, piece_source *source, const void *context);

/* sums (rows): the sum of each row of a (rows, columns) array; or added to them. */
void reduce_rows(size_t rows, size_t columns, piece_source *source, const void *context, bool add,
                 real *sums);

/*
 * sums (columns): the sum of each column of a (rows, columns) array; or added to them. Takes up to
 * 64 columns reals from the arena.
 */
void reduce_columns(size_t rows, size_t columns, piece_source *source, const void *context,
                    bool add, real *sums, struct arena *arena);

/* The source of an array in memory; the context is the array. */
const real *piece_of_array(const void *context, size_t first, size_t count, real *room);

#endif
