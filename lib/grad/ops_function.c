#include "grad/ops.h"

#include "tensor/vector_math.h"

static inline __attribute__((always_inline)) real value_of(enum function function, real x)
{
    switch (function) {
    case FUNCTION_SQUARE: return x * x;
    case FUNCTION_SQUARE_ROOT: return vector_square_root(x);
    case FUNCTION_EXPONENTIAL: return vector_exp(x);
    case FUNCTION_LOGARITHM: return vector_log(x);
    case FUNCTION_LOG1P: return vector_log1p(x);
    case FUNCTION_EXPM1: return vector_expm1(x);
    case FUNCTION_ABSOLUTE: return x < 0 ? -x : x;
    case FUNCTION_RECIPROCAL: return 1 / x;
    case FUNCTION_SINE: return vector_sin(x);
    case FUNCTION_COSINE: return vector_cos(x);
    }
    return x;
}

static inline __attribute__((always_inline)) real slope_of(enum function function, real x, real y)
{
    switch (function) {
    case FUNCTION_SQUARE: return 2 * x;
    case FUNCTION_SQUARE_ROOT: return y > 0 ? (real)0.5 / y : 0;
    case FUNCTION_EXPONENTIAL: return y;
    case FUNCTION_LOGARITHM: return x > 0 ? 1 / x : 0;
    case FUNCTION_LOG1P: return 1 / (1 + x);
    case FUNCTION_EXPM1: return y + 1;
    case FUNCTION_ABSOLUTE: return x > 0 ? (real)1 : x < 0 ? (real)-1 : (real)0;
    case FUNCTION_RECIPROCAL: return -y * y;
    case FUNCTION_SINE: return vector_cos(x);
    case FUNCTION_COSINE: return -vector_sin(x);
    }
    return 1;
}

/* Inlined with a constant function, so that each loop is its own and vectorised. */
static inline __attribute__((always_inline)) void value_loop(enum function function, size_t n,
                                                             const real *x, real *y)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = value_of(function, x[i]);
}

static inline __attribute__((always_inline)) void
slope_loop(enum function function, size_t n, const real *x, const real *y, const real *dy, real *dx)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * slope_of(function, x[i], y[i]);
}

static void values(enum function function, size_t n, const real *x, real *y)
{
    switch (function) {
    case FUNCTION_SQUARE: value_loop(FUNCTION_SQUARE, n, x, y); break;
    case FUNCTION_SQUARE_ROOT: value_loop(FUNCTION_SQUARE_ROOT, n, x, y); break;
    case FUNCTION_EXPONENTIAL: value_loop(FUNCTION_EXPONENTIAL, n, x, y); break;
    case FUNCTION_LOGARITHM: value_loop(FUNCTION_LOGARITHM, n, x, y); break;
    case FUNCTION_LOG1P: value_loop(FUNCTION_LOG1P, n, x, y); break;
    case FUNCTION_EXPM1: value_loop(FUNCTION_EXPM1, n, x, y); break;
    case FUNCTION_ABSOLUTE: value_loop(FUNCTION_ABSOLUTE, n, x, y); break;
    case FUNCTION_RECIPROCAL: value_loop(FUNCTION_RECIPROCAL, n, x, y); break;
    case FUNCTION_SINE: value_loop(FUNCTION_SINE, n, x, y); break;
    case FUNCTION_COSINE: value_loop(FUNCTION_COSINE, n, x, y); break;
    }
}

static void slopes(enum function function, size_t n, const real *x, const real *y, const real *dy,
                   real *dx)
{
    switch (function) {
    case FUNCTION_SQUARE: slope_loop(FUNCTION_SQUARE, n, x, y, dy, dx); break;
    case FUNCTION_SQUARE_ROOT: slope_loop(FUNCTION_SQUARE_ROOT, n, x, y, dy, dx); break;
    case FUNCTION_EXPONENTIAL: slope_loop(FUNCTION_EXPONENTIAL, n, x, y, dy, dx); break;
    case FUNCTION_LOGARITHM: slope_loop(FUNCTION_LOGARITHM, n, x, y, dy, dx); break;
    case FUNCTION_LOG1P: slope_loop(FUNCTION_LOG1P, n, x, y, dy, dx); break;
    case FUNCTION_EXPM1: slope_loop(FUNCTION_EXPM1, n, x, y, dy, dx); break;
    case FUNCTION_ABSOLUTE: slope_loop(FUNCTION_ABSOLUTE, n, x, y, dy, dx); break;
    case FUNCTION_RECIPROCAL: slope_loop(FUNCTION_RECIPROCAL, n, x, y, dy, dx); break;
    case FUNCTION_SINE: slope_loop(FUNCTION_SINE, n, x, y, dy, dx); break;
    case FUNCTION_COSINE: slope_loop(FUNCTION_COSINE, n, x, y, dy, dx); break;
    }
}

static const real *function_piece(const void *context, size_t first, size_t count, real *dx)
{
    const struct variable *self = context;
    slopes(*(const enum function *)self->context, count, self->inputs[0]->value.data + first,
           self->value.data + first, self->gradient + first, dx);
    return dx;
}

static void function_backward(struct variable *self)
{
    variable_hand_over(self, self->inputs[0], function_piece);
}

struct variable *tape_function(struct tape *tape, struct variable *x, enum function function)
{
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape, &x, 1,
                                     function_backward);
    size_t n = tensor_count(&x->value);
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < n; first += PIECE_ELEMENTS)
        values(function, piece_length(first, n), x->value.data + first, y->value.data + first);
    y->context = tape_keep(tape, &function, sizeof function);
    return y;
}
