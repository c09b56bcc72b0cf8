/* Node labels: the classes of a graph's nodes, from a table of node,label. */
#ifndef TESSERAE_GRAPH_LABELS_H
#define TESSERAE_GRAPH_LABELS_H

#include "graph/graph.h"

struct labels {
    uint32_t *of_node;    /* (nodes): the class of every node */
    struct names classes; /* by value where all are numbers, else by bytes */
};

/*
 * Reads CSV with the columns `node` and `label` among others. Nodes that the graph does not have
 * are added to it, without arcs. A node without a label, or with two, is EX_DATAERR. Free with
 * labels_free.
 */
bool labels_read(struct stream *stream, struct graph *graph, struct labels *labels,
                 struct error *error);

void labels_free(struct labels *labels);

#endif
