#include "grad/ops.h"

#include "base/error.h"
#include "dist/row_share.h"

#include <string.h>

/* --- sparse product --- */

/* All rows of x: x itself, or in scratch memory those of the other ranks, too. */
static const real *all_rows(struct tape *tape, const struct sparse *matrix, const real *x,
                            size_t width)
{
    if (!matrix->share)
        return x;
    real *all = tape_scratch(tape, matrix->columns * width);
    memcpy(all + matrix->share->first * width, x, matrix->share->count * width * sizeof *all);
    row_share_gather(matrix->share, all, width * sizeof *all);
    return all;
}

static void sparse_backward(struct variable *self)
{
    const struct sparse *transpose = self->context;
    size_t width = tensor_columns(&self->value);
    real beta;
    real *dx = variable_gradient_or_new(self->inputs[0], &beta);
    sparse_multiply(transpose, all_rows(self->tape, transpose, self->gradient, width), width,
                    beta != 0, dx);
}

struct variable *tape_sparse_multiply(struct tape *tape, const struct sparse *matrix,
                                      const struct sparse *transpose, struct variable *x)
{
    size_t columns = tensor_columns(&x->value);
    if (tensor_rows(&x->value) != (matrix->share ? matrix->rows : matrix->columns))
        error_die(EX_SOFTWARE, "tape_sparse_multiply: shapes do not fit");
    if (x->needs_gradient && !transpose)
        error_die(EX_SOFTWARE, "tape_sparse_multiply: the way back needs the transpose");
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){matrix->rows, columns}, &x, 1, sparse_backward);
    y->context = (void *)(uintptr_t)transpose;
    sparse_multiply(matrix, all_rows(tape, matrix, x->value.data, columns), columns, false,
                    y->value.data);
    return y;
}

/* --- moving columns and shapes --- */

/* target[:, target_first ...] = (or +=) source[:, source_first ...], count columns of each row */
static void copy_columns(const real *source, size_t source_columns, size_t source_first,
                         real *target, size_t target_columns, size_t target_first, size_t rows,
                         size_t count, bool add)
{
#pragma omp parallel for schedule(static) if (rows * count > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row++) {
        const real *restrict from = source + row * source_columns + source_first;
        real *restrict to = target + row * target_columns + target_first;
        if (add) {
#pragma omp simd
            for (size_t j = 0; j < count; j++)
                to[j] += from[j];
        } else {
            memcpy(to, from, count * sizeof *to);
        }
    }
}

static void concatenate_backward(struct variable *self)
{
    size_t rows = tensor_rows(&self->value), columns = tensor_columns(&self->value);
    size_t first = 0;
    for (int i = 0; i < 2; i++) {
        struct variable *input = self->inputs[i];
        size_t count = tensor_columns(&input->value);
        real beta;
        if (input->needs_gradient) {
            real *gradient = variable_gradient_or_new(input, &beta);
            copy_columns(self->gradient, columns, first, gradient, count, 0, rows, count,
                         beta != 0);
        }
        first += count;
    }
}

struct variable *tape_concatenate_columns(struct tape *tape, struct variable *a, struct variable *b)
{
    size_t rows = tensor_rows(&a->value);
    size_t p = tensor_columns(&a->value), q = tensor_columns(&b->value);
    if (tensor_rows(&b->value) != rows)
        error_die(EX_SOFTWARE, "tape_concatenate_columns: the numbers of rows differ");
    struct variable *y = tape_record(tape, 2, (const size_t[]){rows, p + q},
                                     (struct variable *[]){a, b}, 2, concatenate_backward);
    copy_columns(a->value.data, p, 0, y->value.data, p + q, 0, rows, p, false);
    copy_columns(b->value.data, q, 0, y->value.data, p + q, p, rows, q, false);
    return y;
}

static void slice_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    size_t count = tensor_columns(&self->value);
    copy_columns(self->gradient, count, 0, variable_gradient(x), tensor_columns(&x->value),
                 *(const size_t *)self->context, tensor_rows(&x->value), count, true);
}

struct variable *tape_slice_columns(struct tape *tape, struct variable *x, size_t first,
                                    size_t count)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    if (first + count > columns)
        error_die(EX_SOFTWARE, "tape_slice_columns: there are not so many columns");
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){rows, count}, &x, 1, slice_backward);
    copy_columns(x->value.data, columns, first, y->value.data, count, 0, rows, count, false);
    y->context = tape_keep(tape, &first, sizeof first);
    return y;
}

static void reshape_backward(struct variable *self)
{
    variable_hand_over(self, self->inputs[0], piece_of_gradient);
}

struct variable *tape_reshape(struct tape *tape, struct variable *x, int dimensions,
                              const size_t *shape)
{
    struct tensor view = tensor_of_shape(x->value.data, dimensions, shape);
    if (tensor_count(&view) != tensor_count(&x->value))
        error_die(EX_SOFTWARE, "tape_reshape: the numbers of elements differ");
    return tape_record_view(tape, view, &x, 1, reshape_backward);
}

/* target (columns, rows) = (or +=) the transpose of source (rows, columns), in square tiles */
static void transpose(const real *source, size_t rows, size_t columns, bool add, real *target)
{
    enum { TILE = 32 };
#pragma omp parallel for schedule(static) if (rows * columns > PARALLEL_ELEMENTS)
    for (size_t j0 = 0; j0 < columns; j0 += TILE) {
        size_t j1 = j0 + TILE < columns ? j0 + TILE : columns;
        for (size_t i0 = 0; i0 < rows; i0 += TILE) {
            size_t i1 = i0 + TILE < rows ? i0 + TILE : rows;
            for (size_t j = j0; j < j1; j++) {
                for (size_t i = i0; i < i1; i++) {
                    real kept = add ? target[j * rows + i] : 0;
                    target[j * rows + i] = kept + source[i * columns + j];
                }
            }
        }
    }
}

static void transpose_backward(struct variable *self)
{
    real beta;
    real *dx = variable_gradient_or_new(self->inputs[0], &beta);
    transpose(self->gradient, tensor_rows(&self->value), tensor_columns(&self->value), beta != 0,
              dx);
}

struct variable *tape_transpose(struct tape *tape, struct variable *x)
{
    size_t rows = tensor_rows(&x->value), columns = tensor_columns(&x->value);
    struct variable *y =
        tape_record(tape, 2, (const size_t[]){columns, rows}, &x, 1, transpose_backward);
    transpose(x->value.data, rows, columns, false, y->value.data);
    return y;
}
