#include "grad/activation.h"

#include "tensor/vector_math.h"

static const real leaky_slope = (real)0.01;

bool activation_needs_input(enum activation activation)
{
    return activation == ACTIVATION_GELU || activation == ACTIVATION_SILU;
}

/*
 * gelu(x) = x (1 + tanh(u)) / 2 = x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3); this is 2 u.
 */
static inline real gelu_inner(real x)
{
    return (real)1.5957691216057308 * (x + (real)0.044715 * x * x * x);
}

static inline real gelu_slope(real x)
{
    real s = vector_sigmoid(gelu_inner(x));
    real inner_slope = (real)1.5957691216057308 * (1 + (real)0.134145 * x * x);
    return s + x * s * (1 - s) * inner_slope;
}

static inline real silu_slope(real x)
{
    real s = vector_sigmoid(x);
    return s * (1 + x * (1 - s));
}

static inline __attribute__((always_inline)) real value_of(enum activation activation, real x)
{
    switch (activation) {
    case ACTIVATION_NONE: return x;
    case ACTIVATION_RELU: return x < 0 ? 0 : x; /* NaN stays */
    case ACTIVATION_LEAKY_RELU: return x < 0 ? leaky_slope * x : x;
    case ACTIVATION_GELU: return x * vector_sigmoid(gelu_inner(x));
    case ACTIVATION_SILU: return x * vector_sigmoid(x);
    case ACTIVATION_TANH: return vector_tanh(x);
    case ACTIVATION_SIGMOID: return vector_sigmoid(x);
    case ACTIVATION_SOFTPLUS: return vector_softplus(x);
    }
    return x;
}

static inline __attribute__((always_inline)) real slope_of(enum activation activation, real x,
                                                           real y)
{
    switch (activation) {
    case ACTIVATION_NONE: return 1;
    case ACTIVATION_RELU: return y > 0 ? 1 : 0;
    case ACTIVATION_LEAKY_RELU: return y > 0 ? 1 : leaky_slope;
    case ACTIVATION_GELU: return gelu_slope(x);
    case ACTIVATION_SILU: return silu_slope(x);
    case ACTIVATION_TANH: return 1 - y * y;
    case ACTIVATION_SIGMOID: return y * (1 - y);
    case ACTIVATION_SOFTPLUS: return -vector_expm1(-y); /* sigmoid(x) */
    }
    return 1;
}

/* Inlined with a constant activation, so that each loop is its own and vectorised. */
static inline __attribute__((always_inline)) void value_loop(enum activation activation, size_t n,
                                                             const real *x, real *y)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = value_of(activation, x[i]);
}

static inline __attribute__((always_inline)) void
slope_loop(enum activation activation, size_t n, const real *input, const real *dy, real *dx)
{
    /* input is x for those that need it and y for the others; the other one is not looked at. */
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * slope_of(activation, input[i], input[i]);
}

void activation_apply(enum activation activation, size_t count, const real *x, real *y)
{
    switch (activation) {
    case ACTIVATION_NONE: value_loop(ACTIVATION_NONE, count, x, y); break;
    case ACTIVATION_RELU: value_loop(ACTIVATION_RELU, count, x, y); break;
    case ACTIVATION_LEAKY_RELU: value_loop(ACTIVATION_LEAKY_RELU, count, x, y); break;
    case ACTIVATION_GELU: value_loop(ACTIVATION_GELU, count, x, y); break;
    case ACTIVATION_SILU: value_loop(ACTIVATION_SILU, count, x, y); break;
    case ACTIVATION_TANH: value_loop(ACTIVATION_TANH, count, x, y); break;
    case ACTIVATION_SIGMOID: value_loop(ACTIVATION_SIGMOID, count, x, y); break;
    case ACTIVATION_SOFTPLUS: value_loop(ACTIVATION_SOFTPLUS, count, x, y); break;
    }
}

void activation_slope(enum activation activation, size_t count, const real *x, const real *y,
                      const real *dy, real *dx)
{
    switch (activation) {
    case ACTIVATION_NONE: slope_loop(ACTIVATION_NONE, count, y, dy, dx); break;
    case ACTIVATION_RELU: slope_loop(ACTIVATION_RELU, count, y, dy, dx); break;
    case ACTIVATION_LEAKY_RELU: slope_loop(ACTIVATION_LEAKY_RELU, count, y, dy, dx); break;
    case ACTIVATION_GELU: slope_loop(ACTIVATION_GELU, count, x, dy, dx); break;
    case ACTIVATION_SILU: slope_loop(ACTIVATION_SILU, count, x, dy, dx); break;
    case ACTIVATION_TANH: slope_loop(ACTIVATION_TANH, count, y, dy, dx); break;
    case ACTIVATION_SIGMOID: slope_loop(ACTIVATION_SIGMOID, count, y, dy, dx); break;
    case ACTIVATION_SOFTPLUS: slope_loop(ACTIVATION_SOFTPLUS, count, y, dy, dx); break;
    }
}

void activation_value_and_slope(enum activation activation, size_t count, const real *x, real *y,
                                const real *dy, real *dx)
{
    if (activation != ACTIVATION_SILU) {
        activation_apply(activation, count, x, y);
        activation_slope(activation, count, x, y, dy, dx);
        return;
    }
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real s = vector_sigmoid(x[i]), value = x[i] * s;
        dx[i] = dy[i] * (s + value * (1 - s));
        y[i] = value;
    }
}
