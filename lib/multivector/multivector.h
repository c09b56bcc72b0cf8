/*
 * Multivector ops: the pieces of Clifford group equivariant networks (Ruhe, Brandstetter and Forre,
 * NeurIPS 2023) on the tape. Each commutes with every isometry of the metric.
 *
 * Batches of multivectors are tensors (blades, B, C): coefficient by coefficient a matrix of
 * samples by channels. A grade is a run of rows, so that linear layers are one product of matrices
 * for each grade, and products of multivectors run along B C values side by side.
 *
 * `frame` is a clifford_metric_frame (n + 1, n); every op sends its derivative by lambda and P
 * there when the metric is learned. `plan` must outlive the tape. squares[I] is the product of
 * lambda over blade I; q_k(x) = sum over the blades of grade k of squares[I] x_I^2. F is the
 * number of values of x, blades B C.
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_H

#include "geometry/clifford_metric.h"
#include "geometry/clifford_plan.h"

/* --- in and out; multivector_frame.c --- */

/* Channels of one grade in the coordinates of the world: values (B, C, blades of the grade). */
struct multivector_part {
    size_t grade;
    struct variable *values;
};

/*
 * The parts side by side as channels, in the frame: (blades, B, sum of C). Grade 1 enters as P^T v,
 * grade k by the outermorphism of P^T, so scalars as they are and pseudoscalars times det P.
 */
struct variable *multivector_enter(struct tape *tape, const struct clifford_plan *plan,
                                   struct variable *frame, const struct multivector_part *parts,
                                   size_t count);

/*
 * One grade back in the coordinates of the world, by the outermorphism of P: (B, C, blades of the
 * grade). Pseudoscalars come out times det P, which is 1 / det P.
 */
struct variable *multivector_leave(struct tape *tape, const struct clifford_plan *plan,
                                   struct variable *frame, struct variable *x, size_t grade);

/* The invariants of each channel: x_1 and q_1 .. q_n, (B, (n + 1) C), grade by grade. 2F flops. */
struct variable *multivector_invariants(struct tape *tape, const struct clifford_plan *plan,
                                        struct variable *frame, struct variable *x);

/* --- linear; multivector_linear.c --- */

/*
 * y_o = sum over channels of weight[k, o, i] x_i for the blades of grade k, plus bias_o on the
 * scalar: weight (grades, out, in), or (1, out, in) for all grades alike; bias (out) or NULL.
 * 2 F out flops, twice that on the way back.
 */
struct variable *multivector_linear(struct tape *tape, const struct clifford_plan *plan,
                                    struct variable *x, struct variable *weight,
                                    struct variable *bias);

/* --- gates and norms: a factor for each sample, channel and grade; multivector_gate.c --- */

/* x_k sigmoid(slope q_k + shift), with x_1 itself for q_0: slope and shift (grades, C). */
struct variable *multivector_silu(struct tape *tape, const struct clifford_plan *plan,
                                  struct variable *frame, struct variable *x,
                                  struct variable *slope, struct variable *shift);

/*
 * x_k / (sigmoid(weight) (|x_k| - 1) + 1 + 1e-6), between x and x of norm one, with the smoothed
 * |x_k| = (q_k^2 + 1e-16)^(1/4): weight (grades, C).
 */
struct variable *multivector_normalise(struct tape *tape, const struct clifford_plan *plan,
                                       struct variable *frame, struct variable *x,
                                       struct variable *weight);

/* x scale / (mean over channels of |x| + 1e-6): scale (C); multivector_norm.c */
struct variable *multivector_layer_norm(struct tape *tape, const struct clifford_plan *plan,
                                        struct variable *frame, struct variable *x,
                                        struct variable *scale);

/* --- geometric products --- */

/*
 * y_c = (first_c + sum over paths of w_pc << <x_c>_i <z_c>_k >>_j) / sqrt(2), or only the sum when
 * `first` is NULL: x, z and first (blades, B, C), weight (paths, C); multivector_product.c.
 * 4^n B C terms of two flops forward, twice as many back; the list's groups add about a half.
 */
struct variable *multivector_product(struct tape *tape, const struct clifford_plan *plan,
                                     struct variable *frame, struct variable *x,
                                     struct variable *z, struct variable *weight,
                                     struct variable *first);

/*
 * y_o = (first_o + sum over paths and channels of w_pio << <x_i>_. <z_i>_. >>_j) / sqrt(2): weight
 * (paths, in, out), first (blades, B, out) or NULL; multivector_mix.c. The products of each path
 * are made once and mixed by products of matrices. Keeps slots B in values.
 */
struct variable *multivector_mix(struct tape *tape, const struct clifford_plan *plan,
                                 struct variable *frame, struct variable *x, struct variable *z,
                                 struct variable *weight, struct variable *first);

#endif
