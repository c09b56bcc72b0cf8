#include "spacetime/spacetime_causality.h"

#include "base/memory.h"
#include "dag/closure.h"
#include "dag/realizer.h"
#include "spacetime/label_refinement.h"
#include "spacetime/order_repair.h"
#include "spacetime/time_spacing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const causality_names[] = {"edges", "labels", "exact", NULL};
const char *const causality_ground_names[] = {"training", "interval labels", "realizer",
                                              "chain cover", "search", "refined labels", NULL};

enum { USUAL_TIMES = 4, SEARCH_TIMES = 10, MOST_AUTO_TIMES = 64, MOST_RANK_BYTES = 1 << 30 };

/* --- times without training --- */

static void take_labels(struct causal_order *order, const struct dag *dag, uint64_t seed)
{
    struct interval_labels labels;
    size_t traversals = (order->time_dim + 1) / 2;
    uint32_t *coordinates = memory_alloc(2 * traversals, sizeof *coordinates);
    interval_labels_make(&labels, dag, traversals, seed);
    for (size_t v = 0; v < order->nodes; v++) {
        interval_labels_coordinates(&labels, (uint32_t)v, coordinates);
        for (size_t k = 0; k < order->time_dim; k++)
            order->times[v * order->time_dim + k] = (real)coordinates[k];
        if (order->time_dim % 2) /* of half an interval the end: no two nodes have the same */
            order->times[(v + 1) * order->time_dim - 1] = (real)coordinates[order->time_dim];
    }
    interval_labels_free(&labels);
    free(coordinates);
}

/* Labels, refined by training if that is wanted. */
static bool make_labels(struct causal_order *order, const struct dag *dag,
                        const struct causality_options *options, struct error *error)
{
    take_labels(order, dag, options->seed);
    order->ground = GROUND_LABELS;
    if (options->refining_steps == 0)
        return true;
    struct causality_figures labels =
        causality_check(dag, order->times, order->time_dim, NULL, options->seed);
    struct label_refinement refinement = {.steps = options->refining_steps,
                                          .seed = options->seed,
                                          .show_progress = options->show_progress};
    order->ground = GROUND_REFINED;
    order->unrefined_precision = causality_precision(&labels);
    return label_refine(&refinement, dag, order->times, order->time_dim, error);
}

/* T depth-first orders, each of which goes along every edge. */
static void take_starts(struct causal_order *order, const struct dag *dag, uint64_t seed)
{
    struct interval_labels labels;
    interval_labels_make(&labels, dag, order->time_dim, seed);
    for (size_t v = 0; v < order->nodes; v++)
        for (size_t k = 0; k < order->time_dim; k++) {
            uint32_t post = labels.intervals[v * labels.traversals + k].post;
            order->times[v * order->time_dim + k] =
                (real)(order->nodes - post) / (real)order->nodes;
        }
    interval_labels_free(&labels);
}

/* The last order stands for the times that are asked for beyond those that are needed. */
static void take_realizer(struct causal_order *order, struct realizer *realizer)
{
    size_t orders = realizer->orders;
    for (size_t v = 0; v < order->nodes; v++)
        for (size_t k = 0; k < order->time_dim; k++)
            order->times[v * order->time_dim + k] =
                (real)realizer->ranks[v * orders + (k < orders ? k : orders - 1)];
    realizer_free(realizer);
}

static void make_room(struct causal_order *order, size_t time_dim)
{
    order->time_dim = time_dim;
    order->times = memory_alloc(order->nodes * time_dim, sizeof *order->times);
}

static bool try_realizer_of_two(struct causal_order *order, const struct dag *dag, size_t wanted)
{
    struct closure_summary closure;
    struct realizer realizer;
    closure_sweep(dag, &closure);
    free(closure.needed);
    if (realizer_of_two(&realizer, dag, closure.size, REALIZER_EXACT_NODES) !=
        DIMENSION_AT_MOST_TWO)
        return false;
    if (wanted && realizer.orders > wanted) {
        realizer_free(&realizer);
        return false;
    }
    order->ground = GROUND_REALIZER;
    make_room(order, wanted ? wanted : realizer.orders);
    take_realizer(order, &realizer);
    return true;
}

