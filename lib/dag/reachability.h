/*
 * Reachability: the one index that answers whether a path leads from u to v. It is never wrong.
 *
 * Chain labels where they are small; otherwise interval labels and topological ranks, and where
 * these leave a doubt a depth-first search over the arcs that they prune.
 */
#ifndef TESSERAE_DAG_REACHABILITY_H
#define TESSERAE_DAG_REACHABILITY_H

#include "dag/chain_labels.h"
#include "dag/dag.h"
#include "dag/interval_labels.h"
#include "graph/node_pairs.h"
#include "io/safetensors.h"

enum reachability_method {
    REACHABILITY_AUTO,     /* chain labels if they keep within the bound */
    REACHABILITY_CHAINS,
    REACHABILITY_INTERVALS
};

struct reachability_options {
    enum reachability_method method; /* what is asked for */
    size_t most_label_bytes;         /* of chain labels */
    uint64_t effort;                 /* arcs followed for the least chains; see chain_cover_make */
    size_t traversals;               /* of interval labels */
    uint64_t seed;                   /* of their traversals */
};

/* Auto; 256 MiB of labels; an effort of some seconds; 5 traversals; seed 0. */
struct reachability_options reachability_defaults(void);

struct reachability {
    size_t nodes;
    enum reachability_method method; /* REACHABILITY_CHAINS or REACHABILITY_INTERVALS */
    struct chain_labels chains;      /* of REACHABILITY_CHAINS */
    bool minimum_chains;             /* whether chains.chains is the width of the order */
    struct interval_labels intervals; /* of REACHABILITY_INTERVALS, with the next three */
    uint32_t *rank;                  /* (nodes): arcs of the longest path that ends there */
    size_t *offsets;                 /* (nodes + 1): arcs, as of a graph */
    uint32_t *targets;
};

/*
 * Builds the index; the dag is not needed afterwards. EX_DATAERR when REACHABILITY_CHAINS is asked
 * for and the labels would take more than most_label_bytes; the message tells the width.
 */
bool reachability_build(struct reachability *index, const struct dag *dag,
                        const struct reachability_options *options, struct error *error);

/* Working memory of one caller at a time: a thread that queries has one of its own. */
struct reachability_scratch {
    uint32_t *seen; /* (nodes): the last search that met a node */
    uint32_t *stack;
    uint32_t searches;
};

void reachability_scratch_begin(struct reachability_scratch *scratch,
                                const struct reachability *index);
void reachability_scratch_end(struct reachability_scratch *scratch);

/* Whether a path leads from u to v; true for u = v. */
bool reachability_query(const struct reachability *index, struct reachability_scratch *scratch,
                        uint32_t u, uint32_t v);

enum reachability_relation { RELATION_APART, RELATION_BEFORE, RELATION_AFTER, RELATION_SAME };

/* How v is related to u: u is before v when it reaches v. SAME: one node (also a joined one). */
enum reachability_relation reachability_relate(const struct reachability *index,
                                               struct reachability_scratch *scratch, uint32_t u,
                                               uint32_t v);

/* Many pairs at once: answers (count) are reachability_query of each. Threaded. */
void reachability_batch(const struct reachability *index, const struct node_pair *pairs,
                        size_t count, bool *answers);

/*
 * Adds the index to a file as tensors reachability.* and the metadata reachability.method and
 * reachability.checksum.
 */
void reachability_save(const struct reachability *index, struct safetensors *file);

/* Sets the checksum to that of what the file holds; reachability_save does, after everything. */
void reachability_seal(struct safetensors *file);

/*
 * Takes it from a file. Shapes, ranges, orders and the checksum are verified; EX_DATAERR when
 * anything is missing or damaged, `place` (the name of the file) in front of the message.
 */
bool reachability_load(struct reachability *index, const struct safetensors *file,
                       const char *place, struct error *error);

size_t reachability_bytes(const struct reachability *index);
void reachability_free(struct reachability *index);

#endif
