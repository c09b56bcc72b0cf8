/*
 * exp, log and their kin as branch-free inline functions that the compiler vectorises when they
 * stand in a loop marked `omp simd` (always inlined: a call in such a loop would stop that). Single
 * precision by range reduction and a polynomial; double precision calls the C library, since only
 * tests use it. Largest errors over the whole range, as the tests measure them (half a unit of the
 * last place is 6e-8):
 *
 *     exp, exp2, log, expm1, log1p  1.5e-7 relative
 *     sigmoid, softplus, tanh    2.5e-7 relative
 *     power                      1.5e-7 (1 + |a log x|) relative
 *     sin, cos                   1e-7 absolute, |x| <= 1e8
 *     arc_sine                   2e-7 relative, 0 <= x <= 1
 *
 * Special values: exp overflows to +inf and underflows to 0 (below e^-87.4, where subnormal
 * numbers begin); log of 0 is -inf; NaN stays NaN.
 */
#ifndef TESSERAE_TENSOR_VECTOR_MATH_H
#define TESSERAE_TENSOR_VECTOR_MATH_H

#include "tensor/real.h"

#include <stdint.h>
#include <string.h>

#ifdef TESSERAE_REAL_DOUBLE

static inline __attribute__((always_inline)) real vector_exp(real x)
{
    return exp(x);
}

static inline __attribute__((always_inline)) real vector_log(real x)
{
    return log(x);
}

static inline __attribute__((always_inline)) real vector_exp_normal(real x)
{
    return exp(x);
}

static inline __attribute__((always_inline)) real vector_exp2_normal(real x)
{
    return exp2(x);
}

static inline __attribute__((always_inline)) real vector_log_normal(real x, real shift)
{
    return log(x) + shift * 0.6931471805599453;
}

static inline __attribute__((always_inline)) real vector_log1p(real x)
{
    return log1p(x);
}

static inline __attribute__((always_inline)) real vector_expm1(real x)
{
    return expm1(x);
}

static inline __attribute__((always_inline)) real vector_square_root(real x)
{
    return sqrt(x);
}

static inline __attribute__((always_inline)) real vector_sin(real x)
{
    return sin(x);
}

static inline __attribute__((always_inline)) real vector_cos(real x)
{
    return cos(x);
}

#else

static inline __attribute__((always_inline)) float vector_from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline __attribute__((always_inline)) uint32_t vector_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* e^r - 1 for |r| <= log(2) / 2, by the Cephes polynomial. */
static inline __attribute__((always_inline)) float vector_exp_tail(float r)
{
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * r * r + r;
}

/* x = exponent log(2) + r, |r| <= log(2) / 2, for |x| < 2^21. */
static inline __attribute__((always_inline)) int32_t vector_exp_reduce(float x, float *r)
{
    const float log2_e = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    const float rounder = 12582912.0f; /* 1.5 * 2^23: adding it rounds to the nearest integer */
    float n = x * log2_e + rounder;
    int32_t exponent = (int32_t)(vector_bits(n) - vector_bits(rounder));
    n -= rounder;
    *r = (x - n * ln2_high) - n * ln2_low;
    return exponent;
}

/* 2^exponent, for -126 <= exponent <= 127. */
static inline __attribute__((always_inline)) float vector_power_of_two(int32_t exponent)
{
    return vector_from_bits((uint32_t)(exponent + 127) << 23);
}

/* e^x for -87 <= x <= 88: vector_exp without special values. */
static inline __attribute__((always_inline)) float vector_exp_normal(float x)
{
    float r;
    int32_t exponent = vector_exp_reduce(x, &r);
    return (1.0f + vector_exp_tail(r)) * vector_power_of_two(exponent);
}

/*
 * 2^x for -126 <= x <= 127, by the polynomial of Cephes; NaN stays NaN. The cheapest of its kind:
 * nothing of the reduction rounds, and the scale is added to the exponent's bits.
 */
static inline __attribute__((always_inline)) float vector_exp2_normal(float x)
{
    const float rounder = 12582912.0f; /* as in vector_exp_reduce */
    float n = x + rounder;
    float r = x - (n - rounder);
    float p = 1.535336188319500e-4f;
    p = p * r + 1.339887440266574e-3f;
    p = p * r + 9.618437357674640e-3f;
    p = p * r + 5.550332471162809e-2f;
    p = p * r + 2.402264791363012e-1f;
    p = p * r + 6.931472028550421e-1f;
    p = p * r + 1.0f;
    return vector_from_bits(vector_bits(p) + (vector_bits(n) << 23));
}

static inline __attribute__((always_inline)) float vector_exp(float x)
{
    float clamped = x > 88.8f ? 88.8f : x;
    clamped = clamped < -87.4f ? -87.4f : clamped;
    float r;
    int32_t exponent = vector_exp_reduce(clamped, &r), half = exponent >> 1;
    /* The scale is applied in two halves, since 2^128 is not a float. */
    float result = (1.0f + vector_exp_tail(r)) * vector_power_of_two(half);
    result *= vector_power_of_two(exponent - half);
    result = x > 88.73f ? INFINITY : result;
    result = x < -87.4f ? 0.0f : result;
    return x != x ? x : result;
}

/* log(1 + f) for f in [sqrt(1/2) - 1, sqrt(2) - 1] by the Cephes polynomial. */
static inline __attribute__((always_inline)) float vector_log_tail(float f)
{
    float z = f * f;
    float p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    return p * f * z - 0.5f * z + f;
}

