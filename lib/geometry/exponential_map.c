#include "geometry/exponential_map.h"

#include <math.h>
#include <string.h>

static const double longest = 10; /* of hyperbolic vectors */
static const double small = 1e-2; /* below it, series: the quotients would cancel */

/*
 * What a vector of length r is multiplied by, g(r), and g'(r) / r, so that
 * d(g v) = g dv + (g' / r) (v . dv) v.
 */
struct stretch {
    double factor;
    double slope;
};

static struct stretch hyperbolic_stretch(double r)
{
    if (r < small)
        return (struct stretch){1 + r * r / 6, 1.0 / 3 + r * r / 30};
    if (r > longest)
        return (struct stretch){sinh(longest) / r, -sinh(longest) / (r * r * r)};
    return (struct stretch){sinh(r) / r, (r * cosh(r) - sinh(r)) / (r * r * r)};
}

static struct stretch spherical_stretch(double r)
{
    if (r < small)
        return (struct stretch){1 - r * r / 6, -1.0 / 3 + r * r / 30};
    return (struct stretch){sin(r) / r, (r * cos(r) - sin(r)) / (r * r * r)};
}

static struct stretch stretch_of(enum factor_kind kind, double r)
{
    switch (kind) {
    case FACTOR_HYPERBOLIC:
        return hyperbolic_stretch(r);
    case FACTOR_SPHERICAL:
        return spherical_stretch(r);
    case FACTOR_EUCLIDEAN:
        break;
    }
    return (struct stretch){1, 0};
}

static double dot(const real *a, const real *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += (double)a[j] * (double)b[j];
    return sum;
}

static void map_factor(const struct factor *factor, const real *v, real *x)
{
    size_t n = factor->dimension;
    if (factor->kind == FACTOR_EUCLIDEAN) {
        memcpy(x, v, n * sizeof *x);
        return;
    }
    double r = sqrt(dot(v, v, n));
    struct stretch stretch = stretch_of(factor->kind, r);
    if (factor->kind == FACTOR_SPHERICAL)
        *x++ = (real)cos(r);
    for (size_t j = 0; j < n; j++)
        x[j] = (real)(stretch.factor * (double)v[j]);
}

/* Adds to dv; of the pole's coordinate, d cos(r) = -(sin(r) / r) v . dv. */
static void send_back(const struct factor *factor, const real *v, const real *dx, real *dv)
{
    size_t n = factor->dimension;
    struct stretch stretch = stretch_of(factor->kind, sqrt(dot(v, v, n)));
    double along = 0;
    if (factor->kind == FACTOR_SPHERICAL)
        along -= stretch.factor * (double)*dx++;
    along += stretch.slope * dot(v, dx, n);
    for (size_t j = 0; j < n; j++)
        dv[j] += (real)(stretch.factor * (double)dx[j] + along * (double)v[j]);
}

static void backward(struct variable *self)
{
    const struct space *space = *(const struct space *const *)self->context;
    const struct variable *vectors = self->inputs[0];
    size_t rows = tensor_rows(&self->value), dimension = tensor_columns(&vectors->value);
    real *gradient = variable_gradient(self->inputs[0]);
#pragma omp parallel for schedule(static) if (rows * dimension > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < rows; i++) {
        size_t from = i * dimension;
        for (size_t f = 0; f < space->count; f++) {
            const struct factor *factor = &space->factors[f];
            send_back(factor, vectors->value.data + from,
                      self->gradient + i * space->columns + factor->first_column, gradient + from);
            from += factor->dimension;
        }
    }
}

struct variable *space_exponential(struct tape *tape, const struct space *space,
                                   struct variable *vectors)
{
    size_t rows = tensor_rows(&vectors->value), dimension = space_dimension(space);
    struct variable *points =
        tape_record(tape, 2, (const size_t[]){rows, space->columns}, &vectors, 1, backward);
    points->context = tape_keep(tape, &space, sizeof space);
#pragma omp parallel for schedule(static) if (rows * dimension > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < rows; i++) {
        const real *v = vectors->value.data + i * dimension;
        for (size_t f = 0; f < space->count; f++) {
            const struct factor *factor = &space->factors[f];
            map_factor(factor, v, points->value.data + i * space->columns + factor->first_column);
            v += factor->dimension;
        }
    }
    return points;
}
