#include "nn/spacetime_causality.h"

#include "base/memory.h"
#include "geometry/partial_order.h"
#include "graph/bfs.h"
#include "graph/closure.h"
#include "graph/realizer.h"
#include "graph/sampling.h"

#include <stdlib.h>
#include <string.h>

const char *const causality_names[] = {"edges", "labels", "exact", NULL};
const char *const causality_ground_names[] = {"training", "interval labels", "realizer",
                                              "chain cover", "search", NULL};

enum { USUAL_TIMES = 4, SEARCH_TIMES = 10, MOST_AUTO_TIMES = 64, MOST_RANK_BYTES = 1 << 30 };

static const double all_pairs_below = 4e6, sampled_pairs = 1e6;

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
    }
    interval_labels_free(&labels);
    free(coordinates);
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
        }
    }
    order->has_index = reachability_build(&order->index, dag, &index, error);
    return order->has_index;
}

bool causal_order_make(struct causal_order *order, const struct dag *dag,
                       const struct causality_options *options, struct error *error)
{
    *order = (struct causal_order){.causality = options->causality, .nodes = dag->graph.nodes};
    struct chain_cover cover;
    chain_cover_make(&cover, dag, reachability_defaults().effort);
    order->width = cover.chains;
    order->width_is_least = cover.minimum;
    bool good = true;
    if (options->causality == CAUSALITY_EXACT) {
        good = make_exact(order, dag, &cover, options, error);
    } else {
        make_room(order, options->time_dim ? options->time_dim : USUAL_TIMES);
        order->ground = options->causality == CAUSALITY_LABELS ? GROUND_LABELS : GROUND_TRAINED;
        if (order->ground == GROUND_LABELS)
            take_labels(order, dag, options->seed);
        else
            take_starts(order, dag, options->seed);
    }
    chain_cover_free(&cover);
    return good;
}

void causal_order_free(struct causal_order *order)
{
    free(order->times);
    if (order->has_index)
        reachability_free(&order->index);
    *order = (struct causal_order){0};
}

/* --- the check --- */

struct check {
    const struct dag *dag;
    const real *times;
    size_t dim;
    const struct reachability *index;
};

static bool claims(const struct check *check, struct reachability_scratch *scratch, uint32_t u,
                   uint32_t v)
{
    if (check->index)
        return reachability_query(check->index, scratch, u, v);
    const real *x = check->times + u * check->dim, *y = check->times + v * check->dim;
    return partial_order_precedes(x, y, check->dim) && !partial_order_precedes(y, x, check->dim);
}

/* All pairs from one source; levels and order (nodes) are working memory. */
static struct causality_figures check_source(const struct check *check, uint32_t u,
                                             struct reachability_scratch *scratch,
                                             uint32_t *levels, uint32_t *order)
{
    struct causality_figures figures = {0};
    const struct graph *graph = &check->dag->graph;
    bfs_levels(graph, u, levels, order);
    for (size_t v = 0; v < graph->nodes; v++) {
        if (v == u)
            continue;
        bool related = levels[v] != UINT32_MAX, claimed = claims(check, scratch, u, (uint32_t)v);
        figures.pairs++;
        figures.related += related;
        figures.true_positives += related && claimed;
        figures.false_positives += !related && claimed;
    }
    return figures;
}

struct causality_figures causality_check(const struct dag *dag, const real *times, size_t dim,
                                         const struct reachability *index, uint64_t seed)
{
    const struct check check = {dag, times, dim, index};
    const struct graph *graph = &dag->graph;
    struct rng rng = rng_make(seed, RNG_PAIRS, 0);
    size_t nodes = graph->nodes, count = nodes;
    if ((double)nodes * (double)nodes > all_pairs_below)
        count = (size_t)(sampled_pairs / (double)(nodes - 1)) + 64;
    uint32_t *sources = sample_nodes(graph, &count, &rng);
    double pairs = 0, related = 0, right = 0, wrong = 0;
#pragma omp parallel reduction(+ : pairs, related, right, wrong)
    {
        struct reachability_scratch scratch = {0};
        uint32_t *levels = memory_alloc(nodes, sizeof *levels);
        uint32_t *order = memory_alloc(nodes, sizeof *order);
        if (index)
            reachability_scratch_begin(&scratch, index);
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < count; i++) {
            struct causality_figures of =
                check_source(&check, sources[i], &scratch, levels, order);
            pairs += of.pairs;
            related += of.related;
            right += of.true_positives;
            wrong += of.false_positives;
        }
        if (index)
            reachability_scratch_end(&scratch);
        free(levels);
        free(order);
    }
    free(sources);
    return (struct causality_figures){pairs, related, right, wrong};
}

static double share(double part, double whole, double of_nothing)
{
    return whole > 0 ? part / whole : of_nothing;
}

double causality_precision(const struct causality_figures *f)
{
    return share(f->true_positives, f->true_positives + f->false_positives, 1);
}

double causality_recall(const struct causality_figures *f)
{
    return share(f->true_positives, f->related, 1);
}

double causality_agreement(const struct causality_figures *f)
{
    double misses = f->related - f->true_positives;
    return share(f->pairs - misses - f->false_positives, f->pairs, 1);
}

double causality_false_positive_rate(const struct causality_figures *f)
{
    return share(f->false_positives, f->pairs - f->related, 0);
}

double causality_directionality(const struct dag *dag, const real *times, size_t dim)
{
    const struct graph *graph = &dag->graph;
    size_t forward = 0;
    for (size_t u = 0; u < graph->nodes; u++)
        for (size_t a = graph->offsets[u]; a < graph->offsets[u + 1]; a++)
            forward += partial_order_precedes(times + u * dim, times + graph->targets[a] * dim,
                                              dim);
    return share((double)forward, (double)graph->arcs, 1);
}
