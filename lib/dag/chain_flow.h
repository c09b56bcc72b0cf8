/*
 * The flow behind a minimum chain cover; see chain_cover.h.
 *
 * Every node v of the DAG has two sides, an entry and an exit. Units of flow start at exits, at
 * most one at each; follow arcs, from the exit of u to the entry of w, without limit; and end at
 * entries, at most one at each, or pass on from the entry of w to its exit, without limit. A unit
 * from u to v says that v follows u in its chain.
 */
#ifndef TESSERAE_DAG_CHAIN_FLOW_H
#define TESSERAE_DAG_CHAIN_FLOW_H

#include "dag/dag.h"

struct chain_entering {
    uint32_t source;
    size_t arc;
};

struct chain_flow {
    const struct dag *dag;
    bool *starts;                    /* (nodes): whether a unit starts at its exit */
    bool *ends;                      /* (nodes): whether one ends at its entry */
    uint32_t *passes;                /* (nodes): units from entry to exit */
    uint32_t *flow;                  /* (arcs) */
    size_t *entering_offsets;        /* (nodes + 1) */
    struct chain_entering *entering; /* (arcs): by target */
    uint32_t *level;                 /* (2 nodes): sides by steps of the last search; exits 2 v,
                                        entries 2 v + 1; CHAIN_FLOW_FAR when not reached */
    uint64_t followed;               /* arcs, so far */
};

enum { CHAIN_FLOW_FAR = UINT32_MAX };

/* A flow along arcs: every node in topological order is followed by a successor if one is free. */
void chain_flow_begin(struct chain_flow *flow, const struct dag *dag);

/*
 * Makes the flow a maximum one, by phases of shortest augmenting paths; false when it gave up
 * because `effort` arcs were followed. After true, `level` tells the sides that no unit that is
 * still to start could reach.
 */
bool chain_flow_maximize(struct chain_flow *flow, uint64_t effort);

/* next (nodes): the node that follows in the chain, UINT32_MAX at its end. Takes the flow apart. */
void chain_flow_follow(struct chain_flow *flow, uint32_t *next);

void chain_flow_end(struct chain_flow *flow);

#endif
