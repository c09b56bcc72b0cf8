#include "grad/activation.h"

#include "tensor/vector_math.h"

#include <string.h>

enum { PARALLEL_ELEMENTS = 32768 };

static const real leaky_slope = (real)0.01;

bool activation_needs_input(enum activation activation)
{
    return activation == ACTIVATION_GELU || activation == ACTIVATION_SILU;
}

static inline real gelu_inner(real x)
{
    return (real)0.7978845608028654 * (x + (real)0.044715 * x * x * x); /* sqrt(2 / pi) (...) */
}

static inline real gelu(real x)
{
    return (real)0.5 * x * (1 + vector_tanh(gelu_inner(x)));
}

static inline real gelu_slope(real x)
{
    real t = vector_tanh(gelu_inner(x));
    real inner_slope = (real)0.7978845608028654 * (1 + (real)0.134145 * x * x);
    return (real)0.5 * (1 + t) + (real)0.5 * x * (1 - t * t) * inner_slope;
}

static inline real silu_slope(real x)
{
    real s = vector_sigmoid(x);
    return s * (1 + x * (1 - s));
}

/* One row; the switch stands outside the loops so that each loop is vectorised. */
static void forward_row(enum activation activation, size_t n, real *restrict y)
{
    switch (activation) {
    case ACTIVATION_NONE: break;
    case ACTIVATION_RELU:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = y[i] > 0 ? y[i] : y[i] != y[i] ? y[i] : 0;
        break;
    case ACTIVATION_LEAKY_RELU:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = y[i] > 0 ? y[i] : leaky_slope * y[i];
        break;
    case ACTIVATION_GELU:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = gelu(y[i]);
        break;
    case ACTIVATION_SILU:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = y[i] * vector_sigmoid(y[i]);
        break;
    case ACTIVATION_TANH:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = vector_tanh(y[i]);
        break;
    case ACTIVATION_SIGMOID:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = vector_sigmoid(y[i]);
        break;
    case ACTIVATION_SOFTPLUS:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            y[i] = vector_softplus(y[i]);
        break;
    }
}

void activation_forward(enum activation activation, size_t rows, size_t columns, const real *bias,
                        real *y, real *kept)
{
#pragma omp parallel for schedule(static) if (rows * columns > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++) {
        real *restrict values = y + row * columns;
        if (bias) {
#pragma omp simd
            for (size_t j = 0; j < columns; j++)
                values[j] += bias[j];
        }
        if (kept)
            memcpy(kept + row * columns, values, columns * sizeof *values);
        forward_row(activation, columns, values);
    }
}

static void backward_piece(enum activation activation, size_t n, const real *restrict x,
                           const real *restrict y, real *restrict dy)
{
    switch (activation) {
    case ACTIVATION_NONE: break;
    case ACTIVATION_RELU:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            dy[i] = y[i] > 0 ? dy[i] : 0;
        break;
    case ACTIVATION_LEAKY_RELU:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            dy[i] = y[i] > 0 ? dy[i] : leaky_slope * dy[i];
        break;
    case ACTIVATION_GELU:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            dy[i] *= gelu_slope(x[i]);
        break;
    case ACTIVATION_SILU:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            dy[i] *= silu_slope(x[i]);
        break;
    case ACTIVATION_TANH:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            dy[i] *= 1 - y[i] * y[i];
        break;
    case ACTIVATION_SIGMOID:
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            dy[i] *= y[i] * (1 - y[i]);
        break;
    case ACTIVATION_SOFTPLUS: /* sigmoid(x) = 1 - e^-y */
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            dy[i] *= -vector_expm1(-y[i]);
        break;
    }
}

void activation_backward(enum activation activation, size_t count, const real *x, const real *y,
                         real *dy)
{
    enum { PIECE = 4096 };
    if (activation == ACTIVATION_NONE)
        return;
#pragma omp parallel for schedule(static) if (count > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < count; first += PIECE) {
        size_t n = count - first < PIECE ? count - first : PIECE;
        backward_piece(activation, n, x ? x + first : NULL, y + first, dy + first);
    }
}
