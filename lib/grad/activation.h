/* The activations' kernels, shared by tape_linear (fused with the bias) and tape_activation. */
#ifndef TESSERAE_GRAD_ACTIVATION_H
#define TESSERAE_GRAD_ACTIVATION_H

#include "grad/ops.h"

/* Whether the slope needs the input (true) or can be told from the output alone. */
bool activation_needs_input(enum activation activation);

/*
 * y (rows, columns) becomes activation(y + bias), in place; bias (columns) or NULL. What stood
 * before the activation is kept in `kept` unless that is NULL.
 */
void activation_forward(enum activation activation, size_t rows, size_t columns, const real *bias,
                        real *y, real *kept);

/* dy becomes dy * activation'(x), in place; x as kept (or NULL), y the output. */
void activation_backward(enum activation activation, size_t count, const real *x, const real *y,
                         real *dy);

#endif
