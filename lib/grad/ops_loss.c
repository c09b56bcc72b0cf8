#include "grad/ops.h"

#include "base/error.h"
#include "tensor/vector_math.h"

#include <string.h>

enum { PARALLEL_ELEMENTS = 32768 };

/* dx += dLoss * slopes, where the forward pass kept the slopes of every element. */
static void slopes_backward(struct variable *self)
{
    const real *restrict slopes = self->context;
    real *restrict dx = variable_gradient(self->inputs[0]);
    real dloss = self->gradient[0];
    size_t n = tensor_count(&self->inputs[0]->value);
#pragma omp parallel for simd schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < n; i++)
        dx[i] += dloss * slopes[i];
}

/* A scalar loss of x that keeps a slope for each element of x. */
static struct variable *loss_of(struct tape *tape, struct variable *x, real **slopes)
{
    struct variable *loss = tape_record(tape, 0, NULL, &x, 1, slopes_backward);
    *slopes = arena_alloc(&tape->arena, tensor_count(&x->value), sizeof **slopes);
    loss->context = *slopes;
    return loss;
}

struct variable *tape_mean_squared_error(struct tape *tape, struct variable *prediction,
                                         const real *target)
{
    real *slopes;
    struct variable *loss = loss_of(tape, prediction, &slopes);
    size_t n = tensor_count(&prediction->value);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        real difference = prediction->value.data[i] - target[i];
        slopes[i] = 2 * difference / (real)n;
        sum += (double)difference * (double)difference;
    }
    loss->value.data[0] = (real)(sum / (double)n);
    return loss;
}

/* Fills the row's softmax less the label's one, and returns -log softmax[label]. */
static real cross_entropy_row(const real *restrict x, size_t classes, size_t label,
                              real *restrict slopes)
{
    real maximum = -INFINITY, sum = 0;
    for (size_t j = 0; j < classes; j++)
        maximum = x[j] > maximum ? x[j] : maximum;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < classes; j++) {
        slopes[j] = vector_exp(x[j] - maximum);
        sum += slopes[j];
    }
#pragma omp simd
    for (size_t j = 0; j < classes; j++)
        slopes[j] /= sum;
    slopes[label] -= 1;
    return vector_log(sum) + maximum - x[label];
}

struct variable *tape_cross_entropy(struct tape *tape, struct variable *logits,
                                    const int32_t *labels)
{
    real *slopes;
    struct variable *loss = loss_of(tape, logits, &slopes);
    size_t rows = tensor_rows(&logits->value), classes = tensor_columns(&logits->value);
    size_t labelled = 0;
    double sum = 0;
    for (size_t row = 0; row < rows; row++) {
        if (labels[row] == LABEL_NONE) {
            memset(slopes + row * classes, 0, classes * sizeof *slopes);
            continue;
        }
        if (labels[row] < 0 || (size_t)labels[row] >= classes)
            error_die(EX_SOFTWARE, "tape_cross_entropy: a label is out of range");
        sum += (double)cross_entropy_row(logits->value.data + row * classes, classes,
                                         (size_t)labels[row], slopes + row * classes);
        labelled++;
    }
    real share = labelled ? 1 / (real)labelled : 0;
    for (size_t i = 0; i < rows * classes; i++)
        slopes[i] *= share;
    loss->value.data[0] = (real)(sum * (double)share);
    return loss;
}

struct variable *tape_binary_cross_entropy(struct tape *tape, struct variable *logits,
                                           const real *target)
{
    real *slopes;
    struct variable *loss = loss_of(tape, logits, &slopes);
    size_t n = tensor_count(&logits->value);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        real x = logits->value.data[i];
        sum += (double)(vector_softplus(x) - target[i] * x);
        slopes[i] = (vector_sigmoid(x) - target[i]) / (real)n;
    }
    loss->value.data[0] = (real)(sum / (double)n);
    return loss;
}
