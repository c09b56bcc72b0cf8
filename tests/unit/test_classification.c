/* Figures of classification against counting by brute force; targets and losses. */
#include "nn/classification.h"

#include "base/memory.h"
#include "base/options.h"
#include "base/rng.h"
#include "check_main.h"
#include "grad/ops.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 200 };

/* --- ROC-AUC --- */

/* By its definition: all pairs of a positive and a negative. */
static double auc_by_pairs(const real *scores, const bool *positive, size_t count)
{
    double pairs = 0, right = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            if (positive[i] && !positive[j]) {
                pairs++;
                right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
            }
    return pairs > 0 ? right / pairs : NAN;
}

/* Few distinct scores make many ties. */
START_TEST(auc_is_that_of_all_pairs)
{
    struct rng rng = rng_make((uint64_t)_i, RNG_TEST, 0);
    real scores[MOST];
    bool positive[MOST];
    size_t count = 2 + rng_below(&rng, MOST - 2), values = 1 + (size_t)_i * (size_t)_i;
    for (size_t i = 0; i < count; i++) {
        scores[i] = (real)rng_below(&rng, values) / 7;
        positive[i] = i == 0 || (i > 1 && rng_uniform(&rng) < 0.3);
    }
    ck_assert_double_eq_tol(metric_roc_auc(scores, positive, count),
                            auc_by_pairs(scores, positive, count), 1e-12);
}
END_TEST

START_TEST(auc_at_its_ends)
{
    const real scores[4] = {(real)0.1, (real)0.2, (real)0.3, (real)0.4};
    const bool best[4] = {false, false, true, true}, worst[4] = {true, true, false, false};
    const bool all[4] = {true, true, true, true}, none[4] = {false};
    const real equal[4] = {1, 1, 1, 1};
    ck_assert_double_eq(metric_roc_auc(scores, best, 4), 1);
    ck_assert_double_eq(metric_roc_auc(scores, worst, 4), 0);
    ck_assert_double_eq(metric_roc_auc(equal, best, 4), 0.5);
    ck_assert(isnan(metric_roc_auc(scores, all, 4)) && isnan(metric_roc_auc(scores, none, 4)));
    ck_assert(isnan(metric_roc_auc(NULL, NULL, 0)));
}
END_TEST

/* --- accuracy and F1 --- */

static double f1_by_counting(const int32_t *labels, const int32_t *predicted, size_t count,
                             int32_t classes)
{
    double sum = 0;
    int met = 0;
    for (int32_t c = 0; c < classes; c++) {
        double tp = 0, fp = 0, fn = 0;
        for (size_t i = 0; i < count; i++) {
            tp += labels[i] == c && predicted[i] == c;
            fp += labels[i] != c && predicted[i] == c;
            fn += labels[i] == c && predicted[i] != c;
        }
        if (tp + fp + fn == 0)
            continue;
        double precision = tp + fp > 0 ? tp / (tp + fp) : 0,
               recall = tp + fn > 0 ? tp / (tp + fn) : 0;
        sum += precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
        met++;
    }
    return met ? sum / met : NAN;
}

START_TEST(f1_is_that_of_precision_and_recall)
{
    struct rng rng = rng_make((uint64_t)_i, RNG_TEST, 1);
    int32_t labels[MOST], predicted[MOST], right = 0, classes = 1 + _i;
    size_t count = 1 + rng_below(&rng, MOST - 1);
    for (size_t i = 0; i < count; i++) {
        labels[i] = (int32_t)rng_below(&rng, (uint64_t)classes);
        predicted[i] = rng_uniform(&rng) < 0.5 ? labels[i]
                                               : (int32_t)rng_below(&rng, (uint64_t)classes);
        right += labels[i] == predicted[i];
    }
    ck_assert_double_eq_tol(metric_macro_f1(labels, predicted, count, (size_t)classes + 2),
                            f1_by_counting(labels, predicted, count, classes + 2), 1e-12);
    ck_assert_double_eq_tol(metric_accuracy(labels, predicted, count),
                            (double)right / (double)count, 1e-15);
}
END_TEST

