#include "embedding/embedding_quality.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 18, MOST_RANKED = 1000000 };

/* The points once, and pieces of pairs measured against them. */
struct measure {
    const struct graph_embedding *model;
    struct tape points_tape, tape;
    struct tensor points;
};

static void measure_start(struct measure *measure, const struct graph_embedding *model,
                          const real *features)
{
    *measure = (struct measure){.model = model};
    struct variable *input = NULL;
    if (features)
        input = tape_constant(&measure->points_tape, tensor_matrix((real *)(uintptr_t)features,
                                                                   model->nodes, model->features));
    measure->points = graph_embedding_points(model, &measure->points_tape, input)->value;
}

static const real *measure_piece(struct measure *measure, const uint32_t *source,
                                 const uint32_t *target, size_t count)
{
    tape_reset(&measure->tape);
    struct variable *points = tape_constant(&measure->tape, measure->points);
    return graph_embedding_distances(measure->model, &measure->tape, points, source, target, count)
        ->value.data;
}

static void measure_end(struct measure *measure)
{
    tape_free(&measure->points_tape);
    tape_free(&measure->tape);
}

void embedding_distances(const struct graph_embedding *model, const real *features,
                         const uint32_t *source, const uint32_t *target, size_t count,
                         real *distances)
{
    struct measure measure;
    measure_start(&measure, model, features);
    for (size_t first = 0; first < count; first += PIECE) {
        size_t n = count - first < PIECE ? count - first : PIECE;
        memcpy(distances + first, measure_piece(&measure, source + first, target + first, n),
               n * sizeof *distances);
    }
    measure_end(&measure);
}

real *embedding_display_points(const struct graph_embedding *model, const real *features)
{
    struct measure measure;
    measure_start(&measure, model, features);
    size_t count = tensor_count(&measure.points);
    real *points = memory_alloc(count, sizeof *points);
    memcpy(points, measure.points.data, count * sizeof *points);
    measure_end(&measure);
    space_display_points(&model->space, points, tensor_rows(&measure.points));
    return points;
}

/* --- rank correlation --- */

struct ranked {
    float value;
    uint32_t position;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

/* ranks[i]: the rank of the i-th value, ties sharing the mean of theirs. */
static void rank(struct ranked *values, size_t count, float *ranks)
{
    qsort(values, count, sizeof *values, by_value);
    for (size_t first = 0; first < count;) {
        size_t end = first + 1;
        while (end < count && values[end].value == values[first].value)
            end++;
        float shared = (float)((double)(first + end - 1) / 2);
        for (size_t i = first; i < end; i++)
            ranks[values[i].position] = shared;
        first = end;
    }
}

/* Pearson's correlation, NaN when one side is constant. */
static double correlation(const float *x, const float *y, size_t count)
{
    double mean = (double)(count - 1) / 2, xy = 0, xx = 0, yy = 0;
    for (size_t i = 0; i < count; i++) {
        double a = (double)x[i] - mean, b = (double)y[i] - mean;
        xy += a * b;
        xx += a * a;
        yy += b * b;
    }
    return xy / sqrt(xx * yy);
}

static double rank_correlation(const real *distances, const float *targets, size_t count)
{
    struct ranked *values = memory_alloc(count, sizeof *values);
    float *first = memory_alloc(count, sizeof *first),
          *second = memory_alloc(count, sizeof *second);
    for (size_t i = 0; i < count; i++)
        values[i] = (struct ranked){(float)distances[i], (uint32_t)i};
    rank(values, count, first);
    for (size_t i = 0; i < count; i++)
        values[i] = (struct ranked){targets[i], (uint32_t)i};
    rank(values, count, second);
    double result = correlation(first, second, count);
    free(values);
    free(first);
    free(second);
    return result;
}

struct embedding_quality embedding_quality(const struct graph_embedding *model,
                                           const real *features, const struct pairs *pairs)
{
    real *distances = memory_alloc(pairs->count, sizeof *distances);
    embedding_distances(model, features, pairs->source, pairs->target, pairs->count, distances);
    double square = 0, distortion = 0, largest = 0, smallest = INFINITY;
    for (size_t i = 0; i < pairs->count; i++) {
        double target = (double)pairs->distance[i];
        double difference = (double)distances[i] - target, ratio = (double)distances[i] / target;
        square += difference * difference;
        distortion += fabs(ratio - 1);
        largest = fmax(largest, ratio);
        smallest = fmin(smallest, ratio);
    }
    double count = (double)pairs->count;
    size_t ranked = pairs->count < MOST_RANKED ? pairs->count : MOST_RANKED;
    struct embedding_quality quality = {
        .pairs = pairs->count,
        .mse = square / count,
        .average_distortion = distortion / count,
        .worst_distortion = largest / smallest,
        .rank_correlation = rank_correlation(distances, pairs->distance, ranked)};
    free(distances);
    return quality;
}

/* --- mean average precision --- */

static int by_distance(const void *a, const void *b)
{
    real x = *(const real *)a, y = *(const real *)b;
    return (x > y) - (x < y);
}

/* distances (nodes) from v; near: room for v's neighbours. */
static double average_precision(const struct graph *graph, size_t v, const real *distances,
                                real *near)
{
    size_t degree = 0;
    for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++)
        if (graph->targets[i] != v)
            near[degree++] = distances[graph->targets[i]];
    qsort(near, degree, sizeof *near, by_distance);
    double sum = 0;
    for (size_t i = 0; i < degree; i++) {
        size_t within = 0, hits = i + 1;
        for (size_t w = 0; w < graph->nodes; w++)
            within += distances[w] <= near[i];
        within -= distances[v] <= near[i]; /* v itself does not count */
        while (hits < degree && near[hits] <= near[i])
            hits++;
        sum += (double)hits / (double)within;
    }
    return sum / (double)degree;
}

static bool has_neighbour(const struct graph *graph, size_t v)
{
    for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++)
        if (graph->targets[i] != v)
            return true;
    return false;
}

double embedding_mean_average_precision(const struct graph_embedding *model, const real *features,
                                        const struct graph *graph, size_t most_nodes, uint64_t seed)
{
    size_t nodes = graph->nodes, judged = 0;
    uint32_t *order = memory_alloc(nodes, sizeof *order);
    uint32_t *source = memory_alloc(nodes, sizeof *source),
             *target = memory_alloc(nodes, sizeof *target);
    real *near = memory_alloc(nodes, sizeof *near);
    for (size_t v = 0; v < nodes; v++)
        order[v] = target[v] = (uint32_t)v;
    if (nodes > most_nodes) {
        struct rng rng = rng_make(seed, RNG_LANDMARKS, 1);
        rng_shuffle(&rng, order, nodes, sizeof *order);
    }
    struct measure measure;
    measure_start(&measure, model, features);
    double sum = 0;
    for (size_t i = 0; i < nodes && judged < most_nodes; i++) {
        if (!has_neighbour(graph, order[i]))
            continue;
        for (size_t v = 0; v < nodes; v++)
            source[v] = order[i];
        sum += average_precision(graph, order[i], measure_piece(&measure, source, target, nodes),
                                 near);
        judged++;
    }
    measure_end(&measure);
    free(order);
    free(source);
    free(target);
    free(near);
    return judged ? sum / (double)judged : NAN;
}
