#include "grad/ops.h"

#include "base/error.h"
#include "tensor/vector_math.h"

#include <string.h>

/* --- gathering and segments --- */

struct index_context {
    const uint32_t *index; /* (count) rows of x, or segments of its rows */
    size_t count;
    real *weights; /* of the segments (segments), or NULL */
    uint32_t *winners; /* (segments, columns): the row each maximum came from */
};

static struct index_context *keep_index(struct tape *tape, const uint32_t *index, size_t count)
{
    struct index_context *context = arena_zeroed(&tape->arena, 1, sizeof *context);
    uint32_t *copy = arena_alloc(&tape->arena, count, sizeof *copy);
    memcpy(copy, index, count * sizeof *copy);
    context->index = copy;
    context->count = count;
    return context;
}

static void add_row(real *restrict target, const real *restrict source, size_t columns, real weight)
{
#pragma omp simd
    for (size_t j = 0; j < columns; j++)
        target[j] += weight * source[j];
}

static void gather_backward(struct variable *self)
{
    const struct index_context *c = self->context;
    size_t columns = tensor_columns(&self->value);
    real *dx = variable_gradient(self->inputs[0]);
    for (size_t i = 0; i < c->count; i++)
        add_row(dx + c->index[i] * columns, self->gradient + i * columns, columns, 1);
}

struct variable *tape_gather_rows(struct tape *tape, struct variable *x, const uint32_t *index,
                                  size_t count)
{
    size_t columns = tensor_columns(&x->value);
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){count, columns}, &x, 1, gather_backward);
    for (size_t i = 0; i < count; i++)
        memcpy(y->value.data + i * columns, x->value.data + index[i] * columns,
               columns * sizeof(real));
    y->context = keep_index(tape, index, count);
    return y;
}

static void segment_backward(struct variable *self)
{
    const struct index_context *c = self->context;
    size_t columns = tensor_columns(&self->value);
    real *dx = variable_gradient(self->inputs[0]);
    for (size_t i = 0; i < c->count; i++)
        add_row(dx + i * columns, self->gradient + c->index[i] * columns, columns,
                c->weights ? c->weights[c->index[i]] : 1);
}

static struct variable *segment_total(struct tape *tape, struct variable *x,
                                      const uint32_t *segment, size_t segments, bool mean)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){segments, columns}, &x, 1, segment_backward);
    struct index_context *c = keep_index(tape, segment, rows);
    y->context = c;
    if (mean) {
        c->weights = arena_zeroed(&tape->arena, segments, sizeof(real));
        for (size_t i = 0; i < rows; i++)
            c->weights[segment[i]] += 1;
        for (size_t s = 0; s < segments; s++)
            c->weights[s] = c->weights[s] > 0 ? 1 / c->weights[s] : 0;
    }
    memset(y->value.data, 0, segments * columns * sizeof(real));
    for (size_t i = 0; i < rows; i++)
        add_row(y->value.data + segment[i] * columns, x->value.data + i * columns, columns,
                mean ? c->weights[segment[i]] : 1);
    return y;
}

struct variable *tape_segment_sum(struct tape *tape, struct variable *x, const uint32_t *segment,
                                  size_t segments)
{
    return segment_total(tape, x, segment, segments, false);
}

struct variable *tape_segment_mean(struct tape *tape, struct variable *x, const uint32_t *segment,
                                   size_t segments)
{
    return segment_total(tape, x, segment, segments, true);
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
    memset(c->winners, 0xff, segments * columns * sizeof *c->winners);
    memset(y->value.data, 0, segments * columns * sizeof(real));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            size_t k = segment[i] * columns + j;
            real value = x->value.data[i * columns + j];
            if (c->winners[k] == UINT32_MAX || value > y->value.data[k]) {
                y->value.data[k] = value;
                c->winners[k] = (uint32_t)i;
            }
        }
    }
    return y;
}

/* dx = y (dy - sum over the segment of y dy) */
static void segment_softmax_backward(struct variable *self)
{
    const struct index_context *c = self->context;
    real *sums = c->weights;
    size_t segments = 0;
    for (size_t i = 0; i < c->count; i++)
        segments = c->index[i] >= segments ? c->index[i] + 1 : segments;
    memset(sums, 0, segments * sizeof *sums);
    for (size_t i = 0; i < c->count; i++)
        sums[c->index[i]] += self->value.data[i] * self->gradient[i];
    real *dx = variable_gradient(self->inputs[0]);
    for (size_t i = 0; i < c->count; i++)
        dx[i] += self->value.data[i] * (self->gradient[i] - sums[c->index[i]]);
}

