#include "node/node_data.h"

#include "base/memory.h"
#include "dist/ranks.h"
#include "graph/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const feature_scaling_names[] = {"none", "rows", "auto", NULL};
const char *const feature_scaling_done_names[] = {"none", "rows", NULL};

enum { BLOCK_VALUES = 1 << 22 }; /* read at a time, to be looked at */

/* --- features --- */

static void scale_rows(real *values, size_t rows, size_t columns)
{
#pragma omp parallel for schedule(static) if (rows * columns > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < rows; i++) {
        real *row = values + i * columns, sum = 0;
        for (size_t j = 0; j < columns; j++)
            sum += row[j] < 0 ? -row[j] : row[j];
        for (size_t j = 0; sum > 0 && j < columns; j++)
            row[j] /= sum;
    }
}

bool node_data_features(const struct node_data *data, const uint32_t *nodes, size_t first,
                        size_t count, real *values, struct error *error)
{
    if (!node_features_read(&data->features, nodes, first, count, values, error))
        return false;
    if (data->scaling == FEATURES_ROWS)
        scale_rows(values, count, data->features.columns);
    return true;
}

/* Whether the rows of all ranks look like counted words. */
static bool are_words(const real *values, size_t rows, size_t columns)
{
    double counts[3] = {0, 0, (double)rows * (double)columns}; /* not 0, negative, all */
    for (size_t i = 0; i < rows * columns; i++) {
        counts[0] += values[i] != 0;
        counts[1] += values[i] < 0;
    }
    ranks_sum_doubles(counts, 3);
    return counts[1] == 0 && counts[0] * FEATURE_MATRIX_SPARSE_BELOW <= counts[2];
}

/* This rank's rows into memory; or one pass that finds what is not finite before any training. */
static bool take_features(struct node_data *data, bool resident, struct error *error)
{
    size_t nodes = data->features.nodes, columns = data->features.columns;
    row_share_make(&data->share, nodes);
    if (resident) {
        size_t count = data->share.count;
        real *values = memory_alloc(count * columns, sizeof *values);
        if (!node_features_read(&data->features, NULL, data->share.first, count, values, error)) {
            free(values);
            return false;
        }
        data->words = are_words(values, count, columns);
        if (data->scaling == FEATURES_AUTO && data->words)
            data->scaling = FEATURES_ROWS;
        if (data->scaling == FEATURES_ROWS)
            scale_rows(values, count, columns);
        feature_matrix_make(&data->matrix, values, count, columns);
        data->has_matrix = true;
        return true;
    }
    size_t block = BLOCK_VALUES / columns + 1;
    real *values = memory_alloc(block * columns, sizeof *values);
    bool good = true;
    for (size_t first = 0; good && first < nodes; first += block)
        good = node_features_read(&data->features, NULL, first,
                                  nodes - first < block ? nodes - first : block, values, error);
    free(values);
    return good;
}

/* --- all of it --- */

static bool read_edges(struct node_data *data, const struct node_data_options *options,
                       const struct names *names, struct error *error)
{
    const struct graph_read_options reading = {.directed = options->directed,
                                               .allow_self_loops = true,
                                               .nodes = names};
    if (!options->edges) {
        graph_from_edges(&data->graph, names->count, NULL, 0, false, false, names_copy(names));
        return true;
    }
    struct stream *stream = stream_open(options->edges, error);
    bool good = stream && graph_read(stream, &reading, &data->graph, error);
    stream_close(stream);
    return good;
}

static bool read_labels(struct node_data *data, const struct node_data_options *options,
                        struct error *error)
{
    if (!options->labels)
        return true;
    const struct label_columns columns = {.item = "node",
                                          .label = "label",
                                          .labels = options->label_columns,
                                          .split = options->split_column,
                                          .find_splits = true,
                                          .classes = options->classes};
    struct stream *stream = stream_open(options->labels, error);
    bool good =
        stream && label_table_read(stream, &columns, &data->graph.names, &data->table, error);
    stream_close(stream);
    return good;
}

/* --- the digest --- */

static void add_values(struct sha256 *hash, const void *values, size_t count, size_t size)
{
    if (values)
        sha256_add(hash, values, count * size);
}

