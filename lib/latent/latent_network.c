#include "latent/latent_network.h"

#include "base/memory.h"
#include "geometry/exponential_map.h"
#include "geometry/space_neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const latent_graphs_names[] = {"one", "each", NULL};
const char *const graph_loss_names[] = {"log-probability", "probability", NULL};

enum { MOST_ATTENTION = 32 };

/* --- layout --- */

size_t latent_network_branches(const struct latent_options *options)
{
    return options->space_count + options->given + options->self;
}

const char *latent_branch_name(const struct latent_options *options, size_t branch)
{
    if (branch < options->space_count)
        return options->spaces[branch];
    return branch == options->space_count && options->given ? "given" : "self";
}

static struct parameter *add(struct latent_network *network, size_t layer, const char *name,
                             size_t rows, size_t columns, bool decays)
{
    char *full = memory_format("layer.%zu.%s", layer, name);
    struct parameter *parameter =
        columns ? parameters_add(&network->set, full, 2, (const size_t[]){rows, columns})
                : parameters_add(&network->set, full, 1, &rows);
    parameter->decays = decays;
    free(full);
    return parameter;
}

static void make_candidates(struct latent_network *network, size_t l, size_t hidden)
{
    const struct latent_options *o = &network->options;
    struct latent_layer *layer = &network->layer[l];
    char *prefix = memory_format("layer.%zu", l);
    layer->candidates = memory_zeroed(o->space_count, sizeof *layer->candidates);
    for (size_t s = 0; s < o->space_count; s++)
        candidate_make(&layer->candidates[s], o->spaces[s], prefix, o->features, hidden,
                       o->directions, &network->set);
    free(prefix);
}

static void make_layer(struct latent_network *network, size_t l)
{
    const struct latent_options *o = &network->options;
    struct latent_layer *layer = &network->layer[l];
    size_t in = l ? o->hidden : o->features, out = l + 1 < o->layers ? o->hidden : o->outputs;
    size_t attention = out < MOST_ATTENTION ? out : MOST_ATTENTION;
    layer->weight = add(network, l, "weight", out, in, true);
    layer->bias = add(network, l, "bias", out, 0, false);
    if (latent_network_branches(o) > 1) {
        layer->attention_weight = add(network, l, "attention.weight", attention, out, false);
        layer->attention_bias = add(network, l, "attention.bias", attention, 0, false);
        layer->attention_direction = add(network, l, "attention.direction", 1, attention, false);
    }
    if (o->space_count && (l == 0 || o->graphs == LATENT_GRAPHS_EACH))
        make_candidates(network, l, l ? o->hidden : 0);
}

void latent_network_make(struct latent_network *network, const struct latent_options *options)
{
    *network = (struct latent_network){.options = *options};
    for (size_t s = 0; s < options->space_count; s++)
        network->options.spaces[s] = memory_copy_string(options->spaces[s]);
    if (options->standardise) {
        network->mean = parameters_add(&network->set, "features.mean", 1, &options->features);
        network->deviation =
            parameters_add(&network->set, "features.deviation", 1, &options->features);
        network->mean->frozen = network->deviation->frozen = true;
    }
    for (size_t l = 0; l < options->layers; l++)
        make_layer(network, l);
}

/* --- the graphs of a layer --- */

struct pass {
    const struct latent_network *network;
    struct tape *tape;
    const struct latent_inputs *inputs;
    const struct latent_draw *draw;
    struct rng *rng;
    struct latent_trace *trace;
    struct neighbour_graph *graphs[CANDIDATES_MOST]; /* of the last layer that drew any */
};

static struct variable *points_of(const struct pass *pass, const struct candidate *candidate,
                                  struct variable *hidden)
{
    const struct latent_inputs *in = pass->inputs;
    const struct propagation *over = pass->network->options.embed_over_given ? in->given : NULL;
    return candidate_points(candidate, pass->tape,
                            candidate_vectors(candidate, pass->tape, in->features, hidden, over));
}

