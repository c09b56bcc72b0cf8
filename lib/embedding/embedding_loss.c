#include "embedding/embedding_loss.h"

enum { PIECE = 1024 };

const char *const embedding_loss_names[] = {"mse", "relative", "distortion", NULL};

/* The loss of one pair and its slope by the distance. */
static inline real pair_loss(enum embedding_loss kind, real distance, real target, real *slope)
{
    real difference = distance - target;
    if (kind == EMBEDDING_LOSS_MSE) {
        *slope = 2 * difference;
        return difference * difference;
    }
    real inverse = 1 / target, ratio = difference * inverse;
    if (kind == EMBEDDING_LOSS_RELATIVE) {
        *slope = 2 * ratio * inverse;
        return ratio * ratio;
    }
    *slope = ratio > 0 ? inverse : ratio < 0 ? -inverse : 0;
    return ratio < 0 ? -ratio : ratio;
}

/* Inlined with a constant kind, so that each loop is vectorised. */
static inline __attribute__((always_inline)) double
piece_loss(enum embedding_loss kind, size_t count, const real *restrict distances,
           const float *restrict targets, real scale, real share, real *restrict slopes)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++) {
        real slope;
        sum += pair_loss(kind, distances[i], scale * (real)targets[i], &slope);
        slopes[i] = share * slope;
    }
    return (double)sum;
}

static void backward(struct variable *self)
{
    const real *restrict slopes = self->context;
    real beta, dloss = self->gradient[0];
    real *restrict gradient = variable_gradient_or_new(self->inputs[0], &beta);
    size_t count = tensor_count(&self->inputs[0]->value);
    for (size_t i = 0; i < count; i++)
        gradient[i] = (beta != 0 ? gradient[i] : 0) + dloss * slopes[i];
}

struct variable *embedding_loss(struct tape *tape, struct variable *distances, const float *targets,
                                real scale, enum embedding_loss kind)
{
    size_t count = tensor_count(&distances->value);
    struct variable *loss = tape_record(tape, 0, NULL, &distances, 1, backward);
    real *slopes = arena_alloc(&tape->arena, count, sizeof *slopes);
    loss->context = slopes;
    real share = 1 / (real)count;
    double total = 0; /* of pieces of fixed length, in order: the same for any number of threads */
    for (size_t first = 0; first < count; first += PIECE) {
        size_t n = count - first < PIECE ? count - first : PIECE;
        const real *d = distances->value.data + first;
        const float *g = targets + first;
        real *s = slopes + first;
        switch (kind) {
        case EMBEDDING_LOSS_MSE:
            total += piece_loss(EMBEDDING_LOSS_MSE, n, d, g, scale, share, s);
            break;
        case EMBEDDING_LOSS_RELATIVE:
            total += piece_loss(EMBEDDING_LOSS_RELATIVE, n, d, g, scale, share, s);
            break;
        case EMBEDDING_LOSS_DISTORTION:
            total += piece_loss(EMBEDDING_LOSS_DISTORTION, n, d, g, scale, share, s);
            break;
        }
    }
    loss->value.data[0] = (real)(total / (double)count);
    return loss;
}
