/*
 * Sparse matrices in compressed rows, for products with dense ones (message passing).
 */
#ifndef TESSERAE_TENSOR_SPARSE_H
#define TESSERAE_TENSOR_SPARSE_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sparse {
    size_t rows;
    size_t columns;
    const size_t *offsets;   /* (rows + 1) */
    const uint32_t *indices; /* (entries): the column of each entry */
    const real *values;      /* (entries), or NULL when all are 1 */
};

/* The transpose, with its own storage; free with sparse_free. O(rows + columns + entries). */
struct sparse sparse_transpose(const struct sparse *matrix);
void sparse_free(struct sparse *matrix);

/*
 * y (rows, width) = matrix x, or += when accumulate; x is (columns, width). Rows are shared among
 * the threads so that each gets the same number of entries. 2 entries * width flops.
 */
void sparse_multiply(const struct sparse *matrix, const real *x, size_t width, bool accumulate,
                     real *y);

#endif
