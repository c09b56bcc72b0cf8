#include "diffusion/denoiser_fit.h"

#include "base/memory.h"
#include "diffusion/training_rows.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const denoiser_loss_names[] = {"velocity", "noise", NULL};

struct variable *denoiser_loss(struct tape *tape, const struct denoising_network *network,
                               const real *data, const real *noise, const real *times,
                               const uint32_t *labels, size_t count, enum denoiser_loss loss)
{
    size_t columns = network_columns(&network->options);
    real *z = arena_alloc(&tape->arena, count * columns, sizeof *z);
    real *target = arena_alloc(&tape->arena, count * columns, sizeof *target);
    for (size_t i = 0; i < count; i++) {
        real t = times[i], weight = loss == DENOISER_LOSS_NOISE ? t : 1;
#pragma omp simd
        for (size_t k = i * columns; k < (i + 1) * columns; k++) {
            z[k] = t * data[k] + (1 - t) * noise[k];
            target[k] = weight * (data[k] - noise[k]);
        }
    }
    struct variable *velocity = denoising_network_apply(
        tape, network, tape_constant(tape, tensor_matrix(z, count, columns)), times, labels);
    if (loss == DENOISER_LOSS_NOISE) {
        struct variable *weights =
            tape_constant(tape, tensor_matrix((real *)(uintptr_t)times, count, 1));
        velocity = tape_multiply(tape, velocity, weights);
    }
    return tape_mean_squared_error(tape, velocity, target);
}

/* --- what training needs --- */

struct context {
    struct denoiser_fit *fit;
    struct parameters set;             /* of both networks */
    struct denoising_network network;  /* is trained */
    struct denoising_network average;  /* frozen: follows it */
    struct parameter *followed;        /* the steps whose parameters are in the average */
    struct training_rows rows;
    struct tape evaluation_tape;
};

/* What a batch is made of, in the tape's arena. */
struct batch {
    real *data, *noise, *times;
    uint32_t *labels; /* NULL without classes */
};

static struct batch make_batch(const struct context *context, struct tape *tape, size_t count)
{
    size_t n = count * context->fit->data->columns;
    struct batch batch = {.data = arena_alloc(&tape->arena, n, sizeof(real)),
                          .noise = arena_alloc(&tape->arena, n, sizeof(real)),
                          .times = arena_alloc(&tape->arena, count, sizeof(real))};
    if (context->network.options.classes)
        batch.labels = arena_alloc(&tape->arena, count, sizeof(uint32_t));
    return batch;
}

/* The i-th of count rows: its level of noise is drawn from the i-th of as many equal parts. */
static void fill_row(const struct context *context, struct batch *batch, size_t i, size_t count,
                     size_t row, double dropout, struct rng *rng)
{
    const struct denoiser_fit *fit = context->fit;
    size_t columns = fit->data->columns, classes = context->network.options.classes;
    double u = ((double)i + rng_uniform(rng)) / (double)count;
    batch->times[i] = (real)noise_level_time(noise_schedule_level(fit->schedule, u));
    training_rows_load(&context->rows, row, batch->data + i * columns);
    for (size_t k = 0; k < columns; k++)
        batch->noise[i * columns + k] = (real)rng_normal(rng);
    bool withheld = rng_uniform(rng) < dropout;
    if (batch->labels)
        batch->labels[i] = withheld ? (uint32_t)classes : fit->data->labels[row];
}

/*
 * average = decay average + (1 - decay) network, unless that was done since the last step; the
 * decay is smaller in the first steps. How many were followed is a parameter, so that checkpoints
 * keep it.
 */
static void follow(const struct context *context)
{
    real step = (real)context->fit->training.optimizer.steps;
    if (context->followed->value.data[0] == step)
        return;
    double decay = fmin(context->fit->average_decay, (double)step / (10 + (double)step));
    size_t half = context->set.count / 2;
    for (size_t p = 0; p < half; p++) {
        const real *restrict source = context->set.list[p]->value.data;
        real *restrict target = context->set.list[half + p]->value.data;
        real share = (real)(1 - decay);
        for (size_t i = 0, n = tensor_count(&context->set.list[p]->value); i < n; i++)
            target[i] += share * (source[i] - target[i]);
    }
    context->followed->value.data[0] = step;
}

static struct variable *step_loss(void *data, struct tape *tape, uint64_t step)
{
    struct context *context = data;
    const struct denoiser_fit *fit = context->fit;
    follow(context);
    struct rng rows = rng_make(fit->seed, RNG_BATCHES, (uint32_t)step);
    struct rng noise = rng_make(fit->seed, RNG_NOISE, (uint32_t)step);
    struct batch batch = make_batch(context, tape, fit->batch);
    for (size_t i = 0; i < fit->batch; i++)
        fill_row(context, &batch, i, fit->batch, training_rows_draw(&context->rows, &rows),
                 fit->label_dropout, &noise);
    return denoiser_loss(tape, &context->network, batch.data, batch.noise, batch.times,
                         batch.labels, fit->batch, fit->loss);
}

