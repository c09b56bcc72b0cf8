#include "pathway/leaf.h"

#include "base/memory.h"
#include "tensor/vector_math.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* --- shape and layout --- */

static void add_part(struct leaf_part *parts, size_t *count, const char *name, int dimensions,
                     size_t rows, size_t columns)
{
    struct leaf_part *part = &parts[*count];
    const struct leaf_part *before = *count > 0 ? part - 1 : NULL;
    *part = (struct leaf_part){.dimensions = dimensions, .shape = {rows, columns},
                               .first = before ? before->first + before->count : 0,
                               .count = dimensions == 2 ? rows * columns : rows};
    snprintf(part->name, sizeof part->name, "%s", name);
    ++*count;
}

static void add_layer_part(struct leaf_part *parts, size_t *count, size_t layer, const char *what,
                           int dimensions, size_t rows, size_t columns)
{
    char name[sizeof parts->name];
    snprintf(name, sizeof name, "network.%zu.%s", layer, what);
    add_part(parts, count, name, dimensions, rows, columns);
}

size_t leaf_parts(const struct leaf_shape *s, struct leaf_part parts[LEAF_MOST_PARTS])
{
    size_t count = 0, in = s->inputs;
    add_part(parts, &count, "input_mean", 1, s->inputs, 0);
    add_part(parts, &count, "input_scale", 1, s->inputs, 0);
    if (!s->labels) {
        add_part(parts, &count, "target_mean", 1, 1, 0);
        add_part(parts, &count, "target_scale", 1, 1, 0);
        add_part(parts, &count, "clip", 1, 2, 0);
    }
    for (size_t l = 0; l <= s->hidden_count; l++) {
        size_t out = l < s->hidden_count ? s->hidden[l] : s->outputs;
        add_layer_part(parts, &count, l, "weight", 2, out, in);
        add_layer_part(parts, &count, l, "bias", 1, out, 0);
        if (s->prelu && l < s->hidden_count)
            add_layer_part(parts, &count, l, "slope", 1, out, 0);
        in = out;
    }
    return count;
}

size_t leaf_values(const struct leaf_shape *shape)
{
    struct leaf_part parts[LEAF_MOST_PARTS];
    size_t count = leaf_parts(shape, parts);
    return parts[count - 1].first + parts[count - 1].count;
}

/* How many reals stand before the network. */
static size_t scales(const struct leaf_shape *shape)
{
    return 2 * shape->inputs + (shape->labels ? 0 : 4);
}

size_t leaf_parameters(const struct leaf_shape *shape)
{
    return leaf_values(shape) - scales(shape);
}

bool leaf_same_shape(const struct leaf_shape *a, const struct leaf_shape *b)
{
    return a->inputs == b->inputs && a->outputs == b->outputs && a->prelu == b->prelu &&
           a->labels == b->labels && a->hidden_count == b->hidden_count &&
           memcmp(a->hidden, b->hidden, a->hidden_count * sizeof *a->hidden) == 0;
}

char *leaf_shape_text(const struct leaf_shape *shape)
{
    char *text = memory_copy_string("");
    for (size_t l = 0; l < shape->hidden_count; l++) {
        char *longer = memory_format("%s%s%zu", text, l ? "," : "", shape->hidden[l]);
        free(text);
        text = longer;
    }
    char *whole = memory_format("%s %s", *text ? text : "affine", shape->prelu ? "prelu" : "relu");
    free(text);
    return whole;
}

struct leaf_view leaf_view(const struct leaf_shape *shape, real *block)
{
    struct leaf_view view = {.input_mean = block, .input_scale = block + shape->inputs,
                             .network = block + scales(shape)};
    if (!shape->labels) {
        view.target_mean = block + 2 * shape->inputs;
        view.target_scale = view.target_mean + 1;
        view.clip = view.target_mean + 2;
    }
    return view;
}

/* --- the forward pass --- */

static size_t widest(const struct leaf_shape *shape)
{
    size_t most = shape->inputs > shape->outputs ? shape->inputs : shape->outputs;
    for (size_t l = 0; l < shape->hidden_count; l++)
        most = shape->hidden[l] > most ? shape->hidden[l] : most;
    return most;
}

size_t leaf_scratch(const struct leaf_shape *shape)
{
    return 2 * LEAF_BLOCK * widest(shape);
}

/* y (4, out) = x (4, in) W^T + b, every row by the same operations in the same order. */
static void dense_block(const real *restrict weight, const real *restrict bias, size_t in,
                        size_t out, const real *restrict x, real *restrict y)
{
    const real *restrict x1 = x + in, *restrict x2 = x1 + in, *restrict x3 = x2 + in;
    for (size_t o = 0; o < out; o++, weight += in) {
        real sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
#pragma omp simd reduction(+ : sum0, sum1, sum2, sum3)
        for (size_t k = 0; k < in; k++) {
            sum0 += weight[k] * x[k];
            sum1 += weight[k] * x1[k];
            sum2 += weight[k] * x2[k];
            sum3 += weight[k] * x3[k];
        }
        y[o] = sum0 + bias[o];
        y[out + o] = sum1 + bias[o];
        y[2 * out + o] = sum2 + bias[o];
        y[3 * out + o] = sum3 + bias[o];
    }
}