START_TEST(figures_of_nothing)
{
    ck_assert(isnan(metric_accuracy(NULL, NULL, 0)));
    ck_assert(isnan(metric_macro_f1(NULL, NULL, 0, 3)));
}
END_TEST

/* --- figures of probabilities --- */

enum { ITEMS = 40, CLASSES = 3 };

struct problem {
    struct label_table table;
    uint8_t parts[ITEMS];
    real p[ITEMS * CLASSES];
};

static void make_problem(struct problem *problem, bool several)
{
    struct rng rng = rng_make(4, RNG_TEST, several);
    *problem = (struct problem){.table = {.items = ITEMS, .classes = names_numbered(CLASSES)}};
    struct label_table *table = &problem->table;
    table->labels = memory_alloc(ITEMS, sizeof *table->labels);
    table->marks = several ? memory_alloc(ITEMS * CLASSES, sizeof *table->marks) : NULL;
    for (size_t i = 0; i < ITEMS; i++) {
        bool known = rng_uniform(&rng) < 0.8;
        table->labels[i] = !known ? LABEL_NONE : several ? 0 : (int32_t)rng_below(&rng, CLASSES);
        problem->parts[i] = (uint8_t)rng_below(&rng, SPLIT_PARTS);
        double sum = 0;
        for (size_t c = 0; c < CLASSES; c++) {
            if (several)
                table->marks[i * CLASSES + c] = (real)rng_below(&rng, 2);
            problem->p[i * CLASSES + c] = (real)(0.01 + 0.98 * rng_uniform(&rng));
            sum += (double)problem->p[i * CLASSES + c];
        }
        for (size_t c = 0; c < CLASSES && !several; c++)
            problem->p[i * CLASSES + c] /= (real)sum;
    }
}

/* The same by plain arrays: one class for every item. */
START_TEST(figures_of_a_part)
{
    struct problem problem;
    int32_t labels[ITEMS], predicted[ITEMS];
    real scores[CLASSES][ITEMS];
    bool positive[CLASSES][ITEMS];
    size_t count = 0;
    double loss = 0, auc = 0;
    make_problem(&problem, false);
    for (size_t i = 0; i < ITEMS; i++) {
        const real *p = problem.p + i * CLASSES;
        if (problem.table.labels[i] == LABEL_NONE || problem.parts[i] != SPLIT_TEST)
            continue;
        labels[count] = problem.table.labels[i];
        predicted[count] = p[0] >= p[1] && p[0] >= p[2] ? 0 : p[1] >= p[2] ? 1 : 2;
        loss -= log((double)p[labels[count]]);
        for (int c = 0; c < CLASSES; c++) {
            scores[c][count] = p[c];
            positive[c][count] = labels[count] == c;
        }
        count++;
    }
    for (int c = 0; c < CLASSES; c++)
        auc += auc_by_pairs(scores[c], positive[c], count) / CLASSES;
    struct class_figures figures =
        class_figures_of(&problem.table, problem.parts, SPLIT_TEST, problem.p);
    ck_assert_uint_gt(count, 3);
    ck_assert_uint_eq(figures.items, count);
    ck_assert_double_eq_tol(figures.loss, loss / (double)count, 1e-12);
    ck_assert_double_eq(figures.accuracy, metric_accuracy(labels, predicted, count));
    ck_assert_double_eq_tol(figures.macro_f1, f1_by_counting(labels, predicted, count, CLASSES),
                            1e-12);
    ck_assert_double_eq_tol(figures.roc_auc, auc, 1e-12);
    label_table_free(&problem.table);
}
END_TEST

