#include "nn/classification.h"

#include "base/memory.h"
#include "grad/ops.h"
#include "tensor/vector_math.h"

#include <cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const class_metric_names[] = {"accuracy", "macro-f1", "roc-auc", "loss", NULL};

/* --- figures of plain arrays --- */

double metric_accuracy(const int32_t *labels, const int32_t *predicted, size_t count)
{
    size_t right = 0;
    for (size_t i = 0; i < count; i++)
        right += labels[i] == predicted[i];
    return count ? (double)right / (double)count : NAN;
}

/* What F1 is made of, for one class. */
struct tally {
    size_t both, labelled, predicted;
};

static double mean_f1(const struct tally *tallies, size_t classes)
{
    double sum = 0;
    size_t met = 0;
    for (size_t c = 0; c < classes; c++) {
        size_t all = tallies[c].labelled + tallies[c].predicted; /* 2 tp + fp + fn */
        if (all == 0)
            continue;
        sum += 2 * (double)tallies[c].both / (double)all;
        met++;
    }
    return met ? sum / (double)met : NAN;
}

double metric_macro_f1(const int32_t *labels, const int32_t *predicted, size_t count,
                       size_t classes)
{
    struct tally *tallies = memory_zeroed(classes, sizeof *tallies);
    for (size_t i = 0; i < count; i++) {
        tallies[labels[i]].labelled++;
        tallies[predicted[i]].predicted++;
        tallies[labels[i]].both += labels[i] == predicted[i];
    }
    double f1 = mean_f1(tallies, classes);
    free(tallies);
    return f1;
}

struct scored {
    real score;
    bool positive;
};

static int compare_scores(const void *a, const void *b)
{
    real x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
    return (x > y) - (x < y);
}

double metric_roc_auc(const real *scores, const bool *positive, size_t count)
{
    struct scored *sorted = memory_alloc(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct scored){scores[i], positive[i]};
    for (size_t i = 0; i < count; i++)
        if (isnan(scores[i])) { /* no order has a place for it */
            free(sorted);
            return NAN;
        }
    qsort(sorted, count, sizeof *sorted, compare_scores);
    double negatives = 0, positives = 0, pairs = 0; /* pairs in the right order */
    for (size_t first = 0, end; first < count; first = end) {
        double negative_ties = 0, positive_ties = 0;
        for (end = first; end < count && sorted[end].score == sorted[first].score; end++)
            *(sorted[end].positive ? &positive_ties : &negative_ties) += 1;
        pairs += positive_ties * (negatives + negative_ties / 2);
        negatives += negative_ties;
        positives += positive_ties;
    }
    free(sorted);
    return positives > 0 && negatives > 0 ? pairs / (positives * negatives) : NAN;
}

/* --- figures of probabilities --- */

static bool has_label(const struct label_table *table, const uint8_t *parts, enum split_part part,
                      size_t item)
{
    return table->labels[item] != LABEL_NONE && (!parts || parts[item] == part);
}

static bool has_class(const struct label_table *table, size_t item, size_t class)
{
    return table->marks ? table->marks[item * table->classes.count + class] != 0
                        : table->labels[item] == (int32_t)class;
}

static double minus_log(double probability)
{
    const double least = (double)REAL_MIN;
    return -log(probability > least ? probability : least);
}

/* The cross entropy of one item; of several labels their mean. */
static double item_loss(const struct label_table *table, size_t item, const real *p)
{
    size_t classes = table->classes.count;
    if (!table->marks)
        return minus_log((double)p[table->labels[item]]);
    double sum = 0;
    for (size_t c = 0; c < classes; c++)
        sum += minus_log(has_class(table, item, c) ? (double)p[c] : 1 - (double)p[c]);
    return sum / (double)classes;
}

size_t class_of_largest(const real *probabilities, size_t classes)
{
    size_t best = 0;
    for (size_t c = 1; c < classes; c++)
        if (probabilities[c] > probabilities[best])
            best = c;
    return best;
}