static void add_features(struct sha256 *hash, const struct feature_matrix *x)
{
    const struct sparse *sparse = &x->sparse;
    add_values(hash, x->dense, x->rows * x->columns, sizeof(real));
    if (x->dense)
        return;
    add_values(hash, sparse->offsets, x->rows + 1, sizeof *sparse->offsets);
    add_values(hash, sparse->indices, sparse_entries(sparse), sizeof *sparse->indices);
    add_values(hash, sparse->values, sparse_entries(sparse), sizeof(real));
}

void node_data_digest(const struct node_data *data, const uint8_t *parts, char text[SHA256_TEXT])
{
    const struct graph *graph = &data->graph;
    const struct label_table *table = &data->table;
    unsigned char digest[SHA256_BYTES];
    struct sha256 hash;
    sha256_start(&hash);
    if (data->has_matrix && data->share.ranks == 1)
        add_features(&hash, &data->matrix);
    add_values(&hash, graph->offsets, graph->nodes + 1, sizeof *graph->offsets);
    add_values(&hash, graph->targets, graph->arcs, sizeof *graph->targets);
    add_values(&hash, graph->weights, graph->arcs, sizeof *graph->weights);
    add_values(&hash, table->labels, table->items, sizeof *table->labels);
    add_values(&hash, table->marks, table->items * table->classes.count, sizeof *table->marks);
    add_values(&hash, parts, graph->nodes, 1);
    sha256_finish(&hash, digest);
    sha256_print(digest, text);
}

/* --- the order of the nodes --- */

/* Neighbours near to each other, whatever the file's order is. */
static void reorder(struct node_data *data)
{
    struct graph simple, ordered;
    data->order = memory_alloc(data->graph.nodes, sizeof *data->order);
    graph_simple(&data->graph, &simple);
    order_cuthill_mckee(&simple, data->order);
    graph_subgraph(&data->graph, data->order, data->graph.nodes, &ordered);
    node_features_reorder(&data->features, data->order);
    graph_free(&simple);
    graph_free(&data->graph);
    data->graph = ordered;
}

void node_data_in_file_order(const struct node_data *data, const real *values, size_t columns,
                             struct names *names, real **ordered)
{
    size_t nodes = data->graph.nodes;
    uint32_t *place = memory_alloc(nodes, sizeof *place); /* of each node of the file */
    *names = (struct names){0};
    *ordered = memory_alloc(nodes * columns, sizeof **ordered);
    for (size_t i = 0; i < nodes; i++)
        place[data->order ? data->order[i] : i] = (uint32_t)i;
    for (size_t v = 0; v < nodes; v++) {
        const char *name = data->graph.names.strings[place[v]];
        names_add(names, name, strlen(name));
        memcpy(*ordered + v * columns, values + place[v] * columns, columns * sizeof **ordered);
    }
    free(place);
}

bool node_data_read(struct node_data *data, const struct node_data_options *options,
                    enum feature_scaling scaling, struct error *error)
{
    struct names names = {0};
    *data = (struct node_data){.scaling = scaling, .memory_limit = options->memory_limit};
    bool good = node_features_open(&data->features, options->features, &names, error) &&
                read_edges(data, options, &names, error);
    if (good && options->reorder)
        reorder(data);
    good = good && read_labels(data, options, error) &&
           take_features(data, options->resident, error);
    if (data->scaling == FEATURES_AUTO)
        data->scaling = FEATURES_AS_THEY_ARE;
    names_free(&names);
    if (!good)
        node_data_free(data);
    return good;
}

bool node_data_read_for(struct node_data *data, const struct node_data_options *options,
                        enum feature_scaling scaling, const struct names *classes, bool several,
                        size_t columns, struct error *error)
{
    struct node_data_options wanted = *options;
    char *label_columns = several ? names_joined(classes, ",") : NULL;
    wanted.classes = classes;
    wanted.label_columns = label_columns;
    bool good = node_data_read(data, &wanted, scaling, error);
    free(label_columns);
    if (!good || data->features.columns == columns)
        return good;
    error_set(error, EX_DATAERR, "%s: %zu columns of features; the model expects %zu",
              options->features, data->features.columns, columns);
    node_data_free(data);
    return false;
}

void node_data_free(struct node_data *data)
{
    if (data->has_matrix)
        feature_matrix_free(&data->matrix);
    node_features_free(&data->features);
    label_table_free(&data->table);
    graph_free(&data->graph);
    row_share_free(&data->share);
    free(data->order);
    *data = (struct node_data){0};
}
