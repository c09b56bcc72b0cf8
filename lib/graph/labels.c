#include "graph/labels.h"

#include "base/memory.h"
#include "io/csv.h"

#include <stdlib.h>
#include <string.h>

enum { UNLABELLED = UINT32_MAX };

struct label_reader {
    struct graph *graph;
    struct labels *labels;
    const char *file;
    size_t columns; /* 0 before the header */
    size_t node_column;
    size_t label_column;
};

/* The column of a name; record->count when there is none. */
static size_t find_column(const struct csv_record *record, const char *name)
{
    size_t column = 0;
    while (column < record->count && strcmp(record->fields[column], name) != 0)
        column++;
    return column;
}

static bool read_header(struct label_reader *reader, const struct csv_record *record,
                        struct error *error)
{
    reader->columns = record->count;
    reader->node_column = find_column(record, "node");
    reader->label_column = find_column(record, "label");
    if (reader->node_column == record->count || reader->label_column == record->count)
        return error_set(error, EX_DATAERR,
                         "%s:%zu: no column '%s'; expected a header with "
                         "columns node and label",
                         reader->file, record->line,
                         reader->node_column == record->count ? "node" : "label");
    return true;
}

/* A name without zero bytes; NULL after setting the error. */
static const char *field_text(const struct label_reader *reader, const struct csv_record *record,
                              size_t column, const char *what, struct error *error)
{
    const char *text = record->fields[column];
    if (record->lengths[column] > 0 && strlen(text) == record->lengths[column])
        return text;
    error_set(error, EX_DATAERR, "%s:%zu: the %s is %s; expected text", reader->file, record->line,
              what, record->lengths[column] ? "cut by a zero byte" : "empty");
    return NULL;
}

static bool set_label(struct label_reader *reader, const struct csv_record *record,
                      const char *node, const char *label, struct error *error)
{
    struct labels *labels = reader->labels;
    size_t known = reader->graph->nodes;
    uint32_t index = graph_add_node(reader->graph, node);
    if (index == NAMES_ABSENT)
        return error_set(error, EX_DATAERR, "%s:%zu: too many nodes; expected fewer than 2^32 - 1",
                         reader->file, record->line);
    if (reader->graph->nodes > known)
        labels->of_node =
            memory_resize(labels->of_node, reader->graph->nodes, sizeof *labels->of_node);
    else if (labels->of_node[index] != UNLABELLED)
        return error_set(error, EX_DATAERR, "%s:%zu: node '%.64s' again; expected one label",
                         reader->file, record->line, node);
    labels->of_node[index] = names_add(&labels->classes, label, strlen(label));
    return true;
}

static bool read_record(void *context, const struct csv_record *record, struct error *error)
{
    struct label_reader *reader = context;
    if (reader->columns == 0)
        return read_header(reader, record, error);
    if (record->count != reader->columns)
        return error_set(error, EX_DATAERR, "%s:%zu: %zu fields; expected %zu as in the header",
                         reader->file, record->line, record->count, reader->columns);
    const char *node = field_text(reader, record, reader->node_column, "node", error);
    const char *label = field_text(reader, record, reader->label_column, "label", error);
    return node && label && set_label(reader, record, node, label, error);
}

static bool all_labelled(const struct label_reader *reader, struct error *error)
{
    for (size_t v = 0; v < reader->graph->nodes; v++)
        if (reader->labels->of_node[v] == UNLABELLED)
            return error_set(error, EX_DATAERR,
                             "%s: no label for node '%.64s'; expected one for every node",
                             reader->file, reader->graph->names.strings[v]);
    return true;
}

bool labels_read(struct stream *stream, struct graph *graph, struct labels *labels,
                 struct error *error)
{
    *labels = (struct labels){.of_node = memory_alloc(graph->nodes, sizeof *labels->of_node)};
    memset(labels->of_node, 0xff, graph->nodes * sizeof *labels->of_node);
    struct label_reader reader = {.graph = graph, .labels = labels, .file = stream_name(stream)};
    bool done = csv_scan(stream, read_record, &reader, error) && all_labelled(&reader, error);
    if (!done)
        labels_free(labels);
    return done;
}

void labels_free(struct labels *labels)
{
    free(labels->of_node);
    names_free(&labels->classes);
    *labels = (struct labels){0};
}
