#include "pathway/leaf_job.h"

#include "base/memory.h"
#include "base/rng.h"
#include "pathway/intake.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const leaf_state_names[] = {"done", "missing", "stale", "damaged", NULL};

/* --- what jobs have in common --- */

static bool load_start(struct leaf_jobs *jobs, const char *init, struct error *error)
{
    char *own = model_folder_seed(jobs->folder);
    const char *path = init ? init : own;
    bool good = true;
    if (init || access(own, F_OK) == 0) {
        good = leaf_load_file(&jobs->start, path, error);
        jobs->has_start = good;
        const struct leaf_shape *shape = &jobs->start.shape;
        if (good && (shape->inputs != jobs->router.inputs ||
                     shape->labels != jobs->router.columns.labels ||
                     (shape->labels && shape->outputs != jobs->router.classes.count)))
            good = error_set(error, EX_DATAERR, "%s: a seed of %zu inputs and %zu outputs; "
                             "expected those of the router, %zu and %zu", path, shape->inputs,
                             shape->outputs, jobs->router.inputs,
                             jobs->router.columns.labels ? jobs->router.classes.count : 1);
    }
    free(own);
    return good;
}

/* A shape that is asked for must be the seed's, whose weights it is to begin with. */
static bool check_shape(const struct leaf_jobs *jobs, const struct leaf_options *options,
                        struct error *error)
{
    if (!jobs->has_start || !options->shape_given)
        return true;
    const struct leaf_shape *shape = &jobs->start.shape;
    const struct leaf_shape wanted = leaf_options_shape(
        options, shape->inputs, shape->labels ? shape->outputs : 0);
    if (leaf_same_shape(shape, &wanted))
        return true;
    char *text = leaf_shape_text(shape), *wanted_text = leaf_shape_text(&wanted);
    error_set(error, EX_USAGE, "leaves of %s cannot start from a seed of %s; expected --cold, or "
              "another seed", wanted_text, text);
    free(text);
    free(wanted_text);
    return false;
}

static bool load_folder(struct leaf_jobs *jobs, const char *init,
                        const struct leaf_options *options, struct error *error)
{
    if (!model_folder_load_router(jobs->folder, &jobs->router, error) ||
        !cells_load(&jobs->cells, jobs->folder, error))
        return false;
    if (jobs->cells.count != jobs->router.leaves)
        return error_set(error, EX_DATAERR, "%s: %zu cells for %zu leaves; expected one each",
                         jobs->folder, jobs->cells.count, jobs->router.leaves);
    if (!jobs->router.columns.target_name)
        return error_set(error, EX_DATAERR, "%s: its rows have no target; expected a model made "
                         "with --target", jobs->folder);
    return options->cold || (load_start(jobs, init, error) && check_shape(jobs, options, error));
}

static void settle(struct leaf_jobs *jobs)
{
    jobs->options.cold = !jobs->has_start;
    if (jobs->has_start)
        leaf_hash(&jobs->start, jobs->start_hash);
}

bool leaf_jobs_open(struct leaf_jobs *jobs, const char *folder, const char *init,
                    const struct leaf_options *options, uint64_t seed, struct error *error)
{
    *jobs = (struct leaf_jobs){.folder = memory_copy_string(folder), .options = *options,
                               .seed = seed};
    if (!load_folder(jobs, init, options, error)) {
        leaf_jobs_close(jobs);
        return false;
    }
    settle(jobs);
    return true;
}

void leaf_jobs_close(struct leaf_jobs *jobs)
{
    free(jobs->folder);
    if (jobs->router.nodes > 0)
        router_free(&jobs->router);
    cells_free(&jobs->cells);
    if (jobs->has_start)
        leaf_free(&jobs->start);
    *jobs = (struct leaf_jobs){0};
}

static struct leaf_shape shape_of(const struct leaf_jobs *jobs)
{
    if (jobs->has_start)
        return jobs->start.shape;
    return leaf_options_shape(&jobs->options, jobs->router.inputs, jobs->router.classes.count);
}

/* The origin of a leaf as it should be; free it. cell and halo are hashes. */
static struct leaf_origin origin_of(const struct leaf_jobs *jobs, size_t leaf, const char *cell,
                                    const char *halo)
{
    char router[SHA256_TEXT];
    const struct leaf_shape shape = shape_of(jobs);
    router_leaf_hash(&jobs->router, leaf, router);
    return (struct leaf_origin){.leaf = leaf,
                                .router = memory_copy_string(router),
                                .cell = memory_copy_string(cell),
                                .halo = memory_copy_string(halo),
                                .start = memory_copy_string(jobs->start_hash),
                                .options = leaf_options_text(&jobs->options, &shape),
                                .seed = jobs->seed};
}

/* --- the state of a leaf --- */

