/*
 * Job lists: what is left to be trained of a model, as commands for the engines that run them:
 * lines for a shell, GNU parallel or xargs, a Makefile, or a script for a Slurm array. Those with
 * most rows come first. What is run twice, or has become needless, does no harm (leaf_job.h).
 */
#ifndef TESSERAE_PATHWAY_JOB_LIST_H
#define TESSERAE_PATHWAY_JOB_LIST_H

#include "pathway/leaf_job.h"

enum job_format { JOBS_LINES, JOBS_MAKE, JOBS_SLURM };

extern const char *const job_format_names[];

struct job_list {
    const struct leaf_jobs *jobs;
    const char *options;   /* leaf_options_command */
    const char *init;      /* the seed to start from; NULL: that of the folder */
    enum job_format format;
    size_t chunk;          /* of Slurm: leaves of one task of the array */

    size_t unfinished;     /* result */
};

/*
 * Writes the commands for all leaves that are not done. Paths are absolute, so that they hold on
 * every host that sees the folder under the same name. EX_NOINPUT when the folder has gone.
 */
bool job_list_write(struct job_list *list, FILE *file, struct error *error);

#endif
