#include "pathway/leaf_fit.h"

#include "base/memory.h"
#include "nn/mlp.h"
#include "optim/training_options.h"
#include "tensor/standardise.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* One training. Rows are (inputs + 1) wide, as they stood in the file. */
struct run {
    struct leaf *leaf;
    struct leaf_fit *fit;
    size_t inputs, width;
    real *held, *training;       /* rows held out; rows to learn from, the leaf's own first */
    size_t held_count, own_count, training_count;
    real *x;                     /* (training_count, inputs), standardised */
    real *targets;               /* (training_count), standardised */
    int32_t *labels;             /* (training_count), of classes */
    uint32_t *order;             /* (training_count): the rows in this epoch's order */
    uint64_t epoch;              /* the one that order is of; UINT64_MAX before the first */
    size_t batch, steps_per_epoch;
    struct parameters set;
    struct mlp mlp;
};

/* --- data --- */

/* Shares the rows in two, by a random order of them. */
static void hold_out(struct run *run, const struct leaf_rows *rows)
{
    size_t count = rows->count, row_bytes = run->width * sizeof(real);
    size_t held = (size_t)round(run->fit->options.holdout * (double)count);
    if (held > 0 && held == count && rows->halo_count == 0)
        held--; /* something must be left to learn from */
    uint32_t *order = memory_alloc(count, sizeof *order);
    struct rng rng = rng_make(run->fit->seed, RNG_SPLIT, 0);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    rng_shuffle(&rng, order, count, sizeof *order);
    run->held_count = held;
    run->own_count = count - held;
    run->training_count = run->own_count + rows->halo_count;
    run->held = memory_alloc(held * run->width, sizeof(real));
    run->training = memory_alloc(run->training_count * run->width, sizeof(real));
    for (size_t i = 0; i < count; i++) {
        real *to = i < held ? run->held + i * run->width
                            : run->training + (i - held) * run->width;
        memcpy(to, rows->rows + order[i] * run->width, row_bytes);
    }
    if (rows->halo_count > 0)
        memcpy(run->training + run->own_count * run->width, rows->halo,
               rows->halo_count * row_bytes);
    free(order);
}

/* The scales of a cold start are those of the training rows. */
static void fit_scales(const struct run *run, const struct leaf_view *view)
{
    struct moments *moments = memory_zeroed(run->width, sizeof *moments);
    moments_add_rows(moments, run->training, run->training_count, run->width);
    standardisation_from_moments(
        &(struct standardisation){run->inputs, view->input_mean, view->input_scale}, moments);
    if (view->target_mean)
        standardisation_from_moments(
            &(struct standardisation){1, view->target_mean, view->target_scale},
            moments + run->inputs);
    free(moments);
}

/* Predictions stay near the targets of the leaf's own training rows, if it has any. */
static void fit_clip(const struct run *run, const struct leaf_view *view)
{
    real low = INFINITY, high = -INFINITY;
    if (!view->clip || run->own_count == 0)
        return;
    for (size_t i = 0; i < run->own_count; i++) {
        real target = run->training[i * run->width + run->inputs];
        low = target < low ? target : low;
        high = target > high ? target : high;
    }
    real range = high - low > *view->target_scale ? high - low : *view->target_scale;
    view->clip[0] = low - (real)run->fit->options.clip * range;
    view->clip[1] = high + (real)run->fit->options.clip * range;
}

static void standardise_rows(struct run *run, const struct leaf_view *view)
{
    size_t count = run->training_count;
    const struct standardisation s = {run->inputs, view->input_mean, view->input_scale};
    run->x = memory_alloc(count * run->inputs, sizeof(real));
    run->targets = memory_alloc(count, sizeof(real));
    run->labels = memory_alloc(count, sizeof *run->labels);
    run->order = memory_alloc(count, sizeof *run->order);
    for (size_t i = 0; i < count; i++) {
        const real *row = run->training + i * run->width;
        standardise(&s, row, 1, run->x + i * run->inputs);
        run->labels[i] = (int32_t)row[run->inputs];
        if (view->target_mean)
            run->targets[i] = (row[run->inputs] - *view->target_mean) / *view->target_scale;
    }
}

