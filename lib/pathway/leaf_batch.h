/* All unfinished leaves of a folder, by the threads of one process. */
#ifndef TESSERAE_PATHWAY_LEAF_BATCH_H
#define TESSERAE_PATHWAY_LEAF_BATCH_H

#include "pathway/leaf_job.h"

struct leaf_batch {
    bool show_progress;
    bool say_each;       /* a line on standard error for every leaf */

    /* Results. */
    size_t found, trained, kept, failed; /* kept: of the trained, those that are their start */
    bool interrupted;
    double start_loss, holdout_loss;     /* of the trained, weighted by the rows held out */
};

/*
 * Trains every leaf that is not done, those with most rows first, one a thread. Leaves that cannot
 * be trained do not keep others from it; the first error is returned at the end.
 */
bool leaf_batch_run(struct leaf_batch *batch, const struct leaf_jobs *jobs, struct error *error);

/* The leaves (cells.count), those with most rows first; free() it. */
uint32_t *leaves_by_work(const struct cells *cells);

#endif