/* What makes a leaf stale, or NULL. */
static const char *difference(const struct leaf_jobs *jobs, const struct leaf *leaf,
                              const struct leaf_origin *wanted)
{
    struct leaf_origin found = leaf->origin;
    if (jobs->any_options) {
        found.options = wanted->options;
        found.seed = wanted->seed;
        if (!jobs->has_start || *found.start == '\0')
            found.start = wanted->start;
    }
    return leaf_origin_difference(&found, wanted);
}

enum leaf_state leaf_job_state(const struct leaf_jobs *jobs, size_t leaf, const char *path,
                               char **why)
{
    char *own = model_folder_leaf(jobs->folder, leaf);
    const char *file = path ? path : own;
    const struct cell *cell = &jobs->cells.list[leaf];
    struct leaf found;
    struct error error = {0};
    enum leaf_state state = LEAF_DONE;
    *why = NULL;
    if (access(file, F_OK) != 0) {
        state = LEAF_MISSING;
    } else if (!leaf_load_file(&found, file, &error)) {
        state = LEAF_DAMAGED;
        *why = memory_copy_string(error.message);
    } else {
        struct leaf_origin wanted = origin_of(jobs, leaf, cell->hash, cell->halo_hash);
        const char *stale = difference(jobs, &found, &wanted);
        if (stale) {
            state = LEAF_STALE;
            *why = memory_format("%s: made from %s", file, stale);
        }
        leaf_origin_free(&wanted);
        leaf_free(&found);
    }
    free(own);
    return state;
}

/* --- training --- */

/* Rows in memory, and the hash of the bytes they came from. */
struct cell_rows {
    struct intake intake;
    char hash[SHA256_TEXT];
};

static bool read_rows(const struct router *router, struct stream *stream, struct cell_rows *rows,
                      struct error *error)
{
    struct stream_bytes bytes;
    const struct intake_options options = {.known = &router->columns, .classes = &router->classes,
                                           .sample_rows = SIZE_MAX, .may_be_empty = true};
    if (!stream_read_all(stream, &bytes, error))
        return false;
    sha256_text(bytes.bytes, bytes.count, rows->hash);
    struct stream *memory = stream_from_memory(bytes.bytes, bytes.count, stream_name(stream));
    bool good = intake_read(&rows->intake, memory, &options, error);
    stream_close(memory);
    stream_free_bytes(&bytes);
    return good;
}

/* The rows of a file of the folder, which must be the one that cells.csv names. */
static bool read_cell(const struct leaf_jobs *jobs, const char *path, const char *hash,
                      struct cell_rows *rows, struct error *error)
{
    struct stream *stream = stream_open(path, error);
    bool good = stream && read_rows(&jobs->router, stream, rows, error);
    if (stream)
        stream_close(stream);
    if (good && strcmp(rows->hash, hash) != 0) {
        intake_free(&rows->intake);
        return error_set(error, EX_DATAERR, "%s: changed since it was made (another SHA-256 than "
                         "in cells.csv); expected it as pathway-route wrote it", path);
    }
    return good;
}

/* Names, shape and origin of a leaf that is to be trained. */
static void prepare(const struct leaf_jobs *jobs, size_t leaf, const char *cell, const char *halo,
                    struct leaf *result)
{
    *result = (struct leaf){.shape = shape_of(jobs),
                            .columns = row_columns_copy(&jobs->router.columns),
                            .classes = names_copy(&jobs->router.classes),
                            .origin = origin_of(jobs, leaf, cell, halo)};
}