/* max(y, 0) + slope min(y, 0); slope NULL: 0. */
static void activate(real *y, size_t width, const real *slope)
{
    for (size_t i = 0; i < LEAF_BLOCK; i++)
        for (size_t o = 0; o < width; o++) {
            real *value = &y[i * width + o];
            *value = *value > 0 ? *value : slope ? slope[o] * *value : 0;
        }
}

/* LEAF_BLOCK standardised rows through the network; returns where the outputs are. */
static const real *run_network(const struct leaf_shape *shape, const real *network, real *h,
                               real *next)
{
    size_t in = shape->inputs;
    for (size_t l = 0; l <= shape->hidden_count; l++) {
        bool last = l == shape->hidden_count;
        size_t out = last ? shape->outputs : shape->hidden[l];
        const real *bias = network + out * in, *slope = bias + out;
        dense_block(network, bias, in, out, h, next);
        if (!last)
            activate(next, out, shape->prelu ? slope : NULL);
        network = slope + (shape->prelu && !last ? out : 0);
        real *kept = h;
        h = next;
        next = kept;
        in = out;
    }
    return h;
}

static real clamp(real value, const real *range)
{
    return value < range[0] ? range[0] : value > range[1] ? range[1] : value;
}

void leaf_apply(const struct leaf_shape *shape, const real *block, const real *x, size_t rows,
                real *scratch, real *outputs)
{
    const struct leaf_view view = leaf_view(shape, (real *)(uintptr_t)block);
    size_t inputs = shape->inputs, out = shape->outputs;
    real *h = scratch, *next = scratch + LEAF_BLOCK * widest(shape);
    for (size_t first = 0; first < rows; first += LEAF_BLOCK) {
        size_t count = rows - first < LEAF_BLOCK ? rows - first : LEAF_BLOCK;
        memset(h, 0, LEAF_BLOCK * inputs * sizeof *h);
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < inputs; j++)
                h[i * inputs + j] = (x[(first + i) * inputs + j] - view.input_mean[j]) /
                                    view.input_scale[j];
        const real *y = run_network(shape, view.network, h, next);
        for (size_t i = 0; i < count * out; i++)
            outputs[first * out + i] =
                shape->labels ? y[i]
                              : clamp(*view.target_mean + *view.target_scale * y[i], view.clip);
    }
}

void leaf_softmax(real *logits, size_t rows, size_t classes)
{
    for (size_t i = 0; i < rows; i++) {
        real *row = logits + i * classes, most = row[0], sum = 0;
        for (size_t c = 1; c < classes; c++)
            most = row[c] > most ? row[c] : most;
        for (size_t c = 0; c < classes; c++) {
            row[c] = vector_exp(row[c] - most);
            sum += row[c];
        }
        for (size_t c = 0; c < classes; c++)
            row[c] /= sum;
    }
}

/* --- origin and hash --- */

static char *copy_text(const char *text)
{
    return memory_copy_string(text ? text : "");
}

struct leaf_origin leaf_origin_copy(const struct leaf_origin *origin)
{
    return (struct leaf_origin){.leaf = origin->leaf,
                                .router = copy_text(origin->router),
                                .cell = copy_text(origin->cell),
                                .halo = copy_text(origin->halo),
                                .start = copy_text(origin->start),
                                .options = copy_text(origin->options),
                                .seed = origin->seed};
}

void leaf_origin_free(struct leaf_origin *origin)
{
    free(origin->router);
    free(origin->cell);
    free(origin->halo);
    free(origin->start);
    free(origin->options);
    *origin = (struct leaf_origin){0};
}

const char *leaf_origin_difference(const struct leaf_origin *a, const struct leaf_origin *b)
{
    if (a->leaf != b->leaf)
        return "another leaf";
    if (strcmp(a->router, b->router) != 0)
        return "another router";
    if (strcmp(a->cell, b->cell) != 0 || strcmp(a->halo, b->halo) != 0)
        return "another cell";
    if (strcmp(a->start, b->start) != 0)
        return "another seed model";
    if (strcmp(a->options, b->options) != 0)
        return "other options";
    return a->seed != b->seed ? "another seed of random numbers" : NULL;
}

void leaf_free(struct leaf *leaf)
{
    row_columns_free(&leaf->columns);
    names_free(&leaf->classes);
    leaf_origin_free(&leaf->origin);
    free(leaf->block);
    *leaf = (struct leaf){0};
}

void leaf_hash(const struct leaf *leaf, char text[SHA256_TEXT])
{
    struct sha256 hash;
    unsigned char digest[SHA256_BYTES];
    char *shape = leaf_shape_text(&leaf->shape);
    sha256_start(&hash);
    sha256_add(&hash, shape, strlen(shape));
    sha256_add(&hash, leaf->block, leaf_values(&leaf->shape) * sizeof *leaf->block);
    sha256_finish(&hash, digest);
    sha256_print(digest, text);
    free(shape);
}

uint32_t leaf_checksum(const void *block, size_t bytes)
{
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), block, bytes);
}
