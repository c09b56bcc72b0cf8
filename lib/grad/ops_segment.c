#include "grad/ops.h"

#include "tensor/pieces.h"
#include "tensor/scatter.h"
#include "tensor/vector_math.h"

#include <string.h>

struct index_context {
    const uint32_t *index; /* (count) rows of x, or segments of its rows */
    size_t count;
    size_t segments;
    real *weights;     /* of the segments (segments), or (segments, columns) of the softmax */
    uint32_t *winners; /* (segments, columns): the row each maximum came from */
};

/* Keeps a copy of the index when there will be a way back. */
static struct index_context *keep_index(struct variable *y, const uint32_t *index, size_t count)
{
    struct arena *arena = &y->tape->arena;
    struct index_context *context = arena_zeroed(arena, 1, sizeof *context);
    y->context = context;
    if (y->needs_gradient) {
        uint32_t *copy = arena_alloc(arena, count, sizeof *copy);
        memcpy(copy, index, count * sizeof *copy);
        context->index = copy;
        context->count = count;
    }
    return context;
}

/* --- rows by index --- */

static void gather_backward(struct variable *self)
{
    const struct index_context *c = self->context;
    struct variable *x = self->inputs[0];
    scatter_add_rows(self->gradient, c->index, c->count, tensor_columns(&self->value),
                     variable_gradient(x), tensor_rows(&x->value));
}

struct variable *tape_gather_rows(struct tape *tape, struct variable *x, const uint32_t *index,
                                  size_t count)
{
    size_t columns = tensor_columns(&x->value);
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){count, columns}, &x, 1, gather_backward);
    gather_rows(x->value.data, index, count, columns, NULL, false, y->value.data);
    keep_index(y, index, count);
    return y;
}

/* --- sums, means and maxima of segments --- */

static void segment_backward(struct variable *self)
{
    const struct index_context *c = self->context;
    real beta;
    real *dx = variable_gradient_or_new(self->inputs[0], &beta);
    gather_rows(self->gradient, c->index, c->count, tensor_columns(&self->value), c->weights,
                beta != 0, dx);
}

/* 1 / the number of rows in each segment; 0 for an empty one. */
static real *segment_shares(struct tape *tape, const uint32_t *segment, size_t rows,
                            size_t segments)
{
    real *shares = arena_zeroed(&tape->arena, segments, sizeof *shares);
    for (size_t i = 0; i < rows; i++)
        shares[segment[i]] += 1;
    for (size_t s = 0; s < segments; s++)
        shares[s] = shares[s] > 0 ? 1 / shares[s] : 0;
    return shares;
}

struct variable *tape_segment_sum(struct tape *tape, struct variable *x, const uint32_t *segment,
                                  size_t segments)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){segments, columns}, &x, 1, segment_backward);
    memset(y->value.data, 0, segments * columns * sizeof(real));
    scatter_add_rows(x->value.data, segment, rows, columns, y->value.data, segments);
    keep_index(y, segment, rows);
    return y;
}

struct variable *tape_segment_mean(struct tape *tape, struct variable *x, const uint32_t *segment,
                                   size_t segments)
{
    size_t columns = tensor_columns(&x->value);
    struct variable *y = tape_segment_sum(tape, x, segment, segments);
    struct index_context *c = y->context;
    c->weights = segment_shares(tape, segment, tensor_rows(&x->value), segments);
    for (size_t s = 0; s < segments; s++)
        for (size_t j = 0; j < columns; j++)
            y->value.data[s * columns + j] *= c->weights[s];
    return y;
}

static void segment_max_backward(struct variable *self)
{
    const struct index_context *c = self->context;
    size_t columns = tensor_columns(&self->value);
    real *dx = variable_gradient(self->inputs[0]);
    for (size_t i = 0, n = tensor_count(&self->value); i < n; i++)
        if (c->winners[i] != UINT32_MAX)
            dx[c->winners[i] * columns + i % columns] += self->gradient[i];
}

struct variable *tape_segment_max(struct tape *tape, struct variable *x, const uint32_t *segment,
                                  size_t segments)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){segments, columns}, &x, 1, segment_max_backward);
    struct index_context *c = arena_zeroed(&tape->arena, 1, sizeof *c);
    y->context = c;
    c->winners = arena_alloc(&tape->arena, segments * columns, sizeof *c->winners);
    scatter_max_rows(x->value.data, segment, rows, columns, y->value.data, segments, c->winners);
    return y;
}

/* --- softmax of segments --- */

/* A vector is one column here. */
static size_t columns_of(const struct tensor *x)
{
    return x->dimensions == 1 ? 1 : tensor_columns(x);
}

/* dx = y (dy - sum over the segment of y dy); the sums stand in the weights. */
static const real *segment_softmax_piece(const void *context, size_t first, size_t count, real *dx)
{
    const struct variable *self = context;
    const struct index_context *c = self->context;
    size_t columns = columns_of(&self->value);
    const real *y = self->value.data, *dy = self->gradient;
    for (size_t i = first, end = first + count; i < end; i++) {
        real sum = c->weights[c->index[i / columns] * columns + i % columns];
        dx[i - first] = y[i] * (dy[i] - sum);
    }
    return dx;
}

static void segment_softmax_backward(struct variable *self)
{
    const struct index_context *c = self->context;
    struct arena *arena = &self->tape->arena;
    size_t columns = columns_of(&self->value), n = tensor_count(&self->value);
    real *products = arena_alloc(arena, n, sizeof *products);
#pragma omp parallel for simd schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        products[i] = self->value.data[i] * self->gradient[i];
    memset(c->weights, 0, c->segments * columns * sizeof *c->weights);
    scatter_add_rows(products, c->index, c->count, columns, c->weights, c->segments);
    variable_hand_over(self, self->inputs[0], segment_softmax_piece);
}

struct variable *tape_segment_softmax(struct tape *tape, struct variable *x,
                                      const uint32_t *segment, size_t segments)
{
    size_t columns = columns_of(&x->value), rows = tensor_count(&x->value) / columns;
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape, &x, 1,
                                     segment_softmax_backward);
    struct index_context *c = keep_index(y, segment, rows);
    c->segments = segments;
    c->weights = arena_zeroed(&tape->arena, segments * columns, sizeof(real));
    real *maxima = arena_alloc(&tape->arena, segments * columns, sizeof *maxima);
    uint32_t *winners = arena_alloc(&tape->arena, segments * columns, sizeof *winners);
    const real *source = x->value.data;
    real *target = y->value.data;
    scatter_max_rows(source, segment, rows, columns, maxima, segments, winners);
#pragma omp parallel for schedule(static) if (rows * columns > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < rows; i++)
#pragma omp simd
        for (size_t j = 0; j < columns; j++)
            target[i * columns + j] =
                vector_exp(source[i * columns + j] - maxima[segment[i] * columns + j]);
    scatter_add_rows(target, segment, rows, columns, c->weights, segments);
#pragma omp parallel for schedule(static) if (rows * columns > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < rows; i++)
#pragma omp simd
        for (size_t j = 0; j < columns; j++)
            target[i * columns + j] /= c->weights[segment[i] * columns + j];
    return y;
}
