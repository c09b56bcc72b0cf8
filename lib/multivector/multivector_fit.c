#include "multivector/multivector_fit.h"

#include "base/memory.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 256 }; /* samples of a piece of an evaluation */

struct context {
    struct multivector_fit *fit;
    struct multivector_batch batch;
    size_t *order;        /* (train->count): the samples in the order of the pass */
    uint64_t pass;        /* that the order is of; UINT64_MAX before the first */
    size_t *samples;      /* (batch) */
    uint64_t metric_step; /* the first that the metric takes part in */
    struct multivector_data predictions; /* of the validation data */
};

static void shuffle(struct context *c, uint64_t pass)
{
    if (c->pass == pass)
        return;
    struct rng rng = rng_make(c->fit->seed, RNG_PAIRS, (uint32_t)pass);
    for (size_t i = 0; i < c->fit->train->count; i++)
        c->order[i] = i;
    rng_shuffle(&rng, c->order, c->fit->train->count, sizeof *c->order);
    c->pass = pass;
}

/* The next samples; a pass that ends within a batch goes over into the next one. */
static void choose_samples(struct context *c, uint64_t step)
{
    size_t count = c->fit->train->count, batch = c->fit->batch;
    for (size_t i = 0; i < batch; i++) {
        uint64_t position = step * batch + i;
        shuffle(c, position / count);
        c->samples[i] = c->order[position % count];
    }
}

static struct variable *loss(void *context, struct tape *tape, uint64_t step)
{
    struct context *c = context;
    struct multivector_model *model = c->fit->model;
    clifford_metric_hold(&model->metric, step < c->metric_step);
    choose_samples(c, step);
    multivector_batch_fill(&c->batch, &model->scales, &model->plan.algebra, c->fit->train,
                           c->samples, c->fit->batch);
    return multivector_model_loss(tape, model, &c->batch);
}

static void log_metric(const struct multivector_model *model, cJSON *line)
{
    double lambda[CLIFFORD_MOST_DIMENSIONS];
    double axes[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
    clifford_metric_eigen(&model->metric, lambda, axes);
    for (size_t i = 0; i < model->options.shape.dimension; i++) {
        char name[32];
        snprintf(name, sizeof name, "eigenvalue_%zu", i + 1);
        cJSON_AddItemToObject(line, name, report_number(lambda[i]));
    }
}

/* The mean squared error of the validation data, in the network's units as the loss is. */
static double evaluate(void *context, cJSON *line)
{
    struct context *c = context;
    const struct multivector_model *model = c->fit->model;
    const struct multivector_data *data = c->fit->validation;
    multivector_model_predict(model, data, CHUNK, &c->predictions);
    struct multivector_errors errors = multivector_errors_of(model, &c->predictions, data);
    if (line) {
        cJSON_AddItemToObject(line, "validation_mse", report_number(errors.mean_squared));
        if (model->options.metric != CLIFFORD_METRIC_FIXED)
            log_metric(model, line);
    }
    return errors.standardised;
}

/* Values of a model of the same layout. */
static bool take_start(struct multivector_model *model, const struct multivector_model *start,
                       struct error *error)
{
    bool same = model->set.count == start->set.count &&
                sample_same_shape(&model->options.shape, &start->options.shape);
    for (size_t p = 0; same && p < model->set.count; p++) {
        struct parameter *own = model->set.list[p], *other = start->set.list[p];
        same = strcmp(own->name, other->name) == 0 &&
               tensor_same_shape(&own->value, &other->value);
    }
    if (!same)
        return error_set(error, EX_DATAERR, "the model to start from has other samples, layers, "
                         "channels or kind of metric; expected the same");
    for (size_t p = 0; p < model->set.count; p++)
        memcpy(model->set.list[p]->value.data, start->set.list[p]->value.data,
               tensor_count(&start->set.list[p]->value) * sizeof(real));
    return true;
}

static bool prepare(struct multivector_fit *fit, struct error *error)
{
    struct multivector_model *model = fit->model;
    size_t most = multivector_batch_most(&model->options.shape);
    if (fit->batch > most)
        return error_set(error, EX_USAGE, "batches of %zu graphs of %zu nodes are too large; "
                         "expected --batch up to %zu", fit->batch, model->options.shape.nodes,
                         most);
    if (fit->start)
        return take_start(model, fit->start, error);
    sample_scales_measure(&model->scales, fit->train, model->options.places);
    multivector_model_initialise(model, fit->seed);
    return true;
}

bool multivector_fit(struct multivector_fit *fit, struct error *error)
{
    struct multivector_model *model = fit->model;
    if (!prepare(fit, error))
        return false;
    struct training *training = &fit->training;
    const struct sample_shape *shape = &model->options.shape;
    struct context context = {
        .fit = fit,
        .batch = multivector_batch_make(shape, model->options.places, fit->batch),
        .order = memory_alloc(fit->train->count, sizeof *context.order),
        .pass = UINT64_MAX,
        .samples = memory_alloc(fit->batch, sizeof *context.samples),
        .metric_step = (uint64_t)ceil(fit->metric_start * (double)training->schedule.steps)};
    if (fit->validation)
        context.predictions = multivector_data_make(shape, fit->validation->count);
    training->set = &model->set;
    training->loss = loss;
    training->evaluate = fit->validation ? evaluate : NULL;
    training->context = &context;
    bool good = training_run(training, error);
    multivector_batch_free(&context.batch);
    multivector_data_free(&context.predictions);
    free(context.order);
    free(context.samples);
    return good;
}

struct multivector_errors multivector_errors_of(const struct multivector_model *model,
                                                const struct multivector_data *predictions,
                                                const struct multivector_data *data)
{
    struct multivector_errors errors = {0};
    size_t total = 0;
    for (int p = 0; p < SAMPLE_PARTS; p++) {
        enum sample_part part = (enum sample_part)p;
        size_t width = sample_width(&data->shape, part);
        size_t count = part < PART_TARGET_SCALARS ? 0 : data->count * width;
        double squares = 0;
        for (size_t i = 0; i < count; i++) {
            double difference =
                (double)predictions->parts[part][i] - (double)data->parts[part][i];
            double scaled = difference / multivector_target_scale(model, part, i % width);
            squares += difference * difference;
            errors.mean_absolute += fabs(difference);
            errors.standardised += scaled * scaled;
        }
        errors.of_part[part] = count ? squares / (double)count : NAN;
        errors.mean_squared += squares;
        total += count;
    }
    errors.mean_squared /= (double)total;
    errors.mean_absolute /= (double)total;
    errors.standardised /= (double)total;
    return errors;
}

void multivector_hold_out(const struct multivector_data *data, double share, uint64_t seed,
                          struct multivector_data *train, struct multivector_data *held_out)
{
    struct rng rng = rng_make(seed, RNG_SPLIT, 0);
    size_t held = (size_t)(share * (double)data->count + 0.5);
    size_t *order = memory_alloc(data->count, sizeof *order);
    for (size_t i = 0; i < data->count; i++)
        order[i] = i;
    rng_shuffle(&rng, order, data->count, sizeof *order);
    held = held < 1 ? 1 : held >= data->count ? data->count - 1 : held;
    *held_out = multivector_data_pick(data, order, held);
    *train = multivector_data_pick(data, order + held, data->count - held);
    free(order);
}
