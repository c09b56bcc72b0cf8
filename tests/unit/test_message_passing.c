/*
 * Message layers against the same formula from single ops: values, gradients, H restored, for every
 * part that can be left out; and the gradient against central differences.
 */
#include "nn/message_passing.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "grad/gradient_check.h"
#include "tensor/dropout.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* One form of the layer. */
struct form {
    bool matrix, norm, shift, self_weight, bias, residual;
    size_t alpha; /* values: 0, 1 or out */
    real dropout;
    enum activation activation;
    size_t inputs, rows, in, out;
};

struct network {
    struct form form;
    struct sparse matrix, transpose;
    struct parameters set;
    struct parameter *x, *weight, *self_weight, *bias, *alpha, *scale, *shift;
    real *probe; /* (rows, out): the loss is its product with the result */
    bool fused;
};

static struct parameter *add(struct network *n, const char *name, size_t rows, size_t columns)
{
    struct rng rng = rng_make(17, RNG_TEST, (uint32_t)n->set.count);
    struct parameter *p = parameters_add(&n->set, name, 2, (const size_t[]){rows, columns});
    for (size_t i = 0; i < rows * columns; i++)
        p->value.data[i] = (real)(rng_normal(&rng) * 0.5);
    return p;
}

/* A few entries in a row, a diagonal, scales on both sides. */
static void make_matrix(struct network *n)
{
    enum { DEGREE = 3 };
    size_t rows = n->form.rows, columns = n->form.inputs;
    struct rng rng = rng_make(18, RNG_TEST, 0);
    size_t *offsets = memory_zeroed(rows + 1, sizeof *offsets);
    uint32_t *indices = memory_alloc(rows * DEGREE, sizeof *indices);
    real *scales = memory_alloc(rows + columns, sizeof *scales);
    for (size_t row = 0; row < rows; row++) {
        offsets[row + 1] = offsets[row] + (row % 5 == 0 ? 0 : DEGREE);
        for (size_t i = offsets[row]; i < offsets[row + 1]; i++)
            indices[i] = (uint32_t)rng_below(&rng, columns);
    }
    for (size_t i = 0; i < rows + columns; i++)
        scales[i] = (real)(0.5 + rng_uniform(&rng));
    n->matrix = (struct sparse){.rows = rows, .columns = columns, .offsets = offsets,
                                .indices = indices, .row_scale = scales,
                                .column_scale = scales + rows, .diagonal = (real)0.7};
    n->transpose = sparse_transpose(&n->matrix);
}

static void make_network(struct network *n, const struct form *form)
{
    *n = (struct network){.form = *form};
    size_t in = form->in, out = form->out;
    n->x = add(n, "x", form->inputs, in);
    n->weight = add(n, "weight", out, in);
    n->self_weight = form->self_weight ? add(n, "self_weight", out, in) : NULL;
    n->bias = form->bias ? add(n, "bias", 1, out) : NULL;
    n->alpha = form->alpha ? add(n, "alpha", 1, form->alpha) : NULL;
    n->scale = form->norm ? add(n, "scale", 1, in) : NULL;
    n->shift = form->shift ? add(n, "shift", 1, in) : NULL;
    if (form->matrix)
        make_matrix(n);
    struct rng rng = rng_make(19, RNG_TEST, 0);
    n->probe = memory_alloc(form->rows * out, sizeof *n->probe);
    for (size_t i = 0; i < form->rows * out; i++)
        n->probe[i] = (real)rng_normal(&rng);
}

static void free_network(struct network *n)
{
    free((void *)(uintptr_t)n->matrix.row_scale);
    sparse_free(&n->matrix);
    sparse_free(&n->transpose);
    parameters_free(&n->set);
    free(n->probe);
}

enum { DROPOUT_SEED = 99 };
static const real epsilon = (real)0.05; /* so large that it counts */

static struct variable *leaf(struct tape *tape, struct parameter *parameter)
{
    return parameter ? tape_parameter(tape, parameter) : NULL;
}

static struct variable *apply_fused(struct tape *tape, struct network *n, struct variable *h)
{
    struct message_layer layer = {.matrix = n->form.matrix ? &n->matrix : NULL,
                                  .transpose = n->form.matrix ? &n->transpose : NULL,
                                  .norm_scale = leaf(tape, n->scale),
                                  .norm_shift = leaf(tape, n->shift),
                                  .norm_epsilon = epsilon,
                                  .weight = leaf(tape, n->weight),
                                  .self_weight = leaf(tape, n->self_weight),
                                  .bias = leaf(tape, n->bias),
                                  .alpha = leaf(tape, n->alpha),
                                  .activation = n->form.activation,
                                  .residual = n->form.residual,
                                  .dropout = n->form.dropout,
                                  .dropout_seed = DROPOUT_SEED};
    return tape_message_layer(tape, h, &layer);
}

