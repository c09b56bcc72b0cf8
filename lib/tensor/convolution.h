/*
 * Convolutions of images (batch, height, width, channels), a pixel's channels lying together.
 *
 * What a window sees of a line is one run of memory, so that a convolution is a matrix product
 * whose rows can be read where they lie, in a copy of an image with its padding; patches are never
 * laid out. A tile of pixels by some channels is kept in registers while the window's values pass
 * by.
 */
#ifndef TESSERAE_TENSOR_CONVOLUTION_H
#define TESSERAE_TENSOR_CONVOLUTION_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

struct convolution {
    size_t batch, height, width, channels; /* of the input x */
    size_t window;                         /* lines, and columns, of the window */
    size_t stride;                         /* pixels from one place of the window to the next */
    size_t padding;                        /* zeros around the image */
    size_t out_height, out_width;          /* places of the window */
    size_t out_channels;
};

/*
 * The places are (height + 2 padding - window) / stride + 1 down, likewise across. False when the
 * window is larger than the padded image, or the stride 0.
 */
bool convolution_settle(struct convolution *convolution);

/*
 * y[b, i, j, o] = sum over u, v, c of x[b, stride i + u - padding, stride j + v - padding, c]
 *                 weight[o, u, v, c] + bias[o], or += that when `add`; bias may be NULL.
 * room: convolution_room reals of the caller's.
 */
void convolution_forward(const struct convolution *convolution, const real *x, const real *weight,
                         const real *bias, bool add, real *y, real *room);

/* dweight (O, K, K, C) = (or +=) its gradient. Its rounding depends on the number of threads. */
void convolution_weight_gradient(const struct convolution *convolution, const real *x,
                                 const real *dy, bool add, real *dweight, real *room);

/* dx = (or +=) its gradient. */
void convolution_input_gradient(const struct convolution *convolution, const real *dy,
                                const real *weight, bool add, real *dx, real *room);

/* The reals that each of these needs to work in. */
size_t convolution_room(const struct convolution *convolution);

#endif
