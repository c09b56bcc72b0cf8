/*
 * Classification in general: what classes items have, and how well predicted ones agree. Nothing
 * here knows what the items are; nodes, texts and rows of tables are judged by the same figures.
 */
#ifndef TESSERAE_NN_CLASSIFICATION_H
#define TESSERAE_NN_CLASSIFICATION_H

#include "base/report.h"
#include "graph/label_table.h"
#include "grad/tape.h"

/* --- figures of plain arrays --- */

/* The share of items whose predicted class is the label; NaN without items. */
double metric_accuracy(const int32_t *labels, const int32_t *predicted, size_t count);

/*
 * The mean over classes of F1 = 2 tp / (2 tp + fp + fn), over those that are the label of an item
 * or are predicted for one; NaN without items. Labels and predictions lie in 0 .. classes - 1.
 */
double metric_macro_f1(const int32_t *labels, const int32_t *predicted, size_t count,
                       size_t classes);

/*
 * The area under the receiver operating characteristic: the probability that a positive item has a
 * higher score than a negative one, where equal scores count one half. NaN unless there are both.
 * O(count log count).
 */
double metric_roc_auc(const real *scores, const bool *positive, size_t count);

/* --- figures of probabilities --- */

struct class_figures {
    size_t items;    /* with a label, in the part */
    double loss;     /* mean cross entropy, natural logarithm; of several labels their mean */
    double accuracy; /* of several labels, over all items and labels, where 1/2 and above is 1 */
    double macro_f1; /* of several labels, the mean of their F1; a label that nobody has or is given
                        does not count */
    double roc_auc;  /* of two classes, of the second; of more, or of several labels, the mean over
                        those that some items have and some have not */
};

/*
 * Judges probabilities (items, classes) of the items with a label that lie in a part; parts may be
 * NULL for all items. Figures without items are NaN.
 */
struct class_figures class_figures_of(const struct label_table *table, const uint8_t *parts,
                                      enum split_part part, const real *probabilities);

/* What chooses the best of a training's parameters. */
enum class_metric { CLASS_ACCURACY, CLASS_MACRO_F1, CLASS_ROC_AUC, CLASS_LOSS };

/* Their names in that order, NULL-terminated: "accuracy", "macro-f1", "roc-auc", "loss". */
extern const char *const class_metric_names[];

/*
 * The smaller the better: the loss; or minus the figure, where the loss decides between equal ones.
 * A figure that is not defined counts 0.
 */
double class_figures_rank(const struct class_figures *figures, enum class_metric metric);

/*
 * Puts the figures of repeated runs (count) into a report: PART_accuracy, PART_macro_f1,
 * PART_roc_auc, PART_loss; a single run's as numbers. Nothing for a part without items.
 */
void class_figures_report(const struct class_figures *figures, size_t count, enum split_part part,
                          struct report *report);

/*
 * What an evaluation in a training comes to: the rank of the validation items' figures or, without
 * such items, the loss of the training items. The figures of both go into the line of a log; or
 * NULL.
 */
double class_figures_evaluate(const struct label_table *table, const uint8_t *parts,
                              enum class_metric metric, const real *probabilities,
                              struct cJSON *line);

/* --- for training --- */

/* The targets of some items, as losses want them. */
struct class_targets {
    size_t count;
    uint32_t *items; /* (count), ascending */
    int32_t *labels; /* (count), of one class each; or NULL */
    real *marks;     /* (count, classes), of several labels; or NULL */
};

/*
 * The items of a part that have a label; where `among` (count) is not NULL, of those only, and
 * items[i] is then a position in it. In the arena's memory.
 */
struct class_targets class_targets_make(const struct label_table *table, const uint8_t *parts,
                                        enum split_part part, const uint32_t *among, size_t count,
                                        struct arena *arena);

/*
 * The mean cross entropy of the targets: logits (items, classes), of which the targets' rows are
 * taken; softmax over classes, or a sigmoid for each of several labels. 0 when there are none.
 */
struct variable *class_targets_loss(const struct class_targets *targets, struct tape *tape,
                                    struct variable *logits);

/* Logits (items, classes) to probabilities, in place: softmax, or sigmoids of several labels. */
void class_probabilities(real *logits, size_t items, size_t classes, bool several);

/* The class of the largest probability, the first of equals. */
size_t class_of_largest(const real *probabilities, size_t classes);

#endif