/* --- the network --- */

static void make_network(struct run *run)
{
    const struct leaf_shape *shape = &run->leaf->shape;
    size_t sizes[LEAF_MOST_HIDDEN + 2] = {shape->inputs};
    for (size_t l = 0; l < shape->hidden_count; l++)
        sizes[l + 1] = shape->hidden[l];
    sizes[shape->hidden_count + 1] = shape->outputs;
    if (shape->prelu)
        mlp_make_prelu(&run->mlp, &run->set, "network", sizes, shape->hidden_count + 1);
    else
        mlp_make(&run->mlp, &run->set, "network", sizes, shape->hidden_count + 1,
                 ACTIVATION_RELU);
}

/*
 * Gives a network, whose scales were `before`, those of the view, so that it stays the same
 * function: W x_before + b = (W s / s_before) x + b + W (m - m_before) / s_before in the first
 * layer, and so on in the last. Steps of training then are in units of the cell and not of all
 * data.
 */
static void change_scales(const struct run *run, const struct leaf_view *before,
                          const struct leaf_view *view)
{
    const struct mlp *mlp = &run->mlp;
    struct tensor *weight = &mlp->weight[0]->value;
    real *bias = mlp->bias[0]->value.data;
    for (size_t o = 0; o < tensor_rows(weight); o++)
        for (size_t j = 0; j < run->inputs; j++) {
            real *w = &weight->data[o * run->inputs + j];
            *w /= before->input_scale[j];
            bias[o] += *w * (view->input_mean[j] - before->input_mean[j]);
            *w *= view->input_scale[j];
        }
    if (!view->target_mean)
        return;
    weight = &mlp->weight[mlp->layers - 1]->value;
    bias = mlp->bias[mlp->layers - 1]->value.data;
    real ratio = *before->target_scale / *view->target_scale;
    for (size_t i = 0; i < tensor_count(weight); i++)
        weight->data[i] *= ratio;
    *bias = *bias * ratio + (*before->target_mean - *view->target_mean) / *view->target_scale;
}

/* The start: the seed in the scales of the rows, or random weights. */
static void begin(struct run *run)
{
    struct leaf *leaf = run->leaf;
    const struct leaf *start = run->fit->start;
    size_t values = leaf_values(&leaf->shape);
    leaf->block = memory_zeroed(values, sizeof(real));
    const struct leaf_view view = leaf_view(&leaf->shape, leaf->block);
    if (start) {
        const struct leaf_view before = leaf_view(&leaf->shape, start->block);
        memcpy(leaf->block, start->block, values * sizeof(real));
        parameters_set_values(&run->set, view.network);
        if (run->training_count > 1) {
            fit_scales(run, &view);
            change_scales(run, &before, &view);
        }
    } else {
        struct rng rng = rng_make(run->fit->seed, RNG_INITIAL, 0);
        mlp_initialise(&run->mlp, &rng);
        fit_scales(run, &view);
    }
    parameters_copy_values(&run->set, view.network);
    fit_clip(run, &view);
}

/* --- losses --- */

static double row_loss(const struct leaf *leaf, const struct leaf_options *o, const real *output,
                       real target)
{
    if (leaf->shape.labels) {
        double most = (double)output[0];
        for (size_t c = 1; c < leaf->shape.outputs; c++)
            most = fmax(most, (double)output[c]);
        double sum = exp((double)output[0] - most);
        for (size_t c = 1; c < leaf->shape.outputs; c++)
            sum += exp((double)output[c] - most);
        return log(sum) + most - (double)output[(size_t)target];
    }
    const struct leaf_view view = leaf_view(&leaf->shape, leaf->block);
    double e = fabs((double)(output[0] - target) / (double)*view.target_scale);
    if (!o->huber)
        return e * e;
    return e <= o->delta ? e * e / 2 : o->delta * (e - o->delta / 2);
}