/* Adds an item to the tallies; returns the share of its labels that are predicted right. */
static double tally_item(const struct label_table *table, size_t item, const real *p,
                         struct tally *tallies)
{
    size_t classes = table->classes.count, right = 0, largest = class_of_largest(p, classes);
    for (size_t c = 0; c < classes; c++) {
        bool label = has_class(table, item, c);
        bool predicted = table->marks ? p[c] >= (real)0.5 : c == largest;
        tallies[c].labelled += label;
        tallies[c].predicted += predicted;
        tallies[c].both += label && predicted;
        right += label == predicted;
    }
    return table->marks ? (double)right / (double)classes : right == classes;
}

/* The area of one class against the others, among the items that count. */
static double class_auc(const struct label_table *table, const uint32_t *items, size_t count,
                        size_t class, const real *probabilities, real *scores, bool *positive)
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = probabilities[items[i] * table->classes.count + class];
        positive[i] = has_class(table, items[i], class);
    }
    return metric_roc_auc(scores, positive, count);
}

static double mean_auc(const struct label_table *table, const uint32_t *items, size_t count,
                       const real *probabilities)
{
    size_t classes = table->classes.count, met = 0;
    real *scores = memory_alloc(count, sizeof *scores);
    bool *positive = memory_alloc(count, sizeof *positive);
    double sum = 0;
    /* Of two classes one says it all: the other's area is the same. */
    for (size_t c = !table->marks && classes == 2 ? 1 : 0; c < classes; c++) {
        double area = class_auc(table, items, count, c, probabilities, scores, positive);
        if (isnan(area))
            continue;
        sum += area;
        met++;
    }
    free(scores);
    free(positive);
    return met ? sum / (double)met : NAN;
}

struct class_figures class_figures_of(const struct label_table *table, const uint8_t *parts,
                                      enum split_part part, const real *probabilities)
{
    size_t classes = table->classes.count, count = 0;
    uint32_t *items = memory_alloc(table->items, sizeof *items);
    struct tally *tallies = memory_zeroed(classes, sizeof *tallies);
    double loss = 0, right = 0;
    for (size_t i = 0; i < table->items; i++) {
        if (!has_label(table, parts, part, i))
            continue;
        items[count++] = (uint32_t)i;
        loss += item_loss(table, i, probabilities + i * classes);
        right += tally_item(table, i, probabilities + i * classes, tallies);
    }
    double n = (double)count; /* 0 / 0 is NaN, as it should be */
    struct class_figures figures = {.items = count,
                                    .loss = loss / n,
                                    .accuracy = right / n,
                                    .macro_f1 = mean_f1(tallies, classes),
                                    .roc_auc = mean_auc(table, items, count, probabilities)};
    free(tallies);
    free(items);
    return figures;
}

double class_figures_rank(const struct class_figures *figures, enum class_metric metric)
{
    const double by_loss = 1e-6; /* below what one item makes of a figure */
    double figure = 0;
    switch (metric) {
    case CLASS_LOSS: return figures->loss;
    case CLASS_ACCURACY: figure = figures->accuracy; break;
    case CLASS_MACRO_F1: figure = figures->macro_f1; break;
    case CLASS_ROC_AUC: figure = figures->roc_auc; break;
    }
    return by_loss * figures->loss - (isnan(figure) ? 0 : figure);
}

static void report_one(const struct class_figures *figures, size_t count, size_t offset,
                       const char *part, const char *name, struct report *report)
{
    double *values = memory_alloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        memcpy(&values[i], (const char *)&figures[i] + offset, sizeof *values);
    char *full_name = memory_format("%s_%s", part, name);
    if (count == 1)
        report_metric(report, full_name, values[0]);
    else
        report_metric_repeated(report, full_name, values, count);
    free(full_name);
    free(values);
}

