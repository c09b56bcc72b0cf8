/*
 * Chain labels: for every node and every chain of a cover, the last element of the chain that
 * reaches the node (or the first that the node reaches). They answer reachability exactly: u
 * reaches v if and only if u's position in its own chain is at most the label of v at that chain
 * (Jagadish, "A compression technique to materialize transitive closure", TODS 1990).
 *
 * Stored sparsely, the chains that do not matter to a node left out.
 */
#ifndef TESSERAE_DAG_CHAIN_LABELS_H
#define TESSERAE_DAG_CHAIN_LABELS_H

#include "dag/chain_cover.h"
#include "dag/dag.h"

enum chain_direction {
    CHAIN_LAST_REACHING, /* label of v at c: the last element of c that reaches v */
    CHAIN_FIRST_REACHED  /* label of u at c: the first element of c that u reaches */
};

struct chain_label {
    uint32_t chain;
    uint32_t position;
};

/* Where a node itself stands. */
struct chain_place {
    uint32_t chain;
    uint32_t position; /* in the chain, from 0 */
    uint32_t rank;     /* arcs of the longest path that ends there: many a query ends with it */
};

/* A node is in the label of its own chain. */
struct chain_labels {
    size_t nodes;
    size_t chains;
    enum chain_direction direction;
    size_t *offsets;            /* (nodes + 1) */
    struct chain_label *labels; /* sorted by chain within a node */
    struct chain_place *own;    /* (nodes) */
};

/*
 * Labels of a cover, in the direction that takes less. False, with nothing built, when they
 * would take more than most_bytes; no error, since there are other ways to the answer.
 */
bool chain_labels_make(struct chain_labels *labels, const struct dag *dag,
                       const struct chain_cover *cover, size_t most_bytes);

/* Whether a path leads from u to v; true for u = v. O(log chains). */
bool chain_labels_reach(const struct chain_labels *labels, uint32_t u, uint32_t v);

size_t chain_labels_bytes(const struct chain_labels *labels);
void chain_labels_free(struct chain_labels *labels);

#endif
