/*
 * The ops of the tape. Shapes stand in comments; "rows" are all dimensions but the last taken
 * together, "columns" the last. Shapes that do not fit are a programming error and end the
 * program (EX_SOFTWARE). n is the number of elements of the result.
 *
 * Files: ops_dense.c, ops_elementwise.c, ops_function.c, ops_prelu.c, ops_reduce.c, ops_segment.c,
 * ops_shape.c, ops_norm.c, ops_loss.c.
 */
#ifndef TESSERAE_GRAD_OPS_H
#define TESSERAE_GRAD_OPS_H

#include "base/rng.h"
#include "grad/tape.h"
#include "tensor/sparse.h"

/* --- dense products; ops_dense.c --- */

enum activation {
    ACTIVATION_NONE,
    ACTIVATION_RELU,
    ACTIVATION_LEAKY_RELU, /* slope 0.01 below 0 */
    ACTIVATION_GELU,       /* the tanh form (Hendrycks and Gimpel 2016) */
    ACTIVATION_SILU,       /* x sigmoid(x) */
    ACTIVATION_TANH,
    ACTIVATION_SIGMOID,
    ACTIVATION_SOFTPLUS
};

/* op(a) op(b): (m, k) (k, n) -> (m, n). Forward 2mnk flops, backward 4mnk. */
struct variable *tape_matmul(struct tape *tape, struct variable *a, bool transpose_a,
                             struct variable *b, bool transpose_b);

/*
 * activation(x weight^T + bias): x (..., in), weight (out, in), bias (out) or NULL -> (..., out).
 * Bias and activation are one pass over the result; keeps x (and the pre-activation for gelu, silu
 * and softplus).
 */
struct variable *tape_linear(struct tape *tape, struct variable *x, struct variable *weight,
                             struct variable *bias, enum activation activation);

/* --- elementwise; ops_elementwise.c; one pass forward, one backward --- */

/*
 * b has the shape of a, or is one row (columns) or one column (rows, 1) that is repeated, or one
 * value. A vector is a row: reshape it to (rows, 1) to lay it along the rows.
 */
struct variable *tape_add(struct tape *tape, struct variable *a, struct variable *b);
struct variable *tape_subtract(struct tape *tape, struct variable *a, struct variable *b);
struct variable *tape_multiply(struct tape *tape, struct variable *a, struct variable *b);
struct variable *tape_divide(struct tape *tape, struct variable *a, struct variable *b);

/* factor * x + offset */
struct variable *tape_affine(struct tape *tape, struct variable *x, real factor, real offset);

struct variable *tape_activation(struct tape *tape, struct variable *x,
                                 enum activation activation);

/*
 * PReLU (He et al., ICCV 2015): max(x, 0) + slope min(x, 0), with a slope for each column that is
 * learned. x (rows, columns), slope (columns). ops_prelu.c.
 */
struct variable *tape_prelu(struct tape *tape, struct variable *x, struct variable *slope);

/*
 * ops_function.c: functions of one variable; square_root, logarithm and absolute have gradient 0
 * at 0.
 */
enum function {
    FUNCTION_SQUARE,
    FUNCTION_SQUARE_ROOT,
    FUNCTION_EXPONENTIAL,
    FUNCTION_LOGARITHM,
    FUNCTION_LOG1P,
    FUNCTION_EXPM1,
    FUNCTION_ABSOLUTE,
    FUNCTION_RECIPROCAL,
    FUNCTION_SINE,
    FUNCTION_COSINE
};
struct variable *tape_function(struct tape *tape, struct variable *x, enum function function);

/* max(x, low), gradient 0 where it is clamped. */
struct variable *tape_clamp_below(struct tape *tape, struct variable *x, real low);

/*
 * Zeroes each element with the probability, scales the others by 1 / (1 - probability). Draws one
 * number from rng, of which the mask is made, on the way back again (tensor/dropout.h); x itself
 * when the probability is 0.
 */
struct variable *tape_dropout(struct tape *tape, struct variable *x, real probability,
                              struct rng *rng);

/* --- reductions; ops_reduce.c; O(n of x) --- */

