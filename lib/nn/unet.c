#include "nn/unet.h"

#include "base/memory.h"

#include <stdlib.h>

static size_t width_of(const struct unet_options *o, size_t level)
{
    return level == 0 ? o->width : 2 * o->width;
}

static void make_level(struct unet *unet, struct parameters *set, const char *prefix, size_t l)
{
    const struct unet_options *o = &unet->options;
    struct unet_level *level = &unet->level[l];
    size_t width = width_of(o, l);
    for (size_t b = 0; b < o->blocks; b++) {
        char *down = memory_format("%sdown.%zu.%zu", prefix, l, b);
        char *up = memory_format("%sup.%zu.%zu", prefix, l, b);
        residual_block_make(&level->down[b], set, down, width, width, o->embedding);
        residual_block_make(&level->up[b], set, up, 2 * width, width, o->embedding);
        free(down);
        free(up);
    }
    if (l + 1 < o->levels) {
        size_t below = width_of(o, l + 1);
        char *shrink = memory_format("%sshrink.%zu", prefix, l);
        char *grow = memory_format("%sgrow.%zu", prefix, l);
        convolution_layer_make(&level->shrink, set, shrink, width, below, 3, 2);
        convolution_layer_make(&level->grow, set, grow, below, width, 3, 1);
        free(shrink);
        free(grow);
    }
}

void unet_make(struct unet *unet, struct parameters *set, const char *prefix,
               const struct unet_options *options)
{
    *unet = (struct unet){.options = *options};
    size_t lowest = width_of(options, options->levels - 1);
    char *enter = memory_format("%senter", prefix), *middle = memory_format("%smiddle", prefix);
    char *norm = memory_format("%snorm", prefix), *leave = memory_format("%sleave", prefix);
    convolution_layer_make(&unet->enter, set, enter, options->in, options->width, 3, 1);
    for (size_t l = 0; l < options->levels; l++)
        make_level(unet, set, prefix, l);
    residual_block_make(&unet->middle, set, middle, lowest, lowest, options->embedding);
    modulated_norm_make(&unet->last_norm, set, norm, options->width,
                        modulated_norm_groups(options->width), 0);
    convolution_layer_make(&unet->leave, set, leave, options->width, options->out, 3, 1);
    free(enter);
    free(middle);
    free(norm);
    free(leave);
}

void unet_initialise(struct unet *unet, struct rng *rng)
{
    convolution_layer_initialise(&unet->enter, 1, rng);
    for (size_t l = 0; l < unet->options.levels; l++) {
        struct unet_level *level = &unet->level[l];
        for (size_t b = 0; b < unet->options.blocks; b++) {
            residual_block_initialise(&level->down[b], rng);
            residual_block_initialise(&level->up[b], rng);
        }
        if (level->shrink.weight) {
            convolution_layer_initialise(&level->shrink, 1, rng);
            convolution_layer_initialise(&level->grow, 1, rng);
        }
    }
    residual_block_initialise(&unet->middle, rng);
    modulated_norm_initialise(&unet->last_norm);
    convolution_layer_initialise(&unet->leave, 0, rng);
}

/* a (B, H, W, p), b (B, H, W, q) -> (B, H, W, p + q) */
static struct variable *join_channels(struct tape *tape, struct variable *a, struct variable *b)
{
    const size_t *shape = a->value.shape;
    struct variable *rows = tape_concatenate_columns(tape, a, b);
    return tape_reshape(tape, rows, 4, (const size_t[]){shape[0], shape[1], shape[2],
                                                        tensor_columns(&rows->value)});
}

struct variable *unet_apply(struct tape *tape, const struct unet *unet, struct variable *x,
                            struct variable *embedding)
{
    const struct unet_options *o = &unet->options;
    struct variable *across[UNET_MOST_LEVELS][UNET_MOST_BLOCKS];
    struct variable *h = convolution_layer_apply(tape, &unet->enter, x);
    for (size_t l = 0; l < o->levels; l++) {
        const struct unet_level *level = &unet->level[l];
        for (size_t b = 0; b < o->blocks; b++)
            across[l][b] = h = residual_block_apply(tape, &level->down[b], h, embedding);
        if (level->shrink.weight)
            h = convolution_layer_apply(tape, &level->shrink, h);
    }
    h = residual_block_apply(tape, &unet->middle, h, embedding);
    for (size_t l = o->levels; l-- > 0;) {
        const struct unet_level *level = &unet->level[l];
        const size_t *shape = across[l][0]->value.shape;
        if (level->grow.weight)
            h = convolution_layer_apply(tape, &level->grow,
                                        tape_upsample(tape, h, shape[1], shape[2]));
        for (size_t b = o->blocks; b-- > 0;)
            h = residual_block_apply(tape, &level->up[b],
                                     join_channels(tape, h, across[l][b]), embedding);
    }
    h = modulated_norm_apply(tape, &unet->last_norm, h, NULL, ACTIVATION_SILU);
    return convolution_layer_apply(tape, &unet->leave, h);
}
