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

static void add_layers(struct mlp *mlp, struct parameters *set, const char *prefix,
                       const size_t *sizes, size_t layers, bool slopes)
{
    *mlp = (struct mlp){.layers = layers};
    for (size_t l = 0; l < layers; l++) {
        const size_t shape[2] = {sizes[l + 1], sizes[l]};
        mlp->weight[l] = add(set, prefix, l, "weight", 2, shape);
        mlp->bias[l] = add(set, prefix, l, "bias", 1, shape);
        mlp->bias[l]->decays = false;
        if (slopes && l + 1 < layers) {
            mlp->slope[l] = add(set, prefix, l, "slope", 1, shape);
            mlp->slope[l]->decays = false;
        }
    }
}

void mlp_make(struct mlp *mlp, struct parameters *set, const char *prefix, const size_t *sizes,
              size_t layers, enum activation activation)
{
    add_layers(mlp, set, prefix, sizes, layers, false);
    mlp->activation = activation;
}

void mlp_make_prelu(struct mlp *mlp, struct parameters *set, const char *prefix,
                    const size_t *sizes, size_t layers)
{
    add_layers(mlp, set, prefix, sizes, layers, true);
    mlp->activation = ACTIVATION_NONE;
}

void mlp_initialise(struct mlp *mlp, struct rng *rng)
{
    for (size_t l = 0; l < mlp->layers; l++) {
        struct tensor *weight = &mlp->weight[l]->value;
        double bound = sqrt(3 / (double)tensor_columns(weight));
        for (size_t i = 0, n = tensor_count(weight); i < n; i++)
            weight->data[i] = (real)((2 * rng_uniform(rng) - 1) * bound);
        memset(mlp->bias[l]->value.data, 0, tensor_count(&mlp->bias[l]->value) * sizeof(real));
        if (!mlp->slope[l])
            continue;
        for (size_t i = 0, n = tensor_count(&mlp->slope[l]->value); i < n; i++)
            mlp->slope[l]->value.data[i] = (real)0.25;
    }
}

struct variable *mlp_apply(struct tape *tape, const struct mlp *mlp, struct variable *x)
{
    for (size_t l = 0; l < mlp->layers; l++) {
        x = tape_linear(tape, x, tape_parameter(tape, mlp->weight[l]),
                        tape_parameter(tape, mlp->bias[l]),
                        l + 1 < mlp->layers ? mlp->activation : ACTIVATION_NONE);
        if (mlp->slope[l])
            x = tape_prelu(tape, x, tape_parameter(tape, mlp->slope[l]));
    }
    return x;
}
