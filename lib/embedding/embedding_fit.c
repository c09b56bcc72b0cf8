#include "embedding/embedding_fit.h"

#include "optim/checkpoint.h"

#include <cJSON.h>
#include <math.h>

enum { MOST_EVALUATED = 200000 };

static struct variable *loss_of(const struct embedding_fit *fit, struct tape *tape,
                                const struct pairs *pairs, size_t first, size_t count,
                                double inverse_scale)
{
    const struct graph_embedding *model = fit->model;
    struct variable *features = NULL;
    if (fit->features)
        features = tape_constant(tape, tensor_matrix((real *)(uintptr_t)fit->features, model->nodes,
                                                     model->features));
    struct variable *points = graph_embedding_points(model, tape, features);
    struct variable *distances = graph_embedding_distances(
        model, tape, points, pairs->source + first, pairs->target + first, count);
    return embedding_loss(tape, distances, pairs->distance + first, (real)inverse_scale, fit->loss);
}

struct context {
    struct embedding_fit *fit;
    double inverse_scale; /* 1 / the mean of the targets */
    struct tape evaluation_tape;
};

/* The pairs are in random order, so consecutive pieces are samples without replacement. */
static struct variable *step_loss(void *data, struct tape *tape, uint64_t step)
{
    const struct context *context = data;
    const struct embedding_fit *fit = context->fit;
    size_t count = fit->pairs->count;
    size_t batches = (count + fit->batch - 1) / fit->batch;
    size_t batch = step % batches;
    size_t first = count * batch / batches, end = count * (batch + 1) / batches;
    return loss_of(fit, tape, fit->pairs, first, end - first, context->inverse_scale);
}

/* The loss of (at most MOST_EVALUATED of) the pairs; a line of the log gets it under `name`. */
static double loss_now(struct context *context, const struct pairs *pairs, const char *name,
                       struct cJSON *line)
{
    size_t count = pairs->count < MOST_EVALUATED ? pairs->count : MOST_EVALUATED;
    tape_reset(&context->evaluation_tape);
    double loss = (double)loss_of(context->fit, &context->evaluation_tape, pairs, 0, count,
                                  context->inverse_scale)
                      ->value.data[0];
    if (line)
        cJSON_AddItemToObject(line, name, report_number(loss));
    return loss;
}

/* Held-out pairs are logged, but choose nothing: figures on them stay those of unseen pairs. */
static double evaluate(void *data, struct cJSON *line)
{
    struct context *context = data;
    if (context->fit->held_out && line)
        loss_now(context, context->fit->held_out, "test_loss", line);
    return loss_now(context, context->fit->pairs, "train_loss", line);
}

static void initialise(const struct context *context, size_t attempt)
{
    const struct embedding_fit *fit = context->fit;
    struct rng rng = rng_make(fit->seed, RNG_INITIAL, (uint32_t)attempt);
    embedding_start(fit->model, fit->starts[attempt % fit->start_count], fit->landmarks,
                    context->inverse_scale, &rng);
}

static void forget_moments(struct parameters *set)
{
    for (size_t i = 0; i < set->count; i++) {
        size_t count = tensor_count(&set->list[i]->value);
        for (size_t k = 0; k < count; k++) {
            if (set->list[i]->first_moment)
                set->list[i]->first_moment[k] = 0;
            if (set->list[i]->second_moment)
                set->list[i]->second_moment[k] = 0;
        }
    }
}

/*
 * The attempt whose start promises most after a tenth of the steps; the model holds what an
 * interrupted one has learned.
 */
static bool best_attempt(const struct context *context, size_t *best, bool *interrupted,
                         struct error *error)
{
    const struct embedding_fit *fit = context->fit;
    double best_figure = INFINITY;
    *best = 0;
    for (size_t attempt = 0; fit->restarts > 1 && attempt < fit->restarts; attempt++) {
        struct training trial = fit->training;
        trial.schedule.steps = fit->training.schedule.steps / 10 + 1;
        trial.checkpoint = NULL;
        trial.log = NULL;
        initialise(context, attempt);
        forget_moments(&fit->model->set);
        if (!training_run(&trial, error))
            return false;
        if (trial.best_figure < best_figure) {
            best_figure = trial.best_figure;
            *best = attempt;
        }
        *interrupted = trial.interrupted;
        if (trial.interrupted)
            break;
    }
    forget_moments(&fit->model->set);
    return true;
}

/* Begins anew, also after a run that was interrupted while it tried its starts. */
static bool begin(struct context *context, struct error *error)
{
    struct training *training = &context->fit->training;
    uint64_t steps = 0;
    size_t attempt = 0;
    bool interrupted = false;
    if (training->resume &&
        !checkpoint_steps(training->checkpoint, training->identity, &steps, error))
        return false;
    training->resume = steps > 0;
    if (steps == 0 && !best_attempt(context, &attempt, &interrupted, error))
        return false;
    if (!interrupted)
        initialise(context, attempt);
    return true;
}

bool embedding_fit(struct embedding_fit *fit, struct error *error)
{
    double mean = pairs_mean(fit->pairs);
    struct context context = {.fit = fit, .inverse_scale = 1 / mean};
    fit->training.set = &fit->model->set;
    fit->training.loss = step_loss;
    fit->training.evaluate = evaluate;
    fit->training.context = &context;
    bool good = begin(&context, error) && training_run(&fit->training, error);
    if (good)
        graph_embedding_scale(fit->model, mean);
    tape_free(&context.evaluation_tape);
    return good;
}
