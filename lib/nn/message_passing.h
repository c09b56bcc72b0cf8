/*
 * The layer of message passing networks as one op of the tape:
 *
 *     H' = [H +] alpha . dropout( activation( A N(H) W^T + N(H) W_self^T + b ) )
 *
 * N layer normalisation, A a sparse matrix (graph/propagation.h), [H +] the residual. Everything
 * but W can be left out: without A it is the pointwise (feed-forward) layer; two of them, one with
 * and one without A, are the block of Scalable Message Passing Neural Networks (arXiv 2411.00835);
 * with nothing but A and the activation it is the graph convolution of Kipf and Welling (2017).
 *
 * All that is kept for the way back is one array of H's shape, the argument of the activation: N(H)
 * and its product with W are computed block by block in the cache, and H itself, which H'
 * overwrites, is computed back as H' - alpha . dropout(activation(...)) (as in Gomez et al., "The
 * reversible residual network", NeurIPS 2017; it returns to within rounding). The order is A (N(H)
 * W^T), so that one sparse product forward and one backward suffice.
 */
#ifndef TESSERAE_NN_MESSAGE_PASSING_H
#define TESSERAE_NN_MESSAGE_PASSING_H

#include "grad/ops.h"

struct message_layer {
    const struct sparse *matrix;    /* A (rows, columns of it), or NULL */
    const struct sparse *transpose; /* sparse_transpose of it, for the way back */
    struct variable *norm_scale;    /* (in); NULL: N(H) = H */
    struct variable *norm_shift;    /* (in), or NULL */
    real norm_epsilon;              /* of N: added to the variance */
    struct variable *weight;        /* W (out, in) */
    struct variable *self_weight;   /* W_self (out, in), or NULL */
    struct variable *bias;          /* (out), or NULL */
    struct variable *alpha;         /* (1) or (out); NULL: 1 */
    enum activation activation;
    bool residual;                  /* then out = in */
    real dropout;                   /* probability; 0 for none */
    uint64_t dropout_seed;          /* of the mask; another for every layer and step */
};

/*
 * h (columns of A, in) -> (rows of A, out); rows <= columns, where row i of A belongs to row i of h
 * (as in neighbour_sampling.h). Where A is a slice that is shared among ranks, h has its rows. With
 * a residual H' takes over the memory of h: h must be the result of an op that does not read its
 * own value on the way back (a linear layer without activation, an addition, another message layer
 * with residual), and nothing else may read h afterwards.
 */
struct variable *tape_message_layer(struct tape *tape, struct variable *h,
                                    const struct message_layer *layer);

#endif
