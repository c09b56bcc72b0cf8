#include "diffusion/autoencoder_fit.h"

#include "base/memory.h"
#include "diffusion/training_rows.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>

struct context {
    struct autoencoder_fit *fit;
    struct training_rows rows;
    struct tape evaluation_tape;
};

/* The noise of the latents, in the tape's arena. */
static real *draw_noise(const struct context *context, struct tape *tape, size_t count,
                        struct rng *rng)
{
    size_t n = count * context->fit->model->options.latent;
    real *noise = arena_alloc(&tape->arena, n, sizeof *noise);
    for (size_t i = 0; i < n; i++)
        noise[i] = (real)rng_normal(rng);
    return noise;
}

static struct variable *step_loss(void *data, struct tape *tape, uint64_t step)
{
    struct context *context = data;
    const struct autoencoder_fit *fit = context->fit;
    size_t columns = fit->data->columns;
    struct rng rows = rng_make(fit->seed, RNG_BATCHES, (uint32_t)step);
    struct rng noise = rng_make(fit->seed, RNG_NOISE, (uint32_t)step);
    real *batch = arena_alloc(&tape->arena, fit->batch * columns, sizeof *batch);
    for (size_t i = 0; i < fit->batch; i++)
        training_rows_load(&context->rows, training_rows_draw(&context->rows, &rows),
                           batch + i * columns);
    return autoencoder_loss(tape, fit->model, batch,
                            draw_noise(context, tape, fit->batch, &noise), fit->batch,
                            fit->divergence);
}

/* The mean over the rows to judge by of the loss, or of the squared error of what means give. */
static double judge(struct context *context, bool error_only)
{
    const struct autoencoder_fit *fit = context->fit;
    size_t columns = fit->data->columns, rows = context->rows.judged_count;
    struct tape *tape = &context->evaluation_tape;
    struct rng rng = rng_make(fit->seed, RNG_NOISE, UINT32_MAX);
    double sum = 0;
    for (size_t first = 0, count; first < rows; first += count) {
        count = network_rows_at_a_time(rows - first);
        tape_reset(tape);
        real *batch = arena_alloc(&tape->arena, count * columns, sizeof *batch);
        for (size_t i = 0; i < count; i++)
            training_rows_load(&context->rows, training_rows_judged(&context->rows, first + i),
                               batch + i * columns);
        struct variable *loss;
        if (error_only) {
            struct variable *code = autoencoder_to_latent(
                tape, fit->model, tape_constant(tape, tensor_matrix(batch, count, columns)));
            struct variable *means =
                tape_slice_columns(tape, code, 0, fit->model->options.latent);
            loss = tape_mean_squared_error(
                tape, autoencoder_to_data(tape, fit->model, means), batch);
        } else {
            loss = autoencoder_loss(tape, fit->model, batch,
                                    draw_noise(context, tape, count, &rng), count,
                                    fit->divergence);
        }
        sum += (double)count * (double)loss->value.data[0];
    }
    return sum / (double)rows;
}

static double evaluate(void *data, struct cJSON *line)
{
    struct context *context = data;
    double figure = judge(context, false);
    if (line)
        cJSON_AddItemToObject(line, context->fit->held_out ? "holdout_loss" : "train_loss",
                              report_number(figure));
    return figure;
}

/* Mean and deviation of each number of the latents of (up to 10,000) rows that are trained on. */
static void measure_latents(const struct context *context)
{
    enum { MOST_ROWS = 10000 };
    struct autoencoder *model = context->fit->model;
    size_t latent = model->options.latent, columns = context->fit->data->columns;
    size_t rows = context->rows.trained;
    if (rows > MOST_ROWS)
        rows = MOST_ROWS;
    real *data = memory_alloc(rows * columns, sizeof *data);
    real *latents = memory_alloc(rows * latent, sizeof *latents);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < columns; k++)
            data[i * columns + k] =
                context->fit->data->values[context->rows.order[i] * columns + k];
    for (size_t k = 0; k < latent; k++) {
        model->latent_mean->value.data[k] = 0;
        model->latent_deviation->value.data[k] = 1;
    }
    autoencoder_encode(model, data, rows, latents);
    for (size_t k = 0; k < latent; k++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < rows; i++)
            sum += (double)latents[i * latent + k];
        for (size_t i = 0; i < rows; i++)
            squares += pow((double)latents[i * latent + k] - sum / (double)rows, 2);
        model->latent_mean->value.data[k] = (real)(sum / (double)rows);
        if (squares > 0)
            model->latent_deviation->value.data[k] = (real)sqrt(squares / (double)rows);
    }
    free(data);
    free(latents);
}

static char *identity(const struct autoencoder_fit *fit)
{
    const struct network_options *o = &fit->model->options.network;
    const struct training *training = &fit->training;
    const struct schedule *schedule = &training->schedule;
    return memory_format(
        "autoencoder %s %zux%zux%zu latent=%zu width=%zu levels=%zu blocks=%zu variational=%d "
        "divergence=%.9g rows=%zu mean=%.9g deviation=%.9g seed=%llu batch=%zu held_out=%zu "
        "steps=%llu rate=%.9g warm_up=%llu decay=%d clip=%.9g evaluate_every=%llu",
        network_kind_names[o->kind], o->height, o->wide, o->channels, fit->model->options.latent,
        o->width, o->levels, o->blocks, fit->model->options.variational, fit->divergence,
        fit->data->rows, fit->model->mean, fit->model->deviation, (unsigned long long)fit->seed,
        fit->batch, fit->held_out, (unsigned long long)schedule->steps, schedule->rate,
        (unsigned long long)schedule->warm_up, (int)schedule->decay, training->clip,
        (unsigned long long)training->evaluate_every);
}

bool autoencoder_fit(struct autoencoder_fit *fit, struct error *error)
{
    struct context context = {.fit = fit};
    struct rng rng = rng_make(fit->seed, RNG_INITIAL, 0);
    context.rows = training_rows_make(fit->data, fit->held_out, fit->seed);
    fit->model->mean = context.rows.mean;
    fit->model->deviation = context.rows.deviation;
    autoencoder_initialise(fit->model, &rng);
    char *text = identity(fit);
    fit->training.set = &fit->model->set;
    fit->training.loss = step_loss;
    fit->training.evaluate = evaluate;
    fit->training.context = &context;
    fit->training.identity = text;
    bool good = training_run(&fit->training, error);
    if (good) {
        fit->judged_error = judge(&context, true);
        measure_latents(&context);
    }
    free(text);
    training_rows_free(&context.rows);
    tape_free(&context.evaluation_tape);
    return good;
}
