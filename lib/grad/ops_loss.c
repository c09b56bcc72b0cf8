#include "grad/ops.h"

#include "base/error.h"
#include "tensor/reduce.h"
#include "tensor/vector_math.h"

#include <string.h>

/*
 * A loss computes its slopes along with its value, since both need the same differences and
 * exponentials; on the way back they only have to be scaled.
 */
struct loss_context {
    const real *x, *target;
    const int32_t *labels;
    size_t classes;
    real delta;   /* of Huber's loss: where it goes over from squares to absolute values */
    real share;   /* of one element (or labelled row) in the mean */
    real *slopes; /* of the shape of x, NULL when nobody will ask */
};

static const real *slopes_piece(const void *context, size_t first, size_t count, real *dx)
{
    const struct variable *self = context;
    const real *slopes = ((const struct loss_context *)self->context)->slopes + first;
    real dloss = self->gradient[0];
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        dx[i] = dloss * slopes[i];
    return dx;
}

static void loss_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    struct loss_context *c = self->context;
    if (self->gradient[0] == 1 && !x->gradient)
        x->gradient = c->slopes; /* nothing else will read them */
    else
        variable_send(x, slopes_piece, self);
}

/* A scalar loss of x, with room for a slope for each element of x if that will be needed. */
static struct variable *loss_of(struct tape *tape, struct variable *x, struct loss_context *c)
{
    struct variable *loss = tape_record(tape, 0, NULL, &x, 1, loss_backward);
    c->x = x->value.data;
    if (loss->needs_gradient)
        c->slopes = arena_alloc(&tape->arena, tensor_count(&x->value), sizeof *c->slopes);
    loss->context = tape_keep(tape, c, sizeof *c);
    return loss;
}

static const real *squares_piece(const void *context, size_t first, size_t count, real *terms)
{
    const struct loss_context *c = context;
    const real *restrict x = c->x + first, *restrict target = c->target + first;
    if (c->slopes) {
        real *restrict slopes = c->slopes + first;
        real factor = 2 * c->share;
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            slopes[i] = factor * (x[i] - target[i]);
    }
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        terms[i] = (x[i] - target[i]) * (x[i] - target[i]);
    return terms;
}

struct variable *tape_mean_squared_error(struct tape *tape, struct variable *prediction,
                                         const real *target)
{
    size_t n = tensor_count(&prediction->value);
    struct loss_context c = {.target = target, .share = 1 / (real)n};
    struct variable *loss = loss_of(tape, prediction, &c);
    loss->value.data[0] = (real)(reduce_sum(n, 1, squares_piece, &c) / (double)n);
    return loss;
}

/* With e = x - target clamped to [-delta, delta] the loss is e (x - target) - e^2 / 2, its slope e.
 */
static const real *huber_piece(const void *context, size_t first, size_t count, real *terms)
{
    const struct loss_context *c = context;
    const real *restrict x = c->x + first, *restrict target = c->target + first;
    real *restrict slopes = c->slopes ? c->slopes + first : NULL;
    real delta = c->delta;
    for (size_t i = 0; i < count; i++) {
        real difference = x[i] - target[i];
        real inner = difference > delta ? delta : difference < -delta ? -delta : difference;
        terms[i] = inner * difference - inner * inner / 2;
        if (slopes)
            slopes[i] = c->share * inner;
    }
    return terms;
}

struct variable *tape_huber(struct tape *tape, struct variable *prediction, const real *target,
                            real delta)
{
    size_t n = tensor_count(&prediction->value);
    struct loss_context c = {.target = target, .share = 1 / (real)n, .delta = delta};
    struct variable *loss = loss_of(tape, prediction, &c);
    loss->value.data[0] = (real)(reduce_sum(n, 1, huber_piece, &c) / (double)n);
    return loss;
}

/* -log softmax(x)[label], and in slopes (if any) the softmax less the label's one, times share. */
static real cross_entropy_row(const real *restrict x, size_t classes, size_t label, real share,
                              real *restrict slopes)
{
    real maximum = x[0], sum = 0;
#pragma omp simd reduction(max : maximum)
    for (size_t j = 0; j < classes; j++)
        maximum = x[j] > maximum ? x[j] : maximum;
    if (slopes) {
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < classes; j++) {
            slopes[j] = vector_exp(x[j] - maximum);
            sum += slopes[j];
        }
        real factor = share / sum;
#pragma omp simd
        for (size_t j = 0; j < classes; j++)
            slopes[j] *= factor;
        slopes[label] -= share;
    } else {
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < classes; j++)
            sum += vector_exp(x[j] - maximum);
    }
    return vector_log(sum) + maximum - x[label];
}

/* The terms of rows, where reduce_sum sees an array of rows. */
static const real *cross_entropy_piece(const void *context, size_t first, size_t count,
                                       real *terms)
{
    const struct loss_context *c = context;
    for (size_t i = 0; i < count; i++) {
        size_t row = first + i;
        real *slopes = c->slopes ? c->slopes + row * c->classes : NULL;
        int32_t label = c->labels[row];
        terms[i] = 0;
        if (label != LABEL_NONE)
            terms[i] = cross_entropy_row(c->x + row * c->classes, c->classes, (size_t)label,
                                         c->share, slopes);
        else if (slopes)
            memset(slopes, 0, c->classes * sizeof *slopes);
    }
    return terms;
}

struct variable *tape_cross_entropy(struct tape *tape, struct variable *logits,
                                    const int32_t *labels)
{
    size_t rows = tensor_rows(&logits->value), labelled = 0;
    struct loss_context c = {.labels = labels, .classes = tensor_columns(&logits->value)};
    for (size_t row = 0; row < rows; row++) {
        if (labels[row] != LABEL_NONE && (labels[row] < 0 || (size_t)labels[row] >= c.classes))
            error_die(EX_SOFTWARE, "tape_cross_entropy: a label is out of range");
        labelled += labels[row] != LABEL_NONE;
    }
    c.share = labelled ? 1 / (real)labelled : 0;
    struct variable *loss = loss_of(tape, logits, &c);
    double sum = reduce_sum(rows, c.classes, cross_entropy_piece, &c);
    loss->value.data[0] = (real)(sum * (double)c.share);
    return loss;
}

static const real *binary_cross_entropy_piece(const void *context, size_t first, size_t count,
                                              real *terms)
{
    const struct loss_context *c = context;
    const real *restrict x = c->x + first, *restrict target = c->target + first;
    if (c->slopes) {
        real *restrict slopes = c->slopes + first;
#pragma omp simd
        for (size_t i = 0; i < count; i++)
            slopes[i] = c->share * (vector_sigmoid(x[i]) - target[i]);
    }
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        terms[i] = vector_softplus(x[i]) - target[i] * x[i];
    return terms;
}

struct variable *tape_binary_cross_entropy(struct tape *tape, struct variable *logits,
                                           const real *target)
{
    size_t n = tensor_count(&logits->value);
    struct loss_context c = {.target = target, .share = 1 / (real)n};
    struct variable *loss = loss_of(tape, logits, &c);
    loss->value.data[0] = (real)(reduce_sum(n, 1, binary_cross_entropy_piece, &c) / (double)n);
    return loss;
}
