/* A run of graph-embed: one geometry laid out, started, trained and judged as the settings say. */
#ifndef TESSERAE_EMBEDDING_EMBEDDING_RUN_H
#define TESSERAE_EMBEDDING_EMBEDDING_RUN_H

#include "embedding/embedding_options.h"
#include "embedding/embedding_result.h"

/*
 * Makes the model of a geometry for the nodes of the targets, fits it to them, and judges it;
 * features (nodes, settings->model.features), or NULL. What training came to (interrupted,
 * steps_done, best_step, seconds_per_step) stands in settings->fit.training afterwards. EX_USAGE
 * for a geometry or a start that cannot be; otherwise as training_run. The model is to be freed
 * with graph_embedding_free.
 */
bool embedding_run(struct embedding_settings *settings, const char *geometry,
                   const struct embedding_targets *targets, const real *features,
                   struct graph_embedding *model, struct embedding_result *result,
                   struct error *error);

#endif
