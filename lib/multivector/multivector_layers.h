/*
 * Layers and networks of multivectors, with their parameters: the published CGMLP and CGGNN (Ruhe,
 * Brandstetter and Forre, "Clifford group equivariant neural networks", NeurIPS 2023).
 *
 * A layer's _make adds its parameters, named PREFIX.something, to a set, which owns them;
 * _initialise draws them as published; _apply runs it on the tape: (blades, B, in) ->
 * (blades, B, out). One plan and one frame go with all layers of a model.
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_LAYERS_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_LAYERS_H

#include "multivector/multivector.h"

/* --- one layer --- */

/* A weight for each grade, or one for all; normal of deviation 1 / sqrt(in); bias 0. */
struct multivector_linear {
    struct parameter *weight; /* (grades or 1, out, in) */
    struct parameter *bias;   /* (out), or NULL */
};
void multivector_linear_make(struct multivector_linear *layer, const struct clifford *algebra,
                             struct parameters *set, const char *prefix, size_t in, size_t out,
                             bool by_grade, bool with_bias);
void multivector_linear_initialise(struct multivector_linear *layer, struct rng *rng);
struct variable *multivector_linear_apply(struct tape *tape, const struct clifford_plan *plan,
                                          const struct multivector_linear *layer,
                                          struct variable *x);

/*
 * (left(x) + product(x, normalise(right(x)))) / sqrt(2). Channel by channel (in = out), or fully
 * connected when `mixes`. Path weights normal of deviation 1 / sqrt(n + 1), or
 * 1 / sqrt(in (n + 1)); the normalisation's weight 0.
 */
struct multivector_product_layer {
    bool mixes;
    struct multivector_linear left;  /* (out, in), with bias */
    struct multivector_linear right; /* (in, in), without */
    struct parameter *normalise;     /* (grades, in), or NULL: right(x) as it is */
    struct parameter *weight;        /* (paths, in), or (paths, in, out) */
};
void multivector_product_layer_make(struct multivector_product_layer *layer,
                                    const struct clifford_plan *plan, struct parameters *set,
                                    const char *prefix, size_t in, size_t out, bool mixes,
                                    bool normalises);
void multivector_product_layer_initialise(struct multivector_product_layer *layer,
                                          const struct clifford_plan *plan, struct rng *rng);
struct variable *multivector_product_layer_apply(struct tape *tape,
                                                 const struct clifford_plan *plan,
                                                 struct variable *frame,
                                                 const struct multivector_product_layer *layer,
                                                 struct variable *x);

/* The gate of multivector_silu: slope 1, shift 0. */
struct multivector_silu {
    struct parameter *slope, *shift; /* (grades, channels) */
};
void multivector_silu_make(struct multivector_silu *layer, const struct clifford *algebra,
                           struct parameters *set, const char *prefix, size_t channels);
void multivector_silu_initialise(struct multivector_silu *layer);
struct variable *multivector_silu_apply(struct tape *tape, const struct clifford_plan *plan,
                                        struct variable *frame,
                                        const struct multivector_silu *layer, struct variable *x);

/* --- CGMLP: blocks of linear, SiLU, product, layer norm --- */

enum { CGMLP_MOST_BLOCKS = 8 };

struct cgmlp_block {
    struct multivector_linear linear;
    struct multivector_silu silu;
    struct multivector_product_layer product;
    struct parameter *norm; /* (channels): the layer norm's scale, 1 */
};

struct cgmlp {
    size_t blocks;
    struct cgmlp_block block[CGMLP_MOST_BLOCKS];
    const struct clifford_plan *plan;
    size_t out;
    size_t at_once; /* samples that go through all blocks together (grad/by_rows.h) */
};

/*
 * in -> hidden -> .. -> hidden -> out channels; the published blocks are two. The plan must outlive
 * it. More than at_once samples, which is set to what fits the cache, go piece by piece.
 */
void cgmlp_make(struct cgmlp *mlp, const struct clifford_plan *plan, struct parameters *set,
                const char *prefix, size_t in, size_t hidden, size_t out, size_t blocks);
void cgmlp_initialise(struct cgmlp *mlp, const struct clifford_plan *plan, struct rng *rng);
struct variable *cgmlp_apply(struct tape *tape, const struct clifford_plan *plan,
                             struct variable *frame, const struct cgmlp *mlp, struct variable *x);

/* --- CGGNN: message passing --- */

/* Directed edges of a graph of `nodes`, as rows of (blades, nodes, C) and (blades, count, C). */
struct multivector_edges {
    size_t nodes, count;
    uint32_t *receivers, *senders; /* (blades, count) */
};

/* Edge e carries a message from senders[e] to receivers[e], both < nodes. */
void multivector_edges_make(struct multivector_edges *edges, const struct clifford *algebra,
                            size_t nodes, const uint32_t *senders, const uint32_t *receivers,
                            size_t count);
void multivector_edges_free(struct multivector_edges *edges);

enum { CGGNN_MOST_LAYERS = 8 };

struct cggnn_options {
    size_t in, hidden, out; /* channels of nodes */
    size_t edge_channels;   /* what edges carry beside the difference of their ends; may be 0 */
    size_t layers;
    size_t blocks;          /* of the perceptrons of edges and of nodes */
};

/*
 * h = embed(x), then for each layer: message m_e = edge(h_receiver - h_sender, edge features),
 * h <- h + node(h, mean of the messages received), and out = project(h).
 */
struct cggnn {
    struct cggnn_options options;
    struct multivector_linear embed, project; /* one weight for all grades; one for each */
    struct cgmlp edge[CGGNN_MOST_LAYERS], node[CGGNN_MOST_LAYERS];
};
void cggnn_make(struct cggnn *gnn, const struct clifford_plan *plan, struct parameters *set,
                const char *prefix, const struct cggnn_options *options);
void cggnn_initialise(struct cggnn *gnn, const struct clifford_plan *plan, struct rng *rng);

/*
 * x (blades, nodes, in), features (blades, edges, edge_channels) or NULL ->
 * (blades, nodes, out). Several graphs go as one whose nodes are numbered on.
 */
struct variable *cggnn_apply(struct tape *tape, const struct clifford_plan *plan,
                             struct variable *frame, const struct cggnn *gnn,
                             const struct multivector_edges *edges, struct variable *x,
                             struct variable *features);

#endif
