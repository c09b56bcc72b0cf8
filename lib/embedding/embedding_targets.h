/* The target distances of an embedding, read from an edge list or a matrix. */
#ifndef TESSERAE_EMBEDDING_EMBEDDING_TARGETS_H
#define TESSERAE_EMBEDDING_EMBEDDING_TARGETS_H

#include "graph/landmarks.h"
#include "graph/pairs.h"

enum embedding_target_kind {
    EMBEDDING_TARGET_SHORTEST_PATH, /* path lengths in the graph */
    EMBEDDING_TARGET_WEIGHTS,       /* the edges' weights; a complete graph gives all pairs */
    EMBEDDING_TARGET_MATRIX         /* a symmetric matrix of dissimilarities */
};
extern const char *const embedding_target_names[]; /* in that order, NULL-terminated */

enum embedding_pairs { EMBEDDING_PAIRS_AUTO, EMBEDDING_PAIRS_ALL, EMBEDDING_PAIRS_EDGES,
                       EMBEDDING_PAIRS_SAMPLED };

struct embedding_target_options {
    enum embedding_target_kind kind;
    enum embedding_pairs pairs; /* AUTO: all pairs of up to 4,000 nodes, else 4,000,000 */
    size_t sampled;             /* pairs to sample */
    size_t landmarks;           /* sources of sampled pairs */
    double holdout;             /* share of the pairs kept for testing */
    bool largest_component;     /* drop all other nodes */
    uint64_t seed;
    bool show_progress;
};

struct embedding_targets {
    struct graph graph;      /* without edges when the input was a matrix */
    bool has_graph;
    struct landmarks landmarks;
    struct pairs train;      /* in random order */
    struct pairs held_out;   /* count 0 when nothing is held out */
};

/*
 * Reads the input: an edge list (undirected; directions are ignored), or a matrix as NPY or CSV.
 * Warns of pairs without a path. EX_DATAERR when no pair is left. Free with
 * embedding_targets_free.
 */
bool embedding_targets_read(const char *path, const struct embedding_target_options *options,
                            struct embedding_targets *targets, struct error *error);

void embedding_targets_free(struct embedding_targets *targets);

#endif