static void draw_graphs(struct pass *pass, size_t l, struct variable *hidden)
{
    const struct latent_options *o = &pass->network->options;
    struct arena *arena = &pass->tape->arena;
    size_t rows = pass->inputs->features->rows;
    struct variable *detached = NULL;
    if (hidden)
        detached = tape_constant(pass->tape, hidden->value);
    for (size_t s = 0; s < o->space_count; s++) {
        const struct candidate *candidate = &pass->network->layer[l].candidates[s];
        struct neighbour_search search = candidate_search(candidate);
        search.noise = pass->draw->noise;
        search.seed = pass->draw->seed;
        search.draw =
            (pass->draw->number * LATENT_MOST_LAYERS + (uint32_t)l) * CANDIDATES_MOST + (uint32_t)s;
        struct variable *points = points_of(pass, candidate, detached);
        uint32_t *lists = arena_alloc(arena, rows * o->neighbours, sizeof *lists);
        space_neighbours(&search, points->value.data, rows, points->value.data, rows, o->neighbours,
                         true, lists);
        struct neighbour_graph graph =
            neighbour_graph_make(lists, rows, o->neighbours, o->form, arena);
        pass->graphs[s] = tape_keep(pass->tape, &graph, sizeof graph);
        pass->trace->layer[l].points[s] = points;
        pass->trace->layer[l].lists[s] = lists;
    }
}

/* --- the layers --- */

/* e_s = mean_i v^T tanh(U h_i^s + c): (1, 1). */
static struct variable *attention_score(const struct latent_layer *layer, struct tape *tape,
                                        struct variable *h)
{
    struct variable *inner =
        tape_linear(tape, h, tape_parameter(tape, layer->attention_weight),
                    tape_parameter(tape, layer->attention_bias), ACTIVATION_TANH);
    struct variable *each = tape_linear(
        tape, inner, tape_parameter(tape, layer->attention_direction), NULL, ACTIVATION_NONE);
    return tape_reshape(tape, tape_mean(tape, each), 2, (const size_t[]){1, 1});
}

/*
 * The logarithms of the prior weights of branches (1, branches): the candidates share what the given
 * graph and the items alone have each. Else every space more would make these two lighter at the
 * start, and attention takes a hundred steps to make up for that.
 */
static struct variable *log_priors(const struct latent_options *options, struct tape *tape)
{
    size_t count = latent_network_branches(options);
    real *priors = arena_alloc(&tape->arena, count, sizeof *priors);
    for (size_t b = 0; b < count; b++)
        priors[b] = b < options->space_count ? (real)-log((double)options->space_count) : 0;
    return tape_constant(tape, tensor_matrix(priors, 1, count));
}

/* The sum of the branches' results, weighed by attention. */
static struct variable *attend(struct pass *pass, size_t l, struct variable *const *branches,
                               size_t count)
{
    struct tape *tape = pass->tape;
    const struct latent_layer *layer = &pass->network->layer[l];
    if (count <= 1)
        return branches[0];
    struct variable *scores = NULL, *sum = NULL;
    for (size_t b = 0; b < count; b++) {
        struct variable *score = attention_score(layer, tape, branches[b]);
        scores = scores ? tape_concatenate_columns(tape, scores, score) : score;
    }
    struct variable *priors = log_priors(&pass->network->options, tape);
    struct variable *beta = tape_softmax(tape, tape_add(tape, scores, priors));
    pass->trace->layer[l].attention = beta;
    for (size_t b = 0; b < count; b++) {
        struct variable *part =
            tape_multiply(tape, branches[b], tape_slice_columns(tape, beta, b, 1));
        sum = sum ? tape_add(tape, sum, part) : part;
    }
    return sum;
}

static struct variable *messages_of(const struct pass *pass, size_t l, struct variable *hidden)
{
    const struct latent_options *o = &pass->network->options;
    struct variable *weight = tape_parameter(pass->tape, pass->network->layer[l].weight);
    if (hidden)
        return tape_linear(pass->tape, hidden, weight, NULL, ACTIVATION_NONE);
    return feature_matrix_product(pass->inputs->features, pass->tape, weight, NULL,
                                  pass->rng ? (real)o->input_dropout : 0, pass->rng);
}

