#include "spacetime/spacetime_encoder.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct parameter *add(struct parameters *set, size_t layer, const char *name,
                             int dimensions, size_t rows, size_t columns)
{
    char *full_name = memory_format("encoder.%zu.%s", layer, name);
    const size_t shape[2] = {rows, columns};
    struct parameter *parameter = parameters_add(set, full_name, dimensions, shape);
    parameter->decays = dimensions == 2;
    free(full_name);
    return parameter;
}

void spacetime_encoder_make(struct spacetime_encoder *encoder, struct parameters *set,
                            size_t features, size_t layers, size_t width, size_t outputs)
{
    encoder->layers = layers;
    for (size_t l = 0; l <= layers; l++) {
        size_t in = l == 0 ? features : width, out = l < layers ? width : outputs;
        encoder->weight[l] = add(set, l, "weight", 2, out, in);
        encoder->bias[l] = add(set, l, "bias", 1, out, 0);
        if (l == layers)
            break;
        encoder->scale[l] = add(set, l, "norm.scale", 1, width, 0);
        encoder->shift[l] = add(set, l, "norm.shift", 1, width, 0);
    }
}

static void fill_uniform(struct tensor *values, double bound, struct rng *rng)
{
    for (size_t i = 0, n = tensor_count(values); i < n; i++)
        values->data[i] = (real)((2 * rng_uniform(rng) - 1) * bound);
}

void spacetime_encoder_initialise(struct spacetime_encoder *encoder, struct rng *rng)
{
    for (size_t l = 0; l <= encoder->layers; l++) {
        double bound = 1 / sqrt((double)tensor_columns(&encoder->weight[l]->value));
        fill_uniform(&encoder->weight[l]->value, bound, rng);
        fill_uniform(&encoder->bias[l]->value, bound, rng);
        if (l == encoder->layers)
            break;
        struct tensor *scale = &encoder->scale[l]->value, *shift = &encoder->shift[l]->value;
        for (size_t i = 0, n = tensor_count(scale); i < n; i++)
            scale->data[i] = 1;
        memset(shift->data, 0, tensor_count(shift) * sizeof(real));
    }
}

struct variable *spacetime_encoder_apply(struct tape *tape,
                                         const struct spacetime_encoder *encoder,
                                         struct variable *features)
{
    struct variable *h = features;
    for (size_t l = 0; l <= encoder->layers; l++) {
        h = tape_linear(tape, h, tape_parameter(tape, encoder->weight[l]),
                        tape_parameter(tape, encoder->bias[l]), ACTIVATION_NONE);
        if (l == encoder->layers)
            break;
        h = tape_layer_norm(tape, h, tape_parameter(tape, encoder->scale[l]),
                            tape_parameter(tape, encoder->shift[l]), (real)1e-5);
        h = tape_activation(tape, h, ACTIVATION_SILU);
    }
    return h;
}
