/*
 * Graph: nodes with names, arcs in compressed sparse rows (CSR).
 *
 * An undirected graph stores every edge as two arcs. Arcs of a node are sorted by target, and no
 * two arcs have the same ends. Nodes are 32-bit indices.
 */
#ifndef TESSERAE_GRAPH_GRAPH_H
#define TESSERAE_GRAPH_GRAPH_H

#include "base/error.h"
#include "graph/names.h"
#include "io/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct graph {
    size_t nodes;
    size_t arcs; /* stored arcs: twice the edges of an undirected graph (self loops once) */
    bool directed;
    size_t *offsets;    /* (nodes + 1): the arcs of node v are offsets[v] .. offsets[v + 1] */
    uint32_t *targets;  /* (arcs) */
    float *weights;     /* (arcs), or NULL when every weight is 1 */
    struct names names; /* of the nodes, in order of first appearance */
};

/* One edge as it was read or generated. */
struct edge {
    uint32_t source;
    uint32_t target;
    float weight;
};

/* What becomes of an edge that an input lists again, in an undirected graph also turned round. */
enum duplicate_edges {
    DUPLICATES_REFUSE_CONFLICTS, /* the same weight is harmless, another one EX_DATAERR */
    DUPLICATES_KEEP_FIRST,
    DUPLICATES_SUM /* weights add up */
};

struct graph_read_options {
    bool directed;
    bool allow_self_loops;  /* otherwise EX_DATAERR */
    bool allow_nonpositive; /* weights <= 0; NaN and inf never */
    enum duplicate_edges duplicates;
    const struct names *nodes; /* the nodes, in this order; an edge of any other is EX_DATAERR, and
                                  those without edges are isolated. NULL: the edges name them */
};

/*
 * Reads an edge list: CSV source,target[,weight], header optional, node names any strings.
 *
 * The first record is a header when its third field is not a number, when its first two are
 * source,target (or from,to; src,dst; parent,child; u,v; in any case), or when neither of its two
 * fields is a number and both of the next record are, or neither is among known nodes.
 * Errors (EX_DATAERR) name file and line. An input without edges is an error. On success the
 * graph is the caller's; free it with graph_free.
 */
bool graph_read(struct stream *stream, const struct graph_read_options *options,
                struct graph *graph, struct error *error);

/*
 * Writes an edge list with a header; nodes without names are called by their numbers. Each
 * undirected edge once, weights where there are any.
 */
void graph_write(const struct graph *graph, FILE *file);

/*
 * Builds the CSR form from edges in O(nodes + count); names (one per node, or none) is taken over.
 * weighted false drops the weights. Duplicates are merged, keeping the first.
 */
void graph_from_edges(struct graph *graph, size_t nodes, const struct edge *edges, size_t count,
                      bool directed, bool weighted, struct names names);

/*
 * The edges in CSR order, each undirected edge once (source <= target); the weight is 1 in a graph
 * without weights. free() the result.
 */
struct edge *graph_edges(const struct graph *graph, size_t *count);

/* The position of the arc from source to target, or GRAPH_NO_ARC; O(log degree). */
#define GRAPH_NO_ARC SIZE_MAX
size_t graph_find_arc(const struct graph *graph, uint32_t source, uint32_t target);

/* Names that were added to graph->names become nodes without arcs. */
void graph_take_new_names(struct graph *graph);

/* The subgraph on the given nodes (no node twice), in that order, with their names. */
void graph_subgraph(const struct graph *graph, const uint32_t *nodes, size_t count,
                    struct graph *subgraph);

/*
 * The graph without directions, weights, names and self loops: node v stays node v. For what is
 * defined on simple graphs.
 */
void graph_simple(const struct graph *graph, struct graph *simple);

void graph_free(struct graph *graph);

#endif
