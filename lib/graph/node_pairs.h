/* Pairs of nodes: a list of source,target, and the distances between them. */
#ifndef TESSERAE_GRAPH_NODE_PAIRS_H
#define TESSERAE_GRAPH_NODE_PAIRS_H

#include "graph/graph.h"
#include "io/array.h"
#include "io/stream.h"

struct node_pair {
    uint32_t source;
    uint32_t target;
};

/*
 * Reads CSV source,target, header optional, with more columns or without; *pairs is the caller's
 * to free(). A node that the graph does not have is EX_DATAERR at file:line, as is an empty list.
 */
bool node_pairs_read(struct stream *stream, const struct graph *graph, struct node_pair **pairs,
                     size_t *count, struct error *error);

/*
 * The same from an array of integers (count, 2), nodes by their places from 0; EX_DATAERR, naming
 * the row, for those that are not below `nodes`. `place` is put in front of the message.
 */
bool node_pairs_from_array(const struct array *array, const char *place, size_t nodes,
                           struct node_pair **pairs, size_t *count, struct error *error);

/*
 * distances (count): from the source to the target of each pair, INFINITY where there is no path.
 * One search for all pairs of a source; memory O(nodes + count).
 */
void node_pairs_distances(const struct graph *graph, const struct node_pair *pairs, size_t count,
                          int threads, float *distances);

#endif