START_TEST(figures_of_several_labels)
{
    struct problem problem;
    size_t count = 0, right = 0;
    double loss = 0, f1 = 0, auc = 0;
    make_problem(&problem, true);
    for (size_t c = 0; c < CLASSES; c++) {
        real scores[ITEMS];
        bool positive[ITEMS];
        double tp = 0, wrong = 0;
        count = 0;
        for (size_t i = 0; i < ITEMS; i++) {
            if (problem.table.labels[i] == LABEL_NONE)
                continue;
            scores[count] = problem.p[i * CLASSES + c];
            positive[count] = problem.table.marks[i * CLASSES + c] > 0;
            bool predicted = scores[count] >= (real)0.5;
            tp += predicted && positive[count];
            wrong += predicted != positive[count];
            right += predicted == positive[count];
            loss -= log(positive[count] ? (double)scores[count] : 1 - (double)scores[count]);
            count++;
        }
        f1 += 2 * tp / (2 * tp + wrong) / CLASSES;
        auc += auc_by_pairs(scores, positive, count) / CLASSES;
    }
    struct class_figures figures = class_figures_of(&problem.table, NULL, SPLIT_NONE, problem.p);
    ck_assert_uint_eq(figures.items, count);
    ck_assert_double_eq_tol(figures.accuracy, (double)right / (double)(count * CLASSES), 1e-12);
    ck_assert_double_eq_tol(figures.loss, loss / (double)(count * CLASSES), 1e-12);
    ck_assert_double_eq_tol(figures.macro_f1, f1, 1e-12);
    ck_assert_double_eq_tol(figures.roc_auc, auc, 1e-12);
    label_table_free(&problem.table);
}
END_TEST

/* Of two classes the area is that of the second. */
START_TEST(two_classes)
{
    int32_t labels[4] = {0, 1, 1, LABEL_NONE};
    const real p[8] = {(real)0.9, (real)0.1, (real)0.95, (real)0.05, (real)0.2, (real)0.8, 1, 0};
    struct label_table table = {.items = 4, .labels = labels, .classes = names_numbered(2)};
    struct class_figures figures = class_figures_of(&table, NULL, SPLIT_NONE, p);
    ck_assert_uint_eq(figures.items, 3);
    ck_assert_double_eq(figures.roc_auc, 0.5);
    ck_assert_double_eq_tol(figures.accuracy, 2. / 3, 1e-15);
    names_free(&table.classes);
}
END_TEST

START_TEST(ranks)
{
    struct class_figures good = {.items = 9, .loss = 2, .accuracy = 0.9, .macro_f1 = 0.5,
                                 .roc_auc = NAN};
    struct class_figures bad = {.items = 9, .loss = 1, .accuracy = 0.8, .macro_f1 = 0.5,
                                .roc_auc = NAN};
    ck_assert_double_lt(class_figures_rank(&good, CLASS_ACCURACY),
                        class_figures_rank(&bad, CLASS_ACCURACY));
    ck_assert_double_gt(class_figures_rank(&good, CLASS_LOSS),
                        class_figures_rank(&bad, CLASS_LOSS));
    ck_assert_double_gt(class_figures_rank(&good, CLASS_MACRO_F1), /* the loss decides */
                        class_figures_rank(&bad, CLASS_MACRO_F1));
    ck_assert(isfinite(class_figures_rank(&good, CLASS_ROC_AUC)));
}
END_TEST

START_TEST(reports)
{
    const struct class_figures runs[2] = {{5, 1, 0.5, 0.25, NAN}, {5, 3, 0.75, 0.25, NAN}};
    struct report report;
    report_begin(&report, &(struct common_options){.seed = 0});
    class_figures_report(runs, 2, SPLIT_TEST, &report);
    class_figures_report(runs, 1, SPLIT_TRAIN, &report);
    class_figures_report(&(struct class_figures){0}, 1, SPLIT_VALIDATION, &report);
    const cJSON *test = cJSON_GetObjectItem(report.metrics, "test_accuracy");
    ck_assert_double_eq(cJSON_GetObjectItem(test, "mean")->valuedouble, 0.625);
    ck_assert_double_eq(cJSON_GetObjectItem(report.metrics, "train_loss")->valuedouble, 1);
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(report.metrics, "train_roc_auc")));
    ck_assert_ptr_null(cJSON_GetObjectItem(report.metrics, "validation_loss"));
    report_free(&report);
}
END_TEST