/* Splits x > 0 into 2^exponent * (1 + fraction), fraction in [sqrt(1/2) - 1, sqrt(2) - 1]. */
static inline __attribute__((always_inline)) float vector_split(float x, float *exponent)
{
    uint32_t bits = vector_bits(x) - 0x3f3504f3u;
    *exponent = (float)((int32_t)bits >> 23);
    return vector_from_bits((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
}

/* log(x) + shift log(2) for positive normal finite x: vector_log without special values. */
static inline __attribute__((always_inline)) float vector_log_normal(float x, float shift)
{
    const float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    float exponent;
    float fraction = vector_split(x, &exponent);
    exponent += shift;
    return vector_log_tail(fraction) + exponent * ln2_low + exponent * ln2_high;
}

static inline __attribute__((always_inline)) float vector_log(float x)
{
    float scaled = x < FLT_MIN ? x * 16777216.0f : x; /* subnormal numbers */
    float result = vector_log_normal(scaled, x < FLT_MIN ? -24.0f : 0.0f);
    result = x == INFINITY ? INFINITY : result;
    result = x == 0.0f ? -INFINITY : result;
    return x >= 0.0f ? result : NAN;
}

/* log(1 + x) for x > -1, accurate near 0: the rounding of 1 + x is put right to first order. */
static inline __attribute__((always_inline)) float vector_log1p(float x)
{
    float sum = 1.0f + x;
    float lost = x - (sum - 1.0f);
    float divisor = sum > 0.0f ? sum : 1.0f;
    float result = vector_log(sum) + lost / divisor;
    return sum == INFINITY ? INFINITY : result;
}

/* e^x - 1, accurate near 0: 2^n e^r - 1 = 2^n (e^r - 1) + (2^n - 1). */
static inline __attribute__((always_inline)) float vector_expm1(float x)
{
    float clamped = x > 88.8f ? 88.8f : x;
    clamped = clamped < -20.0f ? -20.0f : clamped;
    float r;
    int32_t exponent = vector_exp_reduce(clamped, &r), half = exponent >> 1;
    float tail = vector_exp_tail(r);
    float scale = vector_power_of_two(exponent < 60 ? exponent : 60);
    float exact = scale * tail + (scale - 1.0f);
    float large = (1.0f + tail) * vector_power_of_two(half) * vector_power_of_two(exponent - half);
    float result = exponent < 60 ? exact : large;
    result = x > 88.73f ? INFINITY : result;
    return x != x ? x : result;
}

static inline __attribute__((always_inline)) float vector_square_root(float x)
{
    return sqrtf(x);
}

/*
 * sin(x + quarter pi / 2), quarter 0 or 1, for |x| <= 1e8; NaN beyond, where floats are 8 apart.
 * In double precision, which makes the reduction simple: x = n pi / 2 + r, |r| <= pi / 4.
 */
static inline __attribute__((always_inline)) float vector_sin_turned(float x, double quarter)
{
    const double rounder = 6755399441055744.0; /* 1.5 * 2^52 */
    double n = ((double)x * 0.6366197723675814 + rounder) - rounder;
    double r = ((double)x - n * 1.5707963267948966) - n * 6.123233995736766e-17;
    double z = r * r;
    double s = r + r * z * (-1.0 / 6 + z * (1.0 / 120 + z * (-1.0 / 5040 + z * (1.0 / 362880))));
    double c = 1 + z * (-0.5 + z * (1.0 / 24 + z * (-1.0 / 720 + z * (1.0 / 40320
               - z * (1.0 / 3628800)))));
    double turns = n + quarter;
    double turn = turns - 4 * ((turns * 0.25 + rounder) - rounder); /* -2, -1, 0, 1 or 2 */
    double value = turn == 1 || turn == -1 ? c : s;
    value = turn == -1 || turn == 2 || turn == -2 ? -value : value;
    return x > -1e8f && x < 1e8f ? (float)value : NAN;
}

static inline __attribute__((always_inline)) float vector_sin(float x)
{
    return vector_sin_turned(x, 0);
}

static inline __attribute__((always_inline)) float vector_cos(float x)
{
    return vector_sin_turned(x, 1);
}

#endif

/* x^a for x >= 0 (0^a = 0 for a > 0). */
static inline __attribute__((always_inline)) real vector_power(real x, real a)
{
    real result = vector_exp(a * vector_log(x));
    return x == 0 ? (a == 0 ? (real)1 : (real)0) : result;
}

static inline __attribute__((always_inline)) real vector_sigmoid(real x)
{
    real e = vector_exp(x < 0 ? x : -x); /* e^-|x|, never overflows */
    return (x < 0 ? e : (real)1) / (1 + e);
}

/* log(1 + e^x), for large |x| too. */
static inline __attribute__((always_inline)) real vector_softplus(real x)
{
    real magnitude = x < 0 ? -x : x;
    return (x > 0 ? x : (real)0) + vector_log1p(vector_exp(-magnitude));
}

static inline __attribute__((always_inline)) real vector_tanh(real x)
{
    real magnitude = x < 0 ? -x : x;
    real e = vector_expm1(-2 * magnitude);
    real t = -e / (2 + e);
    return x < 0 ? -t : t;
}

/* asin on [0, 1]: a polynomial below 1/2, the half-angle identity above. */
static inline __attribute__((always_inline)) real vector_arc_sine(real z)
{
#ifdef TESSERAE_REAL_DOUBLE
    return asin(z);
#else
    const float half_pi = 1.57079633f;
    float folded = (1.0f - z) * 0.5f;
    float square = z > 0.5f ? folded : z * z;
    float x = z > 0.5f ? (float)sqrt(folded) : z;
    float p = 4.2163199048e-2f;
    p = p * square + 2.4181311049e-2f;
    p = p * square + 4.5470025998e-2f;
    p = p * square + 7.4953002686e-2f;
    p = p * square + 1.6666752422e-1f;
    float y = p * square * x + x;
    return z > 0.5f ? half_pi - 2.0f * y : y;
#endif
}

#endif
