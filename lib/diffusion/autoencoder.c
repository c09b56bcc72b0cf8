#include "diffusion/autoencoder.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- images --- */

static size_t width_of(const struct network_options *o, size_t level)
{
    return level == 0 ? o->width : 2 * o->width;
}

/* The size of a side at a level: halves, rounded up. */
static size_t side_at(size_t side, size_t level)
{
    for (; level > 0; level--)
        side = (side + 1) / 2;
    return side;
}

/* The numbers of an image at the last level. */
static size_t lowest_columns(const struct network_options *o)
{
    return side_at(o->height, o->levels - 1) * side_at(o->wide, o->levels - 1) *
           width_of(o, o->levels - 1);
}

static void make_image_coder(struct image_coder *coder, struct parameters *set, const char *prefix,
                             const struct network_options *o, size_t latent, bool encodes)
{
    size_t lowest = width_of(o, o->levels - 1), columns = lowest_columns(o);
    for (size_t l = 0; l < o->levels; l++) {
        size_t width = width_of(o, l), below = width_of(o, l + 1);
        for (size_t b = 0; b < o->blocks; b++) {
            char *name = memory_format("%s.%zu.%zu", prefix, l, b);
            residual_block_make(&coder->block[l][b], set, name, width, width, 0);
            free(name);
        }
        if (l + 1 < o->levels) {
            char *name = memory_format("%s.resize.%zu", prefix, l);
            convolution_layer_make(&coder->resize[l], set, name, encodes ? width : below,
                                   encodes ? below : width, 3, encodes ? 2 : 1);
            free(name);
        }
    }
    char *image = memory_format("%s.image", prefix), *norm = memory_format("%s.norm", prefix);
    char *vector = memory_format("%s.vector", prefix);
    convolution_layer_make(&coder->image, set, image, encodes ? o->channels : o->width,
                           encodes ? o->width : o->channels, 3, 1);
    size_t normed = encodes ? lowest : o->width;
    modulated_norm_make(&coder->norm, set, norm, normed, modulated_norm_groups(normed), 0);
    mlp_make(&coder->vector, set, vector,
             (const size_t[]){encodes ? columns : latent, encodes ? latent : columns}, 1,
             ACTIVATION_NONE);
    free(image);
    free(norm);
    free(vector);
}

static void initialise_image_coder(struct image_coder *coder, const struct network_options *o,
                                   struct rng *rng)
{
    convolution_layer_initialise(&coder->image, 1, rng);
    for (size_t l = 0; l < o->levels; l++) {
        for (size_t b = 0; b < o->blocks; b++)
            residual_block_initialise(&coder->block[l][b], rng);
        if (coder->resize[l].weight)
            convolution_layer_initialise(&coder->resize[l], 1, rng);
    }
    modulated_norm_initialise(&coder->norm);
    mlp_initialise(&coder->vector, rng);
}

static struct variable *apply_blocks(struct tape *tape, const struct image_coder *coder,
                                     const struct network_options *o, size_t level,
                                     struct variable *h)
{
    for (size_t b = 0; b < o->blocks; b++)
        h = residual_block_apply(tape, &coder->block[level][b], h, NULL);
    return h;
}

static struct variable *encode_images(struct tape *tape, const struct autoencoder *model,
                                      struct variable *x)
{
    const struct network_options *o = &model->options.network;
    const struct image_coder *coder = &model->image_encoder;
    size_t count = x->value.shape[0];
    struct variable *h = tape_reshape(
        tape, x, 4, (const size_t[]){count, o->height, o->wide, o->channels});
    h = convolution_layer_apply(tape, &coder->image, h);
    for (size_t l = 0; l < o->levels; l++) {
        h = apply_blocks(tape, coder, o, l, h);
        if (coder->resize[l].weight)
            h = convolution_layer_apply(tape, &coder->resize[l], h);
    }
    h = modulated_norm_apply(tape, &coder->norm, h, NULL, ACTIVATION_SILU);
    h = tape_reshape(tape, h, 2, (const size_t[]){count, lowest_columns(o)});
    return mlp_apply(tape, &coder->vector, h);
}

