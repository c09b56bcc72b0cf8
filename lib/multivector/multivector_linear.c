#include "multivector/multivector.h"

#include "base/error.h"
#include "tensor/blas.h"
#include "tensor/narrow.h"
#include "tensor/reduce.h"

struct linear_context {
    const struct clifford *algebra;
    size_t batch, in, out;
    bool shared; /* one weight for all grades */
};

/* A run of blades that share a weight, as one matrix of `rows` samples. */
struct linear_run {
    size_t first_row, rows;
    size_t weight; /* where its matrix begins */
};

static size_t run_count(const struct linear_context *c)
{
    return c->shared ? 1 : c->algebra->grades;
}

static struct linear_run run_of(const struct linear_context *c, size_t grade)
{
    if (c->shared)
        return (struct linear_run){.rows = c->algebra->blades * c->batch};
    return (struct linear_run){.first_row = c->algebra->first[grade] * c->batch,
                               .rows = clifford_grade_size(c->algebra, grade) * c->batch,
                               .weight = grade * c->in * c->out};
}

/* y (rows, out) = x w^T for one run, w (out, in). The transpose is what narrow products take. */
static void multiply_run(const struct linear_context *c, size_t rows, const real *x, const real *w,
                         struct arena *arena, real *y)
{
    if (!narrow_fits(c->out)) {
        blas_matmul(false, true, rows, c->out, c->in, 1, x, w, 0, y);
        return;
    }
    real *turned = arena_alloc(arena, c->in * c->out, sizeof *turned);
    for (size_t i = 0; i < c->in; i++)
        for (size_t o = 0; o < c->out; o++)
            turned[i * c->out + o] = w[o * c->in + i];
    narrow_multiply(x, rows, c->in, turned, c->out, false, y);
}

/* dw (out, in) = dy^T x, or +=. */
static void gram_run(const struct linear_context *c, size_t rows, const real *dy, const real *x,
                     real beta, real *dw)
{
    if (narrow_fits(c->in))
        narrow_gram(dy, rows, c->out, x, c->in, beta != 0, dw);
    else
        blas_matmul(true, false, c->out, c->in, rows, 1, dy, x, beta, dw);
}

/* dx (rows, in) = dy w, or +=. */
static void multiply_run_back(const struct linear_context *c, size_t rows, const real *dy,
                              const real *w, real beta, real *dx)
{
    if (narrow_fits(c->in))
        narrow_multiply(dy, rows, c->out, w, c->in, beta != 0, dx);
    else
        blas_matmul(false, false, rows, c->in, c->out, 1, dy, w, beta, dx);
}

static void linear_backward(struct variable *self)
{
    const struct linear_context *c = self->context;
    struct variable *x = self->inputs[0], *weight = self->inputs[1], *bias = self->inputs[2];
    real beta;
    if (bias && bias->needs_gradient) {
        real *dbias = variable_gradient_or_new(bias, &beta);
        reduce_columns(c->batch, c->out, piece_of_array, self->gradient, beta != 0, dbias,
                       &self->tape->arena);
    }
    if (weight->needs_gradient) {
        real *dweight = variable_gradient_or_new(weight, &beta);
        for (size_t k = 0; k < run_count(c); k++) {
            struct linear_run run = run_of(c, k);
            gram_run(c, run.rows, self->gradient + run.first_row * c->out,
                     x->value.data + run.first_row * c->in, beta, dweight + run.weight);
        }
    }
    if (x->needs_gradient) {
        real *dx = variable_gradient_or_new(x, &beta);
        for (size_t k = 0; k < run_count(c); k++) {
            struct linear_run run = run_of(c, k);
            multiply_run_back(c, run.rows, self->gradient + run.first_row * c->out,
                              weight->value.data + run.weight, beta, dx + run.first_row * c->in);
        }
    }
}

struct variable *multivector_linear(struct tape *tape, const struct clifford_plan *plan,
                                    struct variable *x, struct variable *weight,
                                    struct variable *bias)
{
    const struct clifford *algebra = &plan->algebra;
    size_t in = tensor_columns(&weight->value);
    struct linear_context c = {.algebra = algebra,
                               .batch = tensor_rows(&x->value) / algebra->blades,
                               .in = in,
                               .out = weight->value.shape[1],
                               .shared = weight->value.shape[0] == 1};
    if (weight->value.dimensions != 3 || tensor_columns(&x->value) != in ||
        tensor_rows(&x->value) != algebra->blades * c.batch ||
        (!c.shared && weight->value.shape[0] != algebra->grades) ||
        (bias && tensor_count(&bias->value) != c.out))
        error_die(EX_SOFTWARE, "multivector_linear: the shapes do not fit");
    struct variable *y = tape_record(tape, 3, (const size_t[]){algebra->blades, c.batch, c.out},
                                     (struct variable *[]){x, weight, bias}, 3, linear_backward);
    y->context = tape_keep(tape, &c, sizeof c);
    for (size_t k = 0; k < run_count(&c); k++) {
        struct linear_run run = run_of(&c, k);
        multiply_run(&c, run.rows, x->value.data + run.first_row * in,
                     weight->value.data + run.weight, &tape->arena,
                     y->value.data + run.first_row * c.out);
    }
    for (size_t b = 0; bias && b < c.batch; b++)
        for (size_t o = 0; o < c.out; o++)
            y->value.data[b * c.out + o] += bias->value.data[o];
    return y;
}
