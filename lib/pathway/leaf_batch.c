#include "pathway/leaf_batch.h"

#include "base/memory.h"
#include "base/progress.h"
#include "base/signals.h"

#include <inttypes.h>
#include <stdlib.h>

struct work {
    uint64_t rows;
    uint32_t leaf;
};

static int most_first(const void *a, const void *b)
{
    const struct work *one = a, *other = b;
    if (one->rows != other->rows)
        return one->rows > other->rows ? -1 : 1;
    return one->leaf < other->leaf ? -1 : 1;
}

uint32_t *leaves_by_work(const struct cells *cells)
{
    struct work *work = memory_alloc(cells->count, sizeof *work);
    uint32_t *leaves = memory_alloc(cells->count, sizeof *leaves);
    for (size_t i = 0; i < cells->count; i++)
        work[i] = (struct work){cells->list[i].rows + cells->list[i].halo_rows, (uint32_t)i};
    qsort(work, cells->count, sizeof *work, most_first);
    for (size_t i = 0; i < cells->count; i++)
        leaves[i] = work[i].leaf;
    free(work);
    return leaves;
}

/* What the threads share; changed within a critical section only. */
struct shared {
    struct leaf_batch *batch;
    const struct leaf_jobs *jobs;
    struct progress progress;
    double held_rows;
    size_t finished;
    struct error *error;
};

static void record(struct shared *s, const struct leaf *leaf)
{
    struct leaf_batch *batch = s->batch;
    double held = (double)leaf->holdout_rows;
    batch->trained++;
    batch->kept += leaf->kept;
    batch->start_loss += held * leaf->start_loss;
    batch->holdout_loss += held * leaf->holdout_loss;
    s->held_rows += held;
    if (batch->say_each)
        fprintf(stderr, "leaf %zu: %zu rows, loss %g, %g at the start%s\n", leaf->origin.leaf,
                leaf->rows, leaf->holdout_loss, leaf->start_loss, leaf->kept ? ", kept" : "");
}

/* Trains and saves one leaf, unless it is done. */
static void run_job(struct shared *s, size_t number)
{
    struct error error = {0};
    struct leaf leaf;
    struct leaf_fit fit = {0};
    char *why;
    enum leaf_state state = leaf_job_state(s->jobs, number, NULL, &why);
    free(why);
    bool trained = state != LEAF_DONE && leaf_job_train(s->jobs, number, &fit, &leaf, &error);
#pragma omp critical(leaf_batch)
    {
        if (trained && !fit.interrupted) {
            char *path = model_folder_leaf(s->jobs->folder, number);
            if (leaf_save(&leaf, path, &error))
                record(s, &leaf);
            free(path);
        }
        s->batch->interrupted |= fit.interrupted;
        s->batch->found += state == LEAF_DONE;
        s->batch->failed += error.exit_code != EX_OK;
        if (error.exit_code != EX_OK)
            error_set(s->error, error.exit_code, "%s", error.message);
        progress_update(&s->progress, ++s->finished, NULL, 0);
    }
    if (trained)
        leaf_free(&leaf);
}

bool leaf_batch_run(struct leaf_batch *batch, const struct leaf_jobs *jobs, struct error *error)
{
    struct shared shared = {.batch = batch, .jobs = jobs, .error = error};
    uint32_t *leaves = leaves_by_work(&jobs->cells);
    signals_defer();
    progress_start(&shared.progress, "leaves", jobs->cells.count, batch->show_progress);
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t i = 0; i < jobs->cells.count; i++)
        if (!signals_pending())
            run_job(&shared, leaves[i]);
    progress_finish(&shared.progress);
    batch->interrupted |= signals_pending();
    if (shared.held_rows > 0) {
        batch->start_loss /= shared.held_rows;
        batch->holdout_loss /= shared.held_rows;
    }
    free(leaves);
    return error->exit_code == EX_OK;
}