static struct variable *decode_images(struct tape *tape, const struct autoencoder *model,
                                      struct variable *z)
{
    const struct network_options *o = &model->options.network;
    const struct image_coder *coder = &model->image_decoder;
    size_t count = z->value.shape[0], last = o->levels - 1;
    struct variable *h = mlp_apply(tape, &coder->vector, z);
    h = tape_reshape(tape, h, 4, (const size_t[]){count, side_at(o->height, last),
                                                  side_at(o->wide, last), width_of(o, last)});
    for (size_t l = o->levels; l-- > 0;) {
        if (coder->resize[l].weight)
            h = convolution_layer_apply(tape, &coder->resize[l],
                                        tape_upsample(tape, h, side_at(o->height, l),
                                                      side_at(o->wide, l)));
        h = apply_blocks(tape, coder, o, l, h);
    }
    h = modulated_norm_apply(tape, &coder->norm, h, NULL, ACTIVATION_SILU);
    h = convolution_layer_apply(tape, &coder->image, h);
    return tape_reshape(tape, h, 2, (const size_t[]){count, network_columns(o)});
}

/* --- both kinds --- */

static size_t code_columns(const struct autoencoder_options *options)
{
    return options->variational ? 2 * options->latent : options->latent;
}

static struct residual_mlp_options mlp_options(const struct network_options *o, size_t in,
                                               size_t out)
{
    return (struct residual_mlp_options){.in = in, .out = out, .width = o->width,
                                         .blocks = o->blocks};
}

size_t autoencoder_least_values(const struct autoencoder_options *options)
{
    const struct network_options *o = &options->network;
    size_t widest = o->levels > 1 ? 2 * o->width : o->width, ends, place;
    size_t blocks = (o->kind == NETWORK_MLP ? o->blocks : (o->levels - 1) * o->blocks) * 2 *
                    (o->kind == NETWORK_MLP ? 4 : 18) * widest * widest;
    if (o->kind == NETWORK_MLP) {
        if (!memory_multiply(network_columns(o), 2 * o->width, &ends))
            return SIZE_MAX;
    } else {
        place = side_at(o->height, o->levels - 1);
        if (!memory_multiply(place, side_at(o->wide, o->levels - 1), &place) ||
            !memory_multiply(place, width_of(o, o->levels - 1), &place) ||
            !memory_multiply(place, 2 * options->latent, &ends))
            return SIZE_MAX;
    }
    return ends > SIZE_MAX - blocks ? SIZE_MAX : ends + blocks;
}

void autoencoder_make(struct autoencoder *model, const struct autoencoder_options *options,
                      const struct record_shape *shape)
{
    const struct network_options *o = &options->network;
    size_t columns = network_columns(o), code = code_columns(options), latent = options->latent;
    *model = (struct autoencoder){.options = *options, .shape = *shape, .deviation = 1};
    if (o->kind == NETWORK_UNET) {
        make_image_coder(&model->image_encoder, &model->set, "encoder", o, code, true);
        make_image_coder(&model->image_decoder, &model->set, "decoder", o, latent, false);
    } else {
        const struct residual_mlp_options to = mlp_options(o, columns, code);
        const struct residual_mlp_options from = mlp_options(o, latent, columns);
        residual_mlp_make(&model->encoder, &model->set, "encoder.", &to);
        residual_mlp_make(&model->decoder, &model->set, "decoder.", &from);
    }
    model->latent_mean = parameters_add(&model->set, "latent.mean", 1, &latent);
    model->latent_deviation = parameters_add(&model->set, "latent.deviation", 1, &latent);
    model->latent_mean->frozen = model->latent_deviation->frozen = true;
    for (size_t k = 0; k < latent; k++)
        model->latent_deviation->value.data[k] = 1;
}

void autoencoder_initialise(struct autoencoder *model, struct rng *rng)
{
    const struct network_options *o = &model->options.network;
    if (o->kind == NETWORK_UNET) {
        initialise_image_coder(&model->image_encoder, o, rng);
        initialise_image_coder(&model->image_decoder, o, rng);
        return;
    }
    residual_mlp_initialise(&model->encoder, rng);
    residual_mlp_initialise(&model->decoder, rng);
    mlp_initialise(&model->encoder.leave, rng); /* at 0 neither half would ever move */
}

struct variable *autoencoder_to_latent(struct tape *tape, const struct autoencoder *model,
                                       struct variable *x)
{
    return model->options.network.kind == NETWORK_UNET
               ? encode_images(tape, model, x)
               : residual_mlp_apply(tape, &model->encoder, x, NULL);
}

