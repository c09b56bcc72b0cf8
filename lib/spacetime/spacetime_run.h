/*
 * A run of dag-spacetime: one geometry ordered, laid out, trained and judged as the settings say.
 */
#ifndef TESSERAE_SPACETIME_SPACETIME_RUN_H
#define TESSERAE_SPACETIME_SPACETIME_RUN_H

#include "spacetime/spacetime_file.h"
#include "spacetime/spacetime_options.h"
#include "spacetime/spacetime_result.h"

/* What is read before anything is trained. */
struct spacetime_input {
    struct dag dag;
    real *features; /* (nodes, feature_columns), or NULL */
    size_t feature_columns;
    struct spacetime_targets targets;
};

/*
 * Reads the graph from path ("-": standard input) and the features, and warns of what was done
 * about cycles. EX_DATAERR where no edge is left; otherwise as dag_read and
 * spacetime_read_features. Free with spacetime_input_free.
 */
bool spacetime_input_read(struct spacetime_input *input, const char *path,
                          const struct spacetime_settings *settings, struct error *error);
void spacetime_input_free(struct spacetime_input *input);

/*
 * Makes and trains a spacetime of the input. Trained times replace those of the start and, but with
 * the published recipe and in the baselines, are repaired where an edge is left that does not go
 * forward. Whether training was interrupted stands in settings->fit.training afterwards.
 * EX_SOFTWARE if what was promised is then not found to hold. Free placed with
 * placed_spacetime_free.
 */
bool spacetime_run(struct spacetime_settings *settings, enum spacetime_geometry geometry,
                   const struct spacetime_input *input, struct placed_spacetime *placed,
                   struct spacetime_result *result, struct error *error);

#endif
