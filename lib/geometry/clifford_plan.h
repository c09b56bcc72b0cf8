/*
 * Plans: what networks over multivectors need of an algebra, prepared once.
 *
 * A weighted geometric product is the sum over paths p = (i, k -> j) of w_p << <x>_i <z>_k >>_j.
 * The paths are the triples of grades that can occur: with t common vectors, r of x alone and s of
 * z alone, i = t + r, k = t + s, j = r + s and r + s + t <= n; (n + 3 over 3) of them. They are
 * numbered by j, then i, then k.
 *
 * A term +- lambda_S x_A z_B of blade A xor B, with S = A and B, has the coefficient lambda_S w_p.
 * Terms that share it are added up first. Small algebras go by straight code (clifford_kernels.h),
 * larger ones by lists; in a list, where lambda is fixed and made of 1, -1 and 0 alone, it goes
 * into the signs, zeros go away, and the coefficient is w_p.
 */
#ifndef TESSERAE_GEOMETRY_CLIFFORD_PLAN_H
#define TESSERAE_GEOMETRY_CLIFFORD_PLAN_H

#include "geometry/clifford_kernels.h"

enum { CLIFFORD_MOST_PATHS = 84, CLIFFORD_NO_PATH = 255 };

struct clifford_path {
    uint8_t left, right, output; /* the grades i, k and j */
};

struct clifford_plan {
    struct clifford algebra;
    size_t paths;
    struct clifford_path path[CLIFFORD_MOST_PATHS];
    size_t first_path[CLIFFORD_MOST_GRADES + 1]; /* of an output grade */

    /* The product of x and z with a weight for each path: out of coefficient c = squares[S] w_p. */
    size_t terms;
    size_t coefficients;
    uint8_t *coefficient_path;  /* (coefficients): p, or CLIFFORD_NO_PATH: no term has it */
    uint8_t *coefficient_blade; /* (coefficients): the place of S; 0 where lambda is in the signs */
    struct clifford_sums sums[3]; /* by direction; empty where there is straight code */

    /* The partial products: the terms of each path and output blade, apart. Their coefficients are
     * the squares themselves, by place. Slots are numbered path by path, its output blades in
     * order. */
    size_t slots;
    size_t first_slot[CLIFFORD_MOST_PATHS + 1]; /* of a path */
    struct clifford_sums partial[3]; /* by direction; y is slots */
};

/*
 * Prepares a plan; `fixed` is lambda (n) where it will never change, or NULL. EX_USAGE for a
 * dimension without an algebra. Free with clifford_plan_free, also on failure.
 */
bool clifford_plan_make(struct clifford_plan *plan, size_t dimension, const real *fixed,
                        struct error *error);
void clifford_plan_free(struct clifford_plan *plan);

/*
 * The weighted product of one direction (clifford_kernels.h), by straight code or by a list: result
 * (blades) of a and b (blades) and coefficients, in blocks of lanes. With a probe (blades) also
 * adds the slope of probe . result by every coefficient to slopes; else both are NULL.
 */
void clifford_plan_multiply(const struct clifford_plan *plan, enum clifford_direction direction,
                            const struct lane_block *coefficients, const struct lane_block *a,
                            const struct lane_block *b, const struct lane_block *probe,
                            struct lane_block *result, struct lane_block *slopes);

#endif