static struct variable *apply_layer(struct pass *pass, size_t l, struct variable *hidden)
{
    const struct latent_options *o = &pass->network->options;
    const struct latent_layer *layer = &pass->network->layer[l];
    struct tape *tape = pass->tape;
    struct variable *branches[LATENT_MOST_BRANCHES];
    if (layer->candidates)
        draw_graphs(pass, l, hidden);
    if (hidden && pass->rng)
        hidden = tape_dropout(tape, hidden, (real)o->dropout, pass->rng);
    struct variable *messages = messages_of(pass, l, hidden);
    pass->trace->layer[l].messages = messages;
    for (size_t s = 0; s < o->space_count; s++) {
        pass->trace->layer[l].scales[s] = pass->graphs[s]->matrix.column_scale;
        branches[s] = tape_sparse_multiply(tape, &pass->graphs[s]->matrix,
                                           &pass->graphs[s]->transpose, messages);
    }
    if (o->given)
        branches[o->space_count] = tape_sparse_multiply(tape, &pass->inputs->given->matrix,
                                                        &pass->inputs->given->transpose, messages);
    size_t count = latent_network_branches(o);
    if (o->self || count == 0)
        branches[count ? count - 1 : 0] = messages;
    for (size_t b = 0; b < (count ? count : 1); b++)
        branches[b] = tape_add(tape, branches[b], tape_parameter(tape, layer->bias));
    struct variable *h = attend(pass, l, branches, count);
    return l + 1 < o->layers ? tape_activation(tape, h, ACTIVATION_RELU) : h;
}

struct variable *latent_network_logits(const struct latent_network *network, struct tape *tape,
                                       const struct latent_inputs *inputs,
                                       const struct latent_draw *draw, struct rng *rng,
                                       struct latent_trace *trace)
{
    struct pass pass = {.network = network,
                        .tape = tape,
                        .inputs = inputs,
                        .draw = draw,
                        .rng = rng,
                        .trace = trace};
    struct variable *hidden = NULL;
    *trace = (struct latent_trace){0};
    for (size_t l = 0; l < network->options.layers; l++)
        hidden = apply_layer(&pass, l, hidden);
    return hidden;
}

/* --- the graph loss --- */

/* Pairs of the rows and their neighbours, and delta of each; in the arena. */
struct edge_list_of_rows {
    uint32_t *source, *target;
    real *delta;
};

static struct edge_list_of_rows edges_of(const uint32_t *lists, size_t k, const uint32_t *rows,
                                         size_t count, const real *delta, struct arena *arena)
{
    struct edge_list_of_rows edges = {.source = arena_alloc(arena, count * k, sizeof(uint32_t)),
                                      .target = arena_alloc(arena, count * k, sizeof(uint32_t)),
                                      .delta = arena_alloc(arena, count * k, sizeof(real))};
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < k; n++) {
            edges.source[i * k + n] = rows[i];
            edges.target[i * k + n] = lists[rows[i] * k + n];
            edges.delta[i * k + n] = delta[i];
        }
    return edges;
}

struct variable *latent_graph_loss(const struct latent_network *network, struct tape *tape,
                                   const struct latent_trace *trace, const uint32_t *rows,
                                   size_t count, const real *delta, enum graph_loss form)
{
    const struct latent_options *o = &network->options;
    size_t k = o->neighbours, pairs = count * k;
    struct variable *total = NULL;
    for (size_t l = 0; l < o->layers && network->layer[l].candidates; l++)
        for (size_t s = 0; s < o->space_count; s++) {
            struct edge_list_of_rows edges =
                edges_of(trace->layer[l].lists[s], k, rows, count, delta, &tape->arena);
            struct variable *likely = candidate_log_probabilities(
                &network->layer[l].candidates[s], tape, trace->layer[l].points[s], edges.source,
                edges.target, pairs);
            if (form == GRAPH_LOSS_PROBABILITY)
                likely = tape_function(tape, likely, FUNCTION_EXPONENTIAL);
            struct variable *weights = tape_constant(tape, tensor_vector(edges.delta, pairs));
            struct variable *sum = tape_sum(tape, tape_multiply(tape, likely, weights));
            struct variable *beta = trace->layer[l].attention;
            if (beta)
                sum =
                    tape_sum(tape, tape_multiply(tape, tape_slice_columns(tape, beta, s, 1), sum));
            total = total ? tape_add(tape, total, sum) : sum;
        }
    return tape_affine(tape, total, 1 / (real)pairs, 0);
}

void latent_network_free(struct latent_network *network)
{
    for (size_t l = 0; l < LATENT_MOST_LAYERS; l++) {
        for (size_t s = 0; network->layer[l].candidates && s < network->options.space_count; s++)
            candidate_free(&network->layer[l].candidates[s]);
        free(network->layer[l].candidates);
    }
    for (size_t s = 0; s < network->options.space_count; s++)
        free(network->options.spaces[s]);
    parameters_free(&network->set);
    *network = (struct latent_network){0};
}
