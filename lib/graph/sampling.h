/* Sampling of nodes: landmarks, sources of searches, held-out nodes. */
#ifndef TESSERAE_GRAPH_SAMPLING_H
#define TESSERAE_GRAPH_SAMPLING_H

#include "base/rng.h"
#include "graph/graph.h"

/*
 * `count` distinct nodes, each set of them as likely as any other, ascending; every node when
 * there are not more. *count becomes how many they are; free() the result.
 */
uint32_t *sample_nodes(const struct graph *graph, size_t *count, struct rng *rng);

#endif
