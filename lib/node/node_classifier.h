/*
 * Node classifiers: networks that tell the classes of a graph's nodes from their features and from
 * the graph. The SMPNN (smpnn.h), and those that it is compared with.
 *
 *     smpnn   H_0 = X W_in^T + b;  `layers` blocks;  logits = LN(H) W_out^T + b
 *     gcn     H' = ReLU(A H W^T + b), `layers` of them, the last without ReLU (Kipf and Welling,
 *             "Semi-supervised classification with graph convolutional networks", ICLR 2017)
 *     sgc     logits = A^layers X W^T + b (Wu et al., "Simplifying graph convolutional networks",
 *             ICML 2019)
 *     mlp     H' = ReLU(H W^T + b), `layers` of them, the last without ReLU
 *
 * A network is a row of stages, each of which maps rows of the one before to rows of the next, so
 * that a large graph can be evaluated stage by stage. The first one takes the features to the
 * width of the next, X W^T, looking at every node alone; one more follows for each layer, and the
 * SMPNN has one for its logits.
 */
#ifndef TESSERAE_NODE_NODE_CLASSIFIER_H
#define TESSERAE_NODE_NODE_CLASSIFIER_H

#include "dist/row_share.h"
#include "graph/propagation.h"
#include "nn/feature_matrix.h"
#include "nn/smpnn.h"

enum node_architecture { NODE_SMPNN, NODE_GCN, NODE_SGC, NODE_MLP };

/* The names of architectures, convolutions and alphas, NULL-terminated; for options_choice. */
extern const char *const node_architecture_names[];
extern const char *const smpnn_convolution_names[];

struct node_classifier_options {
    enum node_architecture architecture;
    size_t features; /* columns of X */
    size_t hidden;
    size_t outputs;  /* classes */
    size_t layers;
    struct smpnn_options smpnn;
    double input_dropout; /* of X */
    double dropout;       /* of what is between the stages, or of the blocks' branches */
};

struct node_classifier {
    struct node_classifier_options options;
    struct parameter **weights; /* (dense): of all layers but the blocks */
    struct parameter **biases;  /* (dense); NULL where a layer has none */
    size_t dense;
    struct smpnn_block *blocks; /* (layers), of an SMPNN */
    struct parameter *norm_scale, *norm_shift; /* LN of the SMPNN's head, where there are norms */
    struct parameters set;
};

/* Lays out the network; it must not move in memory afterwards. Free with node_classifier_free. */
void node_classifier_make(struct node_classifier *model,
                          const struct node_classifier_options *options);

/*
 * Blocks as smpnn_block_initialise, the weights of the SMPNN's head 0, so that it tells nothing
 * before it has learned, other weights as Glorot and Bengio (AISTATS 2010), biases 0.
 */
void node_classifier_initialise(struct node_classifier *model, uint64_t seed);

/* The propagation that the network's A is: its norm, and the weight s of self loops. */
enum propagation_norm node_classifier_norm(const struct node_classifier_options *options);

/* Whether stages hear the graph at all, and how many of them do. */
size_t node_classifier_hops(const struct node_classifier_options *options);

/* What one pass of a network sees of a graph. */
struct node_view {
    const struct feature_matrix *features; /* of the nodes it starts from */
    const struct sparse *matrix;           /* A; of each stage that hears, where they differ */
    const struct sparse *transpose;
    bool sampled;                          /* whether they differ (neighbour_sampling.h) */
};

/* What a rank computes of the nodes that are shared: A's rows of its own. */
struct shared_view {
    struct sparse matrix, transpose;
};

/* The rank's slices of both matrices of a propagation; the whole where there is one rank. */
struct shared_view shared_view_of(const struct propagation *propagation,
                                  const struct row_share *share);

size_t node_classifier_stages(const struct node_classifier *model);

/* The columns of the first stage's result. */
size_t node_classifier_input_width(const struct node_classifier *model);

/*
 * The result of a stage from that of the one before; the first reads the view's features (h is
 * NULL). rng is for dropout, NULL outside of training.
 */
struct variable *node_classifier_stage(const struct node_classifier *model, struct tape *tape,
                                       size_t stage, const struct node_view *view,
                                       struct variable *h, struct rng *rng);

/* All stages: the logits (rows, outputs). */
struct variable *node_classifier_logits(const struct node_classifier *model, struct tape *tape,
                                        const struct node_view *view, struct rng *rng);

void node_classifier_free(struct node_classifier *model);

#endif
