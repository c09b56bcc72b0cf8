/*
 * Leaf jobs: training the leaves of a model's folder, one at a time, anywhere.
 *
 * A job is idempotent. It reads what does not change (router, seed, cell; the cell's hash is
 * compared), trains, writes the leaf beside its place, syncs and renames it. A leaf that is there
 * already, whole, and of the same origin is left alone. So jobs may be run twice, by two hosts at a
 * time, killed, and run again.
 */
#ifndef TESSERAE_PATHWAY_LEAF_JOB_H
#define TESSERAE_PATHWAY_LEAF_JOB_H

#include "pathway/cells.h"
#include "pathway/leaf_fit.h"
#include "pathway/model_folder.h"

/* What the jobs of one folder have in common. */
struct leaf_jobs {
    char *folder;
    struct router router;
    struct cells cells;
    bool has_start;
    struct leaf start;            /* the seed model */
    char start_hash[SHA256_TEXT]; /* "" where there is none, or it is not wanted */
    struct leaf_options options;
    uint64_t seed;
    bool any_options;             /* leaves of other options, seeds and starts count as done */
};

/*
 * Reads a folder. The seed model is that of `init`, or, where that is NULL, the folder's if it has
 * one; with options->cold there is none. EX_DATAERR where router, cells and seed do not agree.
 */
bool leaf_jobs_open(struct leaf_jobs *jobs, const char *folder, const char *init,
                    const struct leaf_options *options, uint64_t seed, struct error *error);
void leaf_jobs_close(struct leaf_jobs *jobs);

enum leaf_state { LEAF_DONE, LEAF_MISSING, LEAF_STALE, LEAF_DAMAGED };

extern const char *const leaf_state_names[];

/*
 * Looks at the file of a leaf (of path, or the folder's where that is NULL). *why (free() it) says
 * what is wrong with one that is stale or damaged; NULL otherwise.
 */
enum leaf_state leaf_job_state(const struct leaf_jobs *jobs, size_t leaf, const char *path,
                               char **why);

/*
 * Trains a leaf from the files of its cell. The result is the caller's to save and free. fit gives
 * log and progress, and tells of an interruption.
 */
bool leaf_job_train(const struct leaf_jobs *jobs, size_t leaf, struct leaf_fit *fit,
                    struct leaf *result, struct error *error);

/* The same from rows of a stream, whose bytes name the cell. */
bool leaf_job_train_stream(const struct leaf_jobs *jobs, size_t leaf, struct stream *stream,
                           struct leaf_fit *fit, struct leaf *result, struct error *error);

/*
 * Trains a seed model on a sample of the rows of all cells, writes it to the folder, and takes it
 * as the start.
 */
bool leaf_jobs_make_seed(struct leaf_jobs *jobs, const struct leaf_options *options,
                         size_t sample_rows, bool show_progress, struct error *error);

/*
 * Trains a seed model of these names on rows (count, inputs + 1), with options as given. It is a
 * leaf of no router.
 */
bool seed_train(struct leaf *seed, const struct row_columns *columns, const struct names *classes,
                const struct leaf_options *options, const real *rows, size_t count,
                struct leaf_fit *fit, struct error *error);

/* The same from another seed model, whose names and shape it has. */
bool seed_continue(struct leaf *seed, const struct leaf *start, const struct leaf_options *options,
                   const real *rows, size_t count, struct leaf_fit *fit, struct error *error);

enum { SEED_ROWS = 65536 }; /* sampled for a seed model unless told otherwise */

#endif