static const struct {
    const char *name;
    size_t offset;
} figure_list[] = {{"accuracy", offsetof(struct class_figures, accuracy)},
                   {"macro_f1", offsetof(struct class_figures, macro_f1)},
                   {"roc_auc", offsetof(struct class_figures, roc_auc)},
                   {"loss", offsetof(struct class_figures, loss)}};

enum { FIGURES = sizeof figure_list / sizeof *figure_list };

void class_figures_report(const struct class_figures *figures, size_t count, enum split_part part,
                          struct report *report)
{
    for (size_t k = 0; count && figures->items && k < FIGURES; k++)
        report_one(figures, count, figure_list[k].offset, split_part_names[part],
                   figure_list[k].name, report);
}

/* Adds them to a line of a log: PART_accuracy and so on. */
static void log_figures(const struct class_figures *figures, enum split_part part,
                        struct cJSON *line)
{
    for (size_t k = 0; figures->items && k < FIGURES; k++) {
        char *name = memory_format("%s_%s", split_part_names[part], figure_list[k].name);
        double value;
        memcpy(&value, (const char *)figures + figure_list[k].offset, sizeof value);
        cJSON_AddItemToObject(line, name, report_number(value));
        free(name);
    }
}

double class_figures_evaluate(const struct label_table *table, const uint8_t *parts,
                              enum class_metric metric, const real *probabilities,
                              struct cJSON *line)
{
    struct class_figures validation =
        class_figures_of(table, parts, SPLIT_VALIDATION, probabilities);
    struct class_figures train = {0};
    if (line || validation.items == 0)
        train = class_figures_of(table, parts, SPLIT_TRAIN, probabilities);
    if (line) {
        log_figures(&train, SPLIT_TRAIN, line);
        log_figures(&validation, SPLIT_VALIDATION, line);
    }
    return validation.items ? class_figures_rank(&validation, metric) : train.loss;
}

/* --- for training --- */

struct class_targets class_targets_make(const struct label_table *table, const uint8_t *parts,
                                        enum split_part part, const uint32_t *among, size_t count,
                                        struct arena *arena)
{
    size_t classes = table->classes.count, candidates = among ? count : table->items;
    struct class_targets targets = {
        .items = arena_alloc(arena, candidates, sizeof *targets.items)};
    for (size_t i = 0; i < candidates; i++)
        if (has_label(table, parts, part, among ? among[i] : i))
            targets.items[targets.count++] = (uint32_t)i;
    if (table->marks)
        targets.marks = arena_alloc(arena, targets.count * classes, sizeof *targets.marks);
    else
        targets.labels = arena_alloc(arena, targets.count, sizeof *targets.labels);
    for (size_t i = 0; i < targets.count; i++) {
        size_t item = among ? among[targets.items[i]] : targets.items[i];
        if (table->marks)
            memcpy(targets.marks + i * classes, table->marks + item * classes,
                   classes * sizeof(real));
        else
            targets.labels[i] = table->labels[item];
    }
    return targets;
}

struct variable *class_targets_loss(const struct class_targets *targets, struct tape *tape,
                                    struct variable *logits)
{
    if (targets->count == 0)
        return tape_affine(tape, tape_sum(tape, logits), 0, 0);
    struct variable *rows = tape_gather_rows(tape, logits, targets->items, targets->count);
    return targets->marks ? tape_binary_cross_entropy(tape, rows, targets->marks)
                          : tape_cross_entropy(tape, rows, targets->labels);
}

static void softmax_row(real *row, size_t classes)
{
    real largest = row[class_of_largest(row, classes)], sum = 0;
    for (size_t c = 0; c < classes; c++) {
        row[c] = vector_exp(row[c] - largest);
        sum += row[c];
    }
    for (size_t c = 0; c < classes; c++)
        row[c] /= sum;
}

void class_probabilities(real *logits, size_t items, size_t classes, bool several)
{
    for (size_t i = 0; i < items; i++) {
        real *row = logits + i * classes;
        if (!several)
            softmax_row(row, classes);
        for (size_t c = 0; several && c < classes; c++)
            row[c] = vector_sigmoid(row[c]);
    }
}