struct variable *tape_segment_softmax(struct tape *tape, struct variable *x,
                                      const uint32_t *segment, size_t segments)
{
    size_t count = tensor_count(&x->value);
    struct variable *y = tape_record(tape, 1, &count, &x, 1, segment_softmax_backward);
    struct index_context *c = keep_index(tape, segment, count);
    y->context = c;
    c->weights = arena_zeroed(&tape->arena, segments, sizeof(real));
    real *maxima = arena_alloc(&tape->arena, segments, sizeof *maxima);
    for (size_t s = 0; s < segments; s++)
        maxima[s] = -INFINITY;
    for (size_t i = 0; i < count; i++)
        if (x->value.data[i] > maxima[segment[i]])
            maxima[segment[i]] = x->value.data[i];
    for (size_t i = 0; i < count; i++) {
        y->value.data[i] = vector_exp(x->value.data[i] - maxima[segment[i]]);
        c->weights[segment[i]] += y->value.data[i];
    }
    for (size_t i = 0; i < count; i++)
        y->value.data[i] /= c->weights[segment[i]];
    return y;
}

/* --- sparse product --- */

static void sparse_backward(struct variable *self)
{
    const struct sparse *transpose = self->context;
    if (!transpose)
        error_die(EX_SOFTWARE, "tape_sparse_multiply: the way back needs the transpose");
    sparse_multiply(transpose, self->gradient, tensor_columns(&self->value), true,
                    variable_gradient(self->inputs[0]));
}

struct variable *tape_sparse_multiply(struct tape *tape, const struct sparse *matrix,
                                      const struct sparse *transpose, struct variable *x)
{
    size_t columns = tensor_columns(&x->value);
    if (tensor_rows(&x->value) != matrix->columns)
        error_die(EX_SOFTWARE, "tape_sparse_multiply: shapes do not fit");
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){matrix->rows, columns}, &x, 1, sparse_backward);
    y->context = (void *)(uintptr_t)transpose;
    sparse_multiply(matrix, x->value.data, columns, false, y->value.data);
    return y;
}

/* --- moving columns and shapes --- */

/* target[:, target_first ...] += (or =) source[:, source_first ...], count columns of each row */
static void copy_columns(const real *source, size_t source_columns, size_t source_first,
                         real *target, size_t target_columns, size_t target_first, size_t rows,
                         size_t count, bool add)
{
    for (size_t row = 0; row < rows; row++) {
        const real *from = source + row * source_columns + source_first;
        real *to = target + row * target_columns + target_first;
        if (add)
            add_row(to, from, count, 1);
        else
            memcpy(to, from, count * sizeof *to);
    }
}

static void concatenate_backward(struct variable *self)
{
    size_t rows = tensor_rows(&self->value), columns = tensor_columns(&self->value);
    size_t first = 0;
    for (int i = 0; i < 2; i++) {
        struct variable *input = self->inputs[i];
        size_t count = tensor_columns(&input->value);
        if (input->needs_gradient)
            copy_columns(self->gradient, columns, first, variable_gradient(input), count, 0, rows,
                         count, true);
        first += count;
    }
}

struct variable *tape_concatenate_columns(struct tape *tape, struct variable *a, struct variable *b)
{
    size_t rows = tensor_rows(&a->value);
    size_t p = tensor_columns(&a->value), q = tensor_columns(&b->value);
    if (tensor_rows(&b->value) != rows)
        error_die(EX_SOFTWARE, "tape_concatenate_columns: the numbers of rows differ");
    struct variable *y = tape_record(tape, 2, (const size_t[]){rows, p + q},
                                     (struct variable *[]){a, b}, 2, concatenate_backward);
    copy_columns(a->value.data, p, 0, y->value.data, p + q, 0, rows, p, false);
    copy_columns(b->value.data, q, 0, y->value.data, p + q, p, rows, q, false);
    return y;
}

static void slice_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    size_t count = tensor_columns(&self->value);
    copy_columns(self->gradient, count, 0, variable_gradient(x), tensor_columns(&x->value),
                 *(const size_t *)self->context, tensor_rows(&x->value), count, true);
}

struct variable *tape_slice_columns(struct tape *tape, struct variable *x, size_t first,
                                    size_t count)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    if (first + count > columns)
        error_die(EX_SOFTWARE, "tape_slice_columns: there are not so many columns");
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){rows, count}, &x, 1, slice_backward);
    copy_columns(x->value.data, columns, first, y->value.data, count, 0, rows, count, false);
    y->context = arena_alloc(&tape->arena, 1, sizeof first);
    memcpy(y->context, &first, sizeof first);
    return y;
}

static void reshape_backward(struct variable *self)
{
    add_row(variable_gradient(self->inputs[0]), self->gradient, tensor_count(&self->value), 1);
}

struct variable *tape_reshape(struct tape *tape, struct variable *x, int dimensions,
                              const size_t *shape)
{
    struct tensor view = tensor_of_shape(x->value.data, dimensions, shape);
    if (tensor_count(&view) != tensor_count(&x->value))
        error_die(EX_SOFTWARE, "tape_reshape: the numbers of elements differ");
    struct variable *y = tape_record(tape, dimensions, shape, &x, 1, reshape_backward);
    y->value.data = x->value.data;
    return y;
}

static void transpose_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    real *dx = variable_gradient(x);
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            dx[i * columns + j] += self->gradient[j * rows + i];
}

struct variable *tape_transpose(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){columns, rows}, &x, 1, transpose_backward);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            y->value.data[j * rows + i] = x->value.data[i * columns + j];
    return y;
}
