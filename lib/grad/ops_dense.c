#include "grad/ops.h"

#include "base/error.h"
#include "grad/activation.h"
#include "grad/broadcast.h"
#include "tensor/blas.h"
#include "tensor/reduce.h"

#include <omp.h>
#include <string.h>

struct matmul_context {
    bool transpose_a, transpose_b;
    size_t m, n, k;
};

static void matmul_backward(struct variable *self)
{
    const struct matmul_context *c = self->context;
    struct variable *a = self->inputs[0], *b = self->inputs[1];
    real beta;
    if (a->needs_gradient) { /* da = dy op(b)^T, transposed when a was */
        real *da = variable_gradient_or_new(a, &beta);
        if (c->transpose_a)
            blas_matmul(c->transpose_b, true, c->k, c->m, c->n, 1, b->value.data, self->gradient,
                        beta, da);
        else
            blas_matmul(false, !c->transpose_b, c->m, c->k, c->n, 1, self->gradient, b->value.data,
                        beta, da);
    }
    if (b->needs_gradient) { /* db = op(a)^T dy */
        real *db = variable_gradient_or_new(b, &beta);
        if (c->transpose_b)
            blas_matmul(true, c->transpose_a, c->n, c->k, c->m, 1, self->gradient, a->value.data,
                        beta, db);
        else
            blas_matmul(!c->transpose_a, false, c->k, c->n, c->m, 1, a->value.data, self->gradient,
                        beta, db);
    }
}

struct variable *tape_matmul(struct tape *tape, struct variable *a, bool transpose_a,
                             struct variable *b, bool transpose_b)
{
    size_t a_rows = tensor_rows(&a->value), a_columns = tensor_columns(&a->value);
    size_t b_rows = tensor_rows(&b->value), b_columns = tensor_columns(&b->value);
    struct matmul_context c = {.transpose_a = transpose_a,
                               .transpose_b = transpose_b,
                               .m = transpose_a ? a_columns : a_rows,
                               .k = transpose_a ? a_rows : a_columns,
                               .n = transpose_b ? b_rows : b_columns};
    if (c.k != (transpose_b ? b_columns : b_rows))
        error_die(EX_SOFTWARE, "tape_matmul: inner sizes differ");
    struct variable *result = tape_record(tape, 2, (const size_t[]){c.m, c.n},
                                          (struct variable *[]){a, b}, 2, matmul_backward);
    blas_matmul(transpose_a, transpose_b, c.m, c.n, c.k, 1, a->value.data, b->value.data, 0,
                result->value.data);
    result->context = tape_keep(tape, &c, sizeof c);
    return result;
}

struct linear_context {
    enum activation activation;
    struct broadcast bias; /* data NULL: none */
    real *pre_activation;  /* (rows, out), or NULL where the value itself tells the slope */
};

/*
 * Rows that are worked on at a time where the weight is small: a block of the result is finished
 * while it is still in the cache. 0: all at once, which suits a large weight, since CBLAS
 * rearranges it for every call.
 */
static size_t rows_of_block(size_t rows, size_t in, size_t out)
{
    enum { BLOCK_ELEMENTS = 65536, SMALL_WEIGHT = 16384 };
    size_t block = BLOCK_ELEMENTS / (in > out ? in : out);
    return in * out <= SMALL_WEIGHT && block >= 256 && rows >= 4 * block ? block : 0;
}

/* Turns n elements of the gradient from `first` into those before the activation, in place. */
static void pass_activation(const struct variable *self, size_t first, size_t n)
{
    const struct linear_context *c = self->context;
    const real *z = c->pre_activation ? c->pre_activation + first : NULL;
    real *dz = self->gradient + first;
    if (c->activation == ACTIVATION_NONE)
        return;
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS && !omp_in_parallel())
    for (size_t i = 0; i < n; i += PIECE_ELEMENTS)
        activation_slope(c->activation, piece_length(i, n), z ? z + i : NULL,
                         self->value.data + first + i, dz + i, dz + i);
}

/* dz in place of dy, and dx = dz weight unless x needs none; for rows first .. first + rows. */
static void send_linear_rows(const struct variable *self, size_t first, size_t rows, real beta,
                             real *dx)
{
    const struct variable *weight = self->inputs[1];
    size_t in = tensor_columns(&weight->value), out = tensor_rows(&weight->value);
    pass_activation(self, first * out, rows * out);
    if (dx)
        blas_matmul(false, false, rows, in, out, 1, self->gradient + first * out,
                    weight->value.data, beta, dx + first * in);
}

