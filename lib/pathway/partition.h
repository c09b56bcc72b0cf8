/*
 * Partition: from rows to a router. Grows the tree on a sample, refines it by mini-batches of all
 * rows, splits cells that are too large, and drops those that are empty.
 *
 * All of it is collective over ranks (dist/ranks.h), which must have the same sample and spool;
 * they end with the same router, bit for bit, as one process does.
 */
#ifndef TESSERAE_PATHWAY_PARTITION_H
#define TESSERAE_PATHWAY_PARTITION_H

#include "pathway/joint.h"
#include "pathway/spool.h"
#include "pathway/tree_builder.h"

struct partition_options {
    struct tree_options tree;
    size_t leaves;        /* wanted */
    double balance;       /* a cell has at most this many times rows / leaves; 0: any number */
    size_t passes;        /* over all rows, to refine the prototypes */
    struct joint_options joint; /* refinement under a soft gate; joint.steps 0: none */
};

/*
 * Makes the tree of a router that has scales but only its root. sample (sample_count, inputs + 1)
 * comes in another order afterwards. False when the spool cannot be read, or was interrupted.
 */
bool partition_make(struct router *router, const struct partition_options *options, real *sample,
                    size_t sample_count, const struct moments *target, struct spool *spool,
                    struct error *error);

/* counts (leaves): how many rows of the spool go to each leaf. Collective. */
bool partition_count(const struct router *router, struct spool *spool, uint64_t *counts,
                     struct error *error);

#endif
