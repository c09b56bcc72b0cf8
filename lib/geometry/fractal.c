#include "geometry/fractal.h"

#include "tensor/pieces.h"
#include "tensor/vector_math.h"

#include <math.h>

static const real least = (real)1e-12;          /* what is smaller counts as 0 */
static const real smallest_exponent = (real)0.05; /* a smaller one would make a constant of sigma */

real exponent_value(enum exponent_form form, real raw)
{
    real size = raw < 0 ? -raw : raw;
    if (form == EXPONENT_CONVEX)
        return 1 + size;
    return size > smallest_exponent ? size : smallest_exponent;
}

/* |raw| has slope 1 at 0, so that an exponent can leave it. */
real exponent_slope(enum exponent_form form, real raw)
{
    real size = raw < 0 ? -raw : raw;
    if (form == EXPONENT_FREE && size < smallest_exponent)
        return 0;
    return raw < 0 ? -1 : 1;
}

real exponent_raw(enum exponent_form form, real exponent)
{
    return form == EXPONENT_CONVEX ? exponent - 1 : exponent;
}

void fractal_values(size_t count, const real *restrict z, real small, real large,
                    real *restrict logs, real *restrict values)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real size = z[i] < 0 ? -z[i] : z[i];
        logs[i] = vector_log(size > least ? size : least);
    }
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real value = vector_exp((logs[i] < 0 ? small : large) * logs[i]);
        value = z[i] < 0 ? -value : value;
        values[i] = z[i] > least || z[i] < -least ? value : 0;
    }
}

void fractal_slopes(size_t count, const real *restrict z, real small, real large,
                    const real *restrict logs, const real *restrict values,
                    real *restrict slopes, double by_exponent[2])
{
    real sum_small = 0, sum_large = 0;
#pragma omp simd reduction(+ : sum_small, sum_large)
    for (size_t i = 0; i < count; i++) {
        real by = slopes[i] * values[i], by_log = by * logs[i];
        sum_small += logs[i] < 0 ? by_log : 0;
        sum_large += logs[i] < 0 ? 0 : by_log;
        bool zero = z[i] <= least && z[i] >= -least;
        real divisor = zero ? (real)1 : z[i];
        slopes[i] = (logs[i] < 0 ? small : large) * by / divisor;
    }
    by_exponent[0] += (double)sum_small;
    by_exponent[1] += (double)sum_large;
}

/* --- the op; inputs: x, exponents --- */

static void backward(struct variable *self)
{
    const enum exponent_form *form = self->context;
    struct variable *x = self->inputs[0], *exponents = self->inputs[1];
    const real *raw = exponents->value.data;
    real small = exponent_value(*form, raw[0]), large = exponent_value(*form, raw[1]);
    real *dx = x->needs_gradient ? variable_gradient(x) : NULL;
    double by_exponent[2] = {0, 0};
    size_t total = tensor_count(&x->value);
    for (size_t first = 0; first < total; first += PIECE_ELEMENTS) {
        real logs[PIECE_ELEMENTS], values[PIECE_ELEMENTS];
        size_t count = piece_length(first, total);
        const real *z = x->value.data + first;
        real *slopes = self->gradient + first; /* its last reader may use it up */
        fractal_values(count, z, small, large, logs, values);
        fractal_slopes(count, z, small, large, logs, values, slopes, by_exponent);
        for (size_t i = 0; dx && i < count; i++)
            dx[first + i] += slopes[i];
    }
    for (size_t k = 0; exponents->needs_gradient && k < 2; k++)
        variable_gradient(exponents)[k] +=
            (real)by_exponent[k] * exponent_slope(*form, raw[k]);
}

struct variable *fractal_apply(struct tape *tape, struct variable *x, struct variable *exponents,
                               enum exponent_form form)
{
    struct variable *inputs[2] = {x, exponents};
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape, inputs, 2,
                                     backward);
    y->context = tape_keep(tape, &form, sizeof form);
    const real *raw = exponents->value.data;
    real small = exponent_value(form, raw[0]), large = exponent_value(form, raw[1]);
    size_t total = tensor_count(&x->value);
#pragma omp parallel for schedule(static) if (total > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < total; first += PIECE_ELEMENTS) {
        real logs[PIECE_ELEMENTS];
        fractal_values(piece_length(first, total), x->value.data + first, small, large, logs,
                       y->value.data + first);
    }
    return y;
}
