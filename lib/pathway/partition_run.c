#include "pathway/partition_run.h"

#include "base/folder.h"
#include "base/memory.h"
#include "dist/ranks.h"
#include "pathway/intake.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_SAMPLE = 65536, SAMPLE_PER_LEAF = 256 };

/* What every rank needs before the tree is grown. */
struct start {
    struct router router;
    real *sample;
    size_t sample_count;
    struct moments target;
    struct spool spool;
};

struct partition_run partition_run_defaults(void)
{
    return (struct partition_run){
        .options = {.tree = {.branching = 16, .iterations = 25}, .leaves = 16, .passes = 1,
                    .joint = joint_defaults()},
        .memory = (size_t)256 << 20};
}

/* How many rows to sample, where there is memory for them. */
static size_t sample_rows(const struct partition_run *run)
{
    size_t wanted = SAMPLE_PER_LEAF * run->options.leaves;
    if (run->tree)
        return 0;
    if (run->sample)
        return run->sample;
    if (!run->out)
        return SIZE_MAX; /* there is nothing but the sample */
    return wanted > LEAST_SAMPLE ? wanted : LEAST_SAMPLE;
}

/* Reads the stream; the names and the sample move from the intake to the start. */
static bool read_stream(const struct partition_run *run, const char *path, const char *spool_path,
                        struct start *start, struct error *error)
{
    struct intake intake;
    const struct intake_options options = {
        .inputs = run->inputs, .target = run->target, .labels = run->labels,
        .known = run->tree ? &run->tree->columns : NULL,
        .classes = run->tree ? &run->tree->classes : NULL,
        .sample_rows = sample_rows(run),
        .sample_bytes = run->memory / 2, /* k-means holds them a second time */
        .spool_path = spool_path,
        .seed = run->options.tree.seed};
    struct stream *stream = stream_open(path, error);
    bool good = stream && intake_read(&intake, stream, &options, error);
    if (stream)
        stream_close(stream);
    if (!good)
        return false;
    start->router = run->tree ? router_copy(run->tree)
                              : router_make(row_columns_copy(&intake.columns),
                                            names_copy(&intake.classes));
    if (!run->tree)
        standardisation_from_moments(&start->router.scaling, intake.moments);
    start->target = intake.moments[start->router.inputs];
    start->sample = intake.sample;
    start->sample_count = intake.sample_count;
    start->spool = spool_path ? intake.spool
                              : spool_of_memory(intake.sample, intake.sample_count,
                                                start->router.inputs + 1);
    intake.sample = NULL;
    intake.spool = (struct spool){0};
    intake_free(&intake);
    return true;
}

static void free_start(struct start *start, bool last)
{
    router_free(&start->router);
    free(start->sample);
    spool_close(&start->spool, last);
}

/* --- ranks: what rank 0 has read goes to the others by a file in the folder --- */

static bool tell_ranks(const struct start *start, const char *path, struct error *error)
{
    struct safetensors file = {0};
    size_t columns = start->router.inputs + 1;
    const size_t shape[] = {start->sample_count, columns}, one = 1;
    const double target[] = {(double)start->target.finite, start->target.mean,
                             start->target.squares};
    const uint64_t rows = start->spool.rows;
    router_describe(&start->router, &file);
    safetensors_add(&file, "sample", REAL_DTYPE, 2, shape, start->sample);
    safetensors_add(&file, "target", DTYPE_F64, 1, (const size_t[]){3}, target);
    safetensors_add(&file, "rows", DTYPE_U64, 1, &one, &rows);
    bool good = safetensors_save(path, &file, error);
    safetensors_free(&file);
    return good;
}

