/* PReLU: a rectifier whose slope below 0 is learned, one for each column. */
#include "grad/broadcast.h"
#include "grad/ops.h"
#include "tensor/reduce.h"

#include "base/error.h"

/* The context is the slope as it is laid against x. */

/* dx = dy where x > 0, slope dy elsewhere; dx may be dy. */
static const real *input_piece(const void *context, size_t first, size_t count, real *dx)
{
    const struct variable *self = context;
    const real *x = self->inputs[0]->value.data + first, *dy = self->gradient + first;
    real room[PIECE_ELEMENTS];
    const real *slope = piece_of_broadcast(self->context, first, count, room);
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dx[i] = x[i] > 0 ? dy[i] : slope[i] * dy[i];
    return dx;
}

/* dy min(x, 0): what is summed down the columns for the slopes. */
static const real *slope_piece(const void *context, size_t first, size_t count, real *dslope)
{
    const struct variable *self = context;
    const real *x = self->inputs[0]->value.data + first, *dy = self->gradient + first;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dslope[i] = x[i] > 0 ? 0 : x[i] * dy[i];
    return dslope;
}

static void prelu_backward(struct variable *self)
{
    struct variable *x = self->inputs[0], *slope = self->inputs[1];
    const struct broadcast *c = self->context;
    if (slope->needs_gradient) {
        real beta;
        real *dslope = variable_gradient_or_new(slope, &beta);
        reduce_columns(c->rows, c->columns, slope_piece, self, beta != 0, dslope,
                       &self->tape->arena);
    }
    if (x->needs_gradient)
        variable_hand_over(self, x, input_piece);
}

struct variable *tape_prelu(struct tape *tape, struct variable *x, struct variable *slope)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    if (tensor_count(&slope->value) != columns)
        error_die(EX_SOFTWARE, "tape_prelu: expected a slope for each column");
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape,
                                     (struct variable *[]){x, slope}, 2, prelu_backward);
    const struct broadcast c = broadcast_of_row(slope->value.data, rows, columns);
    y->context = tape_keep(tape, &c, sizeof c);
    size_t n = rows * columns;
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < n; first += PIECE_ELEMENTS) {
        real room[PIECE_ELEMENTS];
        size_t count = piece_length(first, n);
        const real *from = x->value.data + first;
        const real *a = piece_of_broadcast(&c, first, count, room);
        real *to = y->value.data + first;
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            to[i] = from[i] > 0 ? from[i] : a[i] * from[i];
    }
    return y;
}
