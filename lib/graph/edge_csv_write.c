#include "graph/graph.h"
#include "io/csv.h"

#include <inttypes.h>

static void write_node(const struct graph *graph, uint32_t node, FILE *file)
{
    if (graph->names.count)
        csv_write_field(file, graph->names.strings[node]);
    else
        fprintf(file, "%" PRIu32, node);
}

void graph_write(const struct graph *graph, FILE *file)
{
    fputs(graph->weights ? "source,target,weight\n" : "source,target\n", file);
    for (size_t v = 0; v < graph->nodes; v++) {
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            if (!graph->directed && graph->targets[i] < v)
                continue;
            write_node(graph, (uint32_t)v, file);
            putc(',', file);
            write_node(graph, graph->targets[i], file);
            if (graph->weights) {
                putc(',', file);
                csv_write_float(file, graph->weights[i]);
            }
            putc('\n', file);
        }
    }
}
