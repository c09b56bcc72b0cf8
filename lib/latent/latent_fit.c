#include "latent/latent_fit.h"

#include "base/memory.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct context {
    struct latent_fit *fit;
    struct class_targets targets; /* of the training items */
    struct parameters set;        /* the network's, and the state below, which a checkpoint keeps */
    struct parameter *accuracy;   /* (training items): E[ac_i] */
    struct parameter *history;    /* (1 + evaluations, 2, each): their count, and both tables */
    size_t most;                  /* evaluations */
    real attention[LATENT_MOST_LAYERS * LATENT_MOST_BRANCHES]; /* (each), of the last step */
    struct arena arena;
};

/* --- probabilities --- */

real *latent_probabilities(const struct latent_network *network, const struct latent_inputs *inputs,
                           size_t draws, uint64_t seed, bool several)
{
    size_t rows = inputs->features->rows, outputs = network->options.outputs;
    real *mean = memory_zeroed(rows * outputs, sizeof *mean);
    real *one = memory_alloc(rows * outputs, sizeof *one);
    size_t passes = draws ? draws : 1;
    struct tape tape = {0};
    for (size_t d = 0; d < passes; d++) {
        const struct latent_draw draw = {
            .noise = draws > 0, .seed = seed, .number = UINT32_MAX / 256 - (uint32_t)d};
        struct latent_trace trace;
        tape_reset(&tape);
        const struct variable *logits =
            latent_network_logits(network, &tape, inputs, &draw, NULL, &trace);
        memcpy(one, logits->value.data, rows * outputs * sizeof *one);
        class_probabilities(one, rows, outputs, several);
        for (size_t i = 0; i < rows * outputs; i++)
            mean[i] += one[i] / (real)passes;
    }
    tape_free(&tape);
    free(one);
    return mean;
}

/* --- a step --- */

/* Whether a training item is classified right; of several labels, the share of them. */
static real right(const struct class_targets *targets, const struct variable *logits, size_t i)
{
    size_t classes = tensor_columns(&logits->value);
    const real *row = logits->value.data + (size_t)targets->items[i] * classes;
    if (targets->labels)
        return class_of_largest(row, classes) == (size_t)targets->labels[i];
    size_t count = 0;
    for (size_t c = 0; c < classes; c++)
        count += (row[c] >= 0) == (targets->marks[i * classes + c] != 0);
    return (real)count / (real)classes;
}

/* delta, and the running means moved on. */
static const real *advantages(struct context *context, const struct variable *logits,
                              struct arena *arena)
{
    size_t count = context->targets.count;
    real *delta = arena_alloc(arena, count, sizeof *delta);
    real *mean = context->accuracy->value.data, decay = (real)context->fit->accuracy_decay;
    for (size_t i = 0; i < count; i++) {
        real accuracy = right(&context->targets, logits, i);
        delta[i] = mean[i] - accuracy;
        mean[i] = decay * mean[i] + (1 - decay) * accuracy;
    }
    return delta;
}

static void keep_attention(struct context *context, const struct latent_trace *trace)
{
    const struct latent_options *o = &context->fit->network->options;
    size_t branches = latent_network_branches(o);
    for (size_t l = 0; l < o->layers; l++) {
        const struct variable *beta = trace->layer[l].attention;
        for (size_t b = 0; b < branches; b++)
            context->attention[l * branches + b] = beta ? beta->value.data[b] : 1;
    }
}

static struct variable *step_loss(void *data, struct tape *tape, uint64_t step)
{
    struct context *context = data;
    const struct latent_fit *fit = context->fit;
    struct rng rng = rng_make(fit->seed, RNG_NOISE, (uint32_t)step);
    const struct latent_draw draw = {.noise = true, .seed = fit->seed, .number = (uint32_t)step};
    struct latent_trace trace;
    struct variable *logits =
        latent_network_logits(fit->network, tape, &fit->inputs, &draw, &rng, &trace);
    struct variable *loss = class_targets_loss(&context->targets, tape, logits);
    keep_attention(context, &trace);
    const real *delta = advantages(context, logits, &tape->arena);
    if (fit->graph_weight <= 0 || fit->network->options.space_count == 0)
        return loss;
    struct variable *graph = latent_graph_loss(fit->network, tape, &trace, context->targets.items,
                                               context->targets.count, delta, fit->graph_loss);
    return tape_add(tape, loss, tape_affine(tape, graph, (real)fit->graph_weight, 0));
}

/* --- evaluation --- */

static double norm_of(const struct candidate *candidate)
{
    struct parameter *list[CANDIDATE_MOST_PARAMETERS];
    double square = 0;
    for (size_t p = 0, n = candidate_parameters(candidate, list); p < n; p++)
        for (size_t i = 0; i < tensor_count(&list[p]->value); i++)
            square += (double)list[p]->gradient[i] * (double)list[p]->gradient[i];
    return sqrt(square);
}

