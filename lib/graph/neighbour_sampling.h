/*
 * Sampled neighbourhoods: what a few nodes hear through several layers when, in each layer, a node
 * listens to no more than so many of its neighbours (Hamilton, Ying and Leskovec, "Inductive
 * representation learning on large graphs", NeurIPS 2017).
 *
 * The layers are matrices from more nodes to fewer: layer l maps rows of the nodes known before it
 * to rows of those that are needed after it, which are the first of them. With n[0] > n[1] > ... >
 * n[L] = the seeds, layer l is (n[l + 1], n[l]), and the nodes' features are read for n[0] of them:
 *
 *     H_0 = X[nodes[0 .. n[0]]];   H_(l+1) = f(H_l[0 .. n[l + 1]], matrix_l H_l)
 *
 * Where k of a node's d neighbours were drawn, their weights count d / k times, so that the sum
 * over the neighbours is right on average; for the mean this is the mean over those drawn. Degrees
 * are those of the whole graph.
 */
#ifndef TESSERAE_GRAPH_NEIGHBOUR_SAMPLING_H
#define TESSERAE_GRAPH_NEIGHBOUR_SAMPLING_H

#include "base/rng.h"
#include "tensor/sparse.h"

enum { SAMPLE_MOST_LAYERS = 64 };

/* Initialise with {0}; free with neighbourhood_free. Memory is reused from sample to sample. */
struct neighbourhood {
    size_t layers;
    uint32_t *nodes; /* (rows[0]): nodes of the whole graph, the seeds first */
    size_t rows[SAMPLE_MOST_LAYERS + 1]; /* n, from the input to the seeds */
    struct sparse matrix[SAMPLE_MOST_LAYERS];
    struct sparse transpose[SAMPLE_MOST_LAYERS];
    struct neighbourhood_memory *memory;
};

/*
 * Draws the neighbourhood of `count` seeds (none twice) through `layers` layers; fanouts (layers)
 * from the input to the seeds, 0 for all neighbours. `whole` is the matrix of the whole graph's
 * propagation, whose rows say who is heard and at what weight. The same seed and step give the same
 * sample. O(arcs drawn), and O(nodes of the whole) the first time.
 */
void neighbourhood_draw(struct neighbourhood *neighbourhood, const struct sparse *whole,
                        const uint32_t *seeds, size_t count, const size_t *fanouts, size_t layers,
                        uint64_t seed, uint64_t step);

void neighbourhood_free(struct neighbourhood *neighbourhood);

#endif
