#include "graph/propagation.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCALES, OFFSETS, INDICES, VALUES, TURNED_VALUES };

/* Makes room for `count` elements; what was there is lost. */
static void *make_room(void *block, size_t *capacity, size_t count, size_t size)
{
    if (block && count <= *capacity)
        return block;
    free(block);
    *capacity = count;
    return memory_alloc(count, size);
}

/* The graph's weights as reals: its own where they are reals, otherwise copies in p->values. */
static const real *weights_as_reals(struct propagation *p, const struct graph *graph)
{
    if (!graph->weights || sizeof(real) == sizeof(float))
        return (const real *)(const void *)graph->weights;
    p->values = make_room(p->values, &p->capacity[VALUES], graph->arcs, sizeof *p->values);
    for (size_t i = 0; i < graph->arcs; i++)
        p->values[i] = (real)graph->weights[i];
    return p->values;
}

/* The arcs that end in a node, by their sources: the graph's transpose in the memory of p. */
static struct sparse turn_arcs(struct propagation *p, const struct sparse *arcs)
{
    size_t nodes = arcs->rows, entries = arcs->offsets[nodes];
    p->offsets = make_room(p->offsets, &p->capacity[OFFSETS], nodes + 2, sizeof *p->offsets);
    p->indices = make_room(p->indices, &p->capacity[INDICES], entries, sizeof *p->indices);
    if (arcs->values)
        p->turned_values = make_room(p->turned_values, &p->capacity[TURNED_VALUES], entries,
                                     sizeof *p->turned_values);
    memset(p->offsets, 0, (nodes + 2) * sizeof *p->offsets);
    return sparse_turn(arcs, p->offsets, p->indices, arcs->values ? p->turned_values : NULL);
}

/* The sum of a row of A + s I. */
static double row_sum(const struct sparse *matrix, size_t row)
{
    size_t first = matrix->offsets[row], end = matrix->offsets[row + 1];
    double sum = (double)matrix->diagonal;
    if (!matrix->values)
        return sum + (double)(end - first);
    for (size_t i = first; i < end; i++)
        sum += (double)matrix->values[i];
    return sum;
}

/* D^-1/2 for both sides, or D^-1 for the rows; 0 for a node that hears nothing. */
static void scale_rows(struct propagation *p, enum propagation_norm norm)
{
    size_t nodes = p->matrix.rows;
    p->scales = make_room(p->scales, &p->capacity[SCALES], nodes, sizeof *p->scales);
#pragma omp parallel for schedule(static) if (nodes > 4096)
    for (size_t v = 0; v < nodes; v++) {
        double sum = row_sum(&p->matrix, v);
        double scale = norm == PROPAGATION_SYMMETRIC ? 1 / sqrt(sum) : 1 / sum;
        p->scales[v] = sum > 0 ? (real)scale : 0;
    }
    p->matrix.row_scale = p->transpose.column_scale = p->scales;
    if (norm == PROPAGATION_SYMMETRIC)
        p->matrix.column_scale = p->transpose.row_scale = p->scales;
}

void propagation_make(struct propagation *propagation, const struct graph *graph,
                      enum propagation_norm norm, real self_loop)
{
    struct sparse arcs = {.rows = graph->nodes,
                          .columns = graph->nodes,
                          .offsets = graph->offsets,
                          .indices = graph->targets,
                          .values = weights_as_reals(propagation, graph)};
    propagation->transpose = arcs;
    propagation->matrix = graph->directed ? turn_arcs(propagation, &arcs) : arcs;
    propagation->matrix.diagonal = propagation->transpose.diagonal = self_loop;
    if (norm != PROPAGATION_SUM)
        scale_rows(propagation, norm);
}

void propagation_free(struct propagation *propagation)
{
    free(propagation->scales);
    free(propagation->offsets);
    free(propagation->indices);
    free(propagation->values);
    free(propagation->turned_values);
    *propagation = (struct propagation){0};
}
