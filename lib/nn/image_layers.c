#include "nn/image_layers.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static struct parameter *add(struct parameters *set, const char *name, const char *part,
                             int dimensions, const size_t *shape)
{
    char *full_name = memory_format("%s.%s", name, part);
    struct parameter *parameter = parameters_add(set, full_name, dimensions, shape);
    parameter->decays = dimensions > 1;
    free(full_name);
    return parameter;
}

static void fill(struct parameter *parameter, real value)
{
    for (size_t i = 0, n = tensor_count(&parameter->value); i < n; i++)
        parameter->value.data[i] = value;
}

/* --- convolution --- */

void convolution_layer_make(struct convolution_layer *layer, struct parameters *set,
                            const char *name, size_t in, size_t out, size_t window, size_t stride)
{
    layer->weight = add(set, name, "weight", 4, (const size_t[]){out, window, window, in});
    layer->bias = add(set, name, "bias", 1, &out);
    layer->stride = stride;
    layer->padding = window / 2;
}

void convolution_layer_initialise(struct convolution_layer *layer, double gain, struct rng *rng)
{
    struct tensor *weight = &layer->weight->value;
    size_t n = tensor_count(weight), inputs = n / weight->shape[0];
    double bound = gain * sqrt(3 / (double)inputs);
    for (size_t i = 0; i < n; i++)
        weight->data[i] = (real)((2 * rng_uniform(rng) - 1) * bound);
    fill(layer->bias, 0);
}

struct variable *convolution_layer_apply(struct tape *tape, const struct convolution_layer *layer,
                                         struct variable *x)
{
    return tape_convolution(tape, x, tape_parameter(tape, layer->weight),
                            tape_parameter(tape, layer->bias), layer->stride, layer->padding);
}

/* --- norm --- */

size_t modulated_norm_groups(size_t channels)
{
    size_t groups = channels < 32 ? (channels + 3) / 4 : 8;
    while (channels % groups != 0)
        groups--;
    return groups;
}

void modulated_norm_make(struct modulated_norm *norm, struct parameters *set, const char *name,
                         size_t channels, size_t groups, size_t embedding)
{
    *norm = (struct modulated_norm){.channels = channels, .groups = groups};
    if (embedding > 0) {
        const size_t shape[2] = {2 * channels, embedding};
        norm->weight = add(set, name, "weight", 2, shape);
        norm->bias = add(set, name, "bias", 1, shape);
    } else {
        norm->scale = add(set, name, "scale", 1, &channels);
        norm->shift = add(set, name, "shift", 1, &channels);
    }
}

void modulated_norm_initialise(struct modulated_norm *norm)
{
    if (norm->weight) {
        fill(norm->weight, 0);
        fill(norm->bias, 0);
    } else {
        fill(norm->scale, 1);
        fill(norm->shift, 0);
    }
}

struct variable *modulated_norm_apply(struct tape *tape, const struct modulated_norm *norm,
                                      struct variable *x, struct variable *embedding,
                                      enum activation activation)
{
    const real epsilon = (real)1e-5;
    if (norm->scale)
        return tape_group_norm(tape, x, norm->groups, tape_parameter(tape, norm->scale),
                               tape_parameter(tape, norm->shift), epsilon, activation);
    struct variable *both = tape_linear(tape, embedding, tape_parameter(tape, norm->weight),
                                        tape_parameter(tape, norm->bias), ACTIVATION_NONE);
    struct variable *scale = tape_affine(tape, tape_slice_columns(tape, both, 0, norm->channels),
                                         1, 1);
    struct variable *shift = tape_slice_columns(tape, both, norm->channels, norm->channels);
    return tape_group_norm(tape, x, norm->groups, scale, shift, epsilon, activation);
}

/* --- residual block --- */

static void make_part(struct parameters *set, const char *name, const char *part, size_t in,
                      size_t out, size_t window, struct convolution_layer *layer)
{
    char *full_name = memory_format("%s.%s", name, part);
    convolution_layer_make(layer, set, full_name, in, out, window, 1);
    free(full_name);
}

void residual_block_make(struct residual_block *block, struct parameters *set, const char *name,
                         size_t in, size_t out, size_t embedding)
{
    *block = (struct residual_block){0};
    for (int i = 0; i < 2; i++) {
        size_t channels = i == 0 ? in : out;
        char *norm_name = memory_format("%s.norm.%d", name, i);
        modulated_norm_make(&block->norm[i], set, norm_name, channels,
                            modulated_norm_groups(channels), embedding);
        free(norm_name);
    }
    make_part(set, name, "first", in, out, 3, &block->first);
    make_part(set, name, "second", out, out, 3, &block->second);
    if (in != out)
        make_part(set, name, "skip", in, out, 1, &block->skip);
}

void residual_block_initialise(struct residual_block *block, struct rng *rng)
{
    modulated_norm_initialise(&block->norm[0]);
    modulated_norm_initialise(&block->norm[1]);
    convolution_layer_initialise(&block->first, 1, rng);
    convolution_layer_initialise(&block->second, 0, rng);
    if (block->skip.weight)
        convolution_layer_initialise(&block->skip, 1, rng);
}

struct variable *residual_block_apply(struct tape *tape, const struct residual_block *block,
                                      struct variable *x, struct variable *embedding)
{
    struct variable *h = modulated_norm_apply(tape, &block->norm[0], x, embedding, ACTIVATION_SILU);
    h = convolution_layer_apply(tape, &block->first, h);
    h = modulated_norm_apply(tape, &block->norm[1], h, embedding, ACTIVATION_SILU);
    h = convolution_layer_apply(tape, &block->second, h);
    if (block->skip.weight)
        x = convolution_layer_apply(tape, &block->skip, x);
    return tape_add(tape, x, h);
}
