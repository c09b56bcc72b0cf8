#include "graph/pairs.h"

#include "base/memory.h"
#include "base/progress.h"
#include "graph/paths.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

static struct pairs reserve(size_t count)
{
    return (struct pairs){.source = memory_alloc(count, sizeof(uint32_t)),
                          .target = memory_alloc(count, sizeof(uint32_t)),
                          .distance = memory_alloc(count, sizeof(float))};
}

/* Coincident nodes (distance 0) say nothing that a ratio could use; they are left out. */
static void add(struct pairs *pairs, uint32_t source, uint32_t target, float distance)
{
    if (!isfinite(distance)) {
        pairs->unreachable++;
    } else if (distance > 0) {
        pairs->source[pairs->count] = source;
        pairs->target[pairs->count] = target;
        pairs->distance[pairs->count++] = distance;
    }
}

/* Calls visit for every source with its row of distances, a block of sources at a time. */
static void for_rows(const struct graph *graph, const uint32_t *sources, size_t count,
                     bool show_progress,
                     void (*visit)(void *context, size_t position, const float *row), void *context)
{
    size_t block = paths_block(graph, omp_get_max_threads());
    float *rows = memory_alloc(block * graph->nodes, sizeof *rows);
    struct progress progress;
    progress_start(&progress, "sources", count, show_progress);
    for (size_t first = 0; first < count; first += block) {
        size_t n = count - first < block ? count - first : block;
        paths_from(graph, sources + first, n, rows);
        for (size_t i = 0; i < n; i++)
            visit(context, first + i, rows + i * graph->nodes);
        progress_update(&progress, first + n, NULL, 0);
    }
    progress_finish(&progress);
    free(rows);
}

struct collection {
    struct pairs *pairs;
    const struct graph *graph;
    const uint32_t *landmarks;
    size_t per_landmark;
    struct rng *rng;
};

static void add_later_nodes(void *context, size_t source, const float *row)
{
    const struct collection *collection = context;
    for (size_t v = source + 1; v < collection->graph->nodes; v++)
        add(collection->pairs, (uint32_t)source, (uint32_t)v, row[v]);
}

struct pairs pairs_all(const struct graph *graph, bool show_progress)
{
    size_t nodes = graph->nodes;
    struct pairs pairs = reserve(nodes * (nodes - 1) / 2);
    uint32_t *sources = memory_alloc(nodes, sizeof *sources);
    for (size_t v = 0; v < nodes; v++)
        sources[v] = (uint32_t)v;
    struct collection collection = {.pairs = &pairs, .graph = graph};
    for_rows(graph, sources, nodes, show_progress, add_later_nodes, &collection);
    free(sources);
    return pairs;
}

struct pairs pairs_edges(const struct graph *graph)
{
    size_t count;
    struct edge *edges = graph_edges(graph, &count);
    struct pairs pairs = reserve(count);
    for (size_t i = 0; i < count; i++)
        if (edges[i].source != edges[i].target)
            add(&pairs, edges[i].source, edges[i].target, edges[i].weight);
    free(edges);
    return pairs;
}

static void add_random_nodes(void *context, size_t position, const float *row)
{
    struct collection *collection = context;
    uint32_t source = collection->landmarks[position];
    for (size_t i = 0; i < collection->per_landmark; i++) {
        uint32_t target = (uint32_t)rng_below(collection->rng, collection->graph->nodes);
        if (target != source)
            add(collection->pairs, source, target, row[target]);
    }
}

/* A random sample of the edges of an unweighted graph, each of distance 1. */
static void add_random_edges(struct pairs *pairs, const struct graph *graph, size_t most,
                             struct rng *rng)
{
    size_t count;
    struct edge *edges = graph_edges(graph, &count);
    rng_shuffle(rng, edges, count, sizeof *edges);
    for (size_t i = 0; i < count && i < most; i++)
        if (edges[i].source != edges[i].target)
            add(pairs, edges[i].source, edges[i].target, 1);
    free(edges);
}

