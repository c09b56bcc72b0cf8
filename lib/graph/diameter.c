#include "graph/diameter.h"

#include "base/memory.h"
#include "graph/bfs.h"

#include <math.h>
#include <stdlib.h>

/* Searches one after the other before they run in batches; even, so that both kinds take turns. */
enum { SINGLE_SEARCHES = 12 };

/* A node whose eccentricity may still exceed the largest seen. */
struct candidate {
    uint32_t node;
    uint32_t degree;
    uint32_t lower; /* bounds of its eccentricity */
    uint32_t upper;
};

struct bounds {
    const struct graph *graph;
    struct candidate *candidates;
    size_t count;
    struct diameter diameter;
    uint64_t visited;
};

/*
 * Whether a is a better source than b: of a larger upper bound (it may end a longest path) or, in
 * search of the centre, of a smaller lower one (its search bounds many others); of equals, the one
 * of larger degree.
 */
static bool precedes(const struct candidate *a, const struct candidate *b, bool peripheral)
{
    if (peripheral && a->upper != b->upper)
        return a->upper > b->upper;
    if (!peripheral && a->lower != b->lower)
        return a->lower < b->lower;
    return a->degree != b->degree ? a->degree > b->degree : a->node < b->node;
}

static int compare_peripheral(const void *left, const void *right)
{
    return precedes(left, right, true) ? -1 : precedes(right, left, true);
}

static uint32_t choose(const struct bounds *bounds, bool peripheral)
{
    const struct candidate *best = &bounds->candidates[0];
    for (size_t i = 1; i < bounds->count; i++)
        if (precedes(&bounds->candidates[i], best, peripheral))
            best = &bounds->candidates[i];
    return best->node;
}

/* What a node at a distance from a search's source learns from the source's eccentricity. */
static void tighten(struct candidate *candidate, uint32_t distance, uint32_t eccentricity)
{
    uint32_t remaining = eccentricity - distance;
    uint32_t lower = remaining > distance ? remaining : distance;
    if (lower > candidate->lower)
        candidate->lower = lower;
    if (eccentricity + distance < candidate->upper)
        candidate->upper = eccentricity + distance;
}

/* Notes the eccentricities of sources, which end a search each. */
static void note(struct bounds *bounds, const uint32_t *eccentricities, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (eccentricities[i] > bounds->diameter.value)
            bounds->diameter.value = eccentricities[i];
    bounds->diameter.searches += count;
}

/* Drops the candidates that cannot exceed the largest eccentricity; the sources are among them. */
static void drop_settled(struct bounds *bounds)
{
    size_t kept = 0;
    for (size_t i = 0; i < bounds->count; i++)
        if (bounds->candidates[i].upper > bounds->diameter.value)
            bounds->candidates[kept++] = bounds->candidates[i];
    bounds->count = kept;
}

static void search_singly(struct bounds *bounds, uint64_t budget)
{
    uint32_t *levels = memory_alloc(bounds->graph->nodes, sizeof *levels);
    uint32_t *order = memory_alloc(bounds->graph->nodes, sizeof *order);
    struct diameter *diameter = &bounds->diameter;
    while (bounds->count > 0 && diameter->searches < SINGLE_SEARCHES &&
           (bounds->visited <= budget || diameter->searches < 2)) {
        uint32_t source = choose(bounds, diameter->searches % 2 == 1);
        size_t reached = bfs_levels(bounds->graph, source, levels, order);
        uint32_t eccentricity = levels[order[reached - 1]];
        note(bounds, &eccentricity, 1);
        for (size_t i = 0; i < bounds->count; i++)
            tighten(&bounds->candidates[i], levels[bounds->candidates[i].node], eccentricity);
        drop_settled(bounds);
        bounds->visited += reached;
        for (size_t i = 0; i < reached; i++)
            bounds->visited +=
                bounds->graph->offsets[order[i] + 1] - bounds->graph->offsets[order[i]];
    }
    free(order);
    free(levels);
}

/* The largest finite level of each search. */
static void find_eccentricities(const struct bfs *bfs, uint32_t eccentricities[BFS_BATCH])
{
    float largest[BFS_BATCH] = {0};
    for (size_t v = 0; v < bfs->graph->nodes; v++)
        for (size_t i = 0; i < BFS_BATCH; i++) {
            float level = bfs->levels[v * BFS_BATCH + i];
            largest[i] = level > largest[i] && level < INFINITY ? level : largest[i];
        }
    for (size_t i = 0; i < BFS_BATCH; i++)
        eccentricities[i] = (uint32_t)largest[i];
}

static void search_batch(struct bounds *bounds, struct bfs *bfs)
{
    uint32_t sources[BFS_BATCH];
    uint32_t eccentricities[BFS_BATCH];
    size_t batch = bounds->count < BFS_BATCH ? bounds->count : BFS_BATCH;
    qsort(bounds->candidates, bounds->count, sizeof *bounds->candidates, compare_peripheral);
    for (size_t i = 0; i < batch; i++)
        sources[i] = bounds->candidates[i].node;
    bfs_search(bfs, sources, batch, 1);
    find_eccentricities(bfs, eccentricities);
    note(bounds, eccentricities, batch);
    for (size_t c = 0; c < bounds->count; c++) {
        struct candidate *candidate = &bounds->candidates[c];
        const float *levels = bfs->levels + (size_t)candidate->node * BFS_BATCH;
        for (size_t i = 0; i < batch; i++)
            tighten(candidate, (uint32_t)levels[i], eccentricities[i]);
    }
    drop_settled(bounds);
}

struct diameter diameter_of(const struct graph *graph, const uint32_t *component, size_t count,
                            uint64_t budget)
{
    struct bounds bounds = {.graph = graph, .count = count};
    bounds.candidates = memory_alloc(count, sizeof *bounds.candidates);
    for (size_t i = 0; i < count; i++) {
        uint32_t node = component[i];
        uint32_t degree = (uint32_t)(graph->offsets[node + 1] - graph->offsets[node]);
        bounds.candidates[i] = (struct candidate){node, degree, 0, UINT32_MAX};
    }
    search_singly(&bounds, budget);
    if (bounds.count > 0 && bounds.visited <= budget) {
        struct bfs bfs;
        bfs_begin(&bfs, graph);
        while (bounds.count > 0 && bounds.visited + bfs.visited <= budget)
            search_batch(&bounds, &bfs);
        bfs_end(&bfs);
    }
    free(bounds.candidates);
    bounds.diameter.exact = bounds.count == 0;
    return bounds.diameter;
}
