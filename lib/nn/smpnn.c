#include "nn/smpnn.h"

#include "base/memory.h"
#include "nn/message_passing.h"

#include <math.h>
#include <stdlib.h>

static struct parameter *add(struct parameters *set, const char *prefix, const char *name,
                             int dimensions, size_t width, bool decays)
{
    char *full_name = memory_format("%s.%s", prefix, name);
    struct parameter *parameter =
        parameters_add(set, full_name, dimensions, (const size_t[]){width, width});
    parameter->decays = decays;
    free(full_name);
    return parameter;
}

static struct parameter *add_alpha(struct parameters *set, const char *prefix, const char *name,
                                   size_t width, const struct smpnn_options *options)
{
    if (!options->residual)
        return NULL;
    struct parameter *alpha =
        add(set, prefix, name, 1, options->alpha == SMPNN_ALPHA_VECTOR ? width : 1, false);
    alpha->frozen = options->alpha == SMPNN_ALPHA_FIXED;
    return alpha;
}

void smpnn_block_make(struct smpnn_block *block, struct parameters *set, const char *prefix,
                      size_t width, const struct smpnn_options *options)
{
    *block = (struct smpnn_block){0};
    struct smpnn_branch *mix = &block->mix, *feed = &block->feed;
    if (options->norm) {
        mix->norm_scale = add(set, prefix, "mix.norm.scale", 1, width, false);
        mix->norm_shift = add(set, prefix, "mix.norm.shift", 1, width, false);
        feed->norm_scale = add(set, prefix, "feed.norm.scale", 1, width, false);
        feed->norm_shift = add(set, prefix, "feed.norm.shift", 1, width, false);
    }
    mix->weight = add(set, prefix, "mix.weight", 2, width, true);
    if (options->convolution == SMPNN_SAGE)
        mix->self_weight = add(set, prefix, "mix.self_weight", 2, width, true);
    mix->alpha = add_alpha(set, prefix, "mix.alpha", width, options);
    if (options->attention) {
        block->query = add(set, prefix, "attention.query", 2, width, true);
        block->key = add(set, prefix, "attention.key", 2, width, true);
        block->value = add(set, prefix, "attention.value", 2, width, true);
        block->attention_alpha = add_alpha(set, prefix, "attention.alpha", width, options);
    }
    feed->weight = add(set, prefix, "feed.weight", 2, width, true);
    feed->bias = add(set, prefix, "feed.bias", 1, width, false);
    feed->alpha = add_alpha(set, prefix, "feed.alpha", width, options);
}

static void fill(struct parameter *parameter, double value)
{
    for (size_t i = 0, n = parameter ? tensor_count(&parameter->value) : 0; i < n; i++)
        parameter->value.data[i] = (real)value;
}

static void fill_weight(struct parameter *parameter, struct rng *rng)
{
    if (!parameter)
        return;
    double bound = sqrt(3 / (double)tensor_columns(&parameter->value));
    for (size_t i = 0, n = tensor_count(&parameter->value); i < n; i++)
        parameter->value.data[i] = (real)((2 * rng_uniform(rng) - 1) * bound);
}

static void fill_identity(struct parameter *weight)
{
    size_t width = tensor_columns(&weight->value);
    fill(weight, 0);
    for (size_t j = 0; j < width; j++)
        weight->value.data[j * width + j] = 1;
}

void smpnn_block_initialise(struct smpnn_block *block, const struct smpnn_options *options,
                            struct rng *rng)
{
    struct smpnn_branch *branches[] = {&block->mix, &block->feed};
    for (int i = 0; i < 2; i++) {
        fill(branches[i]->norm_scale, 1);
        fill(branches[i]->norm_shift, 0);
        if (options->residual)
            fill_identity(branches[i]->weight);
        else
            fill_weight(branches[i]->weight, rng);
        fill_weight(branches[i]->self_weight, rng);
        fill(branches[i]->bias, 0);
        fill(branches[i]->alpha, options->alpha_start);
    }
    fill_weight(block->query, rng);
    fill_weight(block->key, rng);
    fill_weight(block->value, rng);
    fill(block->attention_alpha, options->alpha_start);
}

static void scale_rate(struct parameter *parameter, double scale)
{
    if (parameter)
        parameter->rate_scale = (real)scale;
}

void smpnn_block_scale_rates(struct smpnn_block *block, double alphas, double others)
{
    const struct smpnn_branch *branches[] = {&block->mix, &block->feed};
    for (int i = 0; i < 2; i++) {
        scale_rate(branches[i]->norm_scale, others);
        scale_rate(branches[i]->norm_shift, others);
        scale_rate(branches[i]->weight, others);
        scale_rate(branches[i]->self_weight, others);
        scale_rate(branches[i]->bias, others);
        scale_rate(branches[i]->alpha, alphas);
    }
    scale_rate(block->query, others);
    scale_rate(block->key, others);
    scale_rate(block->value, others);
    scale_rate(block->attention_alpha, alphas);
}