static bool train(const struct leaf_jobs *jobs, const struct leaf_rows *rows, struct leaf_fit *fit,
                  struct leaf *result, struct error *error)
{
    uint64_t own = 0; /* every leaf has random numbers of its own */
    for (int i = 0; i < 16; i++) {
        char digit = result->origin.router[i];
        own = own << 4 | (uint64_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    fit->start = jobs->has_start ? &jobs->start : NULL;
    fit->options = jobs->options;
    fit->seed = jobs->seed ^ own;
    bool good = leaf_train(result, fit, rows, error);
    if (!good)
        leaf_free(result);
    return good;
}

bool leaf_job_train(const struct leaf_jobs *jobs, size_t leaf, struct leaf_fit *fit,
                    struct leaf *result, struct error *error)
{
    const struct cell *cell = &jobs->cells.list[leaf];
    char *path = cell_path(jobs->folder, leaf), *beside = halo_path(jobs->folder, leaf);
    struct cell_rows own = {0}, halo = {0};
    bool good = read_cell(jobs, path, cell->hash, &own, error) &&
                (!*cell->halo_hash || read_cell(jobs, beside, cell->halo_hash, &halo, error));
    if (good) {
        const struct leaf_rows rows = {own.intake.sample, own.intake.sample_count,
                                       halo.intake.sample, halo.intake.sample_count};
        prepare(jobs, leaf, cell->hash, cell->halo_hash, result);
        good = train(jobs, &rows, fit, result, error);
    }
    intake_free(&own.intake);
    intake_free(&halo.intake);
    free(path);
    free(beside);
    return good;
}

bool leaf_job_train_stream(const struct leaf_jobs *jobs, size_t leaf, struct stream *stream,
                           struct leaf_fit *fit, struct leaf *result, struct error *error)
{
    struct cell_rows own = {0};
    if (!read_rows(&jobs->router, stream, &own, error))
        return false;
    const struct leaf_rows rows = {own.intake.sample, own.intake.sample_count, NULL, 0};
    prepare(jobs, leaf, own.hash, "", result);
    bool good = train(jobs, &rows, fit, result, error);
    intake_free(&own.intake);
    return good;
}

/* --- the seed --- */

/* fit->start and fit->options are set, as are names and shape. */
static bool train_alone(struct leaf *seed, const real *rows, size_t count, struct leaf_fit *fit,
                        struct error *error)
{
    char start[SHA256_TEXT] = "", *options;
    if (fit->start)
        leaf_hash(fit->start, start);
    options = leaf_options_text(&fit->options, &seed->shape);
    seed->origin = leaf_origin_copy(
        &(struct leaf_origin){.start = start, .options = options, .seed = fit->seed});
    free(options);
    const struct leaf_rows all = {rows, count, NULL, 0};
    bool good = leaf_train(seed, fit, &all, error);
    if (!good)
        leaf_free(seed);
    return good;
}

bool seed_train(struct leaf *seed, const struct row_columns *columns, const struct names *classes,
                const struct leaf_options *options, const real *rows, size_t count,
                struct leaf_fit *fit, struct error *error)
{
    fit->start = NULL;
    fit->options = *options;
    fit->options.cold = true;
    *seed = (struct leaf){.shape = leaf_options_shape(options, columns->inputs, classes->count),
                          .columns = row_columns_copy(columns), .classes = names_copy(classes)};
    return train_alone(seed, rows, count, fit, error);
}

bool seed_continue(struct leaf *seed, const struct leaf *start, const struct leaf_options *options,
                   const real *rows, size_t count, struct leaf_fit *fit, struct error *error)
{
    fit->start = start;
    fit->options = *options;
    *seed = (struct leaf){.shape = start->shape, .columns = row_columns_copy(&start->columns),
                          .classes = names_copy(&start->classes)};
    return train_alone(seed, rows, count, fit, error);
}

/* A reservoir over the rows of all cells, cell by cell. */
static bool sample_cells(const struct leaf_jobs *jobs, size_t most, real *sample, size_t *count,
                         struct error *error)
{
    struct rng rng = rng_make(jobs->seed, RNG_SAMPLE, 0);
    size_t width = jobs->router.inputs + 1, seen = 0;
    bool good = true;
    *count = 0;
    for (size_t leaf = 0; good && leaf < jobs->cells.count; leaf++) {
        struct cell_rows cell = {0};
        char *path = cell_path(jobs->folder, leaf);
        good = read_cell(jobs, path, jobs->cells.list[leaf].hash, &cell, error);
        for (size_t i = 0; good && i < cell.intake.sample_count; i++) {
            size_t place = seen++ < most ? (*count)++ : rng_below(&rng, seen);
            if (place < most)
                memcpy(sample + place * width, cell.intake.sample + i * width,
                       width * sizeof *sample);
        }
        intake_free(&cell.intake);
        free(path);
    }
    return good;
}

bool leaf_jobs_make_seed(struct leaf_jobs *jobs, const struct leaf_options *options,
                         size_t sample_rows, bool show_progress, struct error *error)
{
    uint64_t rows = 0;
    for (size_t leaf = 0; leaf < jobs->cells.count; leaf++)
        rows += jobs->cells.list[leaf].rows;
    size_t most = rows < sample_rows ? (size_t)rows : sample_rows, count;
    real *sample = memory_alloc(most * (jobs->router.inputs + 1), sizeof *sample);
    struct leaf_fit fit = {.seed = jobs->seed, .show_progress = show_progress};
    char *path = model_folder_seed(jobs->folder);
    bool good = sample_cells(jobs, most, sample, &count, error) &&
                seed_train(&jobs->start, &jobs->router.columns, &jobs->router.classes, options,
                           sample, count, &fit, error);
    jobs->has_start = good;
    if (good && fit.interrupted)
        good = error_set(error, EXIT_INTERRUPTED, "interrupted");
    good = good && leaf_save(&jobs->start, path, error);
    if (good) {
        jobs->options = *options;
        settle(jobs);
    }
    free(sample);
    free(path);
    return good;
}
