/*
 * From a stream to a tree, and to a folder with the tree and the cells: what pathway-route does, by
 * one process or by the ranks of mpirun. Rank 0 reads the stream; the others see the rows in the
 * folder, which must be on a file system that all share.
 */
#ifndef TESSERAE_PATHWAY_PARTITION_RUN_H
#define TESSERAE_PATHWAY_PARTITION_RUN_H

#include "pathway/cells.h"
#include "pathway/partition.h"

struct partition_run {
    struct partition_options options;
    const struct router *tree;    /* to be used instead of a new one; NULL */
    const char *target, *inputs;  /* as of intake.h */
    bool labels;
    const char *out;              /* the folder to be made; NULL: only the tree */
    double halo;
    size_t sample;                /* rows; 0: as many as is good */
    size_t memory;                /* bytes for rows */
};

/* 16 leaves, 16 children a node, one pass, 256 MiB. */
struct partition_run partition_run_defaults(void);

/*
 * Reads the stream of a path and makes the router (the caller's to free) and, with `out`, the
 * folder and its cells.
 */
bool partition_run(const struct partition_run *run, const char *path, struct router *router,
                   struct cells *cells, struct error *error);

#endif
