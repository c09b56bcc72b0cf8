/*
 * Clifford algebras Cl(V, q) over an orthogonal basis e_1 .. e_n of V, n <= 6: e_i e_i = lambda_i,
 * e_i e_j = -e_j e_i. Positive, negative and zero lambda may be mixed.
 *
 * A multivector is its coefficients by the 2^n basis blades, in shortlex order: by grade, then
 * lexicographically (1, e1, e2, e3, e12, e13, e23, e123). Inside, a blade is a bitmap over the
 * basis vectors, e1 the lowest bit; blades A and B multiply to +-(product of lambda over A and B)
 * times the blade A xor B.
 *
 * The struct holds what does not depend on the metric; lambda (n) goes with every call that needs
 * it, since it may be learned. The functions on single multivectors are plain and O(4^n); networks
 * use the term lists of clifford_plan.h.
 */
#ifndef TESSERAE_GEOMETRY_CLIFFORD_H
#define TESSERAE_GEOMETRY_CLIFFORD_H

#include "base/error.h"
#include "base/rng.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CLIFFORD_MOST_DIMENSIONS = 6,
    CLIFFORD_MOST_BLADES = 1 << CLIFFORD_MOST_DIMENSIONS,
    CLIFFORD_MOST_GRADES = CLIFFORD_MOST_DIMENSIONS + 1
};

struct clifford {
    size_t dimension; /* n */
    size_t blades;    /* 2^n */
    size_t grades;    /* n + 1 */
    uint8_t bitmap[CLIFFORD_MOST_BLADES];    /* of a blade by its place in the order */
    uint8_t place[CLIFFORD_MOST_BLADES];     /* of a bitmap in the order */
    uint8_t grade[CLIFFORD_MOST_BLADES];     /* of a blade by its place */
    uint8_t first[CLIFFORD_MOST_GRADES + 1]; /* grade k has the places first[k] .. first[k + 1] */
};

/* EX_USAGE unless 1 <= dimension <= CLIFFORD_MOST_DIMENSIONS. */
bool clifford_make(struct clifford *algebra, size_t dimension, struct error *error);

/* The number of blades of a grade: n over k. */
size_t clifford_grade_size(const struct clifford *algebra, size_t grade);

/* The sign of the product of two blades, given as bitmaps: by the swaps that sort the vectors. */
int clifford_sign(unsigned a, unsigned b);

/* squares (blades): of every blade, by place, the product of lambda over its vectors. */
void clifford_squares(const struct clifford *algebra, const real *lambda, real *squares);

/* Adds to dlambda (n) what comes back from dsquares (blades); exact where a lambda is 0 too. */
void clifford_squares_backward(const struct clifford *algebra, const real *lambda,
                               const real *dsquares, real *dlambda);

/* product = x y; it must be neither of them. */
void clifford_product(const struct clifford *algebra, const real *lambda, const real *x,
                      const real *y, real *product);

/* Involutions: a sign for each grade k. y may be x. */
enum clifford_involution {
    CLIFFORD_MAIN,      /* (-1)^k: an automorphism */
    CLIFFORD_REVERSION, /* (-1)^(k (k - 1) / 2): turns the order of factors */
    CLIFFORD_CONJUGATION /* (-1)^(k (k + 1) / 2): both */
};
void clifford_involute(const struct clifford *algebra, enum clifford_involution involution,
                       const real *x, real *y);

/* Keeps one grade of x and zeroes the others; y may be x. */
void clifford_project(const struct clifford *algebra, size_t grade, const real *x, real *y);

/* The extended quadratic form: the scalar part of reversion(x) x = sum of squares[i] x_i^2. */
double clifford_quadratic_form(const struct clifford *algebra, const real *lambda, const real *x);

/* |q|^(1/2), smoothed at 0 as the published networks do: (q^2 + 1e-16)^(1/4). */
double clifford_norm(const struct clifford *algebra, const real *lambda, const real *x);

/*
 * The versor u_1 u_2 ... u_count of vectors (count, n); EX_DATAERR when one of them is null
 * (q(u) = 0) and so has no inverse.
 */
bool clifford_versor(const struct clifford *algebra, const real *lambda, const real *vectors,
                     size_t count, real *versor, struct error *error);

/*
 * The inverse of a versor, reversion(x) / q(x). EX_DATAERR when reversion(x) x is not a scalar (x
 * is no versor) or is 0, as it can be where the metric is degenerate or not definite.
 */
bool clifford_inverse(const struct clifford *algebra, const real *lambda, const real *x,
                      real *inverse, struct error *error);

/*
 * The action of a versor w on a multivector (Ruhe et al., "Clifford group equivariant neural
 * networks", NeurIPS 2023): w x w^-1 for an even w, w main(x) w^-1 for an odd one; for a vector w
 * it is the reflection of the grades of x along w. It keeps grades, sums and products. Fails as
 * clifford_inverse, and when w has an even and an odd part.
 */
bool clifford_act(const struct clifford *algebra, const real *lambda, const real *versor,
                  const real *x, real *y, struct error *error);

/* The action on vectors as a matrix (n, n): column i is what becomes of e_i. */
bool clifford_action_matrix(const struct clifford *algebra, const real *lambda, const real *versor,
                            real *matrix, struct error *error);

/*
 * The outermorphism of a linear map (n, n): the map of blades e_a e_b .. -> f(e_a) ^ f(e_b) ..,
 * as a matrix (blades, blades), 0 between different grades; within grade k its entries are the
 * k-rowed minors, and the last is the determinant.
 */
void clifford_outermorphism(const struct clifford *algebra, const real *matrix, real *minors);

/* Adds to dmatrix (n, n) what comes back from dminors (blades, blades), which is used up. */
void clifford_outermorphism_backward(const struct clifford *algebra, const real *matrix,
                                     const real *minors, real *dminors, real *dmatrix);

#endif
