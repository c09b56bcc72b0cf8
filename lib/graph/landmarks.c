#include "graph/landmarks.h"

#include "base/memory.h"
#include "graph/paths.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_DISTANCES = 1 << 23 };

/* Picks the landmarks and makes room for their distances. */
static struct landmarks choose(size_t nodes, size_t most, struct rng *rng)
{
    size_t count = nodes < most ? nodes : most;
    if (count > MOST_DISTANCES / nodes)
        count = MOST_DISTANCES / nodes + 1;
    uint32_t *order = memory_alloc(nodes, sizeof *order);
    for (size_t v = 0; v < nodes; v++)
        order[v] = (uint32_t)v;
    rng_shuffle(rng, order, nodes, sizeof *order);
    return (struct landmarks){.count = count,
                              .nodes = nodes,
                              .landmarks = memory_resize(order, count, sizeof *order),
                              .distances = memory_alloc(count * nodes, sizeof(float))};
}

static void replace_infinite(struct landmarks *landmarks)
{
    size_t count = landmarks->count * landmarks->nodes;
    float largest = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(landmarks->distances[i]) && landmarks->distances[i] > largest)
            largest = landmarks->distances[i];
    for (size_t i = 0; i < count; i++)
        if (!isfinite(landmarks->distances[i]))
            landmarks->distances[i] = largest;
}

struct landmarks landmarks_of_graph(const struct graph *graph, size_t most, struct rng *rng)
{
    struct landmarks landmarks = choose(graph->nodes, most, rng);
    paths_from(graph, landmarks.landmarks, landmarks.count, landmarks.distances);
    replace_infinite(&landmarks);
    return landmarks;
}

struct landmarks landmarks_of_matrix(const struct array *matrix, size_t most, struct rng *rng)
{
    size_t nodes = matrix->shape[0];
    struct landmarks landmarks = choose(nodes, most, rng);
    for (size_t i = 0; i < landmarks.count; i++)
        for (size_t v = 0; v < nodes; v++)
            landmarks.distances[i * nodes + v] =
                (float)array_value(matrix, landmarks.landmarks[i] * nodes + v);
    return landmarks;
}

void landmarks_free(struct landmarks *landmarks)
{
    free(landmarks->landmarks);
    free(landmarks->distances);
    *landmarks = (struct landmarks){0};
}
