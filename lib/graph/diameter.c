#include "graph/diameter.h"

#include "base/memory.h"
#include "graph/bfs.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a node whose eccentricity may still exceed the largest seen. */
struct candidate {
    uint32_t node;
    uint32_t lower; /* bounds of its eccentricity */
    uint32_t upper;
};

static size_t degree(const struct graph *graph, uint32_t node)
{
    return graph->offsets[node + 1] - graph->offsets[node];
}

/*
 * The candidate with the largest upper bound (which may end a longest path) or with the least
 * lower one (a central node, whose search bounds many others); of equals, that of largest degree.
 */
static uint32_t choose(const struct graph *graph, const struct candidate *candidates, size_t count,
                       bool peripheral)
{
    const struct candidate *best = &candidates[0];
    for (size_t i = 1; i < count; i++) {
        const struct candidate *other = &candidates[i];
        bool better = peripheral ? other->upper > best->upper : other->lower < best->lower;
        bool equal = peripheral ? other->upper == best->upper : other->lower == best->lower;
        if (better || (equal && degree(graph, other->node) > degree(graph, best->node)))
            best = other;
    }
    return best->node;
}

/* Draws the bounds together after a search; returns how many candidates are left. */
static size_t narrow(struct candidate *candidates, size_t count, const uint32_t *levels,
                     uint32_t eccentricity, uint32_t largest)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct candidate candidate = candidates[i];
        uint32_t distance = levels[candidate.node];
        uint32_t lower = eccentricity - distance > distance ? eccentricity - distance : distance;
        if (lower > candidate.lower)
            candidate.lower = lower;
        if (eccentricity + distance < candidate.upper)
            candidate.upper = eccentricity + distance;
        if (distance > 0 && candidate.upper > largest)
            candidates[kept++] = candidate;
    }
    return kept;
}

struct diameter diameter_of(const struct graph *graph, const uint32_t *component, size_t count,
                            uint64_t budget)
{
    struct candidate *candidates = memory_alloc(count, sizeof *candidates);
    uint32_t *levels = memory_alloc(graph->nodes, sizeof *levels);
    uint32_t *order = memory_alloc(graph->nodes, sizeof *order);
    for (size_t i = 0; i < count; i++)
        candidates[i] = (struct candidate){component[i], 0, UINT32_MAX};
    struct diameter diameter = {0};
    uint64_t visited = 0;
    while (count > 0 && (visited <= budget || diameter.searches < 2)) {
        bool peripheral = diameter.searches % 2 == 1;
        uint32_t source = choose(graph, candidates, count, peripheral);
        size_t reached = bfs_levels(graph, source, levels, order);
        uint32_t eccentricity = levels[order[reached - 1]];
        if (eccentricity > diameter.value)
            diameter.value = eccentricity;
        count = narrow(candidates, count, levels, eccentricity, (uint32_t)diameter.value);
        visited += reached;
        for (size_t i = 0; i < reached; i++)
            visited += degree(graph, order[i]);
        diameter.searches++;
    }
    diameter.exact = count == 0;
    free(order);
    free(levels);
    free(candidates);
    return diameter;
}
