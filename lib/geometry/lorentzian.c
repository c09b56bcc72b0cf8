#include "geometry/lorentzian.h"

#include "tensor/scatter.h"

#include <math.h>

static const real least = (real)1e-12; /* the norm of x that is not scaled up */

struct interval_context {
    size_t space, columns, count;
    const uint32_t *source, *target;
    real *slopes; /* de Sitter: dD/dq of every pair */
};

static struct variable *record(struct tape *tape, struct variable *points,
                               struct interval_context *c, void (*backward)(struct variable *self))
{
    struct variable *result = tape_record(tape, 1, &c->count, &points, 1, backward);
    c->columns = tensor_columns(&points->value);
    if (result->needs_gradient) {
        c->source = tape_keep(tape, c->source, c->count * sizeof *c->source);
        c->target = tape_keep(tape, c->target, c->count * sizeof *c->target);
    }
    c->slopes = arena_alloc(&tape->arena, c->count, sizeof *c->slopes);
    result->context = tape_keep(tape, c, sizeof *c);
    return result;
}

/* Adds rows (count, columns) to the gradients of the points with these indices. */
static void send(const struct interval_context *c, struct variable *points, const real *rows,
                 const uint32_t *index)
{
    scatter_add_rows(rows, index, c->count, c->columns, variable_gradient(points),
                     tensor_rows(&points->value));
}

/* --- Minkowski --- */

static void minkowski_backward(struct variable *self)
{
    const struct interval_context *c = self->context;
    struct variable *points = self->inputs[0];
    real *rows = arena_alloc(&self->tape->arena, c->count * c->columns, sizeof *rows);
    for (size_t sign = 0; sign < 2; sign++) {
        for (size_t i = 0; i < c->count; i++) {
            const real *a = points->value.data + c->source[i] * c->columns;
            const real *b = points->value.data + c->target[i] * c->columns;
            real twice = sign ? -2 * self->gradient[i] : 2 * self->gradient[i];
            for (size_t k = 0; k < c->columns; k++)
                rows[i * c->columns + k] = (k < c->space ? twice : -twice) * (a[k] - b[k]);
        }
        send(c, points, rows, sign ? c->target : c->source);
    }
}

struct variable *minkowski_intervals(struct tape *tape, struct variable *points, size_t space,
                                     const uint32_t *source, const uint32_t *target, size_t count)
{
    struct interval_context c = {.space = space, .count = count, .source = source,
                                 .target = target};
    struct variable *result = record(tape, points, &c, minkowski_backward);
    for (size_t i = 0; i < count; i++) {
        const real *a = points->value.data + source[i] * c.columns;
        const real *b = points->value.data + target[i] * c.columns;
        real sum = 0;
        for (size_t k = 0; k < c.columns; k++)
            sum += (k < space ? 1 : -1) * (a[k] - b[k]) * (a[k] - b[k]);
        result->value.data[i] = sum;
    }
    return result;
}

/* --- de Sitter: the points are lifted first, then paired --- */

/* sqrt(1 + |t|^2) and |x| of a row. */
static void norms(const real *row, size_t space, size_t columns, real *height, real *norm)
{
    real x = 0, t = 1;
    for (size_t k = 0; k < columns; k++)
        *(k < space ? &x : &t) += row[k] * row[k];
    *height = (real)sqrt((double)t);
    *norm = (real)sqrt((double)x);
    if (*norm < least)
        *norm = least;
}

struct lift_context {
    size_t space;
};

static void lift_backward(struct variable *self)
{
    const struct lift_context *c = self->context;
    struct variable *points = self->inputs[0];
    size_t columns = tensor_columns(&points->value), rows = tensor_rows(&points->value);
    real *gradient = variable_gradient(points);
    for (size_t i = 0; i < rows; i++) {
        const real *row = points->value.data + i * columns;
        const real *g = self->gradient + i * columns;
        real *into = gradient + i * columns, height, norm, along = 0;
        norms(row, c->space, columns, &height, &norm);
        for (size_t k = 0; k < c->space; k++)
            along += g[k] * row[k] / norm;
        for (size_t k = 0; k < c->space; k++) /* what moves x along itself does nothing */
            into[k] += height / norm * (g[k] - along * row[k] / norm);
        for (size_t k = c->space; k < columns; k++)
            into[k] += g[k] + along * row[k] / height;
    }
}

static struct variable *lift(struct tape *tape, struct variable *points, size_t space)
{
    struct variable *result =
        tape_record(tape, 2, points->value.shape, &points, 1, lift_backward);
    result->context = tape_keep(tape, &(struct lift_context){space}, sizeof(struct lift_context));
    size_t columns = tensor_columns(&points->value), rows = tensor_rows(&points->value);
    for (size_t i = 0; i < rows; i++) {
        const real *row = points->value.data + i * columns;
        real *lifted = result->value.data + i * columns, height, norm;
        norms(row, space, columns, &height, &norm);
        for (size_t k = 0; k < columns; k++)
            lifted[k] = k < space ? row[k] * height / norm : row[k];
    }
    return result;
}

/* D(q) and its slope, which is 2 on both sides of q = 1. */
static real interval_of(real q, real *slope)
{
    *slope = 2;
    real above = q - 1;
    if (!(above > (real)1e-6))
        return 2 * above;
    double angle = acosh((double)q);
    *slope = (real)(2 * angle / sqrt((double)above * ((double)q + 1)));
    return (real)(angle * angle);
}

static void de_sitter_backward(struct variable *self)
{
    const struct interval_context *c = self->context;
    struct variable *points = self->inputs[0];
    real *rows = arena_alloc(&self->tape->arena, c->count * c->columns, sizeof *rows);
    for (size_t end = 0; end < 2; end++) { /* each end gets the other's coordinates */
        const uint32_t *other = end ? c->source : c->target;
        for (size_t i = 0; i < c->count; i++) {
            const real *b = points->value.data + other[i] * c->columns;
            real g = self->gradient[i] * c->slopes[i];
            for (size_t k = 0; k < c->columns; k++)
                rows[i * c->columns + k] = (k < c->space ? g : -g) * b[k];
        }
        send(c, points, rows, end ? c->target : c->source);
    }
}

struct variable *de_sitter_intervals(struct tape *tape, struct variable *points, size_t space,
                                     const uint32_t *source, const uint32_t *target, size_t count)
{
    struct variable *lifted = lift(tape, points, space);
    struct interval_context c = {.space = space, .count = count, .source = source,
                                 .target = target};
    struct variable *result = record(tape, lifted, &c, de_sitter_backward);
    for (size_t i = 0; i < count; i++) {
        const real *a = lifted->value.data + source[i] * c.columns;
        const real *b = lifted->value.data + target[i] * c.columns;
        real q = 0;
        for (size_t k = 0; k < c.columns; k++)
            q += (k < space ? a[k] : -a[k]) * b[k];
        result->value.data[i] = interval_of(q, &c.slopes[i]);
    }
    return result;
}
