/*
 * Realizers: T total orders of the nodes whose intersection is the order of a DAG. They are time
 * coordinates: for u != v, u reaches v if and only if ranks[u][t] < ranks[v][t] for every t.
 *
 * The least T is the dimension of the order (Dushnik and Miller, "Partially ordered sets", 1941);
 * it is at most the width.
 */
#ifndef TESSERAE_DAG_REALIZER_H
#define TESSERAE_DAG_REALIZER_H

#include "dag/chain_cover.h"
#include "dag/dag.h"

struct realizer {
    size_t nodes;
    size_t orders;   /* T, at least 1 */
    uint32_t *ranks; /* (nodes, orders): the place of every node in every order, 0 .. nodes - 1 */
};

/*
 * The realizer of a chain cover, T = its chains: order c sorts the nodes by the last element of
 * chain c that reaches them, and ties topologically. EX_DATAERR when nodes times chains ranks take
 * more than most_bytes.
 */
bool realizer_from_cover(struct realizer *realizer, const struct dag *dag,
                         const struct chain_cover *cover, size_t most_bytes, struct error *error);

enum dimension_two {
    DIMENSION_AT_MOST_TWO, /* a realizer was found */
    DIMENSION_ABOVE_TWO,   /* there is none */
    DIMENSION_UNKNOWN      /* too large for the exact test, and the simple attempts failed */
};

/*
 * Looks for a realizer of one or two orders. Of any size, the two depth-first numberings that
 * take arcs from the left and from the right are tried, forwards and backwards; they serve
 * forests, grids and other planar orders whose nodes are numbered in the order of a drawing, and
 * are verified exactly, by counting, against the size of the closure. Up to most_nodes nodes the
 * test is exact: the dimension is at most 2 if and only if the graph of incomparable pairs can be
 * oriented transitively (Dushnik and Miller), which is decided by forcing (Golumbic,
 * "The complexity of comparability graph recognition and coloring", Computing 1977) in
 * O(pairs nodes / 64) time, nodes^2 / 2 bytes and 8 for each pair. The realizer is filled only
 * where one was found.
 */
enum dimension_two realizer_of_two(struct realizer *realizer, const struct dag *dag,
                                   uint64_t closure_size, size_t most_nodes);

/* A bound on nodes for which the exact test takes seconds. */
enum { REALIZER_EXACT_NODES = 4096 };

void realizer_free(struct realizer *realizer);

#endif
