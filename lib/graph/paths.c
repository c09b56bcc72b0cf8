#include "graph/paths.h"

#include "graph/bfs.h"
#include "graph/dijkstra.h"

/* Whether every arc has the same weight, *weight. */
static bool is_uniform(const struct graph *graph, float *weight)
{
    *weight = 1;
    if (!graph->weights || graph->arcs == 0)
        return true;
    *weight = graph->weights[0];
    for (size_t i = 1; i < graph->arcs; i++)
        if (graph->weights[i] != *weight)
            return false;
    return true;
}

static void unweighted_paths(const struct graph *graph, const uint32_t *sources, size_t count,
                             float step, float *distances)
{
    size_t batches = (count + BFS_BATCH - 1) / BFS_BATCH;
#pragma omp parallel if (batches > 1)
    {
        struct bfs bfs;
        bfs_begin(&bfs, graph);
#pragma omp for schedule(dynamic)
        for (size_t batch = 0; batch < batches; batch++) {
            size_t first = batch * BFS_BATCH;
            size_t length = count - first < BFS_BATCH ? count - first : BFS_BATCH;
            bfs_batch(&bfs, sources + first, length, step, distances + first * graph->nodes);
        }
        bfs_end(&bfs);
    }
}

static void weighted_paths(const struct graph *graph, const uint32_t *sources, size_t count,
                           float *distances)
{
#pragma omp parallel if (count > 1)
    {
        struct dijkstra dijkstra;
        dijkstra_begin(&dijkstra, graph);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < count; i++)
            dijkstra_from(&dijkstra, sources[i], distances + i * graph->nodes);
        dijkstra_end(&dijkstra);
    }
}

void paths_from(const struct graph *graph, const uint32_t *sources, size_t count, float *distances)
{
    float weight;
    if (is_uniform(graph, &weight))
        unweighted_paths(graph, sources, count, weight, distances);
    else
        weighted_paths(graph, sources, count, distances);
}

size_t paths_block(const struct graph *graph, int threads)
{
    const size_t enough_bytes = (size_t)16 << 20;
    const size_t most_bytes = (size_t)256 << 20;
    size_t row_bytes = (graph->nodes ? graph->nodes : 1) * sizeof(float);
    size_t rows = (size_t)threads * BFS_BATCH;
    if (rows < enough_bytes / row_bytes)
        rows = enough_bytes / row_bytes;
    if (rows > most_bytes / row_bytes)
        rows = most_bytes / row_bytes;
    if (rows > BFS_BATCH)
        rows -= rows % BFS_BATCH;
    return rows ? rows : 1;
}
