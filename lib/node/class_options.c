#include "node/class_options.h"

#include "graph/split.h"

enum {
    KEY_LABELS = 0x6100, KEY_LABEL_COLUMNS, KEY_SPLIT_COLUMN, KEY_SPLIT, KEY_SCALING, KEY_METRIC,
    KEY_REPEAT
};

static const struct argp_option option_table[] = {
    {"labels", KEY_LABELS, "FILE", 0,
     "CSV with the columns node and label, and perhaps split, or "
     "split0, split1, ...",
     0},
    {"label-columns", KEY_LABEL_COLUMNS, "COLUMNS", 0,
     "Several labels that do not exclude each "
     "other: these columns, 0 or 1 each",
     0},
    {"split-column", KEY_SPLIT_COLUMN, "COLUMN", 0,
     "The column that says train, validation, test or "
     "none",
     0},
    {"split", KEY_SPLIT, "A,B,C", 0,
     "A random split, stratified by class, with these shares of "
     "train, validation and test (default 0.6,0.2,0.2 where no column is a split)",
     0},
    {"feature-scaling", KEY_SCALING, "NAME", 0,
     "none; rows: each divided by its sum; or auto: "
     "rows where they are counted words (default auto)",
     0},
    {"metric", KEY_METRIC, "NAME", 0,
     "What chooses the best epoch on the validation nodes: "
     "accuracy, macro-f1, roc-auc or loss (default accuracy)",
     0},
    {"repeat", KEY_REPEAT, "N", 0,
     "Train N times, from N seeds, over the splits in turn (default "
     "1)",
     0},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct class_settings *s = state->input;
    s->given |= key >= KEY_LABELS && key <= KEY_REPEAT && key != KEY_LABELS &&
                key != KEY_SPLIT_COLUMN;
    switch (key) {
    case KEY_LABELS: s->labels = argument; return 0;
    case KEY_LABEL_COLUMNS: s->label_columns = argument; return 0;
    case KEY_SPLIT_COLUMN: s->split_column = argument; return 0;
    case KEY_SPLIT:
        s->has_shares = true;
        if (!split_parse_shares(argument, s->shares))
            argp_error(state, "--split: '%s'; expected three shares such as 0.6,0.2,0.2, the "
                       "first above 0, of a sum of at most 1", argument);
        return 0;
    case KEY_SCALING:
        s->scaling = (enum feature_scaling)options_choice(state, "feature-scaling", argument,
                                                          feature_scaling_names);
        return 0;
    case KEY_METRIC:
        s->metric = (enum class_metric)options_choice(state, "metric", argument,
                                                      class_metric_names);
        return 0;
    case KEY_REPEAT: s->repeats = options_integer(state, "repeat", argument, 1, 10000); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp class_argp = {.options = option_table, .parser = parse};

struct class_settings class_settings_default(void)
{
    return (struct class_settings){.scaling = FEATURES_AUTO, .repeats = 1};
}

bool class_settings_check(const struct class_settings *s, const struct common_options *common,
                          struct error *error)
{
    if (s->has_shares && s->split_column)
        return error_set(error, EX_USAGE, "--split and --split-column exclude each other");
    if (s->repeats > 1 && common->checkpoint)
        return error_set(error, EX_USAGE, "--checkpoint keeps one training; it does not go with "
                                          "--repeat");
    return true;
}

bool class_settings_check_load(const struct class_settings *s, const char *load, bool trains,
                               const char *goes_with, const struct common_options *common,
                               struct error *error)
{
    if (!load && !s->labels)
        return error_set(error, EX_USAGE,
                         "nothing to learn from; expected --labels FILE, or --load MODEL");
    if (load && (trains || s->given || common->log || common->checkpoint))
        return error_set(error, EX_USAGE,
                         "--load does not train; it goes only with %s, --labels, --split-column, "
                         "--report, --output and --format", goes_with);
    if (load && s->labels && !common->report)
        return error_set(error, EX_USAGE,
                         "--load judges what --labels says; expected --report FILE for it");
    if (s->split_column && !s->labels)
        return error_set(error, EX_USAGE, "--split-column is of labels; expected --labels FILE");
    return true;
}

void class_settings_name_files(const struct class_settings *s, struct node_data_options *data)
{
    data->labels = s->labels;
    data->label_columns = s->label_columns;
    data->split_column = s->split_column;
}

void class_report_options(const struct class_settings *s, struct report *report)
{
    report_option_text(report, "labels", s->labels);
    report_option_text(report, "label_columns", s->label_columns);
    report_option_text(report, "split_column", s->split_column);
    report_option_text(report, "feature_scaling", feature_scaling_names[s->scaling]);
    report_option_text(report, "metric", class_metric_names[s->metric]);
    report_option_number(report, "repeat", (double)s->repeats);
}
