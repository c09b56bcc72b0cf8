#include "grad/tape.h"

#include "base/error.h"

#include <string.h>

void tape_reset(struct tape *tape)
{
    arena_reset(&tape->arena);
    tape->last = NULL;
    tape->rows_before = 0;
}

void tape_free(struct tape *tape)
{
    arena_free(&tape->arena);
    spill_free(&tape->scratch);
    *tape = (struct tape){0};
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

struct variable *tape_leaf(struct tape *tape, struct tensor value, real *gradient)
{
    struct variable *leaf = new_variable(tape, value);
    leaf->needs_gradient = gradient != NULL;
    leaf->gradient = gradient;
    return leaf;
}

struct variable *tape_record_view(struct tape *tape, struct tensor value,
                                  struct variable *const *inputs, size_t input_count,
                                  void (*backward)(struct variable *self))
{
    struct variable *result = new_variable(tape, value);
    result->inputs = tape_keep(tape, inputs, input_count * sizeof(struct variable *));
    result->input_count = input_count;
    for (size_t i = 0; i < input_count; i++)
        result->needs_gradient |= inputs[i] && inputs[i]->needs_gradient;
    if (result->needs_gradient) {
        result->backward = backward;
        result->previous = tape->last;
        tape->last = result;
    }
    return result;
}

struct variable *tape_record(struct tape *tape, int dimensions, const size_t *shape,
                             struct variable *const *inputs, size_t input_count,
                             void (*backward)(struct variable *self))
{
    struct tensor value = tensor_of_shape(NULL, dimensions, shape);
    value.data = arena_alloc(&tape->arena, tensor_count(&value), sizeof(real));
    return tape_record_view(tape, value, inputs, input_count, backward);
}

void *tape_keep(struct tape *tape, const void *context, size_t size)
{
    void *copy = arena_alloc(&tape->arena, 1, size);
    memcpy(copy, context, size);
    return copy;
}

real *tape_scratch(struct tape *tape, size_t count)
{
    if (!tape->scratch.block || count * sizeof(real) > tape->scratch.bytes) {
        spill_free(&tape->scratch); /* nothing in it is worth a copy */
        tape->scratch = spill_alloc(count, sizeof(real), tape->scratch_limit);
    }
    return tape->scratch.block;
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

/* Writes the source's array to `gradient`, or adds it. */
static void collect(real *gradient, size_t n, bool add, piece_source *source, const void *context)
{
#pragma omp parallel for schedule(static) if (n > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < n; first += PIECE_ELEMENTS) {
        real room[PIECE_ELEMENTS];
        size_t count = piece_length(first, n);
        real *target = gradient + first;
        const real *piece = source(context, first, count, add ? room : target);
        if (add) {
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                target[i] += piece[i];
        } else if (piece != target) {
            memcpy(target, piece, count * sizeof *target);
        }
    }
}

void variable_send(struct variable *input, piece_source *source, const void *context)
{
    real beta;
    real *gradient = variable_gradient_or_new(input, &beta);
    collect(gradient, tensor_count(&input->value), beta != 0, source, context);
}

static void hand_over(struct variable *self, struct variable *input, piece_source *source,
                      const void *context)
{
    bool taken = input->gradient == NULL;
    if (taken)
        input->gradient = self->gradient;
    if (!taken || source != piece_of_gradient)
        collect(input->gradient, tensor_count(&input->value), !taken, source, context);
}

void variable_hand_over(struct variable *self, struct variable *input, piece_source *source)
{
    hand_over(self, input, source, self);
}

struct scaled_gradient {
    const real *gradient;
    real factor;
};

static const real *piece_of_scaled(const void *context, size_t first, size_t count, real *room)
{
    const struct scaled_gradient *scaled = context;
    const real *gradient = scaled->gradient + first;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        room[i] = scaled->factor * gradient[i];
    return room;
}

void variable_hand_over_scaled(struct variable *self, struct variable *input, real factor)
{
    const struct scaled_gradient scaled = {self->gradient, factor};
    if (factor == 1)
        hand_over(self, input, piece_of_gradient, self);
    else
        hand_over(self, input, piece_of_scaled, &scaled);
}

const real *piece_of_gradient(const void *self, size_t first, size_t count, real *room)
{
    (void)count;
    (void)room;
    return ((const struct variable *)self)->gradient + first;
}

void tape_backward(struct tape *tape, struct variable *loss)
{
    if (tensor_count(&loss->value) != 1)
        error_die(EX_SOFTWARE, "tape_backward: the loss is not a scalar");
    if (!loss->needs_gradient)
        return;
    variable_gradient(loss)[0] += 1;
    tape_walk_back(tape);
}

void tape_walk_back(struct tape *tape)
{
    for (struct variable *variable = tape->last; variable; variable = variable->previous)
        if (variable->gradient)
            variable->backward(variable);
}
