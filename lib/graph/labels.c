#include "graph/labels.h"

#include "base/memory.h"
#include "grad/ops.h"
#include "graph/label_table.h"

#include <stdlib.h>

bool labels_read(struct stream *stream, struct graph *graph, struct labels *labels,
                 struct error *error)
{
    const struct label_columns columns = {.item = "node", .label = "label", .add_items = true};
    struct label_table table;
    *labels = (struct labels){0};
    if (!label_table_read(stream, &columns, &graph->names, &table, error))
        return false;
    graph_take_new_names(graph);
    labels->of_node = memory_alloc(graph->nodes, sizeof *labels->of_node);
    bool good = true;
    for (size_t v = 0; good && v < graph->nodes; v++) {
        labels->of_node[v] = (uint32_t)table.labels[v];
        if (table.labels[v] == LABEL_NONE)
            good = error_set(error, EX_DATAERR,
                             "%s: no label for node '%.64s'; expected one for every node",
                             stream_name(stream), graph->names.strings[v]);
    }
    labels->classes = table.classes;
    table.classes = (struct names){0};
    label_table_free(&table);
    if (!good)
        labels_free(labels);
    return good;
}

void labels_free(struct labels *labels)
{
    free(labels->of_node);
    names_free(&labels->classes);
    *labels = (struct labels){0};
}
