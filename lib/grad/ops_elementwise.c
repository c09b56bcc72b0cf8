#include "grad/ops.h"

#include "base/error.h"
#include "grad/activation.h"
#include "grad/broadcast.h"
#include "tensor/dropout.h"
#include "tensor/reduce.h"
#include "tensor/vector_math.h"

#include <string.h>

static struct variable *record_like(struct tape *tape, struct variable *a, struct variable *b,
                                    void (*backward)(struct variable *))
{
    return tape_record(tape, a->value.dimensions, a->value.shape, (struct variable *[]){a, b}, 2,
                       backward);
}

/* --- two operands --- */

enum binary { BINARY_ADD, BINARY_SUBTRACT, BINARY_MULTIPLY, BINARY_DIVIDE };

struct binary_context {
    enum binary operation;
    struct broadcast second; /* how b is laid against a */
};

static void binary_values(enum binary operation, size_t n, const real *restrict a,
                          const real *restrict b, real *restrict y)
{
    switch (operation) {
    case BINARY_ADD:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = a[i] + b[i];
        break;
    case BINARY_SUBTRACT:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = a[i] - b[i];
        break;
    case BINARY_MULTIPLY:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = a[i] * b[i];
        break;
    case BINARY_DIVIDE:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = a[i] / b[i];
        break;
    }
}

/* dy b or dy / b, for da where the operation has a slope that is not 1; da may be dy. */
static const real *first_piece(const void *context, size_t first, size_t count, real *da)
{
    const struct variable *self = context;
    const struct binary_context *c = self->context;
    real room[PIECE_ELEMENTS];
    const real *dy = self->gradient + first;
    const real *b = piece_of_broadcast(&c->second, first, count, room);
    if (c->operation == BINARY_MULTIPLY) {
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            da[i] = dy[i] * b[i];
    } else {
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            da[i] = dy[i] / b[i];
    }
    return da;
}

/* dy dy/db, of the shape of a: what is summed over the places where b is repeated. */
static const real *second_piece(const void *context, size_t first, size_t count, real *db)
{
    const struct variable *self = context;
    const struct binary_context *c = self->context;
    const real *dy = self->gradient + first, *a = self->inputs[0]->value.data + first;
    real room[PIECE_ELEMENTS];
    const real *b;
    switch (c->operation) {
    case BINARY_ADD:
        return dy;
    case BINARY_SUBTRACT:
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            db[i] = -dy[i];
        break;
    case BINARY_MULTIPLY:
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            db[i] = dy[i] * a[i];
        break;
    case BINARY_DIVIDE:
        b = piece_of_broadcast(&c->second, first, count, room);
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            db[i] = -dy[i] * a[i] / (b[i] * b[i]);
        break;
    }
    return db;
}

static void send_second(const struct variable *self, struct variable *b)
{
    const struct broadcast *second = &((const struct binary_context *)self->context)->second;
    size_t rows = second->rows, columns = second->columns;
    real beta;
    switch (second->form) {
    case BROADCAST_SAME:
        variable_send(b, second_piece, self);
        break;
    case BROADCAST_ROW: {
        real *db = variable_gradient_or_new(b, &beta);
        reduce_columns(rows, columns, second_piece, self, beta != 0, db, &self->tape->arena);
        break;
    }
    case BROADCAST_COLUMN: {
        real *db = variable_gradient_or_new(b, &beta);
        reduce_rows(rows, columns, second_piece, self, beta != 0, db);
        break;
    }
    case BROADCAST_VALUE:
        variable_gradient(b)[0] += (real)reduce_sum(rows * columns, 1, second_piece, self);
        break;
    }
}

static void binary_backward(struct variable *self)
{
    const struct binary_context *c = self->context;
    struct variable *a = self->inputs[0], *b = self->inputs[1];
    bool slope_is_one = c->operation == BINARY_ADD || c->operation == BINARY_SUBTRACT;
    if (b->needs_gradient)
        send_second(self, b);
    if (a->needs_gradient)
        variable_hand_over(self, a, slope_is_one ? piece_of_gradient : first_piece);
}

static struct variable *binary(struct tape *tape, struct variable *a, struct variable *b,
                               enum binary operation)
{
    struct binary_context c = {.operation = operation};
    if (!broadcast_fit(&a->value, &b->value, &c.second))
        error_die(EX_SOFTWARE, "elementwise op: shapes do not fit");
    struct variable *y = record_like(tape, a, b, binary_backward);
    y->context = tape_keep(tape, &c, sizeof c);
    size_t n = tensor_count(&a->value);
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < n; first += PIECE_ELEMENTS) {
        real room[PIECE_ELEMENTS];
        size_t count = piece_length(first, n);
        binary_values(operation, count, a->value.data + first,
                      piece_of_broadcast(&c.second, first, count, room), y->value.data + first);
    }
    return y;
}

