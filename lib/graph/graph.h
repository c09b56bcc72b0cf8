/*
 * Graph: nodes with names, arcs in compressed sparse rows (CSR).
 *
 * An undirected graph stores every edge as two arcs. Arcs of a node are sorted by target.
 */
#ifndef TESSERAE_GRAPH_GRAPH_H
#define TESSERAE_GRAPH_GRAPH_H

#include "base/error.h"
#include "graph/names.h"
#include "io/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct graph {
    size_t nodes;
    size_t arcs;         /* stored arcs: twice the edges of an undirected graph (self loops once) */
    bool directed;
    size_t *offsets;     /* (nodes + 1): the arcs of node v are offsets[v] .. offsets[v + 1] */
    uint32_t *targets;   /* (arcs) */
    float *weights;      /* (arcs), or NULL when every weight is 1 */
    struct names names;  /* of the nodes, in order of first appearance */
};

/* One edge as it was read or generated. */
struct edge {
    uint32_t source;
    uint32_t target;
    float weight;
};

enum duplicate_edges { DUPLICATES_REFUSE_CONFLICTS, DUPLICATES_KEEP_FIRST, DUPLICATES_SUM };

struct graph_read_options {
    bool directed;
    bool allow_self_loops;    /* otherwise EX_DATAERR */
    bool allow_nonpositive;   /* weights <= 0; NaN and inf never */
    enum duplicate_edges duplicates; /* same edge twice with one weight is always harmless */
};

/*
 * Reads an edge list: CSV source,target[,weight], header optional, node names any strings.
 * Errors (EX_DATAERR) name file and line. An empty input is an error. Free with graph_free.
 */
bool graph_read(struct stream *stream, const struct graph_read_options *options,
                struct graph *graph, struct error *error);

/*
 * Builds the CSR form from edges; names is taken over (use names_numbered for 0, 1, 2, ...).
 * weighted false drops the weights. Duplicates are merged, keeping the first.
 */
void graph_from_edges(struct graph *graph, size_t nodes, const struct edge *edges, size_t count,
                      bool directed, bool weighted, struct names names);

/* The edges, each undirected edge once (source <= target), in CSR order; free() the result. */
struct edge *graph_edges(const struct graph *graph, size_t *count);

/* The subgraph on the given nodes, in that order, with their names. */
void graph_subgraph(const struct graph *graph, const uint32_t *nodes, size_t count,
                    struct graph *subgraph);

void graph_free(struct graph *graph);

#endif
