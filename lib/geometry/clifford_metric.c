#include "geometry/clifford_metric.h"

#include "tensor/linalg.h"

#include <math.h>
#include <string.h>

void clifford_metric_make(struct clifford_metric *metric, enum clifford_metric_kind kind,
                          size_t dimension, struct parameters *set)
{
    *metric = (struct clifford_metric){.kind = kind, .dimension = dimension};
    for (size_t i = 0; i < dimension; i++)
        metric->fixed[i] = 1;
    const size_t shape[2] = {dimension, dimension};
    if (kind != CLIFFORD_METRIC_FIXED) {
        int dimensions = kind == CLIFFORD_METRIC_FULL ? 2 : 1;
        metric->matrix = parameters_add(set, "metric", dimensions, shape);
        metric->matrix->decays = false;
    }
}

void clifford_metric_initialise(struct clifford_metric *metric, const real *base, struct rng *rng)
{
    const double deviation = 1e-4;
    size_t n = metric->dimension;
    if (metric->kind == CLIFFORD_METRIC_FIXED) {
        memcpy(metric->fixed, base, n * sizeof *base);
        return;
    }
    bool full = metric->kind == CLIFFORD_METRIC_FULL;
    real *m = metric->matrix->value.data;
    for (size_t i = 0, count = tensor_count(&metric->matrix->value); i < count; i++)
        m[i] = (real)(deviation * rng_normal(rng));
    for (size_t i = 0; i < n; i++)
        m[full ? i * n + i : i] += base[i] / 2;
}

void clifford_metric_hold(struct clifford_metric *metric, bool held)
{
    if (metric->matrix)
        metric->matrix->frozen = held;
}

void clifford_metric_matrix(const struct clifford_metric *metric, double *matrix)
{
    size_t n = metric->dimension;
    const real *m = metric->matrix ? metric->matrix->value.data : metric->fixed;
    memset(matrix, 0, n * n * sizeof *matrix);
    for (size_t i = 0; i < n; i++) {
        switch (metric->kind) {
        case CLIFFORD_METRIC_FIXED: matrix[i * n + i] = (double)m[i]; break;
        case CLIFFORD_METRIC_DIAGONAL: matrix[i * n + i] = 2 * (double)m[i]; break;
        case CLIFFORD_METRIC_FULL:
            for (size_t j = 0; j < n; j++)
                matrix[i * n + j] = (double)m[i * n + j] + (double)m[j * n + i];
        }
    }
}

/* The eigenvectors in rows become columns whose largest component is positive. */
static void columns_with_sign(const double *rows, size_t n, double *axes)
{
    for (size_t i = 0; i < n; i++) {
        double largest = 0;
        for (size_t a = 0; a < n; a++)
            if (fabs(rows[i * n + a]) > fabs(largest))
                largest = rows[i * n + a];
        for (size_t a = 0; a < n; a++)
            axes[a * n + i] = largest < 0 ? -rows[i * n + a] : rows[i * n + a];
    }
}

void clifford_metric_eigen(const struct clifford_metric *metric, double *lambda, double *axes)
{
    size_t n = metric->dimension;
    double matrix[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
    clifford_metric_matrix(metric, matrix);
    if (metric->kind == CLIFFORD_METRIC_FULL) {
        linalg_eigen_small(matrix, n, lambda);
        columns_with_sign(matrix, n, axes);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        lambda[i] = matrix[i * n + i];
        for (size_t a = 0; a < n; a++)
            axes[a * n + i] = a == i;
    }
}

void clifford_signature(const double *lambda, size_t dimension, size_t *positive,
                        size_t *negative, size_t *null)
{
    double largest = 0;
    for (size_t i = 0; i < dimension; i++)
        largest = fmax(largest, fabs(lambda[i]));
    *positive = *negative = *null = 0;
    for (size_t i = 0; i < dimension; i++) {
        bool is_null = fabs(lambda[i]) <= 1e-6 * largest;
        *null += is_null;
        *positive += !is_null && lambda[i] > 0;
        *negative += !is_null && lambda[i] < 0;
    }
}

/* --- on the tape --- */

struct frame_context {
    const struct clifford_metric *metric;
    double lambda[CLIFFORD_MOST_DIMENSIONS];
    double axes[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
};

/* gap / (gap^2 + floor^2); see above. */
static double bounded_inverse(double gap, double floor)
{
    return gap / (gap * gap + floor * floor);
}

/* inner = diag(dlambda) + sym(F o P^T dP) */
static void gradient_in_frame(const struct frame_context *c, size_t n, const real *dlambda,
                              const real *daxes, double *inner)
{
    double largest = DBL_MIN;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(c->lambda[i]));
    double floor = sqrt((double)REAL_EPSILON) * largest;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double turn = 0; /* A_ij - A_ji */
            for (size_t a = 0; a < n; a++)
                turn += c->axes[a * n + i] * (double)daxes[a * n + j] -
                        c->axes[a * n + j] * (double)daxes[a * n + i];
            double f = bounded_inverse(c->lambda[j] - c->lambda[i], floor);
            inner[i * n + j] = i == j ? (double)dlambda[i] : 0.5 * f * turn;
        }
    }
}

static void frame_backward(struct variable *self)
{
    const struct frame_context *c = self->context;
    size_t n = c->metric->dimension;
    const real *dlambda = self->gradient, *daxes = self->gradient + n;
    real *dm = variable_gradient(self->inputs[0]);
    if (c->metric->kind == CLIFFORD_METRIC_DIAGONAL) {
        for (size_t i = 0; i < n; i++)
            dm[i] += 2 * dlambda[i];
        return;
    }
    double inner[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
    gradient_in_frame(c, n, dlambda, daxes, inner);
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++) {
            double sum = 0; /* (P inner P^T)_ab */
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++)
                    sum += c->axes[a * n + i] * inner[i * n + j] * c->axes[b * n + j];
            dm[a * n + b] += (real)(2 * sum);
        }
    }
}

struct variable *clifford_metric_frame(const struct clifford_metric *metric, struct tape *tape)
{
    size_t n = metric->dimension;
    struct variable *matrix = metric->matrix ? tape_parameter(tape, metric->matrix) : NULL;
    struct variable *frame = tape_record(tape, 2, (const size_t[]){n + 1, n}, &matrix, 1,
                                         frame_backward);
    struct frame_context *c = arena_alloc(&tape->arena, 1, sizeof *c);
    c->metric = metric;
    clifford_metric_eigen(metric, c->lambda, c->axes);
    for (size_t i = 0; i < n; i++)
        frame->value.data[i] = (real)c->lambda[i];
    for (size_t i = 0; i < n * n; i++)
        frame->value.data[n + i] = (real)c->axes[i];
    frame->context = c;
    return frame;
}
