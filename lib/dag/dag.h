/*
 * Directed acyclic graphs: a graph made acyclic, in topological order.
 *
 * The order of a DAG is reachability: u comes before v when a path leads from u to v.
 */
#ifndef TESSERAE_DAG_DAG_H
#define TESSERAE_DAG_DAG_H

#include "graph/graph.h"

/* What is to become of the cycles of an input. */
enum cycle_policy {
    CYCLES_REFUSE,   /* EX_DATAERR; the message names the nodes of a cycle in order */
    CYCLES_CONDENSE, /* every strong component becomes one node */
    CYCLES_BREAK     /* a few edges are dropped */
};

/*
 * What was done to make a graph acyclic. A self loop is a cycle of one node: it is dropped under
 * either policy.
 */
struct dag_changes {
    size_t self_loops;
    size_t joined_components; /* strong components of two nodes or more */
    size_t joined_nodes;      /* the nodes in them */
    size_t largest_component; /* nodes; 1 where nothing was joined */
    size_t inner_edges;       /* edges inside components, which are gone */
    size_t parallel_edges;    /* edges that became one with another; the least weight stays */
    struct edge *broken;      /* (broken_count) the edges that were dropped, by member */
    size_t broken_count;
    size_t edges;             /* of the input, self loops included */
};

struct dag {
    struct graph graph;       /* directed, without cycles; a joined node's name is that of its
                                 first member */
    uint32_t *order;          /* (nodes): topological, sources first */
    uint32_t *position;       /* (nodes): of a node in the order */
    uint32_t *rank;           /* (nodes): arcs of the longest path that ends there */
    size_t height;            /* nodes of the longest path; 0 without nodes */
    struct names members;     /* of the input's nodes, all of them; empty where nothing was joined:
                                 then the graph's names are the members */
    uint32_t *member_nodes;   /* (members.count): the node that a member is part of; or NULL */
    struct dag_changes changes;
};

/*
 * Reads an edge list (see graph_read) and makes it acyclic. A duplicate of another weight and a
 * weight <= 0, NaN or inf are EX_DATAERR, as is a self loop where cycles are refused.
 */
bool dag_read(struct stream *stream, enum cycle_policy policy, struct dag *dag,
              struct error *error);

/*
 * Makes a directed graph acyclic; the graph is taken over, also on failure. `place` (the name of
 * the file) is put in front of the message; names are needed for it to name the nodes.
 */
bool dag_from_graph(struct graph *graph, enum cycle_policy policy, const char *place,
                    struct dag *dag, struct error *error);

/* The DAG of an edge list that is known to be acyclic (generators, tests). */
void dag_from_edges(struct dag *dag, size_t nodes, const struct edge *edges, size_t count);

/* The node that the input called by this name, itself or joined to others; or NAMES_ABSENT. */
uint32_t dag_find(const struct dag *dag, const char *name);

/* The names of the input's nodes: the members, or the graph's where nothing was joined. */
const struct names *dag_names(const struct dag *dag);

/* The node of the i-th of these names. */
uint32_t dag_node_of(const struct dag *dag, size_t member);

/*
 * Says in a sentence what was done ("joined 4 cycles of 9 nodes, the largest of 3; ..."), or
 * returns NULL where nothing was. free() the result.
 */
char *dag_changes_text(const struct dag_changes *changes);

/*
 * A longest path: its nodes in order, (height); free() the result.
 */
uint32_t *dag_longest_path(const struct dag *dag);

/* The graph with its arcs turned round, without weights and names. */
void dag_reverse_graph(const struct graph *graph, struct graph *reverse);

void dag_free(struct dag *dag);

#endif
