/*
 * Training of one leaf, or of the seed that all leaves start from. No gradient crosses cells: a
 * leaf is a function of its rows, its start, its options and a seed, computed by one thread, so
 * that it has the same bytes wherever and however often it is trained (by the same binary on
 * processors of the same kind).
 */
#ifndef TESSERAE_PATHWAY_LEAF_FIT_H
#define TESSERAE_PATHWAY_LEAF_FIT_H

#include "pathway/leaf_options.h"

/* Rows (count, inputs + 1): inputs, then the target or the number of the class. */
struct leaf_rows {
    const real *rows;
    size_t count;
    const real *halo; /* rows of other cells to learn from, too */
    size_t halo_count;
};

struct leaf_fit {
    const struct leaf *start;    /* the seed; NULL: random weights */
    struct leaf_options options;
    uint64_t seed;
    bool show_progress;
    struct report_log *log;      /* or NULL */

    /* Results. */
    bool interrupted;
    uint64_t steps;
};

/*
 * Trains leaf->block, which is made; the leaf's shape, columns, classes and origin are set by the
 * caller, the figures here. A share of the rows is held out and decides which epoch is kept; when a
 * warm start is not improved, it stays. Without rows to hold out a warm start stays as it is, and a
 * cold one is judged by the training loss; a cold start without any row is EX_DATAERR.
 */
bool leaf_train(struct leaf *leaf, struct leaf_fit *fit, const struct leaf_rows *rows,
                struct error *error);

/*
 * The mean loss of a leaf on rows (count, inputs + 1): squared or Huber's, in deviations of the
 * target, or cross entropy. As it is used, clipped.
 */
double leaf_loss(const struct leaf *leaf, const struct leaf_options *options, const real *rows,
                 size_t count);

#endif
