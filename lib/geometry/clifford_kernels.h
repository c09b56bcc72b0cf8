/*
 * Weighted products of small algebras as straight code: the loops over blades and subsets run to
 * constants and are unrolled by the compiler, so that signs and places are in the instructions, and
 * the coefficients of three-dimensional multivectors stay in registers. Larger algebras go by lists
 * (clifford_sums.h), since their code would not fit the cache.
 *
 * With x, z and y = x z: a term is S common to x and z, R of x alone, Q of z alone; x is S + R, z
 * is S + Q, y is R + Q, and its coefficient belongs to S and the numbers of R and Q.
 */
#ifndef TESSERAE_GEOMETRY_CLIFFORD_KERNELS_H
#define TESSERAE_GEOMETRY_CLIFFORD_KERNELS_H

#include "geometry/clifford.h"
#include "geometry/clifford_sums.h"

enum { CLIFFORD_STRAIGHT_DIMENSIONS = 4 };

/* What is computed of the other two. */
enum clifford_direction {
    CLIFFORD_FORWARD, /* y of x and z */
    CLIFFORD_LEFT,    /* dx of z and dy */
    CLIFFORD_RIGHT    /* dz of x and dy */
};

/* The place of a coefficient among (blades (n + 1)^2), some of which no term has. */
static inline size_t clifford_coefficient(size_t n, size_t common, size_t of_x, size_t of_z)
{
    return (common * (n + 1) + of_x) * (n + 1) + of_z;
}

/*
 * result (blades) of a and b (blades), in the order of the direction; n at most
 * CLIFFORD_STRAIGHT_DIMENSIONS. With a probe (blades) also adds the slope of probe . result by
 * every coefficient to slopes; else both are NULL.
 */
void clifford_straight(const struct clifford *algebra, enum clifford_direction direction,
                       const struct lane_block *coefficients, const struct lane_block *a,
                       const struct lane_block *b, const struct lane_block *probe,
                       struct lane_block *result, struct lane_block *slopes);

#endif
