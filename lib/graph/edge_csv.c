/* graph_read: an edge list, record by record. Each check knows the line; conflicts come last. */
#include "graph/edge_csv.h"

#include "base/memory.h"
#include "graph/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reading {
    const struct graph_read_options *options;
    const char *file;
    struct names names;
    struct edge *edges;
    size_t *lines; /* of the edges, while there are weights that may conflict */
    size_t count;
    size_t edge_capacity;
    size_t line_capacity;
    size_t columns;           /* 2 or 3; 0 before the first record */
    bool first_may_be_header; /* two words: the second record will tell */
};

static bool is_number(const struct csv_record *record, size_t field)
{
    double value;
    return csv_parse_number(record->fields[field], record->lengths[field], &value);
}

bool edge_csv_is_header(const struct csv_record *record)
{
    static const char *const words[][2] = {
        {"source", "target"}, {"from", "to"}, {"src", "dst"}, {"parent", "child"}, {"u", "v"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(record->fields[0], words[i][0]) == 0 &&
            strcasecmp(record->fields[1], words[i][1]) == 0)
            return true;
    return false;
}

/* What stands above weights is a word; what begins as a number does is a weight that is wrong. */
static bool is_name_of_weights(const struct csv_record *record)
{
    const char *name = record->fields[2];
    return record->lengths[2] > 0 && !strchr("+-.0123456789", *name) && !is_number(record, 2);
}

static bool check_columns(struct reading *reading, const struct csv_record *record,
                          struct error *error)
{
    if (reading->columns == 0) {
        if (record->count != 2 && record->count != 3)
            return error_set(error, EX_DATAERR,
                             "%s:%zu: %zu fields; expected source,target[,weight]", reading->file,
                             record->line, record->count);
        reading->columns = record->count;
    }
    if (record->count != reading->columns)
        return error_set(error, EX_DATAERR, "%s:%zu: %zu fields; expected %zu as on the first line",
                         reading->file, record->line, record->count, reading->columns);
    return true;
}

static bool add_node(struct reading *reading, const struct csv_record *record, size_t field,
                     uint32_t *node, struct error *error)
{
    const char *name = record->fields[field];
    size_t length = record->lengths[field];
    if (length == 0)
        return error_set(error, EX_DATAERR, "%s:%zu: the %s is empty; expected a node's name",
                         reading->file, record->line, field ? "target" : "source");
    if (memchr(name, '\0', length))
        return error_set(error, EX_DATAERR, "%s:%zu: zero byte in the %s; expected text",
                         reading->file, record->line, field ? "target" : "source");
    if (reading->options->nodes) {
        *node = names_find(reading->options->nodes, name);
        return *node != NAMES_ABSENT ||
               error_set(error, EX_DATAERR,
                         "%s:%zu: unknown node '%.64s'; expected one of the %zu that are known",
                         reading->file, record->line, name, reading->options->nodes->count);
    }
    *node = names_add(&reading->names, name, length);
    if (*node == NAMES_ABSENT)
        return error_set(error, EX_DATAERR, "%s:%zu: too many nodes; expected fewer than 2^32 - 1",
                         reading->file, record->line);
    return true;
}

static bool parse_weight(const struct reading *reading, const struct csv_record *record,
                         float *weight, struct error *error)
{
    double value;
    if (!csv_parse_number(record->fields[2], record->lengths[2], &value))
        return error_set(error, EX_DATAERR, "%s:%zu: weight '%.64s'; expected a number",
                         reading->file, record->line, record->fields[2]);
    *weight = (float)value;
    if (!isfinite(*weight))
        return error_set(error, EX_DATAERR, "%s:%zu: weight %.64s; expected a finite float",
                         reading->file, record->line, record->fields[2]);
    if (*weight <= 0 && !reading->options->allow_nonpositive)
        return error_set(error, EX_DATAERR, "%s:%zu: weight %.64s; expected a positive number",
                         reading->file, record->line, record->fields[2]);
    return true;
}

static bool add_edge(struct reading *reading, const struct csv_record *record, struct error *error)
{
    struct edge edge = {.weight = 1};
    if (!add_node(reading, record, 0, &edge.source, error) ||
        !add_node(reading, record, 1, &edge.target, error) ||
        (record->count == 3 && !parse_weight(reading, record, &edge.weight, error)))
        return false;
    if (edge.source == edge.target && !reading->options->allow_self_loops)
        return error_set(error, EX_DATAERR, "%s:%zu: self loop at node '%.64s'; expected two nodes",
                         reading->file, record->line, record->fields[0]);
    size_t needed = reading->count + 1;
    reading->edges =
        memory_grow(reading->edges, &reading->edge_capacity, needed, sizeof *reading->edges);
    reading->edges[reading->count] = edge;
    if (record->count == 3) {
        reading->lines =
            memory_grow(reading->lines, &reading->line_capacity, needed, sizeof *reading->lines);
        reading->lines[reading->count] = record->line;
    }
    reading->count = needed;
    return true;
}

static bool read_record(void *context, const struct csv_record *record, struct error *error)
{
    struct reading *reading = context;
    bool first = reading->columns == 0;
    if (!check_columns(reading, record, error))
        return false;
    if (first) {
        if (edge_csv_is_header(record) || (record->count == 3 && is_name_of_weights(record)))
            return true;
        bool words = record->count == 2 && !is_number(record, 0) && !is_number(record, 1);
        const struct names *nodes = reading->options->nodes;
        if (words && nodes && names_find(nodes, record->fields[0]) == NAMES_ABSENT &&
            names_find(nodes, record->fields[1]) == NAMES_ABSENT)
            return true;
        reading->first_may_be_header = words;
    } else if (reading->first_may_be_header) {
        reading->first_may_be_header = false;
        if (is_number(record, 0) && is_number(record, 1)) {
            names_free(&reading->names);
            reading->count = 0;
        }
    }
    return add_edge(reading, record, error);
}

/* The graph holds the first weight of every edge: a later one that differs is a conflict. */
static bool check_conflicts(const struct reading *reading, const struct graph *graph,
                            struct error *error)
{
    for (size_t i = 0; i < reading->count; i++) {
        struct edge edge = reading->edges[i];
        float first = graph->weights[graph_find_arc(graph, edge.source, edge.target)];
        if (edge.weight != first)
            return error_set(error, EX_DATAERR,
                             "%s:%zu: edge '%.64s','%.64s' again with weight %g; expected %g as "
                             "before",
                             reading->file, reading->lines[i], graph->names.strings[edge.source],
                             graph->names.strings[edge.target], (double)edge.weight, (double)first);
    }
    return true;
}

static void sum_duplicates(const struct reading *reading, struct graph *graph)
{
    memset(graph->weights, 0, graph->arcs * sizeof *graph->weights);
    for (size_t i = 0; i < reading->count; i++) {
        struct edge edge = reading->edges[i];
        graph->weights[graph_find_arc(graph, edge.source, edge.target)] += edge.weight;
        if (!graph->directed && edge.source != edge.target)
            graph->weights[graph_find_arc(graph, edge.target, edge.source)] += edge.weight;
    }
}

static bool build(struct reading *reading, struct graph *graph, struct error *error)
{
    bool weighted = reading->columns == 3;
    if (reading->options->nodes)
        reading->names = names_copy(reading->options->nodes);
    graph_from_edges(graph, reading->names.count, reading->edges, reading->count,
                     reading->options->directed, weighted, reading->names);
    reading->names = (struct names){0};
    if (weighted && reading->options->duplicates == DUPLICATES_SUM)
        sum_duplicates(reading, graph);
    if (weighted && reading->options->duplicates == DUPLICATES_REFUSE_CONFLICTS &&
        !check_conflicts(reading, graph, error)) {
        graph_free(graph);
        return false;
    }
    return true;
}

bool graph_read(struct stream *stream, const struct graph_read_options *options,
                struct graph *graph, struct error *error)
{
    struct reading reading = {.options = options, .file = stream_name(stream)};
    bool done = csv_scan(stream, read_record, &reading, error);
    if (done && reading.count == 0)
        done = error_set(error, EX_DATAERR,
                         "%s: no edges; expected lines of source,target[,weight]", reading.file);
    done = done && build(&reading, graph, error);
    names_free(&reading.names);
    free(reading.edges);
    free(reading.lines);
    return done;
}