struct variable *tape_sum(struct tape *tape, struct variable *x);  /* () */
struct variable *tape_mean(struct tape *tape, struct variable *x); /* () */
struct variable *tape_row_sum(struct tape *tape, struct variable *x);    /* (rows) */
struct variable *tape_column_sum(struct tape *tape, struct variable *x); /* (columns) */
struct variable *tape_row_norm(struct tape *tape, struct variable *x);   /* (rows), Euclidean */

/* --- rows and segments by index; ops_segment.c --- */

/* x[index[i], :]: (count, columns). The backward pass scatters, O(count columns). */
struct variable *tape_gather_rows(struct tape *tape, struct variable *x, const uint32_t *index,
                                  size_t count);

/*
 * Sum, mean, maximum of the rows of x (n, columns) that share a segment: (segments, columns).
 * segment[i] < segments; an empty segment gives 0.
 */
struct variable *tape_segment_sum(struct tape *tape, struct variable *x, const uint32_t *segment,
                                  size_t segments);
struct variable *tape_segment_mean(struct tape *tape, struct variable *x, const uint32_t *segment,
                                   size_t segments);
struct variable *tape_segment_max(struct tape *tape, struct variable *x, const uint32_t *segment,
                                  size_t segments);

/*
 * Softmax down each column over the rows of x (n, columns) that share a segment, or over the
 * elements of a vector: of the shape of x.
 */
struct variable *tape_segment_softmax(struct tape *tape, struct variable *x,
                                      const uint32_t *segment, size_t segments);

/* --- sparse products, columns, shapes; ops_shape.c --- */

/*
 * matrix x: (rows, columns). `transpose` is sparse_transpose(matrix), prepared once, for the way
 * back; it may be NULL when x needs no gradient. Where the matrices are slices that are shared
 * among ranks, x has the rows of this rank, and the others' are asked for.
 */
struct variable *tape_sparse_multiply(struct tape *tape, const struct sparse *matrix,
                                      const struct sparse *transpose, struct variable *x);

/* a (rows, p), b (rows, q) -> (rows, p + q). */
struct variable *tape_concatenate_columns(struct tape *tape, struct variable *a,
                                          struct variable *b);

/* Columns first .. first + count - 1. */
struct variable *tape_slice_columns(struct tape *tape, struct variable *x, size_t first,
                                    size_t count);

/* The same data in another shape of as many elements; copies nothing. */
struct variable *tape_reshape(struct tape *tape, struct variable *x, int dimensions,
                              const size_t *shape);

/* (rows, columns) -> (columns, rows). */
struct variable *tape_transpose(struct tape *tape, struct variable *x);

/* --- normalisation and softmax over the columns; ops_norm.c --- */

/* (x - mean) / sqrt(var + epsilon) * scale + shift, of (columns) values; shift may be NULL. */
struct variable *tape_layer_norm(struct tape *tape, struct variable *x, struct variable *scale,
                                 struct variable *shift, real epsilon);

/* x / sqrt(mean(x^2) + epsilon) * scale */
struct variable *tape_rms_norm(struct tape *tape, struct variable *x, struct variable *scale,
                               real epsilon);

struct variable *tape_softmax(struct tape *tape, struct variable *x);

/* --- losses, all scalars; ops_loss.c --- */

/* mean((prediction - target)^2) over all elements. */
struct variable *tape_mean_squared_error(struct tape *tape, struct variable *prediction,
                                         const real *target);

/*
 * Huber's loss: the mean over all elements of e^2 / 2 where |e| <= delta, delta (|e| - delta / 2)
 * elsewhere, e = prediction - target.
 */
struct variable *tape_huber(struct tape *tape, struct variable *prediction, const real *target,
                            real delta);

/* The label that cross entropies pass over. */
enum { LABEL_NONE = -1 };

/*
 * -mean(log softmax(logits)[label]) over the rows whose label is not LABEL_NONE; softmax and loss
 * are one pass. logits (rows, classes), labels (rows).
 */
struct variable *tape_cross_entropy(struct tape *tape, struct variable *logits,
                                    const int32_t *labels);

/* mean(softplus(x) - target x): targets in [0, 1], x the logits, of any shape. */
struct variable *tape_binary_cross_entropy(struct tape *tape, struct variable *logits,
                                           const real *target);

#endif
