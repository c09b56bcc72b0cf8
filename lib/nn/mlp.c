#include "nn/mlp.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct parameter *add(struct parameters *set, const char *prefix, size_t layer,
                             const char *name, int dimensions, const size_t *shape)
{
    char *full_name = memory_format("%s.%zu.%s", prefix, layer, name);
    struct parameter *parameter = parameters_add(set, full_name, dimensions, shape);
    free(full_name);
    return parameter;
}

void mlp_make(struct mlp *mlp, struct parameters *set, const char *prefix, const size_t *sizes,
              size_t layers, enum activation activation)
{
    mlp->layers = layers;
    mlp->activation = activation;
    for (size_t l = 0; l < layers; l++) {
        const size_t shape[2] = {sizes[l + 1], sizes[l]};
        mlp->weight[l] = add(set, prefix, l, "weight", 2, shape);
        mlp->bias[l] = add(set, prefix, l, "bias", 1, shape);
        mlp->bias[l]->decays = false;
    }
}

void mlp_initialise(struct mlp *mlp, struct rng *rng)
{
    for (size_t l = 0; l < mlp->layers; l++) {
        struct tensor *weight = &mlp->weight[l]->value;
        double bound = sqrt(3 / (double)tensor_columns(weight));
        for (size_t i = 0, n = tensor_count(weight); i < n; i++)
            weight->data[i] = (real)((2 * rng_uniform(rng) - 1) * bound);
        memset(mlp->bias[l]->value.data, 0, tensor_count(&mlp->bias[l]->value) * sizeof(real));
    }
}

struct variable *mlp_apply(struct tape *tape, const struct mlp *mlp, struct variable *x)
{
    for (size_t l = 0; l < mlp->layers; l++)
        x = tape_linear(tape, x, tape_parameter(tape, mlp->weight[l]),
                        tape_parameter(tape, mlp->bias[l]),
                        l + 1 < mlp->layers ? mlp->activation : ACTIVATION_NONE);
    return x;
}
