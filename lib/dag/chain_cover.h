/*
 * Chain covers: the nodes of a DAG parted into chains, each a sequence of nodes where every one
 * reaches the next (not necessarily by an arc).
 *
 * The least number of chains is the width, the size of a largest antichain (Dilworth, "A
 * decomposition theorem for partially ordered sets", 1950). It is the number of nodes less that of
 * a maximum matching of the closure (Fulkerson 1956), which is found in phases of shortest
 * augmenting paths (Hopcroft and Karp, "An n^(5/2) algorithm for maximum matchings in bipartite
 * graphs", SIAM J. Comput. 1973). The closure is not made: a match of u with v stands for a unit
 * of flow that leaves u, passes through arcs and nodes without limit, and ends in v, so memory is
 * O(nodes + arcs) and a phase takes O(nodes + arcs + flow) time.
 */
#ifndef TESSERAE_DAG_CHAIN_COVER_H
#define TESSERAE_DAG_CHAIN_COVER_H

#include "dag/dag.h"

struct chain_cover {
    size_t nodes;
    size_t chains;
    bool minimum;         /* chains is the width; otherwise an upper bound of it */
    size_t *offsets;      /* (chains + 1): the members of chain c are offsets[c] .. offsets[c+1] */
    uint32_t *members;    /* (nodes): in order along each chain */
    uint32_t *chain;      /* (nodes): the chain of a node */
    uint32_t *position;   /* (nodes): its position there, from 0 */
    uint32_t *antichain;  /* (antichain_count): no two of these are comparable; chains many where
                             the cover is minimum, otherwise a lower bound */
    size_t antichain_count;
};

/*
 * A minimum cover, unless the search would follow more than `effort` arcs: then the best so far,
 * and the largest level of equal rank as antichain. Effort 0 gives the greedy cover.
 */
void chain_cover_make(struct chain_cover *cover, const struct dag *dag, uint64_t effort);

void chain_cover_free(struct chain_cover *cover);

#endif
