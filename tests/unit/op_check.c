#include "op_check.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "grad/gradient_check.h"

#include <omp.h>
#include <string.h>

/* How the inputs come to the op. */
enum form {
    FORM_PARAMETERS, /* straight: their gradient is there from the start */
    FORM_RESULTS,    /* out of another op: the gradient's first contribution is this op's */
    FORM_SHARED,     /* out of another op, and another op uses them later */
    FORM_COUNT
};

struct run {
    const struct op_case *op;
    enum form form;
};

static size_t input_count(const struct op_case *op)
{
    size_t count = 0;
    while (count < OP_MOST_INPUTS && op->inputs[count].rows > 0)
        count++;
    return count;
}

/* Fixed weights that tell the elements of a result apart. */
static real weight_of(size_t element)
{
    return (real)((uint32_t)(element + 1) * 2654435761u >> 12) / (1 << 19) - 1;
}

static void probe_backward(struct variable *self)
{
    struct variable *x = self->inputs[0];
    real *dx = variable_gradient(x);
    for (size_t i = 0, n = tensor_count(&x->value); i < n; i++)
        dx[i] += self->gradient[0] * weight_of(i);
}

/* sum of weight_of(i) x_i: a scalar in which every element of x counts differently */
static struct variable *probe(struct tape *tape, struct variable *x)
{
    struct variable *y = tape_record(tape, 0, NULL, &x, 1, probe_backward);
    y->value.data[0] = 0;
    for (size_t i = 0, n = tensor_count(&x->value); i < n; i++)
        y->value.data[0] += weight_of(i) * x->value.data[i];
    return y;
}

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    const struct run *run = context;
    struct variable *inputs[OP_MOST_INPUTS];
    for (size_t i = 0; i < set->count; i++) {
        inputs[i] = tape_parameter(tape, set->list[i]);
        if (run->form != FORM_PARAMETERS)
            inputs[i] = tape_affine(tape, inputs[i], 1, 0);
    }
    struct variable *loss = probe(tape, run->op->apply(tape, inputs));
    for (size_t i = 0; run->form == FORM_SHARED && i < set->count; i++)
        loss = tape_add(tape, loss, tape_affine(tape, probe(tape, inputs[i]), 0.7, 0));
    return loss;
}

static void make_inputs(const struct op_case *op, bool large, struct parameters *set)
{
    struct rng rng = rng_make(17, RNG_TEST, large);
    real low = op->low, high = op->high;
    if (low == 0 && high == 0) {
        low = -2;
        high = 2;
    }
    for (size_t i = 0; i < input_count(op); i++) {
        const struct op_input *input = &op->inputs[i];
        size_t shape[2] = {large && input->large_rows ? input->large_rows : input->rows,
                           input->columns};
        struct parameter *parameter = parameters_add(set, "input", 2, shape);
        for (size_t k = 0, n = tensor_count(&parameter->value); k < n; k++)
            parameter->value.data[k] = low + (high - low) * (real)rng_uniform(&rng);
    }
}

static void check_value(const struct op_case *op, bool large)
{
    struct parameters set = {0};
    struct tape tape = {0};
    struct variable *inputs[OP_MOST_INPUTS];
    struct tensor tensors[OP_MOST_INPUTS];
    make_inputs(op, large, &set);
    for (size_t i = 0; i < set.count; i++) {
        tensors[i] = set.list[i]->value;
        inputs[i] = tape_constant(&tape, tensors[i]);
    }
    const struct variable *result = op->apply(&tape, inputs);
    ck_assert_msg(!result->needs_gradient, "%s: nobody asked for a gradient", op->name);
    size_t count = tensor_count(&result->value);
    real *expected = memory_zeroed(count, sizeof *expected);
    op->expect(tensors, expected);
    for (size_t i = 0; i < count; i++) {
        real value = result->value.data[i];
        ck_assert_msg(fabs(value - expected[i]) <= 1e-12 * (1 + fabs(expected[i])),
                      "%s: element %zu is %.17g, not %.17g", op->name, i, (double)value,
                      (double)expected[i]);
    }
    free(expected);
    tape_free(&tape);
    parameters_free(&set);
}

