/* Multilayer perceptron: linear layers with an activation between them. */
#ifndef TESSERAE_NN_MLP_H
#define TESSERAE_NN_MLP_H

#include "base/rng.h"
#include "grad/ops.h"

enum { MLP_MOST_LAYERS = 8 };

struct mlp {
    size_t layers;
    enum activation activation; /* between layers; the last layer has none */
    struct parameter *weight[MLP_MOST_LAYERS]; /* (out, in) */
    struct parameter *bias[MLP_MOST_LAYERS];   /* (out) */
    struct parameter *slope[MLP_MOST_LAYERS];  /* (out), of hidden layers with PReLU; else NULL */
};

/*
 * Adds "PREFIX.0.weight", "PREFIX.0.bias", ... to a set, which owns them; sizes (layers + 1) from
 * the input to the output.
 */
void mlp_make(struct mlp *mlp, struct parameters *set, const char *prefix, const size_t *sizes,
              size_t layers, enum activation activation);

/*
 * As mlp_make with PReLU between the layers: "PREFIX.0.slope" (out) follows the bias of each hidden
 * layer; slopes do not decay.
 */
void mlp_make_prelu(struct mlp *mlp, struct parameters *set, const char *prefix,
                    const size_t *sizes, size_t layers);

/*
 * Weights uniform in +-sqrt(3 / in), so that the variance of the input is kept; biases 0; slopes of
 * PReLU 1/4.
 */
void mlp_initialise(struct mlp *mlp, struct rng *rng);

/* x (rows, in) -> (rows, out). */
struct variable *mlp_apply(struct tape *tape, const struct mlp *mlp, struct variable *x);

#endif
