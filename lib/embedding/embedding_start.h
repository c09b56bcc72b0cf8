/*
 * Where the training of a graph embedding starts.
 *
 * Landmark multidimensional scaling (de Silva and Tenenbaum, 2004) gives a layout in flat space
 * that is right on the large scale; every space contains it where its curvature is small, so no
 * geometry needs to end worse than the Euclidean one.
 */
#ifndef TESSERAE_EMBEDDING_EMBEDDING_START_H
#define TESSERAE_EMBEDDING_EMBEDDING_START_H

#include "embedding/graph_embedding.h"
#include "graph/landmarks.h"

enum embedding_start {
    EMBEDDING_START_FLAT,   /* the layout by scaling, little curvature, f(t) = t */
    EMBEDDING_START_CURVED, /* points about the origin of a strongly curved hyperbolic space, or the
                               layout wrapped far round a sphere; f(t) = t */
    EMBEDDING_START_SQUARE, /* the layout of the roots of the distances, f(t) = t^2 */
    EMBEDDING_START_RANDOM  /* random points, and a random snowflake */
};

/*
 * layout (nodes, dimension): classical scaling of the distances times inverse_scale, or of their
 * roots; axes in order of extent. False when the eigenvectors do not converge.
 */
bool embedding_scale_landmarks(const struct landmarks *landmarks, double inverse_scale, bool root,
                               size_t dimension, real *layout);

/*
 * Fills all parameters. Distances are multiplied by inverse_scale first, so that their mean is
 * about 1. Without landmarks (NULL), or with an encoder, points (or its weights) start at random.
 * Falls back to random points when the scaling does not converge.
 */
void embedding_start(struct graph_embedding *model, enum embedding_start start,
                     const struct landmarks *landmarks, double inverse_scale, struct rng *rng);

/*
 * The starts worth trying for a model, the most promising first: at most 3 into starts; returns
 * how many.
 */
size_t embedding_starts(const struct graph_embedding *model, enum embedding_start starts[3]);

#endif
