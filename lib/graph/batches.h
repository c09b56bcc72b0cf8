/*
 * Batches of nodes for training on parts of a graph: random partitions and induced subgraphs (for
 * sampled neighbourhoods see neighbour_sampling.h). They reuse their memory from batch to batch.
 */
#ifndef TESSERAE_GRAPH_BATCHES_H
#define TESSERAE_GRAPH_BATCHES_H

#include "base/rng.h"
#include "graph/graph.h"

/* --- random partition --- */

/*
 * The nodes in a random order, cut into parts of `size` (the last may have fewer). Initialise
 * with {0}; partition_draw makes a new one for every epoch; free with partition_free.
 */
struct partition {
    size_t nodes;
    size_t size;
    size_t parts;
    uint32_t *order;   /* (nodes): part after part, ascending within each */
    uint32_t *part_of; /* (nodes) */
    size_t *ends;      /* (parts): where each ends in the order */
};

/* The same seed and epoch give the same parts. 0 < size. */
void partition_draw(struct partition *partition, size_t nodes, size_t size, uint64_t seed,
                    uint64_t epoch);

/* The nodes of a part, *count of them. */
const uint32_t *partition_part(const struct partition *partition, size_t part, size_t *count);

void partition_free(struct partition *partition);

/* --- induced subgraph --- */

/*
 * The subgraph on some nodes: node i of `graph` is nodes[i] of the whole. Initialise with {0}; free
 * with induced_free. (graph_subgraph does the same once, with names.)
 */
struct induced {
    struct graph graph; /* without names; induced_free frees it */
    size_t offsets_capacity, targets_capacity, weights_capacity;
    uint32_t *place;    /* (nodes of the whole): between calls NAMES_ABSENT everywhere */
    size_t places;
};

/*
 * Takes the subgraph of the whole on `count` nodes, ascending, none of them twice; O(their arcs),
 * and O(nodes) the first time.
 */
void induced_take(struct induced *induced, const struct graph *whole, const uint32_t *nodes,
                  size_t count);

void induced_free(struct induced *induced);

#endif
