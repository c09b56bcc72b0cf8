/*
 * Tape: reverse-mode automatic differentiation.
 *
 * Every op computes its value at once and notes how to send gradients back; tape_backward walks
 * the notes in reverse. All that a step needs lives in the tape's arena, which tape_reset takes
 * back whole: after the first step training allocates nothing. There is no global state.
 *
 *     tape_reset(&tape);
 *     struct variable *x = tape_constant(&tape, batch);           // (B, 10)
 *     struct variable *h = tape_linear(&tape, x, weight, bias, ACTIVATION_RELU);
 *     struct variable *loss = tape_mean_squared_error(&tape, h, target);
 *     tape_backward(&tape, loss);                                 // adds to parameter->gradient
 *
 * An op none of whose inputs needs a gradient notes nothing, and no op computes the gradient of an
 * input that does not need one.
 */
#ifndef TESSERAE_GRAD_TAPE_H
#define TESSERAE_GRAD_TAPE_H

#include "base/arena.h"
#include "base/spill.h"
#include "grad/parameter.h"
#include "tensor/pieces.h"
#include "tensor/tensor.h"

/* Initialise with {0}. */
struct tape {
    struct arena arena;
    struct variable *last; /* the newest variable that needs a gradient */
    size_t rows_before;    /* rows of the batch that other ranks have before the first of this one:
                              dropout draws what one process would */
    struct spill scratch;  /* see tape_scratch */
    size_t scratch_limit;  /* bytes of it above which it lies in a file; 0: none */
};

/* A value on a tape; lives until tape_reset. */
struct variable {
    struct tensor value;
    real *gradient;       /* dLoss/dvalue; NULL until something is added to it */
    bool needs_gradient;
    struct tape *tape;
    struct variable *previous; /* on the tape */
    struct variable **inputs; /* as given to tape_record; some may be NULL */
    size_t input_count;
    void *context;             /* what the op keeps for its backward pass; in the arena */
    /*
     * Adds to the gradients of the inputs. It is the last to read the variable's own gradient, and
     * may use it up: after tape_backward only the gradients of parameters have a meaning.
     */
    void (*backward)(struct variable *self);
};

void tape_reset(struct tape *tape);
void tape_free(struct tape *tape);

/* A leaf whose gradient is the parameter's own (a frozen one needs none). The value is shared. */
struct variable *tape_parameter(struct tape *tape, struct parameter *parameter);

/* A leaf without gradient; the data stay the caller's and must outlive the backward pass. */
struct variable *tape_constant(struct tape *tape, struct tensor value);

/*
 * A leaf with a gradient of the caller's, which is added to; NULL: the leaf needs none. Both must
 * outlive the backward pass.
 */
struct variable *tape_leaf(struct tape *tape, struct tensor value, real *gradient);

/* Sets dLoss/dLoss = 1 and walks the tape back. The loss must be a scalar. */
void tape_backward(struct tape *tape, struct variable *loss);

/* Walks back to tape->last = NULL from the gradients that are there already. */
void tape_walk_back(struct tape *tape);

/* --- for those who write ops --- */

/*
 * A new variable of a shape with uninitialised value, whose op has these inputs (NULL for one that
 * is left out). It needs a gradient when one of them does; only then is backward kept.
 */
struct variable *tape_record(struct tape *tape, int dimensions, const size_t *shape,
                             struct variable *const *inputs, size_t input_count,
                             void (*backward)(struct variable *self));

/* The same for an op whose value is there already, as of a view. */
struct variable *tape_record_view(struct tape *tape, struct tensor value,
                                  struct variable *const *inputs, size_t input_count,
                                  void (*backward)(struct variable *self));

/* A copy of an op's small context in the arena. */
void *tape_keep(struct tape *tape, const void *context, size_t size);

/*
 * `count` reals that an op may use while it computes, forward or backward, and that the next op
 * uses again; 64-byte aligned, and kept from step to step. See spill.h for scratch_limit.
 */
real *tape_scratch(struct tape *tape, size_t count);

/* The gradient to add to, made of zeros when this is the first contribution. */
real *variable_gradient(struct variable *variable);

/*
 * For ops that can overwrite as cheaply as they add: the buffer, and in *beta 0 when it holds
 * nothing yet (write, do not read), or 1 when the contribution must be added.
 */
real *variable_gradient_or_new(struct variable *variable, real *beta);

/*
 * Adds to the gradient of an input the array that a source gives piece by piece, by all threads;
 * the first contribution is computed in place.
 */
void variable_send(struct variable *input, piece_source *source, const void *context);

/*
 * The same as the last act of an op, whose own gradient has the input's shape: where nothing was
 * sent to the input before, it takes over that buffer. The source's `room` may then be the piece
 * of self->gradient that it is to compute from: element i must not be read after it is written.
 */
void variable_hand_over(struct variable *self, struct variable *input, piece_source *source);

/* The same for an input whose gradient is the op's own times a factor. */
void variable_hand_over_scaled(struct variable *self, struct variable *input, real factor);

/* The source of a variable's gradient itself; the context is the variable. */
const real *piece_of_gradient(const void *self, size_t first, size_t count, real *room);

#endif
