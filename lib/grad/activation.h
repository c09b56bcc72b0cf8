/* The activations' kernels, shared by tape_linear (fused with the bias) and tape_activation. */
#ifndef TESSERAE_GRAD_ACTIVATION_H
#define TESSERAE_GRAD_ACTIVATION_H

#include "grad/ops.h"

/* Whether the slope needs the input (true) or can be told from the output alone. */
bool activation_needs_input(enum activation activation);

/* y = activation(x) for count elements; y may be x. */
void activation_apply(enum activation activation, size_t count, const real *x, real *y);

/*
 * dx = dy activation'(x) for count elements, where y = activation(x); dx may be dy. Only one of x
 * and y is read, as activation_needs_input says.
 */
void activation_slope(enum activation activation, size_t count, const real *x, const real *y,
                      const real *dy, real *dx);

/* Both at once: y = activation(x) and dx = dy activation'(x); dx may be dy or x. */
void activation_value_and_slope(enum activation activation, size_t count, const real *x, real *y,
                                const real *dy, real *dx);

#endif
