#include "grad/ops.h"

#include "base/error.h"
#include "grad/norm_row.h"
#include "tensor/reduce.h"
#include "tensor/vector_math.h"

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

static void send_norm_input(struct variable *self)
{
    const struct norm_context *c = self->context;
    struct variable *x = self->inputs[0];
    const real *scale = self->inputs[1]->value.data;
    size_t rows = tensor_rows(&x->value), n = tensor_columns(&x->value);
    bool add = x->gradient != NULL;
    if (!add)
        x->gradient = self->gradient;
#pragma omp parallel for schedule(static) if (rows * n > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++)
        norm_input_row(x->value.data + row * n, self->gradient + row * n, scale, n,
                       c->means ? c->means[row] : 0, c->inverses[row], c->means != NULL, add,
                       x->gradient + row * n);
}

/* dy h, whose column sums are the scale's gradient. */
static const real *scale_piece(const void *context, size_t first, size_t count, real *products)
{
    const struct variable *self = context;
    const struct norm_context *c = self->context;
    size_t n = tensor_columns(&self->value);
    const real *x = self->inputs[0]->value.data, *dy = self->gradient;
    for (size_t i = first, end = first + count; i < end;) {
        size_t row = i / n, row_end = (row + 1) * n < end ? (row + 1) * n : end;
        real mean = c->means ? c->means[row] : 0, inverse = c->inverses[row];
#pragma omp simd
        for (size_t k = i; k < row_end; k++)
            products[k - first] = dy[k] * (x[k] - mean) * inverse;
        i = row_end;
    }
    return products;
}

static void norm_backward(struct variable *self)
{
    struct variable *x = self->inputs[0], *scale = self->inputs[1], *shift = self->inputs[2];
    size_t rows = tensor_rows(&x->value), n = tensor_columns(&x->value);
    real beta;
    if (scale->needs_gradient) {
        real *dscale = variable_gradient_or_new(scale, &beta);
        reduce_columns(rows, n, scale_piece, self, beta != 0, dscale, &self->tape->arena);
    }
    if (shift && shift->needs_gradient) {
        real *dshift = variable_gradient_or_new(shift, &beta);
        reduce_columns(rows, n, piece_of_array, self->gradient, beta != 0, dshift,
                       &self->tape->arena);
    }
    if (x->needs_gradient)
        send_norm_input(self);
}

static struct variable *norm(struct tape *tape, struct variable *x, struct variable *scale,
                             struct variable *shift, real epsilon, bool centred)
{
    size_t rows = tensor_rows(&x->value), n = tensor_columns(&x->value);
    if (tensor_count(&scale->value) != n || (shift && tensor_count(&shift->value) != n))
        error_die(EX_SOFTWARE, "norm: scale and shift need a value for every column");
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape,
                                     (struct variable *[]){x, scale, shift}, 3, norm_backward);
    struct norm_context *c = new_norm_context(tape, rows, centred);
    y->context = c;
#pragma omp parallel for schedule(static) if (rows * n > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++) {
        const real *restrict source = x->value.data + row * n;
        real mean;
        c->inverses[row] = norm_statistics_row(source, n, epsilon, centred, &mean);
        if (centred)
            c->means[row] = mean;
        norm_row(source, n, mean, c->inverses[row], scale->value.data,
                 shift ? shift->value.data : NULL, y->value.data + row * n);
    }
    return y;
}

struct variable *tape_layer_norm(struct tape *tape, struct variable *x, struct variable *scale,
                                 struct variable *shift, real epsilon)
{
    return norm(tape, x, scale, shift, epsilon, true);
}

struct variable *tape_rms_norm(struct tape *tape, struct variable *x, struct variable *scale,
                               real epsilon)
{
    return norm(tape, x, scale, NULL, epsilon, false);
}

/* dx = y (dy - sum(y dy)) */
static void softmax_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    size_t rows = tensor_rows(&self->value), n = tensor_columns(&self->value);
    bool add = x->gradient != NULL;
    if (!add)
        x->gradient = self->gradient;
#pragma omp parallel for schedule(static) if (rows * n > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++) {
        const real *y = self->value.data + row * n, *dy = self->gradient + row * n;
        real *dx = x->gradient + row * n;
        real product = 0;
#pragma omp simd reduction(+ : product)
        for (size_t j = 0; j < n; j++)
            product += y[j] * dy[j];
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            dx[j] = (add ? dx[j] : 0) + y[j] * (dy[j] - product);
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
        real share = 1 / sum;
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            y[j] *= share;
    }
    return result;
}
