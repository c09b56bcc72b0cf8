/*
 * The options of graph embeddings, as a group for argp: geometry, targets, encoder, loss and
 * starts. Name embedding_argp among a program's groups and give its settings as the group's input.
 */
#ifndef TESSERAE_EMBEDDING_EMBEDDING_OPTIONS_H
#define TESSERAE_EMBEDDING_EMBEDDING_OPTIONS_H

#include "base/report.h"
#include "embedding/embedding_fit.h"
#include "embedding/embedding_targets.h"

#include <argp.h>

/* Which options were given, for refusing those that would not be heeded. */
enum embedding_given {
    EMBEDDING_GAVE_GEOMETRY = 1 << 0,
    EMBEDDING_GAVE_SNOWFLAKE = 1 << 1, /* --layers, --width or --metric */
    EMBEDDING_GAVE_HIDDEN = 1 << 2,
    EMBEDDING_GAVE_OTHERS = 1 << 3     /* all but --features */
};

struct embedding_settings {
    struct embedding_target_options target;
    struct graph_embedding_options model;
    struct embedding_fit fit;
    int start; /* an embedding_start, or to try what suits the model */
    int loss;  /* an embedding_loss, or by the target */
    const char *features_path;
    unsigned given; /* embedding_given */
};

extern const struct argp embedding_argp;

struct embedding_settings embedding_settings_default(void);

/* To be called after parsing: seeds, and the loss that suits the target unless one was given. */
void embedding_settle(struct embedding_settings *settings, uint64_t seed, bool show_progress);

/*
 * Puts the starts asked for, or those that suit the model, into fit, with a restart for each;
 * EX_USAGE when the model cannot start so.
 */
bool embedding_choose_starts(const struct embedding_settings *settings,
                             const struct graph_embedding *model, struct embedding_fit *fit,
                             struct error *error);

/*
 * What makes a checkpoint this run's own: the data and everything that shapes the steps, as text
 * that the caller frees. fit must have its model.
 */
char *embedding_identity(const struct embedding_settings *settings, const struct embedding_fit *fit,
                         const struct embedding_targets *targets);

/* Puts the settings into a report's options. */
void embedding_report_options(const struct embedding_settings *settings, struct report *report);

#endif
