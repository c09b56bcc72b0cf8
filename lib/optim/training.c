#include "optim/training.h"

#include "base/memory.h"
#include "base/progress.h"
#include "base/signals.h"
#include "base/threads.h"
#include "dist/ranks.h"
#include "optim/checkpoint.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>

struct loop {
    struct training *training;
    struct tape tape;
    struct checkpoint state;
    double loss_sum; /* since the last evaluation */
    uint64_t loss_count;
};

/* Every rank has the gradients of its part of the batch: adds them up. */
static void sum_gradients(const struct parameters *set)
{
    for (size_t i = 0; ranks_count() > 1 && i < set->count; i++) {
        const struct parameter *parameter = set->list[i];
        size_t count = tensor_count(&parameter->value);
#ifdef TESSERAE_REAL_DOUBLE
        ranks_sum_doubles(parameter->gradient, count);
#else
        ranks_sum_floats(parameter->gradient, count);
#endif
    }
}

static bool take_step(struct loop *loop, uint64_t step, struct error *error)
{
    struct training *training = loop->training;
    tape_reset(&loop->tape);
    parameters_zero_gradient(training->set);
    struct variable *loss = training->loss(training->context, &loop->tape, step);
    training->last_loss = (double)loss->value.data[0];
    ranks_sum_doubles(&training->last_loss, 1);
    if (!isfinite(training->last_loss))
        return step == 0
                   ? error_set(error, EX_DATAERR,
                               "the loss is not finite at the first step; expected data whose "
                               "largest and smallest values are not so far apart")
                   : error_set(error, EX_SOFTWARE,
                               "the loss is not finite at step %llu; try a smaller learning rate",
                               (unsigned long long)step);
    tape_backward(&loop->tape, loss);
    sum_gradients(training->set);
    if (training->clip > 0)
        gradient_clip(training->set, training->clip);
    optimizer_step(&training->optimizer, training->set,
                   (real)schedule_rate(&training->schedule, step));
    loop->loss_sum += training->last_loss;
    loop->loss_count++;
    return true;
}

/* Evaluates after `done` steps; *stop when patience has run out. */
static bool evaluate(struct loop *loop, uint64_t done, bool *stop, struct error *error)
{
    struct training *training = loop->training;
    double mean_loss = loop->loss_count ? loop->loss_sum / (double)loop->loss_count : INFINITY;
    cJSON *line = NULL;
    if (training->log && training->log->output) {
        line = cJSON_CreateObject();
        cJSON_AddNumberToObject(line, "step", (double)done);
        cJSON_AddItemToObject(line, "loss", report_number(mean_loss));
        cJSON_AddItemToObject(line, "learning_rate",
                              report_number(schedule_rate(&training->schedule, done - 1)));
    }
    double figure = training->evaluate ? training->evaluate(training->context, line) : mean_loss;
    loop->loss_sum = 0;
    loop->loss_count = 0;
    struct checkpoint *state = &loop->state;
    if (figure < state->best_figure) {
        state->best_figure = figure;
        state->best_step = done;
        state->evaluations_since = 0;
        parameters_copy_values(training->set, state->best_values);
    } else {
        state->evaluations_since++;
    }
    *stop = training->patience && state->evaluations_since >= training->patience;
    return !line || report_log_write(training->log, line, error);
}

static bool save(struct loop *loop, uint64_t done, struct error *error)
{
    struct training *training = loop->training;
    if (!training->checkpoint || ranks_rank() != 0)
        return true;
    loop->state.step = done;
    loop->state.loss_sum = loop->loss_sum;
    loop->state.loss_count = loop->loss_count;
    return checkpoint_save(training->checkpoint, &loop->state, training->set, &training->optimizer,
                           training->identity, error);
}

static bool resume(struct loop *loop, struct error *error)
{
    struct training *training = loop->training;
    if (!checkpoint_load(training->checkpoint, &loop->state, training->set, &training->optimizer,
                         training->identity, error))
        return false;
    loop->loss_sum = loop->state.loss_sum;
    loop->loss_count = loop->state.loss_count;
    if (training->resumed)
        training->resumed(training->context);
    return true;
}

static bool run_steps(struct loop *loop, struct error *error)
{
    struct training *training = loop->training;
    uint64_t steps = training->schedule.steps, first = loop->state.step, done = first;
    struct progress progress;
    progress_start(&progress, "steps", steps, training->show_progress);
    double started = progress_seconds();
    bool stop = false, good = true;
    training->interrupted = ranks_any(signals_pending()); /* perhaps before the first step */
    while (good && !stop && done < steps && !training->interrupted) {
        good = take_step(loop, done, error);
        if (!good)
            break;
        done++;
        bool due = training->evaluate_every && done % training->evaluate_every == 0;
        if (due || done == steps) {
            good = evaluate(loop, done, &stop, error);
            if (good && due)
                good = save(loop, done, error);
        }
        progress_update(&progress, done, "loss", training->last_loss);
        training->interrupted = ranks_any(signals_pending());
    }
    training->seconds_per_step =
        done > first ? (progress_seconds() - started) / (double)(done - first) : 0;
    progress_finish(&progress);
    training->steps_done = done;
    return good && save(loop, done, error);
}

bool training_run(struct training *training, struct error *error)
{
    struct loop loop = {.training = training};
    loop.state.best_figure = INFINITY;
    loop.state.best_values = memory_zeroed(parameters_count(training->set), sizeof(real));
    optimizer_prepare(&training->optimizer, training->set);
    signals_defer();
    bool flushed = threads_flush_subnormals(true);
    bool good = (!training->resume || resume(&loop, error)) && run_steps(&loop, error);
    threads_flush_subnormals(flushed);
    if (good && isfinite(loop.state.best_figure))
        parameters_set_values(training->set, loop.state.best_values);
    training->best_figure = loop.state.best_figure;
    training->best_step = loop.state.best_step;
    free(loop.state.best_values);
    tape_free(&loop.tape);
    return good;
}
