#include "grad/ops.h"

#include <string.h>

/*
 * Sums in pieces of fixed length, so that the result depends neither on the number of threads nor,
 * by more than rounding, on the length.
 */
static real sum_of(const real *x, size_t n)
{
    enum { PIECE = 1024 };
    double total = 0;
    for (size_t first = 0; first < n; first += PIECE) {
        size_t end = first + PIECE < n ? first + PIECE : n;
        real part = 0;
#pragma omp simd reduction(+ : part)
        for (size_t i = first; i < end; i++)
            part += x[i];
        total += (double)part;
    }
    return (real)total;
}

/* dx += factor * dy, dy a scalar */
static void scalar_backward(struct variable *self)
{
    real slope = self->gradient[0] * *(const real *)self->context;
    real *restrict dx = variable_gradient(self->inputs[0]);
    size_t n = tensor_count(&self->inputs[0]->value);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        dx[i] += slope;
}

static struct variable *scaled_sum(struct tape *tape, struct variable *x, real factor)
{
    struct variable *y = tape_record(tape, 0, NULL, &x, 1, scalar_backward);
    y->value.data[0] = factor * sum_of(x->value.data, tensor_count(&x->value));
    y->context = arena_alloc(&tape->arena, 1, sizeof factor);
    memcpy(y->context, &factor, sizeof factor);
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

static void row_sum_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    real *dx = variable_gradient(x);
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    for (size_t row = 0; row < rows; row++)
#pragma omp simd
        for (size_t j = 0; j < columns; j++)
            dx[row * columns + j] += self->gradient[row];
}

struct variable *tape_row_sum(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y = tape_record(tape, 1, &rows, &x, 1, row_sum_backward);
    for (size_t row = 0; row < rows; row++)
        y->value.data[row] = sum_of(x->value.data + row * columns, columns);
    return y;
}

static void column_sum_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    real *dx = variable_gradient(x);
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    for (size_t row = 0; row < rows; row++)
#pragma omp simd
        for (size_t j = 0; j < columns; j++)
            dx[row * columns + j] += self->gradient[j];
}

struct variable *tape_column_sum(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y = tape_record(tape, 1, &columns, &x, 1, column_sum_backward);
    memset(y->value.data, 0, columns * sizeof(real));
    for (size_t row = 0; row < rows; row++)
#pragma omp simd
        for (size_t j = 0; j < columns; j++)
            y->value.data[j] += x->value.data[row * columns + j];
    return y;
}

static void row_norm_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    real *dx = variable_gradient(x);
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    for (size_t row = 0; row < rows; row++) {
        real norm = self->value.data[row];
        real slope = norm > 0 ? self->gradient[row] / norm : 0;
        for (size_t j = 0; j < columns; j++)
            dx[row * columns + j] += slope * x->value.data[row * columns + j];
    }
}

struct variable *tape_row_norm(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y = tape_record(tape, 1, &rows, &x, 1, row_norm_backward);
    for (size_t row = 0; row < rows; row++) {
        real square = 0;
        for (size_t j = 0; j < columns; j++)
            square += x->value.data[row * columns + j] * x->value.data[row * columns + j];
        y->value.data[row] = (real)sqrt(square);
    }
    return y;
}