static struct variable *first_rows(struct tape *tape, struct variable *x, size_t rows)
{
    uint32_t *index = arena_alloc(&tape->arena, rows, sizeof *index);
    for (size_t i = 0; i < rows; i++)
        index[i] = (uint32_t)i;
    return tape_gather_rows(tape, x, index, rows);
}

static struct variable *apply_plain(struct tape *tape, struct network *n, struct variable *h)
{
    const struct form *form = &n->form;
    struct variable *normal = h;
    if (n->scale)
        normal = tape_layer_norm(tape, h, leaf(tape, n->scale), leaf(tape, n->shift),
                                 epsilon);
    struct variable *z = normal;
    if (form->matrix)
        z = tape_sparse_multiply(tape, &n->matrix, &n->transpose, normal);
    z = tape_matmul(tape, z, false, leaf(tape, n->weight), true);
    if (n->self_weight)
        z = tape_add(tape, z, tape_matmul(tape, first_rows(tape, normal, form->rows), false,
                                          leaf(tape, n->self_weight), true));
    if (n->bias)
        z = tape_add(tape, z, leaf(tape, n->bias));
    z = tape_activation(tape, z, form->activation);
    if (form->dropout > 0) {
        struct dropout dropout = dropout_make(form->dropout, DROPOUT_SEED);
        real *mask = arena_alloc(&tape->arena, form->rows * form->out, sizeof *mask);
        for (size_t i = 0; i < form->rows * form->out; i++)
            mask[i] = dropout_factor(&dropout, i);
        z = tape_multiply(tape, z,
                          tape_constant(tape, tensor_matrix(mask, form->rows, form->out)));
    }
    if (n->alpha)
        z = tape_multiply(tape, z, leaf(tape, n->alpha));
    return form->residual ? tape_add(tape, first_rows(tape, h, form->rows), z) : z;
}

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct network *n = context;
    struct variable *h = tape_affine(tape, tape_parameter(tape, n->x), 1, 0);
    struct variable *y = n->fused ? apply_fused(tape, n, h) : apply_plain(tape, n, h);
    struct tensor probe = tensor_matrix(n->probe, n->form.rows, n->form.out);
    /* The layer's value is read where its gradient is not: H may be restored by then. */
    return tape_sum(tape, tape_multiply(tape, tape_affine(tape, y, 1, 0),
                                        tape_constant(tape, probe)));
}

/* The loss, and all gradients one after the other. */
static real run(struct network *n, bool fused, real *gradients)
{
    struct tape tape = {0};
    n->fused = fused;
    parameters_zero_gradient(&n->set);
    struct variable *loss = loss_of(&tape, &n->set, n);
    real value = loss->value.data[0];
    tape_backward(&tape, loss);
    for (size_t i = 0; i < n->set.count; i++) {
        size_t count = tensor_count(&n->set.list[i]->value);
        memcpy(gradients, n->set.list[i]->gradient, count * sizeof *gradients);
        gradients += count;
    }
    tape_free(&tape);
    return value;
}

static void check_against_plain(struct network *n)
{
    size_t count = parameters_count(&n->set);
    real *fused = memory_alloc(count, sizeof *fused), *again = memory_alloc(count, sizeof *again);
    real *plain = memory_alloc(count, sizeof *plain), largest = 0;
    int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    real value = run(n, true, fused), expected = run(n, false, plain);
    omp_set_num_threads(3);
    ck_assert(run(n, true, again) == value);
    omp_set_num_threads(threads);
    ck_assert_double_eq_tol(value, expected, 1e-9 * (1 + fabs(expected)));
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(plain[i]));
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fabs(fused[i] - plain[i]) <= 1e-9 * (1 + largest),
                      "gradient %zu: %g, not %g", i, (double)fused[i], (double)plain[i]);
    ck_assert_mem_eq(fused, again, count * sizeof *fused);
    free(fused);
    free(again);
    free(plain);
}

static void check_form(const struct form *form, bool differences)
{
    struct network n;
    make_network(&n, form);
    check_against_plain(&n);
    n.fused = true;
    if (differences) {
        double error = gradient_check(&n.set, loss_of, &n, 1e-5);
        ck_assert_msg(error <= 1e-6, "relative error %g", error);
    }
    free_network(&n);
}

