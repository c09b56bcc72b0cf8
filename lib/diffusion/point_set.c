#include "diffusion/point_set.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Brings the rows to the order of their classes, in place: row i comes from source[i]. */
static void permute_rows(real *rows, size_t count, size_t columns, size_t *source)
{
    size_t bytes = columns * sizeof *rows;
    real *held = memory_alloc(columns, sizeof *held);
    for (size_t start = 0; start < count; start++) {
        size_t at = start;
        if (source[start] == start)
            continue;
        memcpy(held, rows + start * columns, bytes);
        while (source[at] != start) {
            size_t next = source[at];
            memcpy(rows + at * columns, rows + next * columns, bytes);
            source[at] = at;
            at = next;
        }
        memcpy(rows + at * columns, held, bytes);
        source[at] = at;
    }
    free(held);
}

static void sort_by_class(struct point_set *points, const struct data_set *data)
{
    size_t *source = memory_alloc(data->rows, sizeof *source);
    points->classes = data->classes;
    points->class_starts = memory_zeroed(data->classes + 2, sizeof *points->class_starts);
    size_t *ends = points->class_starts + 1; /* where the next row of a class goes */
    for (size_t i = 0; i < data->rows; i++)
        points->class_starts[data->labels[i] + 2]++;
    for (size_t c = 2; c <= data->classes; c++)
        points->class_starts[c] += points->class_starts[c - 1];
    for (size_t i = 0; i < data->rows; i++)
        source[ends[data->labels[i]]++] = i;
    permute_rows(points->rows, data->rows, data->columns, source);
    free(source);
}

struct point_set point_set_take(struct data_set *data)
{
    struct point_set points = {.count = data->rows, .columns = data->columns,
                               .rows = data->values};
    points.centre = memory_alloc(data->columns, sizeof *points.centre);
    points.half_norms = memory_alloc(data->rows, sizeof *points.half_norms);
    data_set_scale(data, points.centre);
    if (data->labels)
        sort_by_class(&points, data);
    data->values = NULL;
    for (size_t i = 0; i < points.count; i++) {
        real *row = points.rows + i * points.columns;
        double norm = 0;
        for (size_t j = 0; j < points.columns; j++) {
            row[j] -= points.centre[j];
            norm += (double)row[j] * (double)row[j];
        }
        points.half_norms[i] = (real)(norm / 2);
        points.largest_norm = (real)fmax((double)points.largest_norm, sqrt(norm));
    }
    return points;
}

struct point_range point_set_range(const struct point_set *points, const uint32_t *label)
{
    if (!label)
        return (struct point_range){0, points->count};
    size_t first = points->class_starts[*label];
    return (struct point_range){first, points->class_starts[*label + 1] - first};
}

void point_set_free(struct point_set *points)
{
    free(points->rows);
    free(points->centre);
    free(points->half_norms);
    free(points->class_starts);
    *points = (struct point_set){0};
}
