#include "grad/ops.h"

#include "base/error.h"
#include "grad/activation.h"
#include "tensor/vector_math.h"

#include <string.h>

enum { PARALLEL_ELEMENTS = 32768 };

static struct variable *record_like(struct tape *tape, struct variable *a, struct variable *b,
                                    void (*backward)(struct variable *))
{
    return tape_record(tape, a->value.dimensions, a->value.shape, (struct variable *[]){a, b}, 2,
                       backward);
}

/* --- two operands --- */

enum binary { BINARY_ADD, BINARY_SUBTRACT, BINARY_MULTIPLY, BINARY_DIVIDE };

/* How b is laid against the rows of a: the step between its rows and between its columns. */
struct broadcast {
    enum binary operation;
    size_t rows, columns;
    size_t row_step, column_step;
};

static struct broadcast broadcast_of(const struct variable *a, const struct variable *b,
                                     enum binary operation)
{
    struct broadcast c = {.operation = operation,
                          .rows = tensor_rows(&a->value),
                          .columns = tensor_columns(&a->value)};
    size_t count = tensor_count(&b->value);
    if (count == c.rows * c.columns) {
        c.row_step = c.columns;
        c.column_step = 1;
    } else if (count == c.columns && tensor_columns(&b->value) == c.columns) {
        c.column_step = 1;
    } else if (count != 1) {
        error_die(EX_SOFTWARE, "elementwise op: shapes do not fit");
    }
    return c;
}

static void binary_row(enum binary operation, size_t n, const real *restrict a,
                       const real *restrict b, size_t step, real *restrict y)
{
    switch (operation) {
    case BINARY_ADD:
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] = a[j] + b[j * step];
        break;
    case BINARY_SUBTRACT:
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] = a[j] - b[j * step];
        break;
    case BINARY_MULTIPLY:
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] = a[j] * b[j * step];
        break;
    case BINARY_DIVIDE:
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] = a[j] / b[j * step];
        break;
    }
}

/* da += dy * dy/da */
static void binary_row_first(enum binary operation, size_t n, const real *restrict dy,
                             const real *restrict b, size_t step, real *restrict da)
{
    if (operation == BINARY_MULTIPLY) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            da[j] += dy[j] * b[j * step];
    } else if (operation == BINARY_DIVIDE) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            da[j] += dy[j] / b[j * step];
    } else {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            da[j] += dy[j];
    }
}

/* dy * dy/db for one element */
static inline real binary_slope_second(enum binary operation, real dy, real a, real b)
{
    switch (operation) {
    case BINARY_ADD: return dy;
    case BINARY_SUBTRACT: return -dy;
    case BINARY_MULTIPLY: return dy * a;
    default: return -dy * a / (b * b);
    }
}

static void binary_backward(struct variable *self)
{
    const struct broadcast *c = self->context;
    struct variable *a = self->inputs[0], *b = self->inputs[1];
    const real *b_data = b->value.data;
    if (a->needs_gradient) {
        real *da = variable_gradient(a);
#pragma omp parallel for schedule(static) if (c->rows * c->columns > PARALLEL_ELEMENTS)
        for (size_t row = 0; row < c->rows; row++)
            binary_row_first(c->operation, c->columns, self->gradient + row * c->columns,
                             b_data + row * c->row_step, c->column_step, da + row * c->columns);
    }
    if (b->needs_gradient) { /* sums over what was repeated, in order */
        real *db = variable_gradient(b);
        for (size_t row = 0; row < c->rows; row++) {
            const real *dy = self->gradient + row * c->columns;
            const real *a_row = a->value.data + row * c->columns;
            for (size_t j = 0; j < c->columns; j++) {
                size_t k = row * c->row_step + j * c->column_step;
                db[k] += binary_slope_second(c->operation, dy[j], a_row[j], b_data[k]);
            }
        }
    }
}

