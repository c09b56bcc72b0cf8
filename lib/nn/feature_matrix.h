/*
 * Feature matrix: what a network reads, many items of many columns, that never changes and needs no
 * gradient. One that is mostly zero (a bag of words) is kept in compressed rows, and its product
 * with a layer's weights costs only the entries that are there.
 */
#ifndef TESSERAE_NN_FEATURE_MATRIX_H
#define TESSERAE_NN_FEATURE_MATRIX_H

#include "base/rng.h"
#include "grad/ops.h"

struct feature_matrix {
    size_t rows;
    size_t columns;
    real *dense;             /* (rows, columns), or NULL where it is sparse */
    struct sparse sparse;    /* with values */
    struct sparse transpose;
    size_t *origin;          /* (entries of transpose): the same entry of sparse */
};

/* A matrix is kept sparse when no more than one value in so many is not 0. */
enum { FEATURE_MATRIX_SPARSE_BELOW = 8 };

/*
 * Takes over values (rows, columns), which must come from base/memory.h. Free with
 * feature_matrix_free.
 */
void feature_matrix_make(struct feature_matrix *matrix, real *values, size_t rows, size_t columns);

/*
 * dropout(X) weight^T + bias: weight (out, columns), bias (out) or NULL -> (rows, out). rng may be
 * NULL where the probability is 0.
 */
struct variable *feature_matrix_product(const struct feature_matrix *matrix, struct tape *tape,
                                        struct variable *weight, struct variable *bias,
                                        real dropout, struct rng *rng);

/* Fills a row (columns), which must be zeros. */
void feature_matrix_row(const struct feature_matrix *matrix, size_t row, real *values);

/* Makes a sparse matrix dense, for those who change its values; a dense one stays. */
void feature_matrix_fill(struct feature_matrix *matrix);

void feature_matrix_free(struct feature_matrix *matrix);

#endif
