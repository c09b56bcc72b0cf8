/*
 * Row shares: the rows of a matrix cut into one run for each rank, which computes them alone and
 * asks the others for theirs where it needs all (as a sparse product does).
 */
#ifndef TESSERAE_DIST_ROW_SHARE_H
#define TESSERAE_DIST_ROW_SHARE_H

#include <stddef.h>

/* Initialise with {0}; free with row_share_free. */
struct row_share {
    size_t rows;
    size_t ranks;
    size_t first, count; /* this rank's */
    size_t *firsts;      /* (ranks + 1): where each rank's begin */
};

/* Cuts `rows` into equal runs. Called again, it uses its memory again. */
void row_share_make(struct row_share *share, size_t rows);

/*
 * all: rows of `bytes` each, of which this rank's stand in their place; the others are filled in.
 * Collective. Nothing is done where there is one rank.
 */
void row_share_gather(const struct row_share *share, void *all, size_t bytes);

void row_share_free(struct row_share *share);

#endif
