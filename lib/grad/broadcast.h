/*
 * Broadcast: an operand laid against a (rows, columns) array: one of as many elements, one row or
 * one column that is repeated, or one value.
 */
#ifndef TESSERAE_GRAD_BROADCAST_H
#define TESSERAE_GRAD_BROADCAST_H

#include "tensor/pieces.h"
#include "tensor/tensor.h"

enum broadcast_form { BROADCAST_SAME, BROADCAST_ROW, BROADCAST_COLUMN, BROADCAST_VALUE };

struct broadcast {
    enum broadcast_form form;
    size_t rows, columns; /* of the array it is laid against */
    const real *data;
};

/* How b is laid against a; false when it does not fit. */
bool broadcast_fit(const struct tensor *a, const struct tensor *b, struct broadcast *broadcast);

/* A row (columns) repeated. */
struct broadcast broadcast_of_row(const real *row, size_t rows, size_t columns);

/* A column (rows) repeated. */
struct broadcast broadcast_of_column(const real *column, size_t rows, size_t columns);

/* The source of the operand, repeated; the context is the struct broadcast. */
const real *piece_of_broadcast(const void *broadcast, size_t first, size_t count, real *room);

#endif
