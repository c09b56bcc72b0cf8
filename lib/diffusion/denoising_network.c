#include "diffusion/denoising_network.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

const char *const network_kind_names[] = {"mlp", "unet", NULL};

static struct network_options mlp_options(const struct record_shape *shape)
{
    return (struct network_options){.kind = NETWORK_MLP, .height = 1, .wide = 1,
                                    .channels = record_shape_count(shape), .width = 256,
                                    .levels = 1, .blocks = 4};
}

bool network_options_choose(struct network_options *options, enum network_kind kind,
                            const struct record_shape *shape)
{
    size_t classes = options->classes;
    *options = mlp_options(shape);
    options->classes = classes;
    if (kind == NETWORK_MLP)
        return true;
    if (shape->dimensions != 2 && shape->dimensions != 3)
        return false;
    options->kind = NETWORK_UNET;
    options->height = shape->sizes[0];
    options->wide = shape->sizes[1];
    options->channels = shape->dimensions == 3 ? shape->sizes[2] : 1;
    options->width = 32;
    options->blocks = 1;
    size_t side = options->height < options->wide ? options->height : options->wide;
    while (options->levels < 3 && side >= 8) {
        options->levels++;
        side = (side + 1) / 2;
    }
    return true;
}

struct network_options network_options_for(const struct record_shape *shape)
{
    struct network_options options = mlp_options(shape), image = {0};
    if (network_options_choose(&image, NETWORK_UNET, shape) && image.height >= 8 &&
        image.wide >= 8)
        return image;
    return options;
}

size_t network_columns(const struct network_options *options)
{
    return options->height * options->wide * options->channels;
}

size_t network_rows_at_a_time(size_t left)
{
    enum { MOST = 64 };
    return left < MOST ? left : MOST;
}

static size_t embedding_columns(const struct network_options *options)
{
    return options->kind == NETWORK_UNET ? 4 * options->width : options->width;
}

size_t network_least_values(const struct network_options *o)
{
    size_t embedding = embedding_columns(o);
    size_t values = 2 * embedding * embedding + o->classes * embedding;
    if (o->kind == NETWORK_MLP)
        return values + 2 * o->channels * o->width + o->blocks * 4 * o->width * o->width;
    size_t widest = o->levels > 1 ? 2 * o->width : o->width;
    return values + (o->levels - 1) * o->blocks * 36 * widest * widest +
           18 * widest * widest + 9 * o->channels * o->width;
}

void denoising_network_make(struct denoising_network *network, struct parameters *set,
                            const char *prefix, const struct network_options *options)
{
    size_t embedding = embedding_columns(options);
    network->options = *options;
    char *time = memory_format("%stime", prefix);
    time_embedding_make(&network->time, set, time, embedding, options->classes);
    free(time);
    if (options->kind == NETWORK_UNET)
        unet_make(&network->unet, set, prefix,
                  &(struct unet_options){.in = options->channels, .out = options->channels,
                                         .width = options->width, .levels = options->levels,
                                         .blocks = options->blocks, .embedding = embedding});
    else
        residual_mlp_make(&network->mlp, set, prefix,
                          &(struct residual_mlp_options){
                              .in = options->channels, .out = options->channels,
                              .width = options->width, .blocks = options->blocks,
                              .embedding = embedding});
}

void denoising_network_initialise(struct denoising_network *network, struct rng *rng)
{
    time_embedding_initialise(&network->time, rng);
    if (network->options.kind == NETWORK_UNET)
        unet_initialise(&network->unet, rng);
    else
        residual_mlp_initialise(&network->mlp, rng);
}

/* z / sqrt(t^2 + (1 - t)^2): of deviation 1 whatever the time. */
static struct variable *even_out(struct tape *tape, struct variable *z, const real *times)
{
    size_t count = z->value.shape[0];
    real *factors = arena_alloc(&tape->arena, count, sizeof *factors);
    for (size_t i = 0; i < count; i++)
        factors[i] = (real)(1 / hypot((double)times[i], 1 - (double)times[i]));
    return tape_multiply(tape, z, tape_constant(tape, tensor_matrix(factors, count, 1)));
}

struct variable *denoising_network_apply(struct tape *tape,
                                         const struct denoising_network *network,
                                         struct variable *z, const real *times,
                                         const uint32_t *labels)
{
    const struct network_options *o = &network->options;
    size_t count = z->value.shape[0];
    struct variable *embedding = time_embedding_apply(tape, &network->time, times, labels, count);
    struct variable *input = even_out(tape, z, times);
    if (o->kind == NETWORK_MLP)
        return residual_mlp_apply(tape, &network->mlp, input, embedding);
    input = tape_reshape(tape, input, 4,
                         (const size_t[]){count, o->height, o->wide, o->channels});
    return tape_reshape(tape, unet_apply(tape, &network->unet, input, embedding), 2,
                        (const size_t[]){count, network_columns(o)});
}
