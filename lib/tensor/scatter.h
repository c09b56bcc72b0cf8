/*
 * Rows picked by an index, and rows added to where an index says. Every thread owns a range of the
 * target's rows and adds what is theirs in the order of the index, so that the sums do not depend
 * on the number of threads.
 */
#ifndef TESSERAE_TENSOR_SCATTER_H
#define TESSERAE_TENSOR_SCATTER_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* target[i, :] = scale[index[i]] source[index[i], :], or +=; i < count. scale NULL: 1. */
void gather_rows(const real *source, const uint32_t *index, size_t count, size_t columns,
                 const real *scale, bool add, real *target);

/* target[index[i], :] += source[i, :]; i < count, index[i] < rows of the target. */
void scatter_add_rows(const real *source, const uint32_t *index, size_t count, size_t columns,
                      real *target, size_t rows);

/*
 * target[index[i], j] = max over i of source[i, j], 0 where there is none; winners (rows, columns)
 * the i it came from (the first of equals), UINT32_MAX where there is none.
 */
void scatter_max_rows(const real *source, const uint32_t *index, size_t count, size_t columns,
                      real *target, size_t rows, uint32_t *winners);

#endif
