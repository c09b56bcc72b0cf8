#include "node/class_runs.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const double default_shares[3] = {0.6, 0.2, 0.2};

void class_runs_make(struct class_runs *runs, size_t repeats)
{
    *runs = (struct class_runs){.best_epochs = memory_alloc(repeats, sizeof(double))};
    for (int part = 0; part < SPLIT_PARTS; part++)
        runs->figures[part] = memory_zeroed(repeats, sizeof *runs->figures[part]);
}

/* --- splits --- */

uint8_t *class_runs_parts(const struct class_settings *s, const struct label_table *table,
                          size_t repeat, uint64_t seed)
{
    uint8_t *parts = memory_alloc(table->items, sizeof *parts);
    if (table->splits && !s->has_shares)
        memcpy(parts, table->parts[repeat % table->splits], table->items);
    else /* several labels have no classes to stratify by */
        split_stratified(table->labels, table->items, table->marks ? 1 : table->classes.count,
                         s->has_shares ? s->shares : default_shares, seed, parts);
    return parts;
}

static bool has_mark(const struct label_table *table, size_t item, size_t class)
{
    return table->marks ? table->marks[item * table->classes.count + class] != 0
                        : (size_t)table->labels[item] == class;
}

static void warn_of_absent_classes(const struct label_table *table, const uint32_t *items,
                                   size_t count)
{
    for (size_t c = 0; c < table->classes.count; c++) {
        bool met = false;
        for (size_t i = 0; !met && i < count; i++)
            met = has_mark(table, items[i], c);
        if (!met)
            error_warn("class '%.64s' has no training node; it will hardly be predicted",
                       table->classes.strings[c]);
    }
}

bool class_runs_check_parts(const struct label_table *table, const uint8_t *parts, size_t repeat,
                            struct error *error)
{
    struct arena arena = {0};
    struct class_targets train =
        class_targets_make(table, parts, SPLIT_TRAIN, NULL, 0, &arena);
    struct class_targets validation =
        class_targets_make(table, parts, SPLIT_VALIDATION, NULL, 0, &arena);
    bool good = train.count > 0 ||
                error_set(error, EX_DATAERR,
                          "no training node has a label; expected one at least");
    if (good && repeat == 0 && validation.count == 0)
        error_warn("the split has no validation node; the parameters with the least training loss "
                   "are kept");
    if (good && repeat == 0)
        warn_of_absent_classes(table, train.items, train.count);
    arena_free(&arena);
    return good;
}

size_t class_runs_training_items(const struct label_table *table, const uint8_t *parts)
{
    size_t count = 0;
    for (size_t i = 0; i < table->items; i++)
        count += table->labels[i] >= 0 && parts[i] == SPLIT_TRAIN;
    return count;
}

/* --- figures --- */

bool class_runs_record(struct class_runs *runs, const struct class_settings *settings,
                       const struct label_table *table, const uint8_t *parts,
                       const real *probabilities, const struct training *training,
                       uint64_t steps_per_epoch)
{
    size_t repeat = runs->repeats++;
    double steps = (double)(steps_per_epoch ? steps_per_epoch : 1);
    for (enum split_part part = SPLIT_TRAIN; part < SPLIT_PARTS; part++)
        runs->figures[part][repeat] = class_figures_of(table, parts, part, probabilities);
    runs->best_epochs[repeat] = (double)training->best_step / steps;
    runs->seconds_per_epoch = training->seconds_per_step * steps;
    const struct class_figures *all = runs->figures[SPLIT_VALIDATION];
    bool best = repeat == 0 || class_figures_rank(&all[repeat], settings->metric) <
                                   class_figures_rank(&all[runs->best_repeat], settings->metric);
    if (best)
        runs->best_repeat = repeat;
    return best;
}

void class_runs_report(const struct class_runs *runs, struct report *report)
{
    for (enum split_part part = SPLIT_TRAIN; part < SPLIT_PARTS; part++)
        class_figures_report(runs->figures[part], runs->repeats, part, report);
    report_metric(report, "parameters", (double)runs->parameters);
    report_metric(report, "seconds_per_epoch", runs->seconds_per_epoch);
    report_metric(report, "best_repeat", (double)runs->best_repeat);
    if (runs->repeats == 1)
        report_metric(report, "best_epoch", runs->best_epochs[0]);
    else
        report_metric_repeated(report, "best_epoch", runs->best_epochs, runs->repeats);
}

void class_report_judgement(const struct label_table *table, const real *probabilities,
                            struct report *report)
{
    const uint8_t *parts = table->splits ? table->parts[0] : NULL;
    for (enum split_part part = parts ? SPLIT_TRAIN : SPLIT_TEST; part < SPLIT_PARTS; part++) {
        struct class_figures figures = class_figures_of(table, parts, part, probabilities);
        class_figures_report(&figures, 1, part, report);
    }
}

void class_runs_free(struct class_runs *runs)
{
    for (int part = 0; part < SPLIT_PARTS; part++)
        free(runs->figures[part]);
    free(runs->best_epochs);
    *runs = (struct class_runs){0};
}
