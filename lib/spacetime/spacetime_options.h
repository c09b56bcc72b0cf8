/*
 * The options of spacetimes, as a group for argp: dimensions, causality, recipe, cycles, encoder
 * and loss. Name spacetime_argp among a program's groups and give its settings as the group's
 * input.
 */
#ifndef TESSERAE_SPACETIME_SPACETIME_OPTIONS_H
#define TESSERAE_SPACETIME_SPACETIME_OPTIONS_H

#include "base/options.h"
#include "base/report.h"
#include "spacetime/spacetime_fit.h"

struct spacetime_settings {
    struct spacetime_options model;
    struct causality_options causality;
    struct spacetime_fit fit;
    enum cycle_policy cycles;
    const char *features_path;
    int chosen_causality; /* an enum causality, or -1: what suits the recipe */
    int chosen_times;     /* 0: ranks, 1: spaced, -1: what suits the causality */
    int chosen_loss;      /* an enum embedding_loss, or -1 */
    bool compare;         /* the geometries are to be compared: the times are trained */
};

extern const struct argp spacetime_argp;

/* Training options that are not given are told by impossible values, until spacetime_settle. */
struct spacetime_settings spacetime_settings_default(void);

/*
 * To be called after parsing: the recipe's values for all that was not given. EX_USAGE for options
 * that contradict each other.
 */
bool spacetime_settle(struct spacetime_settings *settings, const struct common_options *common,
                      struct error *error);

/*
 * What makes a checkpoint this run's own: the data and everything that shapes the steps, as text
 * that the caller frees. settings->fit must have its model.
 */
char *spacetime_identity(const struct spacetime_settings *settings,
                         const struct causal_order *order);

/* Puts the settings into a report's options. */
void spacetime_report_options(const struct spacetime_settings *settings, struct report *report);

/*
 * Features of the dag's nodes (nodes, *columns), read by the names of the input's nodes (see
 * node_table_read); a node that was joined gets the mean of its members. free() them.
 */
bool spacetime_read_features(const char *path, const struct dag *dag, real **features,
                             size_t *columns, struct error *error);

#endif
