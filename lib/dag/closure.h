/*
 * Transitive closure and reduction.
 *
 * The closure is stored by rows in topological order, each as runs of positions or as a bitmap,
 * whichever is smaller: a tree takes one run per node, and no DAG takes more than nodes^2 / 16
 * bytes. What can be counted without keeping it (closure_sweep) takes memory for a few columns
 * only.
 */
#ifndef TESSERAE_DAG_CLOSURE_H
#define TESSERAE_DAG_CLOSURE_H

#include "dag/dag.h"

/* A run of topological positions, or a word of a bitmap. */
union closure_cell {
    struct {
        uint32_t first, last; /* inclusive */
    } run;
    uint64_t word;
};

struct closure {
    const struct dag *dag; /* not owned */
    size_t *offsets;       /* (nodes + 1): the cells of every node, the last of the order first */
    uint32_t *base;        /* (nodes): the first word of its bitmap, CLOSURE_RUNS for runs */
    union closure_cell *cells;
    size_t capacity;
    uint64_t size; /* pairs (u, v), u != v, where u reaches v */
};

enum { CLOSURE_RUNS = UINT32_MAX };

/*
 * Builds the closure; EX_DATAERR when it takes more than most_bytes. The dag must outlive it.
 */
bool closure_build(struct closure *closure, const struct dag *dag, size_t most_bytes,
                   struct error *error);

/* Whether a path leads from u to v; true for u = v. O(log runs). */
bool closure_reaches(const struct closure *closure, uint32_t u, uint32_t v);

/* Calls visit(v, context) for every v != u that u reaches, in topological order. */
void closure_visit(const struct closure *closure, uint32_t u,
                   void (*visit)(uint32_t v, void *context), void *context);

size_t closure_bytes(const struct closure *closure);
void closure_free(struct closure *closure);

/* The size of the closure, and the transitive reduction (Hasse diagram). */
struct closure_summary {
    uint64_t size;      /* pairs (u, v), u != v, where u reaches v */
    size_t reduction;   /* arcs of the reduction */
    bool *needed;       /* (arcs) of the graph: whether the arc is in it */
};

/*
 * Counts the closure and finds the reduction, exactly, in O(nodes arcs / 64) time and
 * O(64 nodes + arcs) bytes per thread: blocks of columns are swept from the sinks to the sources.
 * An arc u -> v is in the reduction when no other successor of u reaches v. free() `needed`.
 */
void closure_sweep(const struct dag *dag, struct closure_summary *summary);

/* How many arcs and nodes a sweep visits, some nanoseconds each. */
uint64_t closure_sweep_visits(const struct dag *dag);

/* The graph of the arcs that are needed, with their weights and the nodes' names. */
void closure_reduction(const struct dag *dag, const bool *needed, struct graph *reduction);

#endif
