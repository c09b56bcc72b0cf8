/*
 * Equivariance, measured: how far predictions are from turning with what they are made of, for
 * anything that predicts.
 *
 * An isometry of a metric G is a matrix Q with Q^T G Q = G. Scalars do not feel it, vectors become
 * Q v, pseudoscalars det(Q) s.
 */
#ifndef TESSERAE_MULTIVECTOR_EQUIVARIANCE_H
#define TESSERAE_MULTIVECTOR_EQUIVARIANCE_H

#include "base/rng.h"
#include "multivector/multivector_data.h"

/*
 * A random isometry as a product of reflections along random vectors u,
 *
 *     v -> v - 2 (u^T G v) / (u^T G u) u,
 *
 * which generate all of them (Cartan and Dieudonne) where G is not degenerate: n or n - 1 of them,
 * so that det Q is 1 or -1. Vectors near the null cone are passed over: boosts stay moderate.
 * matrix (n, n); returns det Q. EX_DATAERR when all vectors are null, as with G = 0.
 */
bool isometry_draw(const double *metric, size_t n, struct rng *rng, double *matrix,
                   int *determinant, struct error *error);

/* max |Q^T G Q - G| / max |G| */
double isometry_error(const double *metric, const double *matrix, size_t n);

/*
 * Predicts the targets of all samples: the parts of `predictions` for targets, which has the shape
 * and the number of the samples, are to be filled.
 */
typedef bool equivariance_predictor(void *context, const struct multivector_data *samples,
                                    struct multivector_data *predictions, struct error *error);

struct equivariance_options {
    const double *metric;   /* G (n, n) */
    size_t transformations; /* isometries to try, each on all samples */
    bool translations;      /* graphs whose first vector is a place: move them too */
    const double *sizes;    /* (SAMPLE_PARTS): how large targets of each kind are; or NULL */
    uint64_t seed;
};

/*
 * Largest differences over all samples and transformations, relative to the root mean square of all
 * predictions of the same kind, or to a thousandth of `sizes` where predictions are smaller (as
 * those that symmetry forces to be 0, and are rounding); NaN where nothing of the sort was tried.
 */
struct equivariance {
    double error;             /* of isometries: the largest of the three */
    double of_part[SAMPLE_PARTS]; /* the same for each kind of target */
    double mean_error;        /* the mean difference, relative as well */
    double translation_error; /* vectors of nodes move with the first vectors, the rest stays */
    double permutation_error; /* of graphs: targets of nodes in another order */
};

/* Everything is predicted in one call, so that starting a predictor may be dear. */
bool equivariance_check(equivariance_predictor *predict, void *context,
                        const struct multivector_data *samples,
                        const struct equivariance_options *options, struct equivariance *result,
                        struct error *error);

#endif