/* --- the way forward --- */

static struct variable *leaf(struct tape *tape, struct parameter *parameter)
{
    return parameter ? tape_parameter(tape, parameter) : NULL;
}

/* One half of a block: H + alpha dropout(SiLU(A LN(H) W^T + LN(H) W_self^T + b)). */
static struct variable *apply_branch(const struct smpnn_branch *branch, struct tape *tape,
                                     struct variable *h, const struct sparse *matrix,
                                     const struct sparse *transpose,
                                     const struct smpnn_options *options, bool residual,
                                     real dropout, struct rng *rng)
{
    struct message_layer layer = {.matrix = matrix,
                                  .transpose = transpose,
                                  .norm_scale = leaf(tape, branch->norm_scale),
                                  .norm_shift = leaf(tape, branch->norm_shift),
                                  .norm_epsilon = (real)options->norm_epsilon,
                                  .weight = leaf(tape, branch->weight),
                                  .self_weight = leaf(tape, branch->self_weight),
                                  .bias = leaf(tape, branch->bias),
                                  .alpha = leaf(tape, branch->alpha),
                                  .activation = ACTIVATION_SILU,
                                  .residual = residual,
                                  .dropout = rng ? dropout : 0};
    if (layer.dropout > 0)
        layer.dropout_seed = rng_bits64(rng);
    return tape_message_layer(tape, h, &layer);
}

/* Linear attention among all rows of x (n, width): O(n width^2). */
static struct variable *attend(const struct smpnn_block *block, struct tape *tape,
                               struct variable *x)
{
    size_t n = tensor_rows(&x->value), width = tensor_columns(&x->value);
    struct variable *q = tape_linear(tape, x, leaf(tape, block->query), NULL, ACTIVATION_SOFTPLUS);
    struct variable *k = tape_linear(tape, x, leaf(tape, block->key), NULL, ACTIVATION_SOFTPLUS);
    struct variable *v = tape_linear(tape, x, leaf(tape, block->value), NULL, ACTIVATION_NONE);
    /* Means over the nodes, not sums, keep the numbers of any graph in range. */
    struct variable *kv = tape_affine(tape, tape_matmul(tape, k, true, v, false),
                                      1 / (real)n, 0);                      /* (width, width) */
    struct variable *k_mean = tape_affine(tape, tape_column_sum(tape, k), 1 / (real)n, 0);
    k_mean = tape_reshape(tape, k_mean, 2, (const size_t[]){width, 1});     /* (width, 1) */
    struct variable *numerator = tape_matmul(tape, q, false, kv, false);    /* (n, width) */
    struct variable *denominator = tape_matmul(tape, q, false, k_mean, false); /* (n, 1) */
    return tape_divide(tape, numerator, denominator);
}

/* Z with attention: H is read by two branches, so neither may take it over. */
static struct variable *mix_with_attention(const struct smpnn_block *block, struct tape *tape,
                                           struct variable *h, const struct sparse *matrix,
                                           const struct sparse *transpose,
                                           const struct smpnn_options *options, real dropout,
                                           struct rng *rng)
{
    struct variable *x = h;
    if (options->norm)
        x = tape_layer_norm(tape, h, leaf(tape, block->mix.norm_scale),
                            leaf(tape, block->mix.norm_shift), (real)options->norm_epsilon);
    struct variable *attended = attend(block, tape, x);
    if (rng)
        attended = tape_dropout(tape, attended, dropout, rng);
    if (block->attention_alpha)
        attended = tape_multiply(tape, attended, leaf(tape, block->attention_alpha));
    struct variable *mixed =
        apply_branch(&block->mix, tape, h, matrix, transpose, options, false, dropout, rng);
    struct variable *sum = tape_add(tape, mixed, attended);
    return options->residual ? tape_add(tape, h, sum) : sum;
}

struct variable *smpnn_block_apply(const struct smpnn_block *block, struct tape *tape,
                                   struct variable *h, const struct sparse *matrix,
                                   const struct sparse *transpose,
                                   const struct smpnn_options *options, real dropout,
                                   struct rng *rng)
{
    struct variable *z =
        options->attention
            ? mix_with_attention(block, tape, h, matrix, transpose, options, dropout, rng)
            : apply_branch(&block->mix, tape, h, matrix, transpose, options, options->residual,
                           dropout, rng);
    return apply_branch(&block->feed, tape, z, NULL, NULL, options, options->residual, dropout,
                        rng);
}

double smpnn_mean_alpha(const struct smpnn_branch *branch)
{
    if (!branch->alpha)
        return 1;
    size_t count = tensor_count(&branch->alpha->value);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += fabs((double)branch->alpha->value.data[i]);
    return sum / (double)count;
}
