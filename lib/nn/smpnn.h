/*
 * The block of Scalable Message Passing Neural Networks (Saez de Ocariz Borde et al., arXiv
 * 2411.00835): a pre-layer-norm transformer's, with a graph convolution in the place of attention.
 *
 *     Z  = H + alpha_1 SiLU( A LN(H) W_1^T )
 *     H' = Z + alpha_2 SiLU( LN(Z) W_2^T + b_2 )
 *
 * A is the graph's propagation. alpha_1 and alpha_2 are learned and begin at 1e-6, so that every
 * block begins as the identity and depth costs nothing. Dropout acts on the branches, before alpha.
 * Every part can be left out, for ablations.
 *
 * With residuals W_1 and W_2 begin as the identity: what a node hears from any distance then comes
 * in the same basis as its own vector, and few labels suffice to learn from (as the identity
 * mapping in Chen et al., "Simple and deep graph convolutional networks", ICML 2020).
 */
#ifndef TESSERAE_NN_SMPNN_H
#define TESSERAE_NN_SMPNN_H

#include "base/rng.h"
#include "grad/ops.h"

enum smpnn_convolution {
    SMPNN_GCN,  /* A = D^-1/2 (A + s I) D^-1/2 */
    SMPNN_SAGE, /* A = D^-1 A, and LN(H) W_self^T beside it (Hamilton et al. 2017) */
    SMPNN_NONE  /* A = I: the nodes do not hear each other */
};

enum smpnn_alpha { SMPNN_ALPHA_SCALAR, SMPNN_ALPHA_VECTOR, SMPNN_ALPHA_FIXED };

struct smpnn_options {
    enum smpnn_convolution convolution;
    bool residual;  /* H + and Z +; without them there is no alpha */
    bool norm;      /* LN */
    double
        norm_epsilon; /* of LN, added to the variance: what is small beside its root stays small */
    bool attention; /* a third branch in Z, alpha_3 times linear attention of LN(H) among all nodes
                       with phi = softplus (Katharopoulos et al., "Transformers are RNNs", ICML
                       2020): sum_j phi(q_i).phi(k_j) v_j / sum_j phi(q_i).phi(k_j) */
    enum smpnn_alpha alpha;
    double alpha_start; /* the value that it begins with, or keeps when it is fixed */
};

/* The parameters of one half of a block; those that are left out are NULL. */
struct smpnn_branch {
    struct parameter *norm_scale, *norm_shift; /* (width) */
    struct parameter *weight;                  /* (width, width) */
    struct parameter *self_weight;             /* (width, width) */
    struct parameter *bias;                    /* (width) */
    struct parameter *alpha;                   /* (1), or (width) */
};

struct smpnn_block {
    struct smpnn_branch mix;  /* the convolution */
    struct smpnn_branch feed; /* the pointwise layer */
    struct parameter *query, *key, *value; /* (width, width) of the attention, or NULL */
    struct parameter *attention_alpha;     /* as alpha */
};

/* Adds the parameters "PREFIX.mix.weight", ... to a set. Norms, biases and alphas take no decay. */
void smpnn_block_make(struct smpnn_block *block, struct parameters *set, const char *prefix,
                      size_t width, const struct smpnn_options *options);

/*
 * Norms, and with residuals W_1 and W_2, the identity, other weights uniform in +-sqrt(3 / width),
 * biases 0, alphas at their start.
 */
void smpnn_block_initialise(struct smpnn_block *block, const struct smpnn_options *options,
                            struct rng *rng);

/*
 * h (columns of the matrix, width) -> (rows of it, width). matrix and transpose are those of A,
 * NULL with SMPNN_NONE. rng is for dropout, NULL outside of training. h must be the result of a
 * block, or of an op that does not read its own value on the way back, and be used by nothing else.
 */
struct variable *smpnn_block_apply(const struct smpnn_block *block, struct tape *tape,
                                   struct variable *h, const struct sparse *matrix,
                                   const struct sparse *transpose,
                                   const struct smpnn_options *options, real dropout,
                                   struct rng *rng);

/* Sets rate_scale (optimizer.h) of the alphas, and of all other parameters of the block. */
void smpnn_block_scale_rates(struct smpnn_block *block, double alphas, double others);

/* The mean |alpha| of a branch; 1 where it has none. */
double smpnn_mean_alpha(const struct smpnn_branch *branch);

#endif
