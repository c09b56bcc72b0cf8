/*
 * Latent graph inference with attention over embedding spaces (Lu, Ho and others, "AMES: a
 * differentiable embedding space selection framework for latent graph inference", 2023; the
 * differentiable graph module of Kazi et al., TPAMI 2022).
 *
 * Of items with features X (rows, features), for each layer l = 1 .. L and each candidate space s:
 *
 *     z^s  = exp_0(P_s x [+ Q_s h_{l-1}])          the graph branch, candidate.h; h is detached
 *     A_s  = the graph of k neighbours, drawn with log p_ij = -t_s d_s(z_i, z_j)^2
 *     h^s  = A_s h_{l-1} W_l^T + b_l
 *     e_s  = mean_i v^T tanh(U h_i^s + c),  beta = softmax(e + log prior)
 *     h_l  = sum_s beta_s h^s, with ReLU and dropout but for the last layer: the logits
 *
 * where h_0 = X. A graph that is given can be one of the branches, and so can the items themselves
 * (A the identity), for tasks that want no graph: their priors are 1, those of candidates 1 / the
 * number of these, so that more spaces do not make inferred graphs weigh more to begin with.
 * Without any branch it is a perceptron. The network's own parameters and the candidates' are one
 * set.
 */
#ifndef TESSERAE_LATENT_LATENT_NETWORK_H
#define TESSERAE_LATENT_LATENT_NETWORK_H

#include "graph/propagation.h"
#include "latent/candidate.h"
#include "latent/neighbour_graph.h"

enum { LATENT_MOST_LAYERS = 8, LATENT_MOST_BRANCHES = CANDIDATES_MOST + 2 };

/* Which graphs the layers use. */
enum latent_graphs {
    LATENT_GRAPHS_ONE, /* those of the features, in all layers */
    LATENT_GRAPHS_EACH /* every layer its own, that hears what the layer before gave */
};

/* "one", "each"; NULL-terminated. */
extern const char *const latent_graphs_names[];

struct latent_options {
    char *spaces[CANDIDATES_MOST]; /* names, as candidates_parse gives them */
    size_t space_count;
    size_t features, hidden, outputs;
    size_t layers;
    size_t neighbours; /* k */
    enum neighbour_form form;
    enum latent_graphs graphs;
    bool given;            /* whether a given graph is a branch */
    bool self;             /* whether there is a branch in which every item hears itself alone */
    bool embed_over_given; /* whether z is propagated over the given graph: a GCN instead of a
                              linear layer */
    bool directions;       /* whether only the directions of coordinates count */
    bool standardise;      /* whether columns of features are standardised before all */
    double input_dropout, dropout;
};

struct latent_layer {
    struct candidate *candidates; /* (space_count), or NULL where those of the first layer serve */
    struct parameter *weight, *bias;    /* W (out, in), b (out) */
    struct parameter *attention_weight; /* U (attention, out); NULL of a single branch */
    struct parameter *attention_bias, *attention_direction; /* c, v (attention) */
};

struct latent_network {
    struct latent_options options;
    struct latent_layer layer[LATENT_MOST_LAYERS];
    struct parameter *mean, *deviation; /* (features) of what is standardised; frozen */
    struct parameters set;
};

/* Lays out the network, which copies the names; it must not move. Free with latent_network_free. */
void latent_network_make(struct latent_network *network, const struct latent_options *options);

/* The branches of a layer: the candidates, the given graph, the items themselves. */
size_t latent_network_branches(const struct latent_options *options);

/* A branch's name: that of its space, "given", or "self". */
const char *latent_branch_name(const struct latent_options *options, size_t branch);

/* What a pass reads. */
struct latent_inputs {
    const struct feature_matrix *features; /* scaled, and standardised where the network wants it */
    const struct propagation *given;       /* or NULL */
};

/* How graphs are drawn: without noise the nearest are taken. */
struct latent_draw {
    bool noise;
    uint64_t seed;
    uint32_t number; /* tells one draw from another */
};

/* What a pass leaves behind; on the tape. */
struct latent_trace {
    struct {
        const uint32_t *lists[CANDIDATES_MOST];   /* (rows, k): neighbours */
        struct variable *points[CANDIDATES_MOST]; /* (rows, columns of the space) */
        struct variable *messages;                /* (rows, out): h_{l-1} W_l^T */
        struct variable *attention;               /* (branches): beta; NULL of a single branch */
        const real *scales[CANDIDATES_MOST];      /* (rows): D^-1/2 of symmetric graphs */
    } layer[LATENT_MOST_LAYERS];
};

/*
 * The logits (rows, outputs). rng is for dropout, NULL outside of training. The trace is filled.
 */
struct variable *latent_network_logits(const struct latent_network *network, struct tape *tape,
                                       const struct latent_inputs *inputs,
                                       const struct latent_draw *draw, struct rng *rng,
                                       struct latent_trace *trace);

/* How the loss of a graph counts an edge: by its probability, or by the logarithm of that. */
enum graph_loss { GRAPH_LOSS_LOG_PROBABILITY, GRAPH_LOSS_PROBABILITY };

/* "log-probability", "probability"; NULL-terminated. */
extern const char *const graph_loss_names[];

/*
 * The graph loss of some rows (count), with advantages delta (count) such as E[ac_i] - ac_i:
 *
 *     1 / (count k) sum_i delta_i sum_l sum_s beta_s sum_{j in N_s(i)} log p_ij  (or p_ij)
 *
 * An edge of an item that was classified worse than usual becomes less likely. The rows are copied;
 * delta must outlive the backward pass. A scalar.
 */
struct variable *latent_graph_loss(const struct latent_network *network, struct tape *tape,
                                   const struct latent_trace *trace, const uint32_t *rows,
                                   size_t count, const real *delta, enum graph_loss form);

void latent_network_free(struct latent_network *network);

#endif
