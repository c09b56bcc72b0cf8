/*
 * Builds a router's tree: hierarchical k-means, first on a sample, then refined by mini-batches of
 * a stream, all levels at once.
 *
 * Rows are (inputs + 1): the inputs as they stood in the file, then the target (of labels: the
 * number of the class; anything where there is no target). With a supervision lambda > 0 k-means
 * runs on [x; lambda y], x and y standardised (y one-hot for labels), and the router keeps only x;
 * which rows reach a node is decided by x alone, as in use.
 *
 * A batch's sums are taken of values rounded to multiples of 2^-26, which makes them exact in
 * double precision: they, and so the tree, depend neither on the order of rows within a batch, nor
 * on the number of threads, nor on how many ranks share the work.
 */
#ifndef TESSERAE_PATHWAY_TREE_BUILDER_H
#define TESSERAE_PATHWAY_TREE_BUILDER_H

#include "pathway/router.h"

struct tree_options {
    size_t branching;    /* children of a node at most, >= 2 */
    double supervision;  /* lambda; 0: the target plays no part */
    size_t iterations;   /* of Lloyd, at most, at a node */
    uint64_t seed;
};

struct tree_builder {
    struct router *router;
    struct tree_options options;
    size_t extra;          /* columns that the target adds to [x; lambda y] */
    real target_mean, target_scale;
    real *extra_centres;   /* (nodes, extra): the y parts of the prototypes */
    double *seen;          /* (nodes): rows that the prototypes have had */
    double *sums;          /* (nodes, inputs + extra), of the present batch */
    double *masses;        /* (nodes) */
    size_t room;           /* nodes that there is room for */
    uint32_t grown;        /* nodes that were split, for their random numbers */
};

/*
 * Begins with a router whose scaling is set. The moments are those of the target; they are looked
 * at where supervision is wanted. Free with tree_builder_free.
 */
void tree_builder_begin(struct tree_builder *builder, struct router *router,
                        const struct tree_options *options, const struct moments *target);
void tree_builder_free(struct tree_builder *builder);

/*
 * Splits a leaf, and its children in turn, so that there are `leaves` in its place, shared in
 * proportion to the rows (count, inputs + 1), which are a sample of those that reach it. There may
 * be fewer, where rows are the same. The order of the rows changes.
 */
void tree_builder_grow(struct tree_builder *builder, size_t node, real *rows, size_t count,
                       size_t leaves);

/*
 * One mini-batch: adds this rank's rows (count, inputs + 1) to the sums, adds up those of all ranks
 * (dist/ranks.h), and moves the prototypes. Every rank must call it; count may be 0.
 */
void tree_builder_batch(struct tree_builder *builder, const real *rows, size_t count);

/*
 * A copy of the tree without the leaves that have no rows (counts, by leaf); a node that is left
 * with one child gives way to it. Leaves are numbered from left to right. Takes the router over.
 */
struct router router_without_empty(struct router *router, const uint64_t *counts);

#endif
