#include "pathway/partition.h"

#include "base/memory.h"
#include "base/rng.h"
#include "base/signals.h"
#include "dist/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH = 4096,
    SPLIT_ROWS = 1024,  /* sampled of each cell that is to be split, */
    MOST_SPLITS = 1024, /* and as many cells at a time, so that memory is bounded */
    MOST_ROUNDS = 128
};

/*
 * Rows first .. first + count of the spool that are this rank's, of those first .. first + batch.
 */
struct share {
    size_t first, count;
};

static struct share share_of(size_t first, size_t batch, size_t rows)
{
    size_t ranks = (size_t)ranks_count(), self = (size_t)ranks_rank();
    size_t count = rows - first < batch ? rows - first : batch;
    size_t start = count * self / ranks, end = count * (self + 1) / ranks;
    return (struct share){first + start, end - start};
}

static bool not_interrupted(struct error *error)
{
    return !signals_pending() || error_set(error, EXIT_INTERRUPTED, "interrupted");
}

static bool refine(struct tree_builder *builder, struct spool *spool, struct error *error)
{
    real *rows = memory_alloc(BATCH * spool->columns, sizeof *rows);
    bool good = true;
    for (size_t first = 0; good && first < spool->rows; first += BATCH) {
        struct share share = share_of(first, BATCH, spool->rows);
        good = spool_read(spool, share.first, share.count, rows, error);
        tree_builder_batch(builder, rows, good ? share.count : 0);
        good = good && not_interrupted(error);
    }
    free(rows);
    return good;
}

/* The inputs (count, inputs) of rows (count, inputs + 1). */
static void drop_targets(const real *rows, size_t count, size_t inputs, real *to)
{
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * inputs, rows + i * (inputs + 1), inputs * sizeof *to);
}

/* routes (count) of rows (count, inputs + 1). */
static void route_rows(const struct router *router, const real *rows, size_t count,
                       struct route *routes)
{
    real *inputs = memory_alloc(count * router->inputs, sizeof *inputs);
    drop_targets(rows, count, router->inputs, inputs);
    router_route_rows(router, inputs, count, routes);
    free(inputs);
}

bool partition_count(const struct router *router, struct spool *spool, uint64_t *counts,
                     struct error *error)
{
    real *rows = memory_alloc(BATCH * spool->columns, sizeof *rows);
    struct route *routes = memory_alloc(BATCH, sizeof *routes);
    double *sums = memory_zeroed(router->leaves, sizeof *sums);
    bool good = true;
    for (size_t first = 0; good && first < spool->rows; first += BATCH) {
        struct share share = share_of(first, BATCH, spool->rows);
        good = spool_read(spool, share.first, share.count, rows, error);
        route_rows(router, rows, good ? share.count : 0, routes);
        for (size_t i = 0; good && i < share.count; i++)
            sums[routes[i].leaf]++;
        good = good && not_interrupted(error);
    }
    ranks_sum_doubles(sums, router->leaves);
    for (size_t leaf = 0; leaf < router->leaves; leaf++)
        counts[leaf] = (uint64_t)sums[leaf];
    free(rows);
    free(routes);
    free(sums);
    return good;
}

/* --- cells that are too large --- */

/* Samples of the rows of those leaves that are to be split. */
struct splits {
    size_t count;
    uint32_t *place; /* (leaves): of a leaf among those to be split, or ROUTER_NO_LEAF */
    real *rows;      /* (count, SPLIT_ROWS, columns) */
    size_t *seen;    /* (count): rows of the leaf that were met */
};

static struct splits choose_splits(const struct router *router, const uint64_t *counts,
                                   double capacity, size_t columns)
{
    struct splits s = {.place = memory_alloc(router->leaves, sizeof *s.place)};
    for (size_t leaf = 0; leaf < router->leaves; leaf++)
        s.place[leaf] = (double)counts[leaf] > capacity && s.count < MOST_SPLITS
                            ? (uint32_t)s.count++
                            : ROUTER_NO_LEAF;
    s.rows = memory_alloc(s.count * SPLIT_ROWS * columns, sizeof *s.rows);
    s.seen = memory_zeroed(s.count, sizeof *s.seen);
    return s;
}

static void free_splits(struct splits *s)
{
    free(s->place);
    free(s->rows);
    free(s->seen);
}