/* Of the step that was just taken, into shares (each). */
static void find_shares(const struct context *context, real *shares)
{
    const struct latent_network *network = context->fit->network;
    const struct latent_options *o = &network->options;
    size_t branches = latent_network_branches(o);
    for (size_t l = 0; l < o->layers; l++) {
        double sum = 0, norms[CANDIDATES_MOST] = {0};
        for (size_t s = 0; network->layer[l].candidates && s < o->space_count; s++)
            sum += norms[s] = norm_of(&network->layer[l].candidates[s]);
        for (size_t b = 0; b < branches; b++)
            shares[l * branches + b] = b < o->space_count && sum > 0 ? (real)(norms[b] / sum) : 0;
    }
}

/* The history as it stands, out of the state: the state goes back to the best step in the end. */
static void copy_history(const struct context *context)
{
    struct latent_history *history = &context->fit->history;
    const real *state = context->history->value.data;
    size_t each = history->each;
    history->evaluations = (size_t)state[0];
    for (size_t e = 0; e < history->evaluations; e++)
        for (size_t i = 0; i < each; i++) {
            history->attention[e * each + i] = (double)state[1 + 2 * e * each + i];
            history->gradient_shares[e * each + i] = (double)state[1 + (2 * e + 1) * each + i];
        }
}

/* No evaluation copies the history of a training that was done. Damaged counts are taken for none.
 */
static void resumed(void *data)
{
    struct context *context = data;
    real *count = context->history->value.data;
    if (!(*count >= 0 && *count <= (real)context->most))
        *count = 0;
    copy_history(context);
}

static void record(struct context *context)
{
    size_t each = context->fit->history.each;
    real *state = context->history->value.data;
    if ((size_t)state[0] >= context->most)
        return;
    real *next = state + 1 + 2 * each * (size_t)state[0];
    memcpy(next, context->attention, each * sizeof *next);
    find_shares(context, next + each);
    state[0]++;
    copy_history(context);
}

static double evaluate(void *data, struct cJSON *line)
{
    struct context *context = data;
    struct latent_fit *fit = context->fit;
    real *probabilities = latent_probabilities(fit->network, &fit->inputs, fit->draws, fit->seed,
                                               fit->table->marks != NULL);
    record(context);
    double figure =
        class_figures_evaluate(fit->table, fit->parts, fit->metric, probabilities, line);
    if (line)
        latent_history_log(&fit->history, line);
    free(probabilities);
    return figure;
}

/* --- all of it --- */

static struct parameter *add_state(struct context *context, const char *name, size_t count,
                                   real value)
{
    struct parameter *state = parameters_add(&context->set, name, 1, &count);
    state->frozen = true;
    for (size_t i = 0; i < count; i++)
        state->value.data[i] = value;
    return state;
}

/* The network's parameters, which it lends, and those of the state, which are the context's. */
static void make_set(struct context *context)
{
    const struct latent_network *network = context->fit->network;
    for (size_t i = 0; i < network->set.count; i++)
        parameters_lend(&context->set, network->set.list[i]);
    context->accuracy = add_state(context, "state.accuracy", context->targets.count, (real)0.5);
    struct latent_history *history = &context->fit->history;
    const struct training *training = &context->fit->training;
    uint64_t every = training->evaluate_every ? training->evaluate_every : UINT64_MAX;
    size_t most = context->most = (size_t)(training->schedule.steps / every) + 1;
    latent_history_make(history, &network->options, most);
    history->every = training->evaluate_every;
    history->steps = training->schedule.steps;
    context->history = add_state(context, "state.history", 1 + 2 * most * history->each, 0);
}

static void set_rates(const struct latent_fit *fit)
{
    double rate = fit->training.schedule.rate;
    real scale = rate > 0 ? (real)(fit->graph_rate / rate) : 0;
    struct parameter *list[CANDIDATE_MOST_PARAMETERS];
    for (size_t l = 0; l < fit->network->options.layers && fit->network->layer[l].candidates; l++)
        for (size_t s = 0; s < fit->network->options.space_count; s++)
            for (size_t p = 0,
                        n = candidate_parameters(&fit->network->layer[l].candidates[s], list);
                 p < n; p++)
                list[p]->rate_scale = scale;
}

bool latent_fit(struct latent_fit *fit, struct error *error)
{
    struct context context = {.fit = fit};
    context.targets =
        class_targets_make(fit->table, fit->parts, SPLIT_TRAIN, NULL, 0, &context.arena);
    make_set(&context);
    set_rates(fit);
    fit->training.set = &context.set;
    fit->training.loss = step_loss;
    fit->training.evaluate = evaluate;
    fit->training.resumed = resumed;
    fit->training.context = &context;
    bool good = training_run(&fit->training, error);
    parameters_return(&context.set, fit->network->set.count);
    arena_free(&context.arena);
    return good;
}