/* --- training --- */

/* The loss on the tape is that of the figures, and its targets are those of the part. */
START_TEST(losses_agree)
{
    struct problem problem;
    struct tape tape = {0};
    struct arena arena = {0};
    real logits[ITEMS * CLASSES];
    make_problem(&problem, _i);
    struct rng rng = rng_make(5, RNG_TEST, 0);
    for (size_t i = 0; i < ITEMS * CLASSES; i++)
        logits[i] = (real)rng_normal(&rng);
    struct class_targets targets = class_targets_make(&problem.table, problem.parts, SPLIT_TRAIN,
                                                      NULL, 0, &arena);
    struct variable *loss = class_targets_loss(
        &targets, &tape, tape_constant(&tape, tensor_matrix(logits, ITEMS, CLASSES)));
    class_probabilities(logits, ITEMS, CLASSES, _i);
    struct class_figures figures =
        class_figures_of(&problem.table, problem.parts, SPLIT_TRAIN, logits);
    ck_assert_uint_eq(targets.count, figures.items);
    ck_assert_double_eq_tol((double)loss->value.data[0], figures.loss, 1e-10);
    tape_free(&tape);
    arena_free(&arena);
    label_table_free(&problem.table);
}
END_TEST

START_TEST(targets_among_some)
{
    struct problem problem;
    struct arena arena = {0};
    make_problem(&problem, _i);
    const uint32_t among[5] = {3, 7, 11, 30, 39};
    struct class_targets targets =
        class_targets_make(&problem.table, NULL, SPLIT_TRAIN, among, 5, &arena);
    size_t expected = 0;
    for (size_t i = 0; i < 5; i++)
        expected += problem.table.labels[among[i]] != LABEL_NONE;
    ck_assert_uint_eq(targets.count, expected);
    for (size_t k = 0; k < targets.count; k++) {
        uint32_t item = among[targets.items[k]];
        if (_i)
            ck_assert_mem_eq(targets.marks + k * CLASSES, problem.table.marks + item * CLASSES,
                             CLASSES * sizeof(real));
        else
            ck_assert_int_eq(targets.labels[k], problem.table.labels[item]);
    }
    arena_free(&arena);
    label_table_free(&problem.table);
}
END_TEST

START_TEST(no_target_no_loss)
{
    struct tape tape = {0};
    struct class_targets targets = {0};
    real logits[6] = {1, 2, 3, 4, 5, 6};
    struct variable *loss = class_targets_loss(
        &targets, &tape, tape_constant(&tape, tensor_matrix(logits, 2, 3)));
    ck_assert(loss->value.data[0] == 0);
    tape_free(&tape);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("classification");
    TCase *cases = tcase_create("classification");
    tcase_add_loop_test(cases, auc_is_that_of_all_pairs, 0, 12);
    tcase_add_test(cases, auc_at_its_ends);
    tcase_add_loop_test(cases, f1_is_that_of_precision_and_recall, 0, 10);
    tcase_add_test(cases, figures_of_nothing);
    tcase_add_test(cases, figures_of_a_part);
    tcase_add_test(cases, figures_of_several_labels);
    tcase_add_test(cases, two_classes);
    tcase_add_test(cases, ranks);
    tcase_add_test(cases, reports);
    tcase_add_loop_test(cases, losses_agree, 0, 2);
    tcase_add_loop_test(cases, targets_among_some, 0, 2);
    tcase_add_test(cases, no_target_no_loss);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
