#include "spacetime/causality_check.h"

#include "base/memory.h"
#include "geometry/partial_order.h"
#include "graph/bfs.h"
#include "graph/sampling.h"

#include <stdlib.h>

static const double all_pairs_below = 4e6, sampled_pairs = 1e6;

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

bool causality_moves_forward(const struct dag *dag, const real *times, size_t dim)
{
    const struct graph *graph = &dag->graph;
    for (size_t u = 0; u < graph->nodes; u++)
        for (size_t a = graph->offsets[u]; a < graph->offsets[u + 1]; a++) {
            const real *x = times + u * dim, *y = times + graph->targets[a] * dim;
            if (!partial_order_precedes(x, y, dim) || partial_order_precedes(y, x, dim))
                return false;
        }
    return true;
}
