#include "graph/bfs.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void bfs_begin(struct bfs *bfs, const struct graph *graph)
{
    size_t nodes = graph->nodes;
    bfs->graph = graph;
    bfs->visited = 0;
    bfs->seen = memory_alloc(nodes, sizeof *bfs->seen);
    bfs->frontier = memory_zeroed(nodes, sizeof *bfs->frontier);
    bfs->next = memory_zeroed(nodes, sizeof *bfs->next);
    bfs->queue = memory_alloc(nodes, sizeof *bfs->queue);
    bfs->next_queue = memory_alloc(nodes, sizeof *bfs->next_queue);
    bfs->levels = memory_alloc(nodes, BFS_BATCH * sizeof *bfs->levels);
}

void bfs_end(struct bfs *bfs)
{
    free(bfs->seen);
    free(bfs->frontier);
    free(bfs->next);
    free(bfs->queue);
    free(bfs->next_queue);
    free(bfs->levels);
}

/* levels[i] = level for every bit i of 32 searches: shifts, tests and blends of whole vectors. */
static void record_half(float *restrict levels, uint32_t searches, float level)
{
#pragma omp simd
    for (uint32_t i = 0; i < 32; i++) {
        float present = levels[i];
        levels[i] = searches >> i & 1 ? level : present;
    }
}

static void record_level(float *levels, uint64_t searches, float level)
{
    record_half(levels, (uint32_t)searches, level);
    record_half(levels + 32, (uint32_t)(searches >> 32), level);
}

/* Follows the arcs of every node of the frontier; returns the length of the next queue. */
static size_t expand(struct bfs *bfs, size_t queued)
{
    const struct graph *graph = bfs->graph;
    size_t length = 0;
    for (size_t q = 0; q < queued; q++) {
        uint32_t node = bfs->queue[q];
        uint64_t searches = bfs->frontier[node];
        bfs->frontier[node] = 0;
        bfs->visited += 1 + graph->offsets[node + 1] - graph->offsets[node];
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++) {
            uint32_t target = graph->targets[i];
            uint64_t new = searches & ~bfs->seen[target];
            if (new == 0)
                continue;
            if (bfs->next[target] == 0)
                bfs->next_queue[length++] = target;
            bfs->next[target] |= new;
        }
    }
    return length;
}

/* Makes the next level the present one. */
static void advance(struct bfs *bfs, size_t queued, float level)
{
    uint64_t *frontier = bfs->next;
    bfs->next = bfs->frontier;
    bfs->frontier = frontier;
    uint32_t *queue = bfs->next_queue;
    bfs->next_queue = bfs->queue;
    bfs->queue = queue;
    for (size_t q = 0; q < queued; q++) {
        uint32_t node = queue[q];
        bfs->seen[node] |= frontier[node];
        record_level(bfs->levels + (size_t)node * BFS_BATCH, frontier[node], level);
    }
}

static size_t start(struct bfs *bfs, const uint32_t *sources, size_t count)
{
    size_t nodes = bfs->graph->nodes;
    memset(bfs->seen, 0, nodes * sizeof *bfs->seen);
    for (size_t i = 0; i < nodes * BFS_BATCH; i++)
        bfs->levels[i] = INFINITY;
    size_t queued = 0;
    for (size_t i = 0; i < count; i++) {
        if (bfs->next[sources[i]] == 0)
            bfs->next_queue[queued++] = sources[i];
        bfs->next[sources[i]] |= (uint64_t)1 << i;
    }
    return queued;
}

void bfs_search(struct bfs *bfs, const uint32_t *sources, size_t count, float step)
{
    size_t queued = start(bfs, sources, count);
    for (size_t level = 0; queued > 0; level++) {
        advance(bfs, queued, (float)((double)level * (double)step));
        queued = expand(bfs, queued);
    }
}

/* distances (count, nodes) = the transpose of levels (nodes, BFS_BATCH), in tiles. */
static void transpose_levels(const struct bfs *bfs, size_t count, float *distances)
{
    enum { TILE = 64 };
    size_t nodes = bfs->graph->nodes;
    for (size_t first = 0; first < nodes; first += TILE) {
        size_t last = first + TILE < nodes ? first + TILE : nodes;
        for (size_t i = 0; i < count; i++)
            for (size_t v = first; v < last; v++)
                distances[i * nodes + v] = bfs->levels[v * BFS_BATCH + i];
    }
}

void bfs_batch(struct bfs *bfs, const uint32_t *sources, size_t count, float step, float *distances)
{
    bfs_search(bfs, sources, count, step);
    transpose_levels(bfs, count, distances);
}

size_t bfs_levels(const struct graph *graph, uint32_t source, uint32_t *levels, uint32_t *order)
{
    memset(levels, 0xff, graph->nodes * sizeof *levels);
    size_t reached = 0;
    levels[source] = 0;
    order[reached++] = source;
    for (size_t q = 0; q < reached; q++) {
        uint32_t node = order[q];
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++) {
            uint32_t target = graph->targets[i];
            if (levels[target] != UINT32_MAX)
                continue;
            levels[target] = levels[node] + 1;
            order[reached++] = target;
        }
    }
    return reached;
}
