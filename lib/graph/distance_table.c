#include "graph/distance_table.h"

#include "base/memory.h"
#include "base/progress.h"
#include "graph/paths.h"
#include "io/csv.h"
#include "io/npy.h"

#include <math.h>
#include <stdlib.h>

/* Counts the distances, and puts the value for the unreachable where there is none. */
static void settle(float *distances, size_t count, float unreachable, struct distance_tally *tally)
{
    size_t reachable = 0;
    double sum = 0;
    float largest = tally->largest;
    for (size_t i = 0; i < count; i++) {
        bool finite = distances[i] < INFINITY;
        reachable += finite;
        sum += finite ? (double)distances[i] : 0;
        largest = finite && distances[i] > largest ? distances[i] : largest;
        distances[i] = finite ? distances[i] : unreachable;
    }
    tally->pairs += (double)count;
    tally->reachable += (double)reachable;
    tally->sum += sum;
    tally->largest = largest;
}

/* name,distance,...: the tail of a line. */
static void write_csv_row(FILE *file, const char *name, const float *distances, size_t count)
{
    csv_write_field(file, name);
    for (size_t i = 0; i < count; i++) {
        putc(',', file);
        csv_write_float(file, distances[i]);
    }
    putc('\n', file);
}

static bool write_header(struct output *output, const struct graph *graph, size_t count, bool npy,
                         struct error *error)
{
    const size_t shape[] = {count, graph->nodes};
    if (npy)
        return npy_write_header(output, DTYPE_F32, 2, shape, error);
    fputs("node", output->file);
    for (size_t v = 0; v < graph->nodes; v++) {
        putc(',', output->file);
        csv_write_field(output->file, graph->names.strings[v]);
    }
    putc('\n', output->file);
    return true;
}

static bool write_rows(struct output *output, const struct graph *graph, const uint32_t *sources,
                       size_t count, const float *rows, bool npy, struct error *error)
{
    if (npy)
        return output_write(output, rows, count * graph->nodes * sizeof *rows, error);
    for (size_t i = 0; i < count; i++)
        write_csv_row(output->file, graph->names.strings[sources[i]], rows + i * graph->nodes,
                      graph->nodes);
    return true;
}

bool distance_matrix_write(struct output *output, const struct graph *graph,
                           const uint32_t *sources, size_t count,
                           const struct distance_format *format, struct distance_tally *tally,
                           struct error *error)
{
    size_t block = paths_block(graph, format->threads);
    if (block > count)
        block = count;
    float *rows = memory_alloc(block, graph->nodes * sizeof *rows);
    struct progress progress;
    progress_start(&progress, "sources", count, format->progress);
    bool done = write_header(output, graph, count, format->npy, error);
    for (size_t first = 0; done && first < count; first += block) {
        size_t length = count - first < block ? count - first : block;
        paths_from(graph, sources + first, length, rows);
        settle(rows, length * graph->nodes, format->unreachable, tally);
        done = write_rows(output, graph, sources + first, length, rows, format->npy, error);
        progress_update(&progress, first + length, NULL, 0);
    }
    progress_finish(&progress);
    free(rows);
    return done;
}

bool distance_pairs_write(struct output *output, const struct graph *graph,
                          const struct node_pair *pairs, size_t count,
                          const struct distance_format *format, struct distance_tally *tally,
                          struct error *error)
{
    float *distances = memory_alloc(count, sizeof *distances);
    node_pairs_distances(graph, pairs, count, format->threads, distances);
    settle(distances, count, format->unreachable, tally);
    bool done = true;
    if (format->npy)
        done = npy_write_floats(output, 1, &count, distances, error);
    else
        fputs("source,target,distance\n", output->file);
    for (size_t i = 0; !format->npy && i < count; i++) {
        csv_write_field(output->file, graph->names.strings[pairs[i].source]);
        putc(',', output->file);
        write_csv_row(output->file, graph->names.strings[pairs[i].target], &distances[i], 1);
    }
    free(distances);
    return done;
}

void distance_names_write(struct output *output, const struct graph *graph, const uint32_t *sources,
                          size_t count)
{
    size_t *row = memory_zeroed(graph->nodes, sizeof *row); /* from 1; 0 for none */
    for (size_t i = count; i > 0; i--)
        row[sources[i - 1]] = i;
    fputs("node,row\n", output->file);
    for (size_t v = 0; v < graph->nodes; v++) {
        csv_write_field(output->file, graph->names.strings[v]);
        if (row[v])
            fprintf(output->file, ",%zu\n", row[v] - 1);
        else
            fputs(",\n", output->file);
    }
    free(row);
}