/* One pass that fills the reservoirs. Every rank makes all of it, so that all have the same. */
static bool sample_splits(const struct router *router, struct spool *spool, struct splits *s,
                          uint64_t seed, uint32_t round, struct error *error)
{
    struct rng rng = rng_make(seed, RNG_SAMPLE, round + 1);
    real *rows = memory_alloc(BATCH * spool->columns, sizeof *rows);
    struct route *routes = memory_alloc(BATCH, sizeof *routes);
    bool good = true;
    for (size_t first = 0; good && first < spool->rows; first += BATCH) {
        size_t count = spool->rows - first < BATCH ? spool->rows - first : BATCH;
        good = spool_read(spool, first, count, rows, error) && not_interrupted(error);
        route_rows(router, rows, good ? count : 0, routes);
        for (size_t i = 0; good && i < count; i++) {
            uint32_t split = s->place[routes[i].leaf];
            if (split == ROUTER_NO_LEAF)
                continue;
            size_t met = ++s->seen[split];
            size_t place = met <= SPLIT_ROWS ? met - 1 : rng_below(&rng, met);
            if (place < SPLIT_ROWS)
                memcpy(s->rows + ((size_t)split * SPLIT_ROWS + place) * spool->columns,
                       rows + i * spool->columns, spool->columns * sizeof *rows);
        }
    }
    free(rows);
    free(routes);
    return good;
}

/* Splits every leaf with more rows than the capacity once; *changed when one was. */
static bool split_round(struct tree_builder *builder, struct spool *spool, const uint64_t *counts,
                        double capacity, uint32_t round, bool *changed, struct error *error)
{
    struct router *router = builder->router;
    struct splits s = choose_splits(router, counts, capacity, spool->columns);
    size_t leaves = router->leaves;
    bool good = s.count == 0 ||
                sample_splits(router, spool, &s, builder->options.seed, round, error);
    *changed = false;
    for (size_t leaf = 0; good && leaf < leaves; leaf++) {
        uint32_t split = s.place[leaf];
        if (split == ROUTER_NO_LEAF)
            continue;
        size_t sampled = s.seen[split] < SPLIT_ROWS ? s.seen[split] : SPLIT_ROWS;
        size_t wanted = (size_t)ceil((double)counts[leaf] / capacity);
        tree_builder_grow(builder, router->leaf_node[leaf],
                          s.rows + (size_t)split * SPLIT_ROWS * spool->columns, sampled,
                          wanted < builder->options.branching ? wanted
                                                              : builder->options.branching);
    }
    *changed = router->leaves > leaves;
    free_splits(&s);
    return good;
}

static bool balance(struct tree_builder *builder, const struct partition_options *options,
                    struct spool *spool, struct error *error)
{
    double capacity = options->balance * (double)spool->rows / (double)options->leaves;
    bool good = true, changed = options->balance > 0;
    for (uint32_t round = 0; good && changed && round < MOST_ROUNDS; round++) {
        uint64_t *counts = memory_alloc(builder->router->leaves, sizeof *counts);
        good = partition_count(builder->router, spool, counts, error) &&
               split_round(builder, spool, counts, fmax(capacity, 1), round, &changed, error);
        free(counts);
    }
    return good;
}

static bool drop_empty(struct router *router, struct spool *spool, struct error *error)
{
    uint64_t *counts = memory_alloc(router->leaves, sizeof *counts);
    bool good = partition_count(router, spool, counts, error);
    if (good)
        *router = router_without_empty(router, counts);
    free(counts);
    return good;
}

bool partition_make(struct router *router, const struct partition_options *options, real *sample,
                    size_t sample_count, const struct moments *target, struct spool *spool,
                    struct error *error)
{
    struct tree_builder builder;
    tree_builder_begin(&builder, router, &options->tree, target);
    tree_builder_grow(&builder, 0, sample, sample_count, options->leaves);
    bool good = not_interrupted(error) &&
                (options->joint.steps == 0 ||
                 joint_refine(router, &options->joint, sample, sample_count, error));
    for (size_t pass = 0; good && pass < options->passes; pass++)
        good = refine(&builder, spool, error);
    good = good && balance(&builder, options, spool, error);
    tree_builder_free(&builder);
    return good && drop_empty(router, spool, error);
}