START_TEST(forms)
{
    const struct form scalable = {.matrix = true, .norm = true, .shift = true, .residual = true,
                                  .alpha = 1, .activation = ACTIVATION_SILU,
                                  .inputs = 11, .rows = 11, .in = 6, .out = 6};
    struct form form = scalable;
    check_form(&form, true);
    form.dropout = (real)0.3;
    form.alpha = 6;
    form.bias = true;
    check_form(&form, true);
    form.self_weight = true;
    form.rows = 4; /* fewer than are heard */
    check_form(&form, true);
    form = scalable; /* the pointwise layer */
    form.matrix = false;
    form.bias = true;
    check_form(&form, true);
    form.norm = form.shift = false;
    check_form(&form, true);
    form = (struct form){.matrix = true, .activation = ACTIVATION_TANH, .bias = true, .inputs = 9,
                         .rows = 9, .in = 5, .out = 7}; /* a graph convolution */
    check_form(&form, true);
    form.norm = true;
    form.self_weight = true;
    form.rows = 6;
    form.alpha = 7;
    form.dropout = (real)0.5;
    check_form(&form, true);
    form.activation = ACTIVATION_NONE;
    form.matrix = form.self_weight = false;
    form.rows = 9;
    check_form(&form, true);
}
END_TEST

/* Several blocks, shares and rooms. */
START_TEST(large)
{
    struct form form = {.matrix = true, .norm = true, .shift = true, .bias = true,
                        .self_weight = true, .residual = true, .alpha = 1, .dropout = (real)0.2,
                        .activation = ACTIVATION_SILU, .inputs = 3000, .rows = 3000, .in = 24,
                        .out = 24};
    check_form(&form, false);
    form.rows = 1100;
    check_form(&form, false);
    form.matrix = form.self_weight = false;
    form.rows = 3000;
    check_form(&form, false);
    form = (struct form){.matrix = true, .activation = ACTIVATION_RELU, .inputs = 700, .rows = 700,
                         .in = 3, .out = 1100}; /* rows wider than what is done at a time */
    check_form(&form, false);
}
END_TEST

/* Evaluation keeps nothing and gives the same values, in several chunks. */
START_TEST(evaluation)
{
    enum { ROWS = 20000, WIDTH = 8 };
    struct form form = {.matrix = true, .norm = true, .self_weight = true, .residual = true,
                        .bias = true, .activation = ACTIVATION_SILU, .inputs = ROWS, .rows = ROWS,
                        .in = WIDTH, .out = WIDTH};
    struct network n;
    make_network(&n, &form);
    struct tape kept = {0}, bare = {0};
    struct variable *y = apply_fused(&kept, &n, tape_affine(&kept, leaf(&kept, n.x), 1, 0));
    for (size_t i = 0; i < n.set.count; i++)
        n.set.list[i]->frozen = true;
    struct variable *z = apply_fused(&bare, &n, tape_affine(&bare, leaf(&bare, n.x), 1, 0));
    ck_assert(!z->needs_gradient);
    ck_assert_mem_eq(y->value.data, z->value.data, (size_t)ROWS * WIDTH * sizeof(real));
    ck_assert_uint_lt(bare.arena.used, 2 * ROWS * WIDTH * sizeof(real));
    tape_free(&kept);
    tape_free(&bare);
    free_network(&n);
}
END_TEST

/* What comes back by the residual is H to within rounding, through many layers. */
START_TEST(restores)
{
    enum { LAYERS = 40 };
    struct form form = {.matrix = true, .norm = true, .residual = true, .alpha = 1,
                        .activation = ACTIVATION_SILU, .inputs = 50, .rows = 50, .in = 8,
                        .out = 8};
    struct network n;
    make_network(&n, &form);
    struct tape tape = {0};
    struct variable *first = tape_affine(&tape, leaf(&tape, n.x), 1, 0), *h = first;
    for (int i = 0; i < LAYERS; i++)
        h = apply_fused(&tape, &n, h);
    ck_assert_ptr_eq(h->value.data, first->value.data);
    struct variable *loss = tape_sum(&tape, h);
    tape_backward(&tape, loss);
    for (size_t i = 0; i < 50 * 8; i++)
        ck_assert_double_eq_tol(first->value.data[i], n.x->value.data[i], 1e-12);
    tape_free(&tape);
    free_network(&n);
}
END_TEST

START_TEST(frozen)
{
    struct form form = {.matrix = true, .norm = true, .residual = true, .alpha = 1,
                        .activation = ACTIVATION_SILU, .inputs = 30, .rows = 30, .in = 8,
                        .out = 8};
    struct network n;
    make_network(&n, &form);
    n.weight->frozen = n.x->frozen = true;
    real *gradients = memory_alloc(parameters_count(&n.set), sizeof *gradients);
    run(&n, true, gradients);
    for (size_t i = 0; i < 8 * 8; i++)
        ck_assert(n.weight->gradient[i] == 0);
    ck_assert(n.alpha->gradient[0] != 0);
    free(gradients);
    free_network(&n);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("message_passing");
    TCase *cases = tcase_create("message_passing");
    tcase_add_test(cases, forms);
    tcase_add_test(cases, large);
    tcase_add_test(cases, evaluation);
    tcase_add_test(cases, restores);
    tcase_add_test(cases, frozen);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
