#include "spacetime/order_repair.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static real next_above(real x)
{
    return sizeof(real) == sizeof(float) ? (real)nextafterf((float)x, INFINITY)
                                         : (real)nextafter((double)x, INFINITY);
}

/* Raises times to those of their predecessors, or just above these. */
static void raise(const struct dag *dag, real *times, size_t dim, bool above)
{
    const struct graph *graph = &dag->graph;
    for (size_t i = 0; i < graph->nodes; i++) {
        uint32_t u = dag->order[i];
        const real *x = times + u * dim;
        for (size_t a = graph->offsets[u]; a < graph->offsets[u + 1]; a++) {
            real *y = times + graph->targets[a] * dim;
            for (size_t k = 0; k < dim; k++) {
                real least = above ? next_above(x[k]) : x[k];
                y[k] = y[k] < least ? least : y[k];
            }
        }
    }
}

/* Lowers times to those of their successors. */
static void lower(const struct dag *dag, real *times, size_t dim)
{
    const struct graph *graph = &dag->graph;
    for (size_t i = graph->nodes; i-- > 0;) {
        uint32_t u = dag->order[i];
        real *x = times + u * dim;
        for (size_t a = graph->offsets[u]; a < graph->offsets[u + 1]; a++) {
            const real *y = times + graph->targets[a] * dim;
            for (size_t k = 0; k < dim; k++)
                x[k] = x[k] > y[k] ? y[k] : x[k];
        }
    }
}

size_t order_repair(const struct dag *dag, real *times, size_t dim)
{
    size_t nodes = dag->graph.nodes, count = nodes * dim, moved = 0;
    real *before = memory_alloc(count, sizeof *before), *high = memory_alloc(count, sizeof *high);
    memcpy(before, times, count * sizeof *before);
    memcpy(high, times, count * sizeof *high);
    raise(dag, high, dim, false);
    lower(dag, times, dim);
    for (size_t i = 0; i < count; i++)
        times[i] = (times[i] + high[i]) / 2; /* rounding, too, never turns an order round */
    raise(dag, times, dim, true);
    for (size_t v = 0; v < nodes; v++)
        moved += memcmp(before + v * dim, times + v * dim, dim * sizeof *times) != 0;
    free(before);
    free(high);
    return moved;
}

/* --- ranks --- */

struct placed_time {
    real time;
    uint32_t position, node;
};

static int compare_times(const void *a, const void *b)
{
    const struct placed_time *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

void order_rank(const struct dag *dag, real *times, size_t dim)
{
    size_t nodes = dag->graph.nodes;
    struct placed_time *placed = memory_alloc(nodes, sizeof *placed);
    for (size_t k = 0; k < dim; k++) {
        for (size_t v = 0; v < nodes; v++)
            placed[v] = (struct placed_time){times[v * dim + k], dag->position[v], (uint32_t)v};
        qsort(placed, nodes, sizeof *placed, compare_times);
        for (size_t i = 0; i < nodes; i++)
            times[placed[i].node * dim + k] = (real)i;
    }
    free(placed);
}
