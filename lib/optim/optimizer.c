#include "optim/optimizer.h"

#include "base/error.h"
#include "base/memory.h"
#include "optim/manifold.h"

#include <math.h>

enum { PARALLEL_ELEMENTS = 32768 };

struct optimizer optimizer_make(enum optimizer_kind kind)
{
    return (struct optimizer){.kind = kind,
                              .momentum = (real)0.9,
                              .beta1 = (real)0.9,
                              .beta2 = (real)0.999,
                              .epsilon = (real)1e-8};
}

void optimizer_prepare(const struct optimizer *optimizer, struct parameters *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct parameter *parameter = set->list[i];
        size_t count = tensor_count(&parameter->value);
        if (parameter->frozen)
            continue;
        if (!parameter->first_moment)
            parameter->first_moment = memory_zeroed(count, sizeof(real));
        if (!parameter->second_moment && optimizer->kind != OPTIMIZER_SGD)
            parameter->second_moment = memory_zeroed(count, sizeof(real));
    }
}

/* What one step applies to the values of a parameter; the bias corrections are in the factors. */
struct update {
    const struct optimizer *optimizer;
    real rate;
    real first_factor;  /* 1 / (1 - beta1^t) */
    real second_factor; /* 1 / (1 - beta2^t) */
    real decay;         /* added to the gradient */
};

/* step[i]: how far to go down; gradient, moments and step of count components. */
static void adam_steps(const struct update *update, size_t count, const real *restrict gradient,
                       real *restrict first, real *restrict second, real *restrict step)
{
    real beta1 = update->optimizer->beta1, beta2 = update->optimizer->beta2;
    real epsilon = update->optimizer->epsilon;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
        second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i];
        real root = (real)sqrt(second[i] * update->second_factor);
        step[i] = update->rate * first[i] * update->first_factor / (root + epsilon);
    }
}

static void sgd_steps(const struct update *update, size_t count, const real *restrict gradient,
                      real *restrict first, real *restrict step)
{
    real momentum = update->optimizer->momentum;
    bool nesterov = update->optimizer->nesterov;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        first[i] = momentum * first[i] + gradient[i];
        step[i] = update->rate * (nesterov ? gradient[i] + momentum * first[i] : first[i]);
    }
}

static void steps_of(const struct update *update, size_t count, const real *gradient, real *first,
                     real *second, real *step)
{
    if (update->optimizer->kind == OPTIMIZER_SGD)
        sgd_steps(update, count, gradient, first, step);
    else
        adam_steps(update, count, gradient, first, second, step);
}

static void update_flat(const struct update *update, struct parameter *parameter)
{
    enum { PIECE = 1024 };
    size_t count = tensor_count(&parameter->value);
    real decoupled = update->optimizer->kind == OPTIMIZER_ADAMW && parameter->decays
                         ? update->rate * update->optimizer->weight_decay
                         : 0;
#pragma omp parallel for schedule(static) if (count > PARALLEL_ELEMENTS)
    for (size_t start = 0; start < count; start += PIECE) {
        real step[PIECE], gradient[PIECE];
        size_t n = count - start < PIECE ? count - start : PIECE;
        real *restrict value = parameter->value.data + start;
        for (size_t i = 0; i < n; i++)
            gradient[i] = parameter->gradient[start + i] + update->decay * value[i];
        steps_of(update, n, gradient, parameter->first_moment + start,
                 parameter->second_moment ? parameter->second_moment + start : NULL, step);
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            value[i] -= step[i] + decoupled * value[i];
    }
}

static void update_on_manifold(const struct update *update, struct parameter *parameter)
{
    const struct manifold *manifold = parameter->manifold;
    size_t rows = tensor_rows(&parameter->value), columns = manifold->columns;
    if (columns != tensor_columns(&parameter->value) || columns > MANIFOLD_MOST_COLUMNS)
        error_die(EX_SOFTWARE, "%s: columns do not fit the manifold", parameter->name);
#pragma omp parallel for schedule(static) if (rows * columns > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++) {
        real frame[MANIFOLD_MOST_COLUMNS], step[MANIFOLD_MOST_COLUMNS];
        size_t at = row * columns;
        real *point = parameter->value.data + at;
        manifold->gradient_in_frame(manifold, point, parameter->gradient + at, frame);
        steps_of(update, columns, frame, parameter->first_moment + at,
                 parameter->second_moment ? parameter->second_moment + at : NULL, step);
        for (size_t j = 0; j < columns; j++)
            step[j] = -step[j];
        manifold->move(manifold, point, step);
    }
}

void optimizer_step(struct optimizer *optimizer, struct parameters *set, real rate)
{
    optimizer_prepare(optimizer, set);
    optimizer->steps++;
    double t = (double)optimizer->steps;
    struct update update = {
        .optimizer = optimizer,
        .first_factor = (real)(1 / (1 - pow((double)optimizer->beta1, t))),
        .second_factor = (real)(1 / (1 - pow((double)optimizer->beta2, t)))};
    for (size_t i = 0; i < set->count; i++) {
        struct parameter *parameter = set->list[i];
        if (parameter->frozen)
            continue;
        update.rate = rate * parameter->rate_scale;
        update.decay = optimizer->kind != OPTIMIZER_ADAMW && parameter->decays
                           ? optimizer->weight_decay
                           : 0;
        if (parameter->manifold)
            update_on_manifold(&update, parameter);
        else
            update_flat(&update, parameter);
    }
}

double gradient_norm(const struct parameters *set)
{
    double square = 0;
    for (size_t p = 0; p < set->count; p++) {
        const struct parameter *parameter = set->list[p];
        for (size_t i = 0, n = tensor_count(&parameter->value); i < n && !parameter->frozen; i++)
            square += (double)parameter->gradient[i] * (double)parameter->gradient[i];
    }
    return sqrt(square);
}

double gradient_clip(struct parameters *set, double largest)
{
    double norm = gradient_norm(set);
    if (!(norm > largest))
        return norm;
    real factor = (real)(largest / norm);
    for (size_t p = 0; p < set->count; p++)
        for (size_t i = 0, n = tensor_count(&set->list[p]->value); i < n; i++)
            set->list[p]->gradient[i] *= factor;
    return norm;
}