double leaf_loss(const struct leaf *leaf, const struct leaf_options *options, const real *rows,
                 size_t count)
{
    size_t inputs = leaf->shape.inputs;
    real *scratch = memory_alloc(leaf_scratch(&leaf->shape), sizeof *scratch);
    real *x = memory_alloc(LEAF_BLOCK * inputs, sizeof *x);
    real *outputs = memory_alloc(LEAF_BLOCK * leaf->shape.outputs, sizeof *outputs);
    double sum = 0;
    for (size_t first = 0; first < count; first += LEAF_BLOCK) {
        size_t block = count - first < LEAF_BLOCK ? count - first : LEAF_BLOCK;
        const real *row = rows + first * (inputs + 1);
        for (size_t i = 0; i < block; i++)
            memcpy(x + i * inputs, row + i * (inputs + 1), inputs * sizeof *x);
        leaf_apply(&leaf->shape, leaf->block, x, block, scratch, outputs);
        for (size_t i = 0; i < block; i++)
            sum += row_loss(leaf, options, outputs + i * leaf->shape.outputs,
                            row[i * (inputs + 1) + inputs]);
    }
    free(scratch);
    free(x);
    free(outputs);
    return count ? sum / (double)count : 0;
}

/* --- steps --- */

static void order_epoch(struct run *run, uint64_t epoch)
{
    if (run->epoch == epoch)
        return;
    struct rng rng = rng_make(run->fit->seed, RNG_BATCHES, (uint32_t)epoch);
    for (size_t i = 0; i < run->training_count; i++)
        run->order[i] = (uint32_t)i;
    rng_shuffle(&rng, run->order, run->training_count, sizeof *run->order);
    run->epoch = epoch;
}

static struct variable *step_loss(void *context, struct tape *tape, uint64_t step)
{
    struct run *run = context;
    const struct leaf_options *o = &run->fit->options;
    order_epoch(run, step / run->steps_per_epoch);
    size_t first = step % run->steps_per_epoch * run->batch, left = run->training_count - first;
    size_t rows = left < run->batch ? left : run->batch;
    real *x = arena_alloc(&tape->arena, rows * run->inputs, sizeof *x);
    real *targets = arena_alloc(&tape->arena, rows, sizeof *targets);
    int32_t *labels = arena_alloc(&tape->arena, rows, sizeof *labels);
    for (size_t i = 0; i < rows; i++) {
        size_t row = run->order[first + i];
        memcpy(x + i * run->inputs, run->x + row * run->inputs, run->inputs * sizeof *x);
        targets[i] = run->targets[row];
        labels[i] = run->labels[row];
    }
    struct variable *output =
        mlp_apply(tape, &run->mlp, tape_constant(tape, tensor_matrix(x, rows, run->inputs)));
    if (run->leaf->shape.labels)
        return tape_cross_entropy(tape, output, labels);
    if (o->huber)
        return tape_huber(tape, output, targets, (real)o->delta);
    return tape_mean_squared_error(tape, output, targets);
}

static double holdout_loss(void *context, struct cJSON *line)
{
    struct run *run = context;
    const struct leaf_view view = leaf_view(&run->leaf->shape, run->leaf->block);
    (void)line;
    parameters_copy_values(&run->set, view.network);
    return leaf_loss(run->leaf, &run->fit->options, run->held, run->held_count);
}

static bool train(struct run *run, struct error *error)
{
    struct leaf_fit *fit = run->fit;
    const struct leaf_options *o = &fit->options;
    run->batch = o->batch < run->training_count ? o->batch : run->training_count;
    run->steps_per_epoch = (run->training_count + run->batch - 1) / run->batch;
    struct training training = training_defaults(o->epochs * run->steps_per_epoch, o->rate);
    training.schedule.last_rate = o->rate / 100;
    if (o->weight_decay > 0) {
        training.optimizer = optimizer_make(OPTIMIZER_ADAMW);
        training.optimizer.weight_decay = (real)o->weight_decay;
    }
    training.set = &run->set;
    training.evaluate_every = run->steps_per_epoch;
    training.patience = o->patience;
    training.loss = step_loss;
    training.evaluate = run->held_count > 0 ? holdout_loss : NULL;
    training.context = run;
    training.show_progress = fit->show_progress;
    training.log = fit->log;
    if (!training_run(&training, error))
        return false;
    fit->interrupted = training.interrupted;
    fit->steps = training.steps_done;
    run->leaf->holdout_loss = run->held_count > 0 ? training.best_figure : 0;
    return true;
}