static struct variable *binary(struct tape *tape, struct variable *a, struct variable *b,
                               enum binary operation)
{
    struct broadcast c = broadcast_of(a, b, operation);
    struct variable *y = record_like(tape, a, b, binary_backward);
    y->context = arena_alloc(&tape->arena, 1, sizeof c);
    memcpy(y->context, &c, sizeof c);
#pragma omp parallel for schedule(static) if (c.rows * c.columns > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < c.rows; row++)
        binary_row(operation, c.columns, a->value.data + row * c.columns,
                   b->value.data + row * c.row_step, c.column_step,
                   y->value.data + row * c.columns);
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

/* --- one operand --- */

/* dx += slope * dy, where the context holds one slope for all elements. */
static void affine_backward(struct variable *self)
{
    real factor = *(const real *)self->context;
    real *dx = variable_gradient(self->inputs[0]);
    size_t n = tensor_count(&self->value);
#pragma omp parallel for simd schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        dx[i] += factor * self->gradient[i];
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
    y->context = arena_alloc(&tape->arena, 1, sizeof factor);
    memcpy(y->context, &factor, sizeof factor);
    return y;
}

/* dx += slope[i] * dy[i], for ops that keep their slopes. */
static void slopes_backward(struct variable *self)
{
    const real *restrict slopes = self->context;
    real *restrict dx = variable_gradient(self->inputs[0]);
    const real *restrict dy = self->gradient;
    size_t n = tensor_count(&self->value);
#pragma omp parallel for simd schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        dx[i] += slopes[i] * dy[i];
}

static void activation_op_backward(struct variable *self)
{
    enum activation activation = *(const enum activation *)self->context;
    struct variable *x = self->inputs[0];
    size_t n = tensor_count(&self->value);
    activation_backward(activation, n, x->value.data, self->value.data, self->gradient);
    real *restrict dx = variable_gradient(x);
#pragma omp parallel for simd schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        dx[i] += self->gradient[i];
}

struct variable *tape_activation(struct tape *tape, struct variable *x, enum activation activation)
{
    struct variable *y = record_like(tape, x, NULL, activation_op_backward);
    memcpy(y->value.data, x->value.data, tensor_count(&x->value) * sizeof(real));
    activation_forward(activation, tensor_rows(&x->value), tensor_columns(&x->value), NULL,
                       y->value.data, NULL);
    y->context = arena_alloc(&tape->arena, 1, sizeof activation);
    memcpy(y->context, &activation, sizeof activation);
    return y;
}

static inline real function_value(enum function function, real x)
{
    switch (function) {
    case FUNCTION_SQUARE: return x * x;
    case FUNCTION_SQUARE_ROOT: return (real)sqrt(x);
    case FUNCTION_EXPONENTIAL: return vector_exp(x);
    case FUNCTION_LOGARITHM: return vector_log(x);
    case FUNCTION_LOG1P: return vector_log1p(x);
    case FUNCTION_EXPM1: return vector_expm1(x);
    case FUNCTION_ABSOLUTE: return x < 0 ? -x : x;
    case FUNCTION_RECIPROCAL: return 1 / x;
    case FUNCTION_SINE: return (real)sin(x);
    default: return (real)cos(x);
    }
}

static inline real function_slope(enum function function, real x, real y)
{
    switch (function) {
    case FUNCTION_SQUARE: return 2 * x;
    case FUNCTION_SQUARE_ROOT: return y > 0 ? (real)0.5 / y : 0;
    case FUNCTION_EXPONENTIAL: return y;
    case FUNCTION_LOGARITHM: return x > 0 ? 1 / x : 0;
    case FUNCTION_LOG1P: return 1 / (1 + x);
    case FUNCTION_EXPM1: return y + 1;
    case FUNCTION_ABSOLUTE: return (real)((x > 0) - (x < 0));
    case FUNCTION_RECIPROCAL: return -y * y;
    case FUNCTION_SINE: return (real)cos(x);
    default: return -(real)sin(x);
    }
}

/* Inlined with a constant function, so that each loop is its own and vectorised. */
static inline __attribute__((always_inline)) void function_loop(enum function function, size_t n,
                                                                const real *restrict x,
                                                                real *restrict y)
{
#pragma omp parallel for simd schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        y[i] = function_value(function, x[i]);
}

static void function_backward(struct variable *self)
{
    enum function function = *(const enum function *)self->context;
    struct variable *x = self->inputs[0];
    real *restrict dx = variable_gradient(x);
    size_t n = tensor_count(&self->value);
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        dx[i] += self->gradient[i] * function_slope(function, x->value.data[i],
                                                    self->value.data[i]);
}

struct variable *tape_function(struct tape *tape, struct variable *x, enum function function)
{
    struct variable *y = record_like(tape, x, NULL, function_backward);
    size_t n = tensor_count(&x->value);
    const real *source = x->value.data;
    real *target = y->value.data;
    switch (function) {
    case FUNCTION_SQUARE: function_loop(FUNCTION_SQUARE, n, source, target); break;
    case FUNCTION_SQUARE_ROOT: function_loop(FUNCTION_SQUARE_ROOT, n, source, target); break;
    case FUNCTION_EXPONENTIAL: function_loop(FUNCTION_EXPONENTIAL, n, source, target); break;
    case FUNCTION_LOGARITHM: function_loop(FUNCTION_LOGARITHM, n, source, target); break;
    case FUNCTION_LOG1P: function_loop(FUNCTION_LOG1P, n, source, target); break;
    case FUNCTION_EXPM1: function_loop(FUNCTION_EXPM1, n, source, target); break;
    case FUNCTION_ABSOLUTE: function_loop(FUNCTION_ABSOLUTE, n, source, target); break;
    case FUNCTION_RECIPROCAL: function_loop(FUNCTION_RECIPROCAL, n, source, target); break;
    case FUNCTION_SINE: function_loop(FUNCTION_SINE, n, source, target); break;
    case FUNCTION_COSINE: function_loop(FUNCTION_COSINE, n, source, target); break;
    }
    y->context = arena_alloc(&tape->arena, 1, sizeof function);
    memcpy(y->context, &function, sizeof function);
    return y;
}

static void clamp_backward(struct variable *self)
{
    real low = *(const real *)self->context;
    struct variable *x = self->inputs[0];
    real *restrict dx = variable_gradient(x);
    for (size_t i = 0, n = tensor_count(&self->value); i < n; i++)
        dx[i] += x->value.data[i] > low ? self->gradient[i] : 0;
}

struct variable *tape_clamp_below(struct tape *tape, struct variable *x, real low)
{
    struct variable *y = record_like(tape, x, NULL, clamp_backward);
    for (size_t i = 0, n = tensor_count(&x->value); i < n; i++)
        y->value.data[i] = x->value.data[i] > low ? x->value.data[i] : low;
    y->context = arena_alloc(&tape->arena, 1, sizeof low);
    memcpy(y->context, &low, sizeof low);
    return y;
}

struct variable *tape_dropout(struct tape *tape, struct variable *x, real probability,
                              struct rng *rng)
{
    if (probability <= 0)
        return x;
    struct variable *y = record_like(tape, x, NULL, slopes_backward);
    size_t n = tensor_count(&x->value);
    real *slopes = arena_alloc(&tape->arena, n, sizeof *slopes);
    uint32_t threshold = (uint32_t)((double)probability * 0x1p32);
    for (size_t i = 0; i < n; i++) {
        slopes[i] = rng_bits(rng) < threshold ? 0 : 1 / (1 - probability);
        y->value.data[i] = slopes[i] * x->value.data[i];
    }
    y->context = slopes;
    return y;
}
