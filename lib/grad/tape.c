#include "grad/tape.h"

#include "base/error.h"

#include <string.h>

void tape_reset(struct tape *tape)
{
    arena_reset(&tape->arena);
    tape->last = NULL;
}

void tape_free(struct tape *tape)
{
    arena_free(&tape->arena);
    tape->last = NULL;
}

static struct variable *new_variable(struct tape *tape, struct tensor value)
{
    struct variable *variable = arena_zeroed(&tape->arena, 1, sizeof *variable);
    variable->value = value;
    variable->tape = tape;
    return variable;
}

struct variable *tape_parameter(struct tape *tape, struct parameter *parameter)
{
    struct variable *leaf = new_variable(tape, parameter->value);
    leaf->needs_gradient = !parameter->frozen;
    leaf->gradient = parameter->gradient;
    return leaf;
}

struct variable *tape_constant(struct tape *tape, struct tensor value)
{
    return new_variable(tape, value);
}

struct variable *tape_record(struct tape *tape, int dimensions, const size_t *shape,
                             struct variable *const *inputs, size_t input_count,
                             void (*backward)(struct variable *self))
{
    struct variable *result = new_variable(tape, tensor_of_shape(NULL, dimensions, shape));
    result->value.data = arena_alloc(&tape->arena, tensor_count(&result->value), sizeof(real));
    result->inputs = arena_alloc(&tape->arena, input_count, sizeof(struct variable *));
    result->input_count = input_count;
    for (size_t i = 0; i < input_count; i++) {
        result->inputs[i] = inputs[i];
        result->needs_gradient |= inputs[i] && inputs[i]->needs_gradient;
    }
    if (result->needs_gradient) {
        result->backward = backward;
        result->previous = tape->last;
        tape->last = result;
    }
    return result;
}

real *variable_gradient_or_new(struct variable *variable, real *beta)
{
    *beta = variable->gradient ? 1 : 0;
    if (!variable->gradient)
        variable->gradient =
            arena_alloc(&variable->tape->arena, tensor_count(&variable->value), sizeof(real));
    return variable->gradient;
}

real *variable_gradient(struct variable *variable)
{
    real beta;
    real *gradient = variable_gradient_or_new(variable, &beta);
    if (beta == 0)
        memset(gradient, 0, tensor_count(&variable->value) * sizeof(real));
    return gradient;
}

void tape_backward(struct tape *tape, struct variable *loss)
{
    if (tensor_count(&loss->value) != 1)
        error_die(EX_SOFTWARE, "tape_backward: the loss is not a scalar");
    if (!loss->needs_gradient)
        return;
    variable_gradient(loss)[0] += 1;
    for (struct variable *variable = tape->last; variable; variable = variable->previous)
        if (variable->gradient)
            variable->backward(variable);
}
