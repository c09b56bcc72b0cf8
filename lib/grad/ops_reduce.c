#include "grad/ops.h"

#include "grad/broadcast.h"
#include "tensor/reduce.h"
#include "tensor/vector_math.h"

/* --- of everything --- */

struct sum_context {
    real factor;
    real slope; /* of every element; set on the way back */
};

static void sum_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    struct sum_context *c = self->context;
    c->slope = self->gradient[0] * c->factor;
    struct broadcast slopes = {BROADCAST_VALUE, tensor_rows(&x->value), tensor_columns(&x->value),
                               &c->slope};
    variable_send(x, piece_of_broadcast, &slopes);
}

static struct variable *scaled_sum(struct tape *tape, struct variable *x, real factor)
{
    struct variable *y = tape_record(tape, 0, NULL, &x, 1, sum_backward);
    struct sum_context c = {.factor = factor};
    y->context = tape_keep(tape, &c, sizeof c);
    double sum = reduce_sum(tensor_count(&x->value), 1, piece_of_array, x->value.data);
    y->value.data[0] = (real)((double)factor * sum);
    return y;
}

struct variable *tape_sum(struct tape *tape, struct variable *x)
{
    return scaled_sum(tape, x, 1);
}

struct variable *tape_mean(struct tape *tape, struct variable *x)
{
    return scaled_sum(tape, x, 1 / (real)tensor_count(&x->value));
}

/* --- of rows and columns --- */

static void row_sum_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    struct broadcast slopes = broadcast_of_column(self->gradient, tensor_rows(&x->value),
                                                  tensor_columns(&x->value));
    variable_send(x, piece_of_broadcast, &slopes);
}

struct variable *tape_row_sum(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y = tape_record(tape, 1, &rows, &x, 1, row_sum_backward);
    reduce_rows(rows, columns, piece_of_array, x->value.data, false, y->value.data);
    return y;
}

static void column_sum_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    struct broadcast slopes = broadcast_of_row(self->gradient, tensor_rows(&x->value),
                                               tensor_columns(&x->value));
    variable_send(x, piece_of_broadcast, &slopes);
}

struct variable *tape_column_sum(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y = tape_record(tape, 1, &columns, &x, 1, column_sum_backward);
    reduce_columns(rows, columns, piece_of_array, x->value.data, false, y->value.data,
                   &tape->arena);
    return y;
}

/* --- norms of rows --- */

static const real *squares_piece(const void *context, size_t first, size_t count, real *squares)
{
    const real *restrict x = (const real *)context + first;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        squares[i] = x[i] * x[i];
    return squares;
}

struct row_norm_context {
    const real *x;
    struct broadcast slopes; /* dy / norm of each row */
};

static const real *row_norm_piece(const void *context, size_t first, size_t count, real *dx)
{
    const struct row_norm_context *c = context;
    const real *x = c->x + first;
    real room[PIECE_ELEMENTS];
    const real *slopes = piece_of_broadcast(&c->slopes, first, count, room);
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dx[i] = slopes[i] * x[i];
    return dx;
}

static void row_norm_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    for (size_t row = 0; row < rows; row++) {
        real norm = self->value.data[row];
        self->gradient[row] = norm > 0 ? self->gradient[row] / norm : 0;
    }
    struct row_norm_context c = {x->value.data,
                                 broadcast_of_column(self->gradient, rows, columns)};
    variable_send(x, row_norm_piece, &c);
}

struct variable *tape_row_norm(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y = tape_record(tape, 1, &rows, &x, 1, row_norm_backward);
    reduce_rows(rows, columns, squares_piece, x->value.data, false, y->value.data);
    for (size_t row = 0; row < rows; row++)
        y->value.data[row] = vector_square_root(y->value.data[row]);
    return y;
}
