/*
 * Metrics of a Clifford algebra: fixed along the axes, or learned (Ali et al., "Metric learning for
 * Clifford group equivariant neural networks", 2024).
 *
 * A learned metric is G = M + M^T. Its eigendecomposition G = P diag(lambda) P^T, P orthogonal,
 * makes a frame: vectors enter as P^T v, everything is computed over the orthogonal basis whose
 * squares are lambda, and what comes out returns by the outermorphism of P. What is computed thus
 * depends on G alone, however the eigenvectors are ordered and signed, so long as it is made of
 * operations that every isometry respects.
 *
 * The way back. With A = P^T dP and F_ij = 1 / (lambda_j - lambda_i),
 *
 *     dG = P (diag(dlambda) + sym(F o A)) P^T,   dM = 2 dG,
 *
 * so only A_ij - A_ji counts, the derivative by a turn of the frame in the plane i, j. Where
 * lambda_i = lambda_j that turn is an isometry, the result does not feel it, and A_ij - A_ji = 0:
 * the quotient is bounded, but what is computed of it is rounding over the gap. Therefore
 *
 *     F_ij = gap / (gap^2 + floor^2),   floor = sqrt(machine epsilon) max |lambda|,
 *
 * which differs from 1 / gap by (floor / gap)^2 for clear gaps, never exceeds 1 / (2 floor), and
 * fades to 0 within the floor. As it multiplies each component by a number from 0 to 1, what it
 * gives is still a direction of descent. At an exact tie the slope of the off-diagonal part is lost
 * (it is there in the second derivatives only); the noise of the start keeps clear of that.
 */
#ifndef TESSERAE_GEOMETRY_CLIFFORD_METRIC_H
#define TESSERAE_GEOMETRY_CLIFFORD_METRIC_H

#include "base/rng.h"
#include "geometry/clifford.h"
#include "grad/tape.h"

enum clifford_metric_kind {
    CLIFFORD_METRIC_FIXED,    /* lambda as given, P = 1 */
    CLIFFORD_METRIC_DIAGONAL, /* lambda = 2 m, m learned; P = 1 */
    CLIFFORD_METRIC_FULL      /* G = M + M^T, M learned */
};

struct clifford_metric {
    enum clifford_metric_kind kind;
    size_t dimension;
    real fixed[CLIFFORD_MOST_DIMENSIONS]; /* lambda, when it is fixed */
    struct parameter *matrix; /* "metric": m (n) or M (n, n); NULL when it is fixed */
};

/*
 * Lays out a metric of a dimension from 1 to CLIFFORD_MOST_DIMENSIONS; a learned one adds its
 * parameter to the set, which owns it. A fixed one is all 1 until clifford_metric_initialise.
 */
void clifford_metric_make(struct clifford_metric *metric, enum clifford_metric_kind kind,
                          size_t dimension, struct parameters *set);

/*
 * Starts at diag(base), base (n): a fixed metric takes it, a learned one takes M = diag(base) / 2
 * plus normal noise of deviation 1e-4 in every entry, which parts equal eigenvalues.
 */
void clifford_metric_initialise(struct clifford_metric *metric, const real *base, struct rng *rng);

/* While it is held a learned metric stays as it is and takes no gradient; for a delayed start. */
void clifford_metric_hold(struct clifford_metric *metric, bool held);

/*
 * The frame on the tape: (n + 1, n), lambda in the first row (ascending when the metric is full),
 * then P, its column i the eigenvector of lambda_i, whose largest component is positive. One frame
 * serves all layers of a step. The decomposition is done in double precision.
 */
struct variable *clifford_metric_frame(const struct clifford_metric *metric, struct tape *tape);

/* G (n, n), and its decomposition lambda (n) and P (n, n), as in the frame. */
void clifford_metric_matrix(const struct clifford_metric *metric, double *matrix);
void clifford_metric_eigen(const struct clifford_metric *metric, double *lambda, double *axes);

/* How many lambda are positive, negative, and within 1e-6 of the largest's size about 0. */
void clifford_signature(const double *lambda, size_t dimension, size_t *positive,
                        size_t *negative, size_t *null);

#endif
