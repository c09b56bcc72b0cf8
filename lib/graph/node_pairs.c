#include "graph/node_pairs.h"

#include "base/memory.h"
#include "graph/edge_csv.h"
#include "graph/paths.h"

#include <stdlib.h>

struct pair_reader {
    const struct graph *graph;
    const char *file;
    struct node_pair *pairs;
    size_t count;
    size_t capacity;
    bool begun;
};

static bool find_node(const struct pair_reader *reader, const struct csv_record *record,
                      size_t field, uint32_t *node, struct error *error)
{
    *node = names_find(&reader->graph->names, record->fields[field]);
    if (*node == NAMES_ABSENT)
        return error_set(error, EX_DATAERR, "%s:%zu: no node '%.64s' in the graph; expected one",
                         reader->file, record->line, record->fields[field]);
    return true;
}

static bool read_pair(void *context, const struct csv_record *record, struct error *error)
{
    struct pair_reader *reader = context;
    bool first = !reader->begun;
    reader->begun = true;
    if (record->count < 2)
        return error_set(error, EX_DATAERR, "%s:%zu: one field; expected source,target",
                         reader->file, record->line);
    if (first && edge_csv_is_header(record))
        return true;
    struct node_pair pair;
    if (!find_node(reader, record, 0, &pair.source, error) ||
        !find_node(reader, record, 1, &pair.target, error))
        return false;
    reader->pairs =
        memory_grow(reader->pairs, &reader->capacity, reader->count + 1, sizeof *reader->pairs);
    reader->pairs[reader->count++] = pair;
    return true;
}

bool node_pairs_read(struct stream *stream, const struct graph *graph, struct node_pair **pairs,
                     size_t *count, struct error *error)
{
    struct pair_reader reader = {.graph = graph, .file = stream_name(stream)};
    bool done = csv_scan(stream, read_pair, &reader, error);
    if (done && reader.count == 0)
        done = error_set(error, EX_DATAERR, "%s: no pairs; expected lines of source,target",
                         reader.file);
    if (!done) {
        free(reader.pairs);
        return false;
    }
    *pairs = reader.pairs;
    *count = reader.count;
    return true;
}

bool node_pairs_from_array(const struct array *array, const char *place, size_t nodes,
                           struct node_pair **pairs, size_t *count, struct error *error)
{
    if (array->dimensions != 2 || array->shape[1] != 2 || !dtype_is_integer(array->dtype))
        return error_set(error, EX_DATAERR, "%s: expected integers of shape (pairs, 2)", place);
    *count = array->shape[0];
    *pairs = memory_alloc(*count, sizeof **pairs);
    const uint32_t *direct = array->dtype == DTYPE_U32 ? array->data : NULL;
    for (size_t i = 0; i < 2 * *count; i++) {
        double node = direct ? (double)direct[i] : array_value(array, i);
        if (!(node >= 0 && node < (double)nodes)) {
            free(*pairs);
            *pairs = NULL;
            return error_set(error, EX_DATAERR,
                             "%s: row %zu: no node %.0f in the graph; expected one below %zu",
                             place, i / 2, node, nodes);
        }
        *(i % 2 ? &(*pairs)[i / 2].target : &(*pairs)[i / 2].source) = (uint32_t)node;
    }
    return true;
}

/* The positions of pairs, ordered by source; starts (nodes + 1) tells where each source begins. */
static size_t *order_by_source(const struct node_pair *pairs, size_t count, size_t nodes,
                               size_t *starts)
{
    size_t *order = memory_alloc(count, sizeof *order);
    size_t *next = memory_zeroed(nodes + 1, sizeof *next);
    for (size_t i = 0; i < count; i++)
        next[pairs[i].source + 1]++;
    for (size_t v = 0; v < nodes; v++)
        next[v + 1] += next[v];
    for (size_t v = 0; v <= nodes; v++)
        starts[v] = next[v];
    for (size_t i = 0; i < count; i++)
        order[next[pairs[i].source]++] = i;
    free(next);
    return order;
}

void node_pairs_distances(const struct graph *graph, const struct node_pair *pairs, size_t count,
                          int threads, float *distances)
{
    size_t block = paths_block(graph, threads);
    size_t *starts = memory_alloc(graph->nodes + 1, sizeof *starts);
    size_t *order = order_by_source(pairs, count, graph->nodes, starts);
    uint32_t *sources = memory_alloc(block, sizeof *sources);
    float *rows = memory_alloc(block, graph->nodes * sizeof *rows);
    size_t v = 0;
    while (v < graph->nodes) {
        size_t filled = 0;
        for (; v < graph->nodes && filled < block; v++)
            if (starts[v + 1] > starts[v])
                sources[filled++] = (uint32_t)v;
        paths_from(graph, sources, filled, rows);
        for (size_t row = 0; row < filled; row++)
            for (size_t i = starts[sources[row]]; i < starts[sources[row] + 1]; i++)
                distances[order[i]] = rows[row * graph->nodes + pairs[order[i]].target];
    }
    free(rows);
    free(sources);
    free(order);
    free(starts);
}
