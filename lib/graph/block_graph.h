/*
 * Large graphs to classify nodes of: a stochastic block model with exactly so many edges, and
 * features that tell a little of a node's class. Written as it is drawn: neither edges nor features
 * are ever in memory.
 *
 * Node v is of class v mod classes. Of all sets of edges, of which a share `homophily` joins nodes
 * of one class, each is as likely. Features of a node: standard normal around the mean of its
 * class, which is normal with the deviation `separation` in every dimension. Parts of the split are
 * drawn for each node: train 0.6, validation 0.2, test 0.2.
 */
#ifndef TESSERAE_GRAPH_BLOCK_GRAPH_H
#define TESSERAE_GRAPH_BLOCK_GRAPH_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block_graph {
    size_t nodes;
    size_t classes;
    uint64_t edges;
    double homophily;
    size_t features;
    double separation;
    uint64_t seed;
};

/* 128 features of separation 0.15, homophily 0.65; `edges` is what to multiply the nodes by. */
extern const struct block_graph block_graph_default;

/*
 * Writes edges.csv (source,target), nodes.csv (node,label,split) and features.npy (nodes, features)
 * to a folder, which is made where it is not there; they get their names when all are complete.
 * EX_USAGE for more edges than there are pairs of nodes, more classes than nodes. O(nodes features
 * + edges).
 */
bool block_graph_write(const struct block_graph *graph, const char *folder, struct error *error);

#endif