static bool hear_rank(struct start *start, const char *path, const char *spool_path,
                      struct error *error)
{
    struct safetensors file;
    if (!safetensors_load(path, &file, error))
        return false;
    bool good = router_load(&start->router, &file, path, error);
    if (good) {
        const struct array *sample = safetensors_find(&file, "sample");
        const struct array *target = safetensors_find(&file, "target");
        const struct array *rows = safetensors_find(&file, "rows");
        size_t columns = start->router.inputs + 1;
        start->sample_count = sample->shape[0];
        start->sample = memory_alloc(start->sample_count * columns, sizeof(real));
        memcpy(start->sample, sample->data, start->sample_count * columns * sizeof(real));
        start->target = (struct moments){.finite = (size_t)array_value(target, 0),
                                         .mean = array_value(target, 1),
                                         .squares = array_value(target, 2)};
        good = spool_open(&start->spool, spool_path, columns, (size_t)array_value(rows, 0), error);
    }
    safetensors_free(&file);
    return good;
}

/* Rank 0 has the folder; the others get to know where it is, and what it has read. */
static bool share_start(struct folder *folder, struct start *start, struct error *error)
{
    char path[4096] = "";
    if (ranks_count() == 1)
        return true;
    if (ranks_rank() == 0)
        strncpy(path, folder->unfinished, sizeof path - 1);
    ranks_broadcast(path, sizeof path, 0);
    char *news = memory_format("%s/start.safetensors", path);
    char *spool_path = memory_format("%s/rows.spool", path);
    bool good = ranks_rank() != 0 || tell_ranks(start, news, error);
    if (good)
        ranks_wait();
    if (ranks_rank() != 0) {
        folder->unfinished = memory_copy_string(path);
        good = hear_rank(start, news, spool_path, error);
    }
    if (good)
        ranks_wait();
    if (good && ranks_rank() == 0)
        remove(news);
    free(news);
    free(spool_path);
    return good;
}

/* --- the run --- */

static bool make_tree(const struct partition_run *run, struct start *start, struct error *error)
{
    return run->tree || partition_make(&start->router, &run->options, start->sample,
                                       start->sample_count, &start->target, &start->spool, error);
}

static bool save_router(const struct router *router, const char *folder, struct error *error)
{
    struct safetensors file = {0};
    char *path = memory_format("%s/router.safetensors", folder);
    router_describe(router, &file);
    bool good = safetensors_save(path, &file, error);
    safetensors_free(&file);
    free(path);
    return good;
}

static bool fill_folder(const struct partition_run *run, const char *path, struct folder *folder,
                        struct start *start, struct cells *cells, struct error *error)
{
    char *spool_path = ranks_rank() == 0 ? folder_file(folder, "rows.spool") : NULL;
    bool good = (ranks_rank() != 0 || read_stream(run, path, spool_path, start, error)) &&
                share_start(folder, start, error) && make_tree(run, start, error) &&
                cells_write(&start->router, &start->spool, run->halo, run->memory,
                            folder->unfinished, cells, error);
    free(spool_path);
    if (good && ranks_rank() == 0)
        good = cells_save(cells, folder->unfinished, error) &&
               save_router(&start->router, folder->unfinished, error);
    return good;
}

bool partition_run(const struct partition_run *run, const char *path, struct router *router,
                   struct cells *cells, struct error *error)
{
    struct folder folder = {0};
    struct start start = {0};
    bool first = ranks_rank() == 0;
    if (!run->out && ranks_count() > 1)
        return error_set(error, EX_USAGE, "several ranks need a folder to meet in; expected --out");
    bool good = !run->out || !first || folder_begin(&folder, run->out, error);
    if (good && run->out)
        good = fill_folder(run, path, &folder, &start, cells, error);
    else if (good)
        good = read_stream(run, path, NULL, &start, error) && make_tree(run, &start, error);
    *router = start.router;
    start.router = (struct router){0};
    free_start(&start, first);
    if (!good) {
        router_free(router);
        if (first && run->out)
            folder_discard(&folder);
        return false;
    }
    if (run->out && first)
        return folder_commit(&folder, error);
    free(folder.unfinished);
    return true;
}
