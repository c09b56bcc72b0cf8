/* Identities that hold in every Clifford algebra, tried on random multivectors of one metric. */
#ifndef TESSERAE_GEOMETRY_CLIFFORD_IDENTITIES_H
#define TESSERAE_GEOMETRY_CLIFFORD_IDENTITIES_H

#include "base/rng.h"
#include "geometry/clifford.h"

/* The largest errors that were found, relative to the size of what is compared. */
struct clifford_identities {
    double associativity;  /* (x y) z = x (y z) */
    double distributivity; /* x (y + z) = x y + x z */
    double inverse;        /* w w^-1 = 1 for versors w */
    double grades;         /* the action of w keeps the grades of x apart */
    double products;       /* the action of w on x y is that on x times that on y */
    double form;           /* q of the action of w on x is q(x) */
};

/*
 * Tries each identity `trials` times for lambda (n). Versors are made of vectors that are not near
 * null; EX_DATAERR when there are none, as the metric is degenerate and nothing has an inverse.
 */
bool clifford_identities_try(const struct clifford *algebra, const real *lambda, size_t trials,
                             struct rng *rng, struct clifford_identities *result,
                             struct error *error);

#endif