static void linear_backward(struct variable *self)
{
    struct variable *x = self->inputs[0], *weight = self->inputs[1], *bias = self->inputs[2];
    size_t rows = tensor_rows(&self->value), out = tensor_columns(&self->value);
    size_t in = tensor_columns(&x->value), block = rows_of_block(rows, in, out);
    real beta = 0;
    real *dx = x->needs_gradient ? variable_gradient_or_new(x, &beta) : NULL;
    if (block) {
#pragma omp parallel for schedule(static)
        for (size_t first = 0; first < rows; first += block)
            send_linear_rows(self, first, rows - first < block ? rows - first : block, beta, dx);
    } else {
        send_linear_rows(self, 0, rows, beta, dx);
    }
    const real *dz = self->gradient;
    if (weight->needs_gradient) {
        real *dweight = variable_gradient_or_new(weight, &beta);
        blas_matmul(true, false, out, in, rows, 1, dz, x->value.data, beta, dweight);
    }
    if (bias && bias->needs_gradient) {
        real *dbias = variable_gradient_or_new(bias, &beta);
        reduce_columns(rows, out, piece_of_array, dz, beta != 0, dbias, &self->tape->arena);
    }
}

/* y + bias and its activation in place, for n elements from `first`, which begins a row. */
static void finish_linear(const struct linear_context *c, real *y, size_t first, size_t n)
{
    if (c->activation == ACTIVATION_NONE && !c->bias.data)
        return;
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS && !omp_in_parallel())
    for (size_t i = first; i < first + n; i += PIECE_ELEMENTS) {
        real room[PIECE_ELEMENTS];
        size_t count = piece_length(i, first + n);
        real *piece = y + i;
        if (c->bias.data) {
            const real *bias = piece_of_broadcast(&c->bias, i, count, room);
#pragma omp simd
            for (size_t k = 0; k < count; k++)
                piece[k] += bias[k];
        }
        if (c->pre_activation)
            memcpy(c->pre_activation + i, piece, count * sizeof *piece);
        if (c->activation != ACTIVATION_NONE)
            activation_apply(c->activation, count, piece, piece);
    }
}

/* Rows first .. first + rows of the result. */
static void linear_rows(const struct variable *self, size_t first, size_t rows)
{
    const struct variable *x = self->inputs[0], *weight = self->inputs[1];
    size_t in = tensor_columns(&weight->value), out = tensor_rows(&weight->value);
    real *y = self->value.data;
    blas_matmul(false, true, rows, out, in, 1, x->value.data + first * in, weight->value.data, 0,
                y + first * out);
    finish_linear(self->context, y, first * out, rows * out);
}

struct variable *tape_linear(struct tape *tape, struct variable *x, struct variable *weight,
                             struct variable *bias, enum activation activation)
{
    size_t rows = tensor_rows(&x->value), in = tensor_columns(&x->value);
    size_t out = tensor_rows(&weight->value);
    if (x->value.dimensions == 0 || tensor_columns(&weight->value) != in ||
        (bias && tensor_count(&bias->value) != out))
        error_die(EX_SOFTWARE, "tape_linear: shapes do not fit");
    struct tensor shape = x->value;
    shape.shape[shape.dimensions - 1] = out;
    struct variable *y = tape_record(tape, shape.dimensions, shape.shape,
                                     (struct variable *[]){x, weight, bias}, 3, linear_backward);
    struct linear_context c = {.activation = activation};
    c.bias = broadcast_of_row(bias ? bias->value.data : NULL, rows, out);
    if (y->needs_gradient && activation_needs_input(activation))
        c.pre_activation = arena_alloc(&tape->arena, rows * out, sizeof(real));
    y->context = tape_keep(tape, &c, sizeof c);
    size_t block = rows_of_block(rows, in, out);
    if (block) {
#pragma omp parallel for schedule(static)
        for (size_t first = 0; first < rows; first += block)
            linear_rows(y, first, rows - first < block ? rows - first : block);
    } else {
        linear_rows(y, 0, rows);
    }
    return y;
}
