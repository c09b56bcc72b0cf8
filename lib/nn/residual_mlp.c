#include "nn/residual_mlp.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void make_mlp(struct mlp *mlp, struct parameters *set, const char *prefix, const char *name,
                     const size_t *sizes, size_t layers)
{
    char *full_name = memory_format("%s%s", prefix, name);
    mlp_make(mlp, set, full_name, sizes, layers, ACTIVATION_SILU);
    free(full_name);
}

static void make_norm(struct modulated_norm *norm, struct parameters *set, const char *prefix,
                      const char *name, size_t width, size_t embedding)
{
    char *full_name = memory_format("%s%s", prefix, name);
    modulated_norm_make(norm, set, full_name, width, 1, embedding);
    free(full_name);
}

void residual_mlp_make(struct residual_mlp *mlp, struct parameters *set, const char *prefix,
                       const struct residual_mlp_options *options)
{
    size_t width = options->width;
    *mlp = (struct residual_mlp){.options = *options};
    make_mlp(&mlp->enter, set, prefix, "enter", (const size_t[]){options->in, width}, 1);
    for (size_t b = 0; b < options->blocks; b++) {
        char *norm = memory_format("block.%zu.norm", b), *name = memory_format("block.%zu", b);
        make_norm(&mlp->norm[b], set, prefix, norm, width, options->embedding);
        make_mlp(&mlp->block[b], set, prefix, name, (const size_t[]){width, 2 * width, width}, 2);
        free(norm);
        free(name);
    }
    make_norm(&mlp->last_norm, set, prefix, "norm", width, 0);
    make_mlp(&mlp->leave, set, prefix, "leave", (const size_t[]){width, options->out}, 1);
}

static void clear_last_layer(struct mlp *mlp)
{
    struct tensor *weight = &mlp->weight[mlp->layers - 1]->value;
    memset(weight->data, 0, tensor_count(weight) * sizeof *weight->data);
}

void residual_mlp_initialise(struct residual_mlp *mlp, struct rng *rng)
{
    mlp_initialise(&mlp->enter, rng);
    for (size_t b = 0; b < mlp->options.blocks; b++) {
        modulated_norm_initialise(&mlp->norm[b]);
        mlp_initialise(&mlp->block[b], rng);
        clear_last_layer(&mlp->block[b]);
    }
    modulated_norm_initialise(&mlp->last_norm);
    mlp_initialise(&mlp->leave, rng);
    clear_last_layer(&mlp->leave);
}

struct variable *residual_mlp_apply(struct tape *tape, const struct residual_mlp *mlp,
                                    struct variable *x, struct variable *embedding)
{
    struct variable *h = mlp_apply(tape, &mlp->enter, x); /* (B, width) */
    for (size_t b = 0; b < mlp->options.blocks; b++) {
        struct variable *normed =
            modulated_norm_apply(tape, &mlp->norm[b], h, embedding, ACTIVATION_NONE);
        h = tape_add(tape, h, mlp_apply(tape, &mlp->block[b], normed));
    }
    h = modulated_norm_apply(tape, &mlp->last_norm, h, NULL, ACTIVATION_SILU);
    return mlp_apply(tape, &mlp->leave, h); /* (B, out) */
}
