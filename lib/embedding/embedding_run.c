#include "embedding/embedding_run.h"

#include "base/progress.h"

#include <stdlib.h>

bool embedding_run(struct embedding_settings *settings, const char *geometry,
                   const struct embedding_targets *targets, const real *features,
                   struct graph_embedding *model, struct embedding_result *result,
                   struct error *error)
{
    settings->model.geometry = geometry;
    settings->model.nodes = targets->graph.nodes;
    struct embedding_fit fit = settings->fit;
    if (!graph_embedding_make(model, &settings->model, error) ||
        !embedding_choose_starts(settings, model, &fit, error))
        return false;
    fit.model = model;
    fit.pairs = &targets->train;
    fit.held_out = targets->held_out.count ? &targets->held_out : NULL;
    fit.features = features;
    fit.landmarks = &targets->landmarks;
    char *identity = embedding_identity(settings, &fit, targets);
    fit.training.identity = identity;
    double started = progress_seconds();
    bool good = embedding_fit(&fit, error);
    double seconds = progress_seconds() - started;
    free(identity);
    struct training *told = &settings->fit.training;
    told->interrupted = fit.training.interrupted;
    told->steps_done = fit.training.steps_done;
    told->best_step = fit.training.best_step;
    told->seconds_per_step = fit.training.seconds_per_step;
    if (!good)
        return false;
    *result = embedding_judge(model, features, targets, fit.seed);
    result->seconds = seconds;
    return true;
}
