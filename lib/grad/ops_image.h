/*
 * The ops of the tape on images (batch, height, width, channels), the channels lying together:
 * rows, to the other ops, are pixels, and columns channels, so that tape_linear is a convolution
 * with a window of one pixel, and bias, activation and concatenation are those of ops.h.
 *
 * Files: ops_convolution.c, ops_group_norm.c, ops_upsample.c.
 */
#ifndef TESSERAE_GRAD_OPS_IMAGE_H
#define TESSERAE_GRAD_OPS_IMAGE_H

#include "grad/ops.h"

/*
 * y[b, i, j, o] = sum over u, v, c of x[b, stride i + u - padding, stride j + v - padding, c]
 *                 weight[o, u, v, c] + bias[o], with zeros outside of the image:
 * x (B, H, W, C), weight (O, K, K, C), bias (O) or NULL -> (B, H', W', O),
 * H' = (H + 2 padding - K) / stride + 1.
 * Keeps nothing but x; see tensor/convolution.h. 2 B H' W' O K K C flops, backward twice that.
 * Gradients of the weight depend on the number of threads in their rounding.
 */
struct variable *tape_convolution(struct tape *tape, struct variable *x, struct variable *weight,
                                  struct variable *bias, size_t stride, size_t padding);

/*
 * activation(scale h + shift) with h = (x - mean) / sqrt(var + epsilon), where mean and variance
 * are those of a group of channels over one image (Wu and He, "Group normalization", ECCV 2018):
 * x (B, ..., C), groups a divisor of C; scale and shift (C), or (B, C) where every image has its
 * own, as told by a time (Perez et al., "FiLM", AAAI 2018).
 */
struct variable *tape_group_norm(struct tape *tape, struct variable *x, size_t groups,
                                 struct variable *scale, struct variable *shift, real epsilon,
                                 enum activation activation);

/* Nearest neighbour: y[b, i, j, c] = x[b, i / 2, j / 2, c], (B, H, W, C) -> (B, height, width, C),
 * where height is 2 H or 2 H - 1, and width likewise: the halves of odd sizes were rounded up. */
struct variable *tape_upsample(struct tape *tape, struct variable *x, size_t height,
                               size_t width);

#endif
