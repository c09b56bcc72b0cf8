#include "latent/latent_memory.h"

#include "base/memory.h"
#include "geometry/space_neighbours.h"
#include "nn/classification.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- remembering --- */

static real *copy_of(const real *values, size_t count)
{
    real *copy = memory_alloc(count, sizeof *copy);
    memcpy(copy, values, count * sizeof *copy);
    return copy;
}

static real *copy_of_value(const struct variable *variable)
{
    return copy_of(variable->value.data, tensor_count(&variable->value));
}

void latent_memory_make(struct latent_memory *memory, const struct latent_network *network,
                        const struct latent_inputs *inputs)
{
    const struct latent_options *o = &network->options;
    const struct latent_draw draw = {.noise = false};
    struct tape tape = {0};
    struct latent_trace trace;
    size_t rows = inputs->features->rows;
    *memory = (struct latent_memory){.rows = rows};
    latent_network_logits(network, &tape, inputs, &draw, NULL, &trace);
    for (size_t l = 0; l < o->layers; l++) {
        const struct variable *beta = trace.layer[l].attention;
        const real alone = 1;
        memory->layer[l].messages = copy_of_value(trace.layer[l].messages);
        memory->layer[l].attention =
            beta ? copy_of_value(beta) : copy_of(&alone, latent_network_branches(o) > 0);
        for (size_t s = 0; network->layer[l].candidates && s < o->space_count; s++) {
            memory->layer[l].points[s] = copy_of_value(trace.layer[l].points[s]);
            if (trace.layer[l].scales[s])
                memory->layer[l].scales[s] = copy_of(trace.layer[l].scales[s], rows);
        }
    }
    tape_free(&tape);
}

/* --- applying --- */

/* New items' neighbours among those that are remembered; of every space, for a layer's use. */
struct joined {
    size_t rows;
    uint32_t *lists[CANDIDATES_MOST]; /* (rows, k) */
    size_t source;                    /* the layer whose points were used */
};

static void join(const struct latent_memory *memory, const struct latent_network *network,
                 const struct feature_matrix *features, const struct variable *hidden,
                 struct tape *tape, size_t l, struct joined *joined)
{
    const struct latent_options *o = &network->options;
    struct variable *h = hidden ? tape_constant(tape, hidden->value) : NULL;
    joined->source = l;
    for (size_t s = 0; s < o->space_count; s++) {
        const struct candidate *candidate = &network->layer[l].candidates[s];
        struct neighbour_search search = candidate_search(candidate);
        const struct variable *points = candidate_points(
            candidate, tape, candidate_vectors(candidate, tape, features, h, NULL));
        joined->lists[s] =
            arena_alloc(&tape->arena, joined->rows * o->neighbours, sizeof(uint32_t));
        space_neighbours(&search, points->value.data, joined->rows, memory->layer[l].points[s],
                         memory->rows, o->neighbours, false, joined->lists[s]);
    }
}

/* Adds `weight` times what row i hears in a space to sum (width). */
static void hear(const struct latent_memory *memory, size_t l, const struct joined *joined,
                 size_t s, size_t k, size_t i, const real *own, size_t width, real weight,
                 real *sum)
{
    const real *scales = memory->layer[joined->source].scales[s];
    real own_scale = scales ? (real)(1 / sqrt((double)k + 1)) : 1 / (real)(k + 1);
    for (size_t j = 0; j < width; j++)
        sum[j] += weight * own_scale * (scales ? own_scale : 1) * own[j];
    for (size_t n = 0; n < k; n++) {
        size_t other = joined->lists[s][i * k + n];
        const real *message = memory->layer[l].messages + other * width;
        real factor = weight * own_scale * (scales ? scales[other] : 1);
        for (size_t j = 0; j < width; j++)
            sum[j] += factor * message[j];
    }
}

/* The layer's result before ReLU: sum_s beta_s (what is heard there) + b. */
static struct variable *aggregate(const struct latent_memory *memory,
                                  const struct latent_network *network, struct tape *tape, size_t l,
                                  const struct joined *joined, const struct variable *messages)
{
    const struct latent_options *o = &network->options;
    size_t width = tensor_columns(&messages->value);
    struct tensor result = tensor_like(&messages->value, &tape->arena);
    const real *bias = network->layer[l].bias->value.data;
    real alone = o->self ? memory->layer[l].attention[latent_network_branches(o) - 1] : 0;
    real total = alone;
    for (size_t s = 0; s < o->space_count; s++)
        total += memory->layer[l].attention[s];
#pragma omp parallel for schedule(static) if (joined->rows * width > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < joined->rows; i++) {
        real *row = result.data + i * width;
        for (size_t j = 0; j < width; j++)
            row[j] = bias[j] + alone / total * messages->value.data[i * width + j];
        for (size_t s = 0; s < o->space_count; s++)
            hear(memory, l, joined, s, o->neighbours, i, messages->value.data + i * width, width,
                 memory->layer[l].attention[s] / total, row);
    }
    return tape_constant(tape, result);
}

real *latent_memory_apply(const struct latent_memory *memory, const struct latent_network *network,
                          const struct feature_matrix *features, bool several)
{
    const struct latent_options *o = &network->options;
    struct tape tape = {0};
    struct joined joined = {.rows = features->rows};
    struct variable *h = NULL;
    size_t l = 0;
    do { /* there is one layer at least */
        struct variable *weight = tape_parameter(&tape, network->layer[l].weight);
        if (network->layer[l].candidates)
            join(memory, network, features, h, &tape, l, &joined);
        struct variable *messages =
            h ? tape_linear(&tape, h, weight, NULL, ACTIVATION_NONE)
              : feature_matrix_product(features, &tape, weight, NULL, 0, NULL);
        h = aggregate(memory, network, &tape, l, &joined, messages);
        if (l + 1 < o->layers)
            h = tape_activation(&tape, h, ACTIVATION_RELU);
    } while (++l < o->layers);
    real *probabilities = copy_of_value(h);
    class_probabilities(probabilities, features->rows, o->outputs, several);
    tape_free(&tape);
    return probabilities;
}

void latent_memory_free(struct latent_memory *memory)
{
    for (size_t l = 0; l < LATENT_MOST_LAYERS; l++) {
        free(memory->layer[l].messages);
        free(memory->layer[l].attention);
        for (size_t s = 0; s < CANDIDATES_MOST; s++) {
            free(memory->layer[l].points[s]);
            free(memory->layer[l].scales[s]);
        }
    }
    *memory = (struct latent_memory){0};
}
