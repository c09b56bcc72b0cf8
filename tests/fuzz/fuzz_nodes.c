/* What is read beside a graph: labels of its nodes, and lists of pairs of them. */
#include "graph/labels.h"
#include "graph/node_pairs.h"

#include "fuzz.h"

#include <stdlib.h>

static void make_graph(struct graph *graph)
{
    const struct edge edges[] = {{0, 1, 1}, {1, 2, 1}};
    graph_from_edges(graph, 3, edges, 2, false, false, names_numbered(3));
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
    return 0;
}
