/*
 * Checks: how equivariant a model of multivectors, or any command that predicts, is under its
 * metric, and whether the metric's algebra is one; the figures that clifford-check tells.
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_CHECK_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_CHECK_H

#include "io/figures.h"
#include "multivector/multivector_options.h"

struct multivector_check {
    /* What is asked for. */
    const struct multivector_model *model; /* NULL: a command, or the algebra alone */
    const char *command;                   /* NULL: none */
    const char *input;                     /* samples to try; NULL: random ones */
    double given[CLIFFORD_MOST_DIMENSIONS]; /* a diagonal metric of given_count numbers; 0: none */
    size_t given_count;
    const char *metric_path; /* or a matrix; NULL: none */
    size_t trials, samples;
    bool gave_samples;
    bool translations;
    uint64_t seed;

    /* What comes of it. */
    bool predicts; /* whether there is something whose equivariance can be checked */
    size_t dimension;
    double metric[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
    struct figures figures;
    double worst; /* the largest error of equivariance, of moves and of permutations */
};

/*
 * Settles metric and dimension: those given, those of the model, or the Euclidean one of the
 * samples. EX_USAGE for what does not go together, EX_DATAERR for a metric of another dimension.
 */
bool multivector_check_settle(struct multivector_check *check, struct error *error);

/* Adds the figures of the identities, over the eigenvalues of the metric. */
bool multivector_check_algebra(struct multivector_check *check, struct error *error);

/* Adds the figures of equivariance. */
bool multivector_check_equivariance(struct multivector_check *check, struct error *error);

/* Adds metric_error, how far the metric is up to scale from the one in a file. */
bool multivector_check_metric(struct multivector_check *check, const char *path,
                              struct error *error);

#endif
