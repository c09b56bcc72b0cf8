#include "grad/ops.h"

#include "tensor/vector_math.h"


enum { PARALLEL_ELEMENTS = 32768 };

struct norm_context {
    real *means;    /* (rows), or NULL for the RMS norm */
    real *inverses; /* (rows): 1 / sqrt(var + epsilon), or of the mean square */
};

static struct norm_context *new_norm_context(struct tape *tape, size_t rows, bool centred)
{
    struct norm_context *context = arena_zeroed(&tape->arena, 1, sizeof *context);
    context->inverses = arena_alloc(&tape->arena, rows, sizeof(real));
    if (centred)
        context->means = arena_alloc(&tape->arena, rows, sizeof(real));
    return context;
}

/* y = (x - mean) inverse scale + shift for one row; mean is 0 for the RMS norm. */
static void norm_row(const real *restrict x, size_t n, real mean, real inverse,
                     const real *restrict scale, const real *restrict shift, real *restrict y)
{
    if (shift) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] = (x[j] - mean) * inverse * scale[j] + shift[j];
    } else {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] = (x[j] - mean) * inverse * scale[j];
    }
}

static struct variable *norm(struct tape *tape, struct variable *x, struct variable *scale,
                             struct variable *shift, real epsilon, bool centred,
                             void (*backward)(struct variable *))
{
    size_t rows = tensor_rows(&x->value), n = tensor_columns(&x->value);
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape,
                                     (struct variable *[]){x, scale, shift}, 3, backward);
    struct norm_context *c = new_norm_context(tape, rows, centred);
    y->context = c;
#pragma omp parallel for schedule(static) if (rows * n > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++) {
        const real *restrict source = x->value.data + row * n;
        real mean = 0, square = 0;
        if (centred) {
#pragma omp simd reduction(+ : mean)
            for (size_t j = 0; j < n; j++)
                mean += source[j];
            mean /= (real)n;
            c->means[row] = mean;
        }
#pragma omp simd reduction(+ : square)
        for (size_t j = 0; j < n; j++)
            square += (source[j] - mean) * (source[j] - mean);
        c->inverses[row] = 1 / (real)sqrt(square / (real)n + epsilon);
        norm_row(source, n, mean, c->inverses[row], scale->value.data,
                 shift ? shift->value.data : NULL, y->value.data + row * n);
    }
    return y;
}

/*
 * With h = (x - mean) inverse and g = dy scale:
 * dx = inverse (g - mean(g) - h mean(g h)); without the mean(g) for the RMS norm.
 */
static void norm_input_row(const real *restrict x, const real *restrict dy,
                           const real *restrict scale, size_t n, real mean, real inverse,
                           bool centred, real *restrict dx)
{
    real sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
    for (size_t j = 0; j < n; j++) {
        real g = dy[j] * scale[j];
        sum += g;
        product += g * (x[j] - mean) * inverse;
    }
    sum = centred ? sum / (real)n : 0;
    product /= (real)n;
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        dx[j] += inverse * (dy[j] * scale[j] - sum - (x[j] - mean) * inverse * product);
}

static void norm_backward(struct variable *self)
{
    const struct norm_context *c = self->context;
    struct variable *x = self->inputs[0], *scale = self->inputs[1], *shift = self->inputs[2];
    size_t rows = tensor_rows(&x->value), n = tensor_columns(&x->value);
    real *dx = x->needs_gradient ? variable_gradient(x) : NULL;
    real *dscale = scale->needs_gradient ? variable_gradient(scale) : NULL;
    real *dshift = shift && shift->needs_gradient ? variable_gradient(shift) : NULL;
    for (size_t row = 0; row < rows; row++) {
        const real *source = x->value.data + row * n, *dy = self->gradient + row * n;
        real mean = c->means ? c->means[row] : 0, inverse = c->inverses[row];
        for (size_t j = 0; dscale && j < n; j++)
            dscale[j] += dy[j] * (source[j] - mean) * inverse;
        for (size_t j = 0; dshift && j < n; j++)
            dshift[j] += dy[j];
    }
    if (!dx)
        return;
#pragma omp parallel for schedule(static) if (rows * n > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++)
        norm_input_row(x->value.data + row * n, self->gradient + row * n, scale->value.data, n,
                       c->means ? c->means[row] : 0, c->inverses[row], c->means != NULL,
                       dx + row * n);
}

struct variable *tape_layer_norm(struct tape *tape, struct variable *x, struct variable *scale,
                                 struct variable *shift, real epsilon)
{
    return norm(tape, x, scale, shift, epsilon, true, norm_backward);
}

struct variable *tape_rms_norm(struct tape *tape, struct variable *x, struct variable *scale,
                               real epsilon)
{
    return norm(tape, x, scale, NULL, epsilon, false, norm_backward);
}

/* dx = y (dy - sum(y dy)) */
static void softmax_backward(struct variable *self)
{
    size_t rows = tensor_rows(&self->value), n = tensor_columns(&self->value);
    real *dx = variable_gradient(self->inputs[0]);
#pragma omp parallel for schedule(static) if (rows * n > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++) {
        const real *restrict y = self->value.data + row * n;
        const real *restrict dy = self->gradient + row * n;
        real product = 0;
#pragma omp simd reduction(+ : product)
        for (size_t j = 0; j < n; j++)
            product += y[j] * dy[j];
        for (size_t j = 0; j < n; j++)
            dx[row * n + j] += y[j] * (dy[j] - product);
    }
}

struct variable *tape_softmax(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), n = tensor_columns(&x->value);
    struct variable *result = tape_record(tape, x->value.dimensions, x->value.shape, &x, 1,
                                          softmax_backward);
#pragma omp parallel for schedule(static) if (rows * n > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++) {
        const real *restrict source = x->value.data + row * n;
        real *restrict y = result->value.data + row * n;
        real maximum = -INFINITY, sum = 0;
#pragma omp simd reduction(max : maximum)
        for (size_t j = 0; j < n; j++)
            maximum = source[j] > maximum ? source[j] : maximum;
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < n; j++) {
            y[j] = vector_exp(source[j] - maximum);
            sum += y[j];
        }
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] /= sum;
    }
    return result;
}