struct pairs pairs_sampled(const struct graph *graph, size_t count, size_t landmarks,
                           struct rng *rng, bool show_progress)
{
    size_t nodes = graph->nodes;
    uint32_t *order = memory_alloc(nodes, sizeof *order);
    for (size_t v = 0; v < nodes; v++)
        order[v] = (uint32_t)v;
    rng_shuffle(rng, order, nodes, sizeof *order);
    landmarks = landmarks < nodes ? landmarks : nodes;
    size_t from_edges = graph->weights ? 0 : count / 2;
    if (from_edges > graph->arcs / 2)
        from_edges = graph->arcs / 2;
    size_t per_landmark = (count - from_edges + landmarks - 1) / landmarks;
    struct pairs pairs = reserve(landmarks * per_landmark + from_edges);
    struct collection collection = {&pairs, graph, order, per_landmark, rng};
    for_rows(graph, order, landmarks, show_progress, add_random_nodes, &collection);
    add_random_edges(&pairs, graph, from_edges, rng);
    free(order);
    return pairs;
}

static bool check_entry(const struct array *matrix, size_t i, size_t j, const char *place,
                        struct error *error)
{
    size_t nodes = matrix->shape[0];
    double value = array_value(matrix, i * nodes + j),
           mirrored = array_value(matrix, j * nodes + i);
    const char *wrong = NULL;
    if (!isfinite(value))
        wrong = "is not finite";
    else if (value < 0)
        wrong = "is negative";
    else if (i == j && value != 0)
        wrong = "lies on the diagonal and is not 0";
    else if (!(fabs(value - mirrored) <= 1e-6 * value)) /* so that NaN and inf differ, too */
        wrong = "differs from its mirror image";
    return !wrong || error_set(error, EX_DATAERR,
                               "%s: row %zu, column %zu: the value %g %s; expected a symmetric "
                               "matrix of dissimilarities",
                               place, i + 1, j + 1, value, wrong);
}

bool pairs_from_matrix(const struct array *matrix, const char *place, struct pairs *pairs,
                       struct error *error)
{
    if (matrix->dimensions != 2 || matrix->shape[0] != matrix->shape[1])
        return error_set(error, EX_DATAERR, "%s: not a square matrix", place);
    size_t nodes = matrix->shape[0];
    if (nodes < 2 || nodes >= UINT32_MAX)
        return error_set(error, EX_DATAERR, "%s: expected at least 2 rows", place);
    *pairs = reserve(nodes * (nodes - 1) / 2);
    for (size_t i = 0; i < nodes; i++) {
        for (size_t j = i; j < nodes; j++) {
            if (!check_entry(matrix, i, j, place, error)) {
                pairs_free(pairs);
                return false;
            }
            if (j > i)
                add(pairs, (uint32_t)i, (uint32_t)j, (float)array_value(matrix, i * nodes + j));
        }
    }
    return true;
}

void pairs_shuffle(struct pairs *pairs, struct rng *rng)
{
    for (size_t i = pairs->count; i > 1; i--) {
        size_t j = rng_below(rng, i);
        uint32_t source = pairs->source[i - 1], target = pairs->target[i - 1];
        float distance = pairs->distance[i - 1];
        pairs->source[i - 1] = pairs->source[j];
        pairs->target[i - 1] = pairs->target[j];
        pairs->distance[i - 1] = pairs->distance[j];
        pairs->source[j] = source;
        pairs->target[j] = target;
        pairs->distance[j] = distance;
    }
}

struct pairs pairs_split(struct pairs *pairs, double share)
{
    size_t moved = (size_t)(share * (double)pairs->count);
    struct pairs rest = reserve(moved);
    size_t first = pairs->count - moved;
    for (size_t i = first; i < pairs->count; i++)
        add(&rest, pairs->source[i], pairs->target[i], pairs->distance[i]);
    pairs->count = first;
    return rest;
}

double pairs_mean(const struct pairs *pairs)
{
    double sum = 0;
    for (size_t i = 0; i < pairs->count; i++)
        sum += (double)pairs->distance[i];
    return pairs->count ? sum / (double)pairs->count : 0;
}

void pairs_free(struct pairs *pairs)
{
    free(pairs->source);
    free(pairs->target);
    free(pairs->distance);
    *pairs = (struct pairs){0};
}