static bool refuse_times(const struct causal_order *order, size_t wanted, struct error *error)
{
    return error_set(error, EX_DATAERR,
                     "no exact order in %zu time%s was found: the order's width is %s%zu; expected "
                     "--time-dim %zu or auto, or --causality labels",
                     wanted, wanted == 1 ? "" : "s", order->width_is_least ? "" : "at most ",
                     order->width, order->width);
}

static bool make_exact(struct causal_order *order, const struct dag *dag,
                       const struct chain_cover *cover, const struct causality_options *options,
                       struct error *error)
{
    size_t wanted = options->time_dim, most = wanted ? wanted : MOST_AUTO_TIMES;
    struct reachability_options index = reachability_defaults();
    index.seed = options->seed;
    if (!try_realizer_of_two(order, dag, wanted)) {
        struct realizer realizer;
        if (cover->chains <= most) {
            if (!realizer_from_cover(&realizer, dag, cover, MOST_RANK_BYTES, error))
                return false;
            order->ground = GROUND_CHAINS;
            make_room(order, wanted ? wanted : realizer.orders);
            take_realizer(order, &realizer);
        } else if (wanted) {
            return refuse_times(order, wanted, error);
        } else {
            order->ground = GROUND_SEARCH;
            make_room(order, SEARCH_TIMES);
            take_labels(order, dag, options->seed);
            order_rank(dag, order->times, SEARCH_TIMES);
        }
    }
    order->has_index = reachability_build(&order->index, dag, &index, error);
    return order->has_index;
}

static bool space_times(struct causal_order *order, const struct dag *dag,
                        const struct causality_options *options, struct error *error)
{
    struct time_spacing spacing = {.steps = options->spacing_steps,
                                   .seed = options->seed,
                                   .show_progress = options->show_progress};
    if (!time_spacing_fit(&spacing, dag, order->times, order->time_dim, error))
        return false;
    order->ranks_interval_error = spacing.ranks_error;
    order->interval_error = spacing.error;
    return true;
}

bool causal_order_make(struct causal_order *order, const struct dag *dag,
                       const struct causality_options *options, struct error *error)
{
    *order = (struct causal_order){.causality = options->causality,
                                   .ground = GROUND_TRAINED,
                                   .nodes = dag->graph.nodes,
                                   .unrefined_precision = NAN,
                                   .trained_directionality = NAN,
                                   .ranks_interval_error = NAN,
                                   .interval_error = NAN};
    struct chain_cover cover;
    chain_cover_make(&cover, dag, reachability_defaults().effort);
    order->width = cover.chains;
    order->width_is_least = cover.minimum;
    bool good = true;
    if (options->causality == CAUSALITY_EXACT) {
        good = make_exact(order, dag, &cover, options, error);
    } else {
        make_room(order, options->time_dim ? options->time_dim : USUAL_TIMES);
        if (options->causality == CAUSALITY_LABELS)
            good = make_labels(order, dag, options, error);
        else
            take_starts(order, dag, options->seed);
    }
    chain_cover_free(&cover);
    if (good && order->ground != GROUND_TRAINED && options->spacing_steps)
        good = space_times(order, dag, options, error);
    return good;
}

void causal_order_free(struct causal_order *order)
{
    free(order->times);
    if (order->has_index)
        reachability_free(&order->index);
    *order = (struct causal_order){0};
}

char *causal_order_promise(const struct causal_order *order)
{
    const struct causality_figures *checked = &order->checked;
    double precision = 100 * causality_precision(checked);
    if (order->causality == CAUSALITY_EXACT)
        return memory_copy_string("answers are exact");
    if (order->misses_nothing && checked->pairs == 0)
        return memory_copy_string("no path is missed; some nodes that are said to be before or "
                                  "after others are apart from them");
    if (order->misses_nothing)
        return memory_format("no path is missed; of the pairs that are said to be before or after "
                             "each other %.4g %% are (%.0f pairs were checked)",
                             precision, checked->pairs);
    if (checked->pairs == 0)
        return memory_copy_string("times were trained; relations are guesses");
    return memory_format("times were trained; of the pairs that are said to be before or after "
                         "each other %.4g %% are, and %.4g %% of those that are were found "
                         "(%.0f pairs were checked)",
                         precision, 100 * causality_recall(checked), checked->pairs);
}
