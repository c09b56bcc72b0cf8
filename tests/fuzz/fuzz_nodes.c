/* What is read beside a graph: labels of its nodes, with splits, and lists of pairs of them. */
#include "grad/ops.h"
#include "graph/label_table.h"
#include "graph/labels.h"
#include "graph/node_pairs.h"

#include "fuzz.h"

#include <stdlib.h>

static void make_graph(struct graph *graph)
{
    const struct edge edges[] = {{0, 1, 1}, {1, 2, 1}};
    graph_from_edges(graph, 3, edges, 2, false, false, names_numbered(3));
}

/* Every label is a class, every mark 0 or 1, every part one that there is. */
static void check_table(const struct label_table *table)
{
    for (size_t i = 0; i < table->items; i++) {
        if (table->labels[i] != LABEL_NONE &&
            (table->labels[i] < 0 || (size_t)table->labels[i] >= table->classes.count))
            abort();
        for (size_t s = 0; s < table->splits; s++)
            if (table->parts[s][i] >= SPLIT_PARTS)
                abort();
        for (size_t c = 0; table->marks && c < table->classes.count; c++)
            if (table->marks[i * table->classes.count + c] != 0 &&
                table->marks[i * table->classes.count + c] != 1)
                abort();
    }
}

static void read_table(const uint8_t *bytes, size_t count, const struct label_columns *columns,
                       size_t known)
{
    struct error error = {0};
    struct label_table table;
    struct names items = names_numbered(known);
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (label_table_read(stream, columns, &items, &table, &error)) {
        check_table(&table);
        label_table_free(&table);
    }
    stream_close(stream);
    names_free(&items);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct graph graph;
    struct error error = {0};
    struct node_pair *pairs;
    struct labels labels;
    size_t pair_count;
    make_graph(&graph);
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (node_pairs_read(stream, &graph, &pairs, &pair_count, &error))
        free(pairs);
    stream_close(stream);

    error = (struct error){0};
    stream = stream_from_memory(bytes, count, "fuzz");
    if (labels_read(stream, &graph, &labels, &error)) {
        for (size_t v = 0; v < graph.nodes; v++)
            if (labels.of_node[v] >= labels.classes.count)
                abort();
        labels_free(&labels);
    }
    stream_close(stream);
    graph_free(&graph);

    read_table(bytes, count,
               &(struct label_columns){.item = "node", .label = "label", .find_splits = true}, 3);
    read_table(bytes, count,
               &(struct label_columns){.item = "node", .labels = "a,b", .split = "split"}, 3);
    read_table(bytes, count, &(struct label_columns){.label = "label"}, 0);
    return 0;
}
