#include "grad/by_rows.h"

#include "base/error.h"

#include <string.h>

struct by_rows {
    size_t planes, rows, at_once;
    size_t in, out; /* columns */
    by_rows_function *function;
    const void *context;
};

/* Copies rows first .. first + count of all planes into a block of their own, or back. */
static void take_rows(const struct by_rows *c, size_t columns, size_t first, size_t count,
                      const real *whole, real *part)
{
    for (size_t plane = 0; plane < c->planes; plane++)
        memcpy(part + plane * count * columns, whole + (plane * c->rows + first) * columns,
               count * columns * sizeof *part);
}

static void put_rows(const struct by_rows *c, size_t columns, size_t first, size_t count,
                     const real *part, bool add, real *whole)
{
    for (size_t plane = 0; plane < c->planes; plane++) {
        real *restrict target = whole + (plane * c->rows + first) * columns;
        const real *restrict source = part + plane * count * columns;
        if (!add) {
            memcpy(target, source, count * columns * sizeof *target);
            continue;
        }
#pragma omp simd
        for (size_t i = 0; i < count * columns; i++)
            target[i] += source[i];
    }
}

/* The function of some rows on the tape; dx (of the same rows) is NULL when it is not wanted. */
static struct variable *run_rows(const struct by_rows *c, struct tape *tape, const real *x,
                                 size_t first, size_t count, struct variable *shared, real *dx)
{
    struct tensor rows = tensor_of_shape(NULL, 3, (const size_t[]){c->planes, count, c->in});
    rows.data = arena_alloc(&tape->arena, tensor_count(&rows), sizeof(real));
    take_rows(c, c->in, first, count, x, rows.data);
    struct variable *y = c->function(tape, tape_leaf(tape, rows, dx), shared, c->context);
    if (tensor_count(&y->value) != c->planes * count * c->out)
        error_die(EX_SOFTWARE, "tape_by_rows: the function changes the rows");
    return y;
}

static size_t rows_from(const struct by_rows *c, size_t first)
{
    return c->rows - first < c->at_once ? c->rows - first : c->at_once;
}

/* One piece on the way back: dx of its rows, written or added. */
static void rows_backward(const struct by_rows *c, struct variable *self, size_t first,
                          struct variable *shared, real *whole_dx, bool add)
{
    struct tape *tape = self->tape;
    size_t count = rows_from(c, first), in = c->planes * count * c->in;
    struct variable *x = self->inputs[0];
    real *dx = x->needs_gradient ? arena_zeroed(&tape->arena, in, sizeof *dx) : NULL;
    tape->last = NULL;
    struct variable *y = run_rows(c, tape, x->value.data, first, count, shared, dx);
    if (!y->needs_gradient)
        return;
    take_rows(c, c->out, first, count, self->gradient, variable_gradient(y));
    tape_walk_back(tape);
    if (dx)
        put_rows(c, c->in, first, count, dx, add, whole_dx);
}

static void by_rows_backward(struct variable *self)
{
    const struct by_rows *c = self->context;
    struct tape *tape = self->tape;
    struct variable *x = self->inputs[0], *shared = self->inputs[1], *last = tape->last;
    real beta = 0, *dx = x->needs_gradient ? variable_gradient_or_new(x, &beta) : NULL;
    if (shared)
        shared = tape_leaf(tape, shared->value,
                           shared->needs_gradient ? variable_gradient(shared) : NULL);
    struct arena_mark mark = arena_mark(&tape->arena);
    for (size_t first = 0; first < c->rows; first += c->at_once) {
        rows_backward(c, self, first, shared, dx, beta != 0);
        arena_release(&tape->arena, &mark);
    }
    tape->last = last;
}

struct variable *tape_by_rows(struct tape *tape, struct variable *x, struct variable *shared,
                              size_t planes, size_t columns, size_t at_once,
                              by_rows_function *function, const void *context)
{
    size_t rows = tensor_rows(&x->value) / planes;
    const struct by_rows settings = {.planes = planes,
                                     .rows = rows,
                                     .at_once = at_once,
                                     .in = tensor_columns(&x->value),
                                     .out = columns,
                                     .function = function,
                                     .context = context};
    const struct by_rows *c = tape_keep(tape, &settings, sizeof settings);
    struct tensor value = tensor_of_shape(NULL, 3, (const size_t[]){planes, rows, columns});
    value.data = arena_alloc(&tape->arena, tensor_count(&value), sizeof(real));
    struct variable *learned = tape_leaf(tape, tensor_scalar(NULL), NULL), *last = tape->last;
    struct arena_mark mark = arena_mark(&tape->arena);
    for (size_t first = 0; first < rows; first += at_once) {
        struct variable *y = run_rows(c, tape, x->value.data, first, rows_from(c, first), shared,
                                      NULL);
        put_rows(c, columns, first, rows_from(c, first), y->value.data, false, value.data);
        learned->needs_gradient |= y->needs_gradient;
        arena_release(&tape->arena, &mark);
    }
    tape->last = last;
    struct variable *result = tape_record_view(
        tape, value, (struct variable *[]){x, shared, learned}, 3, by_rows_backward);
    result->context = (void *)(uintptr_t)c;
    return result;
}
