/*
 * The options of classification that do not depend on the network, as a group for argp: what is
 * known of the classes, how it is split, what chooses the best parameters, and repeats. Name
 * class_argp among a program's groups and give its settings as the group's input.
 */
#ifndef TESSERAE_NODE_CLASS_OPTIONS_H
#define TESSERAE_NODE_CLASS_OPTIONS_H

#include "base/options.h"
#include "base/report.h"
#include "nn/classification.h"
#include "node/node_data.h"

#include <argp.h>

struct class_settings {
    const char *labels;       /* NULL: nothing is known */
    const char *label_columns;
    const char *split_column;
    bool has_shares;
    double shares[3];         /* of a random split */
    enum feature_scaling scaling;
    enum class_metric metric;
    size_t repeats;
    bool given;               /* whether any of these options was but for labels and split_column,
                                 which judging takes too */
};

extern const struct argp class_argp;

struct class_settings class_settings_default(void);

/* To be called after parsing. EX_USAGE for options that do not go together. */
bool class_settings_check(const struct class_settings *settings,
                          const struct common_options *common, struct error *error);

/*
 * To be called after parsing by programs that train, or judge and apply a model (`load` not NULL):
 * what would be parsed and then not heeded is EX_USAGE. trains: whether an option of training was
 * given; goes_with names the options that --load goes with.
 */
bool class_settings_check_load(const struct class_settings *settings, const char *load, bool trains,
                               const char *goes_with, const struct common_options *common,
                               struct error *error);

/* Where node_data_read finds labels and splits. */
void class_settings_name_files(const struct class_settings *settings,
                               struct node_data_options *data);

/* Puts the settings into a report's options. */
void class_report_options(const struct class_settings *settings, struct report *report);

#endif
