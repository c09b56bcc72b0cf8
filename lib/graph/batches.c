#include "graph/batches.h"

#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

/* --- random partition --- */

void partition_draw(struct partition *partition, size_t nodes, size_t size, uint64_t seed,
                    uint64_t epoch)
{
    if (partition->nodes != nodes || partition->size != size) {
        partition_free(partition);
        partition->nodes = nodes;
        partition->size = size;
        partition->parts = (nodes + size - 1) / size;
        partition->order = memory_alloc(nodes, sizeof *partition->order);
        partition->part_of = memory_alloc(nodes, sizeof *partition->part_of);
        partition->ends = memory_alloc(partition->parts, sizeof *partition->ends);
    }
    struct rng rng = rng_make(seed, RNG_BATCHES, (uint32_t)epoch);
    for (size_t i = 0; i < nodes; i++)
        partition->order[i] = (uint32_t)i;
    rng_shuffle(&rng, partition->order, nodes, sizeof *partition->order);
    for (size_t i = 0; i < nodes; i++)
        partition->part_of[partition->order[i]] = (uint32_t)(i / size);
    /* Filled in the order of the nodes, every part is ascending. */
    for (size_t part = 0; part < partition->parts; part++)
        partition->ends[part] = part * size;
    for (size_t v = 0; v < nodes; v++)
        partition->order[partition->ends[partition->part_of[v]]++] = (uint32_t)v;
}

const uint32_t *partition_part(const struct partition *partition, size_t part, size_t *count)
{
    *count = partition->ends[part] - part * partition->size;
    return partition->order + part * partition->size;
}

void partition_free(struct partition *partition)
{
    free(partition->order);
    free(partition->part_of);
    free(partition->ends);
    *partition = (struct partition){0};
}

/* --- induced subgraph --- */

static void make_places(struct induced *induced, size_t nodes)
{
    if (induced->places == nodes)
        return;
    free(induced->place);
    induced->places = nodes;
    induced->place = memory_alloc(nodes, sizeof *induced->place);
    memset(induced->place, 0xff, nodes * sizeof *induced->place); /* NAMES_ABSENT */
}

/* How many arcs of a node of the whole stay. */
static size_t count_kept(const struct induced *induced, const struct graph *whole, uint32_t node)
{
    size_t kept = 0;
    for (size_t i = whole->offsets[node]; i < whole->offsets[node + 1]; i++)
        kept += induced->place[whole->targets[i]] != NAMES_ABSENT;
    return kept;
}

static void copy_kept(const struct induced *induced, const struct graph *whole, uint32_t node,
                      size_t to)
{
    for (size_t i = whole->offsets[node]; i < whole->offsets[node + 1]; i++) {
        uint32_t place = induced->place[whole->targets[i]];
        if (place == NAMES_ABSENT)
            continue;
        induced->graph.targets[to] = place;
        if (whole->weights)
            induced->graph.weights[to] = whole->weights[i];
        to++;
    }
}

void induced_take(struct induced *induced, const struct graph *whole, const uint32_t *nodes,
                  size_t count)
{
    enum { LEAST_NODES = 2048 };
    struct graph *graph = &induced->graph;
    int threads = (int)threads_for(count, LEAST_NODES);
    make_places(induced, whole->nodes);
    graph->nodes = count;
    graph->directed = whole->directed;
    graph->offsets = memory_grow(graph->offsets, &induced->offsets_capacity, count + 1,
                                 sizeof *graph->offsets);
    for (size_t i = 0; i < count; i++)
        induced->place[nodes[i]] = (uint32_t)i;
    graph->offsets[0] = 0;
#pragma omp parallel for schedule(dynamic, 256) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < count; i++)
        graph->offsets[i + 1] = count_kept(induced, whole, nodes[i]);
    for (size_t i = 0; i < count; i++)
        graph->offsets[i + 1] += graph->offsets[i];
    graph->arcs = graph->offsets[count];
    graph->targets = memory_grow(graph->targets, &induced->targets_capacity, graph->arcs + 1,
                                 sizeof *graph->targets);
    if (whole->weights)
        graph->weights = memory_grow(graph->weights, &induced->weights_capacity, graph->arcs + 1,
                                     sizeof *graph->weights);
#pragma omp parallel for schedule(dynamic, 256) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < count; i++)
        copy_kept(induced, whole, nodes[i], graph->offsets[i]);
    for (size_t i = 0; i < count; i++)
        induced->place[nodes[i]] = NAMES_ABSENT;
}

void induced_free(struct induced *induced)
{
    free(induced->graph.offsets);
    free(induced->graph.targets);
    free(induced->graph.weights);
    free(induced->place);
    *induced = (struct induced){0};
}
