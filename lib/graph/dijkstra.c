#include "graph/dijkstra.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { CHILDREN = 4, OUTSIDE = UINT32_MAX };

void dijkstra_begin(struct dijkstra *dijkstra, const struct graph *graph)
{
    dijkstra->graph = graph;
    dijkstra->distances = memory_alloc(graph->nodes, sizeof *dijkstra->distances);
    dijkstra->positions = memory_alloc(graph->nodes, sizeof *dijkstra->positions);
    dijkstra->heap = memory_alloc(graph->nodes, sizeof *dijkstra->heap);
    dijkstra->heap_count = 0;
}

void dijkstra_end(struct dijkstra *dijkstra)
{
    free(dijkstra->distances);
    free(dijkstra->positions);
    free(dijkstra->heap);
}

static void place(struct dijkstra *dijkstra, size_t position, struct dijkstra_entry entry)
{
    dijkstra->heap[position] = entry;
    dijkstra->positions[entry.node] = (uint32_t)position;
}

static void sift_up(struct dijkstra *dijkstra, size_t position, struct dijkstra_entry entry)
{
    while (position > 0) {
        size_t parent = (position - 1) / CHILDREN;
        if (dijkstra->heap[parent].distance <= entry.distance)
            break;
        place(dijkstra, position, dijkstra->heap[parent]);
        position = parent;
    }
    place(dijkstra, position, entry);
}

static void sift_down(struct dijkstra *dijkstra, struct dijkstra_entry entry)
{
    size_t position = 0;
    for (;;) {
        size_t child = CHILDREN * position + 1;
        if (child >= dijkstra->heap_count)
            break;
        size_t end =
            child + CHILDREN < dijkstra->heap_count ? child + CHILDREN : dijkstra->heap_count;
        for (size_t other = child + 1; other < end; other++)
            if (dijkstra->heap[other].distance < dijkstra->heap[child].distance)
                child = other;
        if (entry.distance <= dijkstra->heap[child].distance)
            break;
        place(dijkstra, position, dijkstra->heap[child]);
        position = child;
    }
    place(dijkstra, position, entry);
}

static uint32_t pop_nearest(struct dijkstra *dijkstra)
{
    uint32_t nearest = dijkstra->heap[0].node;
    struct dijkstra_entry last = dijkstra->heap[--dijkstra->heap_count];
    if (dijkstra->heap_count > 0)
        sift_down(dijkstra, last);
    return nearest;
}

/* A shorter way to a node: puts it into the heap or moves it up. */
static void reach(struct dijkstra *dijkstra, uint32_t node, double distance)
{
    if (dijkstra->positions[node] == OUTSIDE)
        dijkstra->positions[node] = (uint32_t)dijkstra->heap_count++;
    dijkstra->distances[node] = distance;
    sift_up(dijkstra, dijkstra->positions[node], (struct dijkstra_entry){distance, node});
}

void dijkstra_from(struct dijkstra *dijkstra, uint32_t source, float *distances)
{
    const struct graph *graph = dijkstra->graph;
    for (size_t v = 0; v < graph->nodes; v++) {
        dijkstra->distances[v] = INFINITY;
        dijkstra->positions[v] = OUTSIDE;
    }
    reach(dijkstra, source, 0);
    while (dijkstra->heap_count > 0) {
        uint32_t node = pop_nearest(dijkstra);
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++) {
            double weight = graph->weights ? (double)graph->weights[i] : 1.0;
            double distance = dijkstra->distances[node] + weight;
            /* A node that has left the heap is never nearer, since no weight is negative. */
            if (distance < dijkstra->distances[graph->targets[i]])
                reach(dijkstra, graph->targets[i], distance);
        }
    }
    for (size_t v = 0; v < graph->nodes; v++)
        distances[v] = (float)dijkstra->distances[v];
}