struct variable *tape_add(struct tape *tape, struct variable *a, struct variable *b)
{
    return binary(tape, a, b, BINARY_ADD);
}

struct variable *tape_subtract(struct tape *tape, struct variable *a, struct variable *b)
{
    return binary(tape, a, b, BINARY_SUBTRACT);
}

struct variable *tape_multiply(struct tape *tape, struct variable *a, struct variable *b)
{
    return binary(tape, a, b, BINARY_MULTIPLY);
}

struct variable *tape_divide(struct tape *tape, struct variable *a, struct variable *b)
{
    return binary(tape, a, b, BINARY_DIVIDE);
}

/* --- one operand: each has a kernel for pieces of y and a source of pieces of dx --- */

static void affine_backward(struct variable *self)
{
    variable_hand_over_scaled(self, self->inputs[0], *(const real *)self->context);
}

struct variable *tape_affine(struct tape *tape, struct variable *x, real factor, real offset)
{
    struct variable *y = record_like(tape, x, NULL, affine_backward);
    size_t n = tensor_count(&x->value);
    const real *restrict source = x->value.data;
    real *restrict target = y->value.data;
#pragma omp parallel for simd schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        target[i] = factor * source[i] + offset;
    y->context = tape_keep(tape, &factor, sizeof factor);
    return y;
}

static const real *activation_piece(const void *context, size_t first, size_t count, real *dx)
{
    const struct variable *self = context;
    activation_slope(*(const enum activation *)self->context, count,
                     self->inputs[0]->value.data + first, self->value.data + first,
                     self->gradient + first, dx);
    return dx;
}

static void activation_backward(struct variable *self)
{
    variable_hand_over(self, self->inputs[0], activation_piece);
}

struct variable *tape_activation(struct tape *tape, struct variable *x, enum activation activation)
{
    if (activation == ACTIVATION_NONE)
        return x;
    struct variable *y = record_like(tape, x, NULL, activation_backward);
    size_t n = tensor_count(&x->value);
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < n; first += PIECE_ELEMENTS)
        activation_apply(activation, piece_length(first, n), x->value.data + first,
                         y->value.data + first);
    y->context = tape_keep(tape, &activation, sizeof activation);
    return y;
}

static const real *clamp_piece(const void *context, size_t first, size_t count, real *dx)
{
    const struct variable *self = context;
    real low = *(const real *)self->context;
    const real *x = self->inputs[0]->value.data + first, *dy = self->gradient + first;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dx[i] = x[i] <= low ? 0 : dy[i];
    return dx;
}

static void clamp_backward(struct variable *self)
{
    variable_hand_over(self, self->inputs[0], clamp_piece);
}

struct variable *tape_clamp_below(struct tape *tape, struct variable *x, real low)
{
    struct variable *y = record_like(tape, x, NULL, clamp_backward);
    size_t n = tensor_count(&x->value);
    const real *restrict source = x->value.data;
    real *restrict target = y->value.data;
#pragma omp parallel for simd schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        target[i] = source[i] < low ? low : source[i]; /* NaN stays */
    y->context = tape_keep(tape, &low, sizeof low);
    return y;
}

/* The position of the first element among those of all ranks. */
static uint64_t dropout_start(const struct variable *x)
{
    return (uint64_t)x->tape->rows_before * tensor_columns(&x->value);
}

static const real *dropout_piece(const void *context, size_t first, size_t count, real *dx)
{
    const struct variable *self = context;
    dropout_apply(self->context, dropout_start(self) + first, count, self->gradient + first, dx);
    return dx;
}

static void dropout_backward(struct variable *self)
{
    variable_hand_over(self, self->inputs[0], dropout_piece);
}

struct variable *tape_dropout(struct tape *tape, struct variable *x, real probability,
                              struct rng *rng)
{
    if (probability <= 0)
        return x;
    struct variable *y = record_like(tape, x, NULL, dropout_backward);
    size_t n = tensor_count(&x->value);
    struct dropout dropout = dropout_make(probability, rng_bits64(rng));
    y->context = tape_keep(tape, &dropout, sizeof dropout);
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < n; first += PIECE_ELEMENTS)
        dropout_apply(&dropout, dropout_start(x) + first, piece_length(first, n),
                      x->value.data + first, y->value.data + first);
    return y;
}
