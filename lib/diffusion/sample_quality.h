/*
 * Quality of samples by their nearest neighbours, exactly: how new they are, and how their manifold
 * lies to that of a reference.
 */
#ifndef TESSERAE_DIFFUSION_SAMPLE_QUALITY_H
#define TESSERAE_DIFFUSION_SAMPLE_QUALITY_H

#include "diffusion/kernel_distance.h"

/* Balls around the rows of each set, out to the k-th nearest other row of the same set. */
struct manifold_quality {
    double precision; /* share of samples within a ball of the reference (Kynkäänniemi et al.,
                         NeurIPS 2019) */
    double recall;    /* share of the reference within a ball of the samples */
    double density;   /* mean over samples of balls of the reference around it, over k (Naeem et
                         al., ICML 2020); about 1 for samples of the same distribution */
    double coverage;  /* share of balls of the reference with a sample in them */
};

/* k is less than the rows of either set; both have as many columns. */
struct manifold_quality manifold_quality(const struct sample_rows *samples,
                                         const struct sample_rows *reference, size_t k);

struct novelty {
    double nearest_distance;  /* median over samples of the distance to the nearest training row */
    double reference_distance; /* the same of the reference */
    double ratio;             /* the one over the other: 0 for copies, about 1 for held-out data */
    double memorised;         /* share of samples whose nearest training row is nearer than a third
                                 of the distance to the second (Yoon et al., 2023) */
};

/* training has two rows or more. */
struct novelty novelty(const struct sample_rows *samples, const struct sample_rows *reference,
                       const struct sample_rows *training);

#endif