/* The loss of the average on the rows to judge by, always with the same noise. */
static double evaluate(void *data, struct cJSON *line)
{
    struct context *context = data;
    const struct denoiser_fit *fit = context->fit;
    struct tape *tape = &context->evaluation_tape;
    struct rng rng = rng_make(fit->seed, RNG_NOISE, UINT32_MAX);
    double sum = 0;
    follow(context);
    for (size_t first = 0, count; first < context->rows.judged_count; first += count) {
        count = network_rows_at_a_time(context->rows.judged_count - first);
        tape_reset(tape);
        struct batch batch = make_batch(context, tape, count);
        for (size_t i = 0; i < count; i++)
            fill_row(context, &batch, i, count,
                     training_rows_judged(&context->rows, first + i), 0, &rng);
        const struct variable *loss =
            denoiser_loss(tape, &context->average, batch.data, batch.noise, batch.times,
                          batch.labels, count, fit->loss);
        sum += (double)count * (double)loss->value.data[0];
    }
    double figure = sum / (double)context->rows.judged_count;
    if (line)
        cJSON_AddItemToObject(line, fit->held_out ? "holdout_loss" : "train_loss",
                              report_number(figure));
    return figure;
}

/* --- the whole --- */

/* The two networks, in one set so that checkpoints have both; the average last but one. */
static void make_networks(struct context *context)
{
    const struct denoiser_fit *fit = context->fit;
    const struct network_options *options = &fit->model->network.options;
    struct rng rng = rng_make(fit->seed, RNG_INITIAL, 0);
    denoising_network_make(&context->network, &context->set, "", options);
    denoising_network_initialise(&context->network, &rng);
    size_t half = context->set.count;
    denoising_network_make(&context->average, &context->set, "average.", options);
    context->followed = parameters_add(&context->set, "average", 0, NULL);
    for (size_t p = half; p < context->set.count; p++)
        context->set.list[p]->frozen = true;
    for (size_t p = 0; p < half; p++)
        memcpy(context->set.list[half + p]->value.data, context->set.list[p]->value.data,
               tensor_count(&context->set.list[p]->value) * sizeof(real));
}

static char *identity(const struct denoiser_fit *fit)
{
    const struct network_options *o = &fit->model->network.options;
    const struct training *training = &fit->training;
    const struct schedule *schedule = &training->schedule;
    return memory_format(
        "denoiser %s %zux%zux%zu width=%zu levels=%zu blocks=%zu classes=%zu rows=%zu mean=%.9g "
        "deviation=%.9g seed=%llu batch=%zu noise=%s loss=%s dropout=%.9g average=%.9g "
        "held_out=%zu steps=%llu rate=%.9g warm_up=%llu decay=%d clip=%.9g evaluate_every=%llu",
        network_kind_names[o->kind], o->height, o->wide, o->channels, o->width, o->levels,
        o->blocks, o->classes, fit->data->rows, fit->model->mean, fit->model->deviation,
        (unsigned long long)fit->seed, fit->batch, noise_schedule_names[fit->schedule],
        denoiser_loss_names[fit->loss], fit->label_dropout, fit->average_decay, fit->held_out,
        (unsigned long long)schedule->steps, schedule->rate,
        (unsigned long long)schedule->warm_up, (int)schedule->decay, training->clip,
        (unsigned long long)training->evaluate_every);
}

bool denoiser_fit(struct denoiser_fit *fit, struct error *error)
{
    struct context context = {.fit = fit};
    context.rows = training_rows_make(fit->data, fit->held_out, fit->seed);
    fit->model->mean = context.rows.mean;
    fit->model->deviation = context.rows.deviation;
    make_networks(&context);
    char *text = identity(fit);
    fit->training.set = &context.set;
    fit->training.loss = step_loss;
    fit->training.evaluate = evaluate;
    fit->training.context = &context;
    fit->training.identity = text;
    bool good = training_run(&fit->training, error);
    size_t half = context.set.count / 2;
    for (size_t p = 0; p < half; p++)
        memcpy(fit->model->set.list[p]->value.data, context.set.list[half + p]->value.data,
               tensor_count(&fit->model->set.list[p]->value) * sizeof(real));
    free(text);
    training_rows_free(&context.rows);
    tape_free(&context.evaluation_tape);
    parameters_free(&context.set);
    return good;
}
