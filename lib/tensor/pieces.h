/*
 * Pieces: how work on long arrays is cut. A piece fits the first-level cache, so that what is
 * computed of it can be read again at no cost; threads take whole pieces. Nothing of the cutting
 * depends on the number of threads, so neither do the results.
 */
#ifndef TESSERAE_TENSOR_PIECES_H
#define TESSERAE_TENSOR_PIECES_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    PIECE_ELEMENTS = 2048,
    PARALLEL_ELEMENTS = 32768 /* fewer are not worth waking the threads for */
};

/*
 * A source of an array that need not exist as a whole: gives the elements first .. first + count
 * (count <= PIECE_ELEMENTS), either where they lie in memory or computed into `room`. It is called
 * from several threads at once.
 */
typedef const real *piece_source(const void *context, size_t first, size_t count, real *room);

static inline size_t piece_length(size_t first, size_t count)
{
    return count - first < PIECE_ELEMENTS ? count - first : PIECE_ELEMENTS;
}

#endif