static void check_gradient(const struct op_case *op)
{
    for (enum form form = 0; form < FORM_COUNT; form++) {
        struct parameters set = {0};
        struct run run = {op, form};
        make_inputs(op, false, &set);
        /* With more values a single one drowns in the loss's rounding; see check_large. */
        if (parameters_count(&set) <= 1000) {
            double error = gradient_check(&set, loss_of, &run, 1e-5);
            ck_assert_msg(error <= 1e-6, "%s: gradient is off by %g in form %d", op->name, error,
                          (int)form);
        }
        parameters_free(&set);
    }
}

static double loss_along(struct parameters *set, const struct run *run, const real *start,
                         const real *direction, real step)
{
    struct tape tape = {0};
    size_t count = parameters_count(set);
    real *values = memory_alloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = start[i] + step * direction[i];
    parameters_set_values(set, values);
    double loss = (double)loss_of(&tape, set, (void *)(uintptr_t)run)->value.data[0];
    parameters_set_values(set, start);
    free(values);
    tape_free(&tape);
    return loss;
}

/* The gradient of all inputs, one after the other, by so many threads. */
static void gradient_by_threads(struct parameters *set, struct run *run, int threads,
                                real *gradient)
{
    struct tape tape = {0};
    int most = omp_get_max_threads();
    omp_set_num_threads(threads);
    parameters_zero_gradient(set);
    tape_backward(&tape, loss_of(&tape, set, run));
    omp_set_num_threads(most);
    for (size_t p = 0; p < set->count; p++) {
        size_t count = tensor_count(&set->list[p]->value);
        memcpy(gradient, set->list[p]->gradient, count * sizeof *gradient);
        gradient += count;
    }
    tape_free(&tape);
}

/* A direction in which no small step crosses the places where relu and its like are bent. */
static void fill_direction(real *direction, size_t count)
{
    struct rng rng = rng_make(18, RNG_TEST, 0);
    for (size_t i = 0; i < count; i++)
        direction[i] = (real)rng_uniform(&rng) - (real)0.5;
}

static void check_large(const struct op_case *op)
{
    struct parameters set = {0};
    struct run run = {op, FORM_SHARED};
    make_inputs(op, true, &set);
    size_t count = parameters_count(&set);
    real *gradient = memory_alloc(count, sizeof *gradient);
    real *of_two_threads = memory_alloc(count, sizeof *of_two_threads);
    gradient_by_threads(&set, &run, 1, gradient);
    gradient_by_threads(&set, &run, 2, of_two_threads);
    double slope = 0, size = 0;
    real *direction = memory_alloc(count, sizeof *direction);
    real *start = memory_alloc(count, sizeof *start);
    fill_direction(direction, count);
    parameters_copy_values(&set, start);
    for (size_t i = 0; i < count; i++) {
        double allowed = op->threads_round ? 1e-11 * (1 + fabs(gradient[i])) : 0;
        ck_assert_msg(fabs(gradient[i] - of_two_threads[i]) <= allowed,
                      "%s: two threads change gradient %zu", op->name, i);
        slope += (double)(gradient[i] * direction[i]);
        size += (double)(gradient[i] * gradient[i] * direction[i] * direction[i]);
    }
    const real step = 1e-6;
    double numeric = (loss_along(&set, &run, start, direction, step) -
                      loss_along(&set, &run, start, direction, -step)) / (2 * step);
    ck_assert_msg(fabs(numeric - slope) <= 1e-6 * (sqrt(size) + fabs(slope)) + 1e-7,
                  "%s: large gradient is off, %.10g, not %.10g", op->name, slope, numeric);
    free(gradient);
    free(of_two_threads);
    free(direction);
    free(start);
    parameters_free(&set);
}

static void check_frozen(const struct op_case *op)
{
    for (size_t frozen = 0; frozen < input_count(op); frozen++) {
        struct parameters set = {0};
        struct tape tape = {0};
        struct run run = {op, FORM_PARAMETERS};
        make_inputs(op, false, &set);
        set.list[frozen]->frozen = true;
        parameters_zero_gradient(&set);
        tape_backward(&tape, loss_of(&tape, &set, &run));
        for (size_t i = 0, n = tensor_count(&set.list[frozen]->value); i < n; i++)
            ck_assert_msg(set.list[frozen]->gradient[i] == 0, "%s: input %zu is frozen", op->name,
                          frozen);
        tape_free(&tape);
        parameters_free(&set);
    }
}

void op_check(const struct op_case *op)
{
    check_value(op, false);
    check_value(op, true);
    check_gradient(op);
    check_large(op);
    check_frozen(op);
}