struct variable *autoencoder_to_data(struct tape *tape, const struct autoencoder *model,
                                     struct variable *z)
{
    return model->options.network.kind == NETWORK_UNET
               ? decode_images(tape, model, z)
               : residual_mlp_apply(tape, &model->decoder, z, NULL);
}

/* mean over latents of (m^2 + exp(s) - s - 1) / 2 */
static struct variable *divergence(struct tape *tape, struct variable *mean,
                                   struct variable *log_variance)
{
    struct variable *square = tape_function(tape, mean, FUNCTION_SQUARE);
    struct variable *variance = tape_function(tape, log_variance, FUNCTION_EXPONENTIAL);
    struct variable *excess = tape_subtract(tape, variance, log_variance);
    return tape_affine(tape, tape_mean(tape, tape_add(tape, square, excess)), (real)0.5,
                       (real)-0.5);
}

struct variable *autoencoder_loss(struct tape *tape, const struct autoencoder *model,
                                  const real *data, const real *noise, size_t count, double weight)
{
    size_t columns = network_columns(&model->options.network), latent = model->options.latent;
    struct tensor x = tensor_matrix((real *)(uintptr_t)data, count, columns);
    struct variable *code = autoencoder_to_latent(tape, model, tape_constant(tape, x));
    if (!model->options.variational)
        return tape_mean_squared_error(tape, autoencoder_to_data(tape, model, code), data);
    struct variable *mean = tape_slice_columns(tape, code, 0, latent);
    struct variable *log_variance = tape_slice_columns(tape, code, latent, latent);
    struct variable *deviation = tape_function(
        tape, tape_affine(tape, log_variance, (real)0.5, 0), FUNCTION_EXPONENTIAL);
    struct tensor e = tensor_matrix((real *)(uintptr_t)noise, count, latent);
    struct variable *z =
        tape_add(tape, mean, tape_multiply(tape, deviation, tape_constant(tape, e)));
    struct variable *error =
        tape_mean_squared_error(tape, autoencoder_to_data(tape, model, z), data);
    return tape_add(tape, error,
                    tape_affine(tape, divergence(tape, mean, log_variance), (real)weight, 0));
}

/* --- use --- */

void autoencoder_encode(const struct autoencoder *model, const real *data, size_t rows,
                        real *latents)
{
    size_t columns = network_columns(&model->options.network), latent = model->options.latent;
    const real *means = model->latent_mean->value.data;
    const real *deviations = model->latent_deviation->value.data;
    real shift = (real)model->mean, share = (real)(1 / model->deviation);
    struct tape tape = {0};
    for (size_t first = 0, count; first < rows; first += count) {
        count = network_rows_at_a_time(rows - first);
        tape_reset(&tape);
        real *x = arena_alloc(&tape.arena, count * columns, sizeof *x);
        for (size_t i = 0; i < count * columns; i++)
            x[i] = (data[first * columns + i] - shift) * share;
        const struct tensor code =
            autoencoder_to_latent(&tape, model,
                                  tape_constant(&tape, tensor_matrix(x, count, columns)))->value;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < latent; k++)
                latents[(first + i) * latent + k] =
                    (code.data[i * tensor_columns(&code) + k] - means[k]) / deviations[k];
    }
    tape_free(&tape);
}

void autoencoder_decode(const struct autoencoder *model, const real *latents, size_t rows,
                        real *data)
{
    size_t columns = network_columns(&model->options.network), latent = model->options.latent;
    const real *means = model->latent_mean->value.data;
    const real *deviations = model->latent_deviation->value.data;
    struct tape tape = {0};
    for (size_t first = 0, count; first < rows; first += count) {
        count = network_rows_at_a_time(rows - first);
        tape_reset(&tape);
        real *z = arena_alloc(&tape.arena, count * latent, sizeof *z);
        for (size_t i = 0; i < count * latent; i++)
            z[i] = means[i % latent] + deviations[i % latent] * latents[first * latent + i];
        const real *x =
            autoencoder_to_data(&tape, model,
                                tape_constant(&tape, tensor_matrix(z, count, latent)))->value.data;
        for (size_t i = 0; i < count * columns; i++)
            data[first * columns + i] = (real)(model->mean + model->deviation * (double)x[i]);
    }
    tape_free(&tape);
}

void autoencoder_free(struct autoencoder *model)
{
    parameters_free(&model->set);
    *model = (struct autoencoder){0};
}
