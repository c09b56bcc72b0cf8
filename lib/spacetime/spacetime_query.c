#include "spacetime/spacetime_query.h"

#include "base/memory.h"
#include "base/threads.h"
#include "geometry/partial_order.h"
#include "graph/node_table.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_PAIRS = 4096 }; /* fewer do not pay for a thread */

const char *const relation_names[] = {[RELATION_APART] = "apart", [RELATION_BEFORE] = "before",
                                      [RELATION_AFTER] = "after", [RELATION_SAME] = "same"};

bool spacetime_is_exact(const struct placed_spacetime *placed)
{
    return placed->order.causality == CAUSALITY_EXACT;
}

char *spacetime_promise(const struct placed_spacetime *placed)
{
    char *promise = causal_order_promise(&placed->order);
    if (placed->order.nodes == placed->model.options.nodes)
        return promise;
    char *both = memory_format("%s; of nodes that it has not seen the model only guesses", promise);
    free(promise);
    return both;
}

/* --- nodes that the model has not seen --- */

/* Appends the events of features (count, model's features). */
static void append_events(struct placed_spacetime *placed, const real *features, size_t count)
{
    const struct spacetime *model = &placed->model;
    size_t before = placed->order.nodes, nodes = before + count;
    size_t columns = model->columns, times = placed->order.time_dim;
    real *added = spacetime_raw_points(model, features, count);
    placed->points = memory_resize(placed->points, nodes * columns, sizeof(real));
    memcpy(placed->points + before * columns, added, count * columns * sizeof *added);
    free(added);
    placed->order.times = memory_resize(placed->order.times, nodes * times, sizeof(real));
    spacetime_events(model, features, count, NULL, placed->order.times + before * times);
    placed->order.nodes = nodes;
}

static bool check_encoder(const struct placed_spacetime *placed, struct error *error)
{
    if (!placed->model.options.features)
        return error_set(error, EX_USAGE, "the model has no encoder; --features is of no use");
    if (placed->model.options.fixed_times)
        return error_set(error, EX_USAGE,
                         "the model knows the times of its own nodes only; nodes of --features "
                         "need one that was trained with --causality edges");
    return true;
}

bool spacetime_add_unseen(struct placed_spacetime *placed, const char *path, struct error *error)
{
    struct names names = {0};
    real *features = NULL;
    size_t columns = 0, unseen = 0, expected = placed->model.options.features;
    if (!check_encoder(placed, error) ||
        !node_table_read(path, &names, &features, &columns, error))
        return false;
    bool good = columns == expected;
    if (!good)
        error_set(error, EX_DATAERR, "%s: %zu columns of features; the model expects %zu", path,
                  columns, expected);
    size_t before = placed->order.nodes;
    for (size_t i = 0; good && i < names.count; i++) {
        if (names_find(&placed->names, names.strings[i]) != NAMES_ABSENT)
            continue;
        names_add(&placed->names, names.strings[i], strlen(names.strings[i]));
        memmove(features + unseen++ * columns, features + i * columns, columns * sizeof *features);
    }
    if (good && unseen) {
        append_events(placed, features, unseen);
        placed->member_nodes = memory_resize(placed->member_nodes, placed->names.count,
                                             sizeof *placed->member_nodes);
        for (size_t i = 0; i < unseen; i++)
            placed->member_nodes[placed->names.count - unseen + i] = (uint32_t)(before + i);
    }
    names_free(&names);
    free(features);
    return good;
}

/* --- relations --- */

static const real *times_of(const struct placed_spacetime *placed, uint32_t node)
{
    return placed->order.times + node * placed->order.time_dim;
}

static enum reachability_relation relate_by_times(const struct placed_spacetime *placed,
                                                  uint32_t u, uint32_t v)
{
    if (u == v)
        return RELATION_SAME;
    const real *x = times_of(placed, u), *y = times_of(placed, v);
    bool forward = partial_order_precedes(x, y, placed->order.time_dim);
    bool backward = partial_order_precedes(y, x, placed->order.time_dim);
    if (forward == backward)
        return RELATION_APART;
    return forward ? RELATION_BEFORE : RELATION_AFTER;
}

/* The two orders of a realizer answer as truly as the index does, and faster. */
static bool by_index(const struct placed_spacetime *placed)
{
    return placed->order.has_index && placed->order.ground != GROUND_REALIZER;
}

void spacetime_relate(const struct placed_spacetime *placed, const struct node_pair *pairs,
                      size_t count, uint8_t *relations)
{
    const struct reachability *index = by_index(placed) ? &placed->order.index : NULL;
#pragma omp parallel num_threads(threads_for(count, LEAST_PAIRS))
    {
        struct reachability_scratch scratch = {0};
        if (index)
            reachability_scratch_begin(&scratch, index);
#pragma omp for schedule(static)
        for (size_t i = 0; i < count; i++) {
            uint32_t u = placed->member_nodes[pairs[i].source];
            uint32_t v = placed->member_nodes[pairs[i].target];
            relations[i] = (uint8_t)(index ? reachability_relate(index, &scratch, u, v)
                                           : relate_by_times(placed, u, v));
        }
        if (index)
            reachability_scratch_end(&scratch);
    }
}

/* --- distances and intervals --- */

void spacetime_measure(const struct placed_spacetime *placed, const struct node_pair *pairs,
                       size_t count, float *distances)
{
    uint32_t *source = memory_alloc(count, sizeof *source);
    uint32_t *target = memory_alloc(count, sizeof *target);
    real *measured = memory_alloc(count, sizeof *measured);
    for (size_t i = 0; i < count; i++) {
        source[i] = placed->member_nodes[pairs[i].source];
        target[i] = placed->member_nodes[pairs[i].target];
    }
    spacetime_pair_distances(&placed->model, placed->points, placed->order.nodes, source, target,
                             count, measured);
    for (size_t i = 0; i < count; i++)
        distances[i] = (float)measured[i];
    free(source);
    free(target);
    free(measured);
}

static real least_difference(const real *x, const real *y, size_t times)
{
    real least = y[0] - x[0];
    for (size_t k = 1; k < times; k++)
        least = y[k] - x[k] < least ? y[k] - x[k] : least;
    return least;
}

void spacetime_intervals(const struct placed_spacetime *placed, const struct node_pair *pairs,
                         size_t count, float *intervals)
{
    size_t times = placed->order.time_dim;
    for (size_t i = 0; i < count; i++) {
        const real *x = times_of(placed, placed->member_nodes[pairs[i].source]);
        const real *y = times_of(placed, placed->member_nodes[pairs[i].target]);
        real ahead = least_difference(x, y, times), behind = least_difference(y, x, times);
        intervals[i] = (float)(ahead > 0 ? ahead : behind > 0 ? -behind : 0);
    }
}
