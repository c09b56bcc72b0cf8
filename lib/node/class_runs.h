/*
 * Repeated trainings of a classifier: the split of each, its figures, and which of them is the
 * best. Nothing here knows the network.
 */
#ifndef TESSERAE_NODE_CLASS_RUNS_H
#define TESSERAE_NODE_CLASS_RUNS_H

#include "node/class_options.h"
#include "optim/training.h"

/* Free with class_runs_free. */
struct class_runs {
    size_t repeats;        /* done; fewer than asked for only when interrupted */
    struct class_figures *figures[SPLIT_PARTS]; /* (repeats) each */
    double *best_epochs;   /* (repeats): when the parameters were the best */
    size_t best_repeat;    /* by the metric on the validation items */
    double seconds_per_epoch;
    size_t parameters;
};

void class_runs_make(struct class_runs *runs, size_t repeats);

/*
 * The parts (items) of a repeat, to be freed: the repeat-th split of the table (round and round),
 * or one drawn from the seed where it has none, or shares were given.
 */
uint8_t *class_runs_parts(const struct class_settings *settings, const struct label_table *table,
                          size_t repeat, uint64_t seed);

/*
 * Whether there is something to learn from: EX_DATAERR when no training item has a label. Of the
 * first repeat, warns of classes without a training item, and when there is no validation item.
 */
bool class_runs_check_parts(const struct label_table *table, const uint8_t *parts, size_t repeat,
                            struct error *error);

/* The items of the training part that have a label. */
size_t class_runs_training_items(const struct label_table *table, const uint8_t *parts);

/*
 * Judges the next repeat by its probabilities (items, classes); an epoch is so many steps of its
 * training. Returns whether it is the best so far.
 */
bool class_runs_record(struct class_runs *runs, const struct class_settings *settings,
                       const struct label_table *table, const uint8_t *parts,
                       const real *probabilities, const struct training *training,
                       uint64_t steps_per_epoch);

/* Puts the figures of all parts, parameters, times and best epochs into the metrics. */
void class_runs_report(const struct class_runs *runs, struct report *report);

/*
 * Judges probabilities (items, classes) of a model that is there already: puts the figures of the
 * parts of the table's first split into the metrics, or, where it has none, those of all labelled
 * items as test figures.
 */
void class_report_judgement(const struct label_table *table, const real *probabilities,
                            struct report *report);

void class_runs_free(struct class_runs *runs);

#endif