/* The start itself, but for the range of predictions. */
static void keep_start(struct run *run)
{
    struct leaf *leaf = run->leaf;
    const struct leaf_view view = leaf_view(&leaf->shape, leaf->block);
    memcpy(leaf->block, run->fit->start->block, leaf_values(&leaf->shape) * sizeof(real));
    fit_clip(run, &view);
    leaf->holdout_loss = leaf->start_loss;
    leaf->kept = true;
}

/* Trains unless there is nothing to judge by; keeps what is better. */
static bool train_or_keep(struct run *run, struct error *error)
{
    struct leaf *leaf = run->leaf;
    const struct leaf_view view = leaf_view(&leaf->shape, leaf->block);
    leaf->start_loss = leaf_loss(leaf, &run->fit->options, run->held, run->held_count);
    if (run->fit->start && run->held_count == 0) {
        keep_start(run);
        return true;
    }
    standardise_rows(run, &view);
    if (!train(run, error))
        return false;
    parameters_copy_values(&run->set, view.network);
    if (run->fit->start && !(leaf->holdout_loss < leaf->start_loss))
        keep_start(run);
    return true;
}

/* Fills the block and the figures of a leaf, from fit->start. */
static bool train_once(struct leaf *leaf, struct leaf_fit *fit, const struct leaf_rows *rows,
                       struct error *error)
{
    struct run run = {.leaf = leaf, .fit = fit, .inputs = leaf->shape.inputs,
                      .width = leaf->shape.inputs + 1, .epoch = UINT64_MAX};
    hold_out(&run, rows);
    make_network(&run);
    begin(&run);
    leaf->rows = rows->count;
    leaf->holdout_rows = run.held_count;
    bool good = train_or_keep(&run, error);
    parameters_free(&run.set);
    free(run.held);
    free(run.training);
    free(run.x);
    free(run.targets);
    free(run.labels);
    free(run.order);
    return good;
}

/*
 * The same from random weights; takes the result when it is better on the same rows held out. Both
 * losses are in the same units, since both have the scales of the same rows.
 */
static bool try_cold(struct leaf *leaf, struct leaf_fit *fit, const struct leaf_rows *rows,
                     struct error *error)
{
    struct leaf other = *leaf;
    const struct leaf *start = fit->start;
    uint64_t steps = fit->steps;
    fit->start = NULL;
    bool good = train_once(&other, fit, rows, error);
    fit->start = start;
    fit->steps += steps;
    if (!good) {
        free(other.block);
        return false;
    }
    bool better = other.holdout_loss < leaf->holdout_loss;
    free(better ? leaf->block : other.block);
    if (better) {
        leaf->block = other.block;
        leaf->holdout_loss = other.holdout_loss;
        leaf->kept = false;
    }
    return true;
}

bool leaf_train(struct leaf *leaf, struct leaf_fit *fit, const struct leaf_rows *rows,
                struct error *error)
{
    int threads = omp_get_max_threads();
    if (rows->count + rows->halo_count == 0 && !fit->start)
        return error_set(error, EX_DATAERR, "leaf %zu has no rows and no seed to keep; expected "
                         "one of them", leaf->origin.leaf);
    omp_set_num_threads(1);
    bool good = train_once(leaf, fit, rows, error);
    bool judged = good && leaf->holdout_rows > 0 && leaf->holdout_rows + 1 < rows->count;
    if (judged && fit->start && fit->options.try_cold && !fit->interrupted)
        good = try_cold(leaf, fit, rows, error);
    omp_set_num_threads(threads);
    return good;
}
