/* Node classifiers: the gradient of the whole loss for every network and ablation, the equations by
 * plain loops, layered prediction, diagnosis, files. */
#include "node/node_classifier.h"

#include "base/memory.h"
#include "check_main.h"
#include "grad/gradient_check.h"
#include "nn/classification.h"
#include "node/node_classifier_file.h"
#include "node/node_predict.h"
#include "scratch.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 12, FEATURES = 5, WIDTH = 8, CLASSES = 3 };

struct problem {
    struct node_data data;
    struct propagation propagation;
    struct node_classifier model;
    struct arena arena;
    struct class_targets targets;
    uint64_t dropout_seed; /* 0: none */
};

/* A random weighted graph; features are sparse or dense. */
static void make_data(struct node_data *data, bool sparse, bool several, bool directed)
{
    struct rng rng = rng_make(7, RNG_TEST, 0);
    struct edge edges[3 * NODES];
    size_t count = 0;
    for (uint32_t v = 0; v + 1 < NODES; v++) /* the last node has no edge */
        for (int k = 0; k < 3; k++)
            edges[count++] = (struct edge){v, (uint32_t)rng_below(&rng, NODES - 1),
                                           (float)(0.5 + rng_uniform(&rng))};
    *data = (struct node_data){0};
    graph_from_edges(&data->graph, NODES, edges, count, directed, true, names_numbered(NODES));
    real *values = memory_zeroed(NODES * FEATURES, sizeof *values);
    for (size_t i = 0; i < NODES * FEATURES; i++)
        if (!sparse || i % 10 == 0)
            values[i] = (real)rng_normal(&rng);
    feature_matrix_make(&data->matrix, values, NODES, FEATURES);
    ck_assert((data->matrix.dense == NULL) == sparse);
    data->has_matrix = true;
    data->features.columns = FEATURES;
    row_share_make(&data->share, NODES);
    struct label_table *table = &data->table;
    *table = (struct label_table){.items = NODES, .classes = names_numbered(CLASSES)};
    table->labels = memory_alloc(NODES, sizeof *table->labels);
    table->marks = several ? memory_alloc(NODES * CLASSES, sizeof *table->marks) : NULL;
    for (size_t v = 0; v < NODES; v++) {
        table->labels[v] = several ? 0 : (int32_t)(v % CLASSES);
        for (size_t c = 0; several && c < CLASSES; c++)
            table->marks[v * CLASSES + c] = (real)rng_below(&rng, 2);
    }
}

static struct node_classifier_options plain_options(enum node_architecture architecture)
{
    return (struct node_classifier_options){
        .architecture = architecture, .features = FEATURES, .hidden = WIDTH, .outputs = CLASSES,
        .layers = 2,
        .smpnn = {.residual = true, .norm = true, .norm_epsilon = 0.05, .alpha_start = 0.5}};
}

/* Every value random, so that no gradient hides behind a zero. */
static void randomise(struct node_classifier *model)
{
    struct rng rng = rng_make(3, RNG_TEST, 1);
    node_classifier_initialise(model, 1);
    for (size_t p = 0; p < model->set.count; p++)
        for (size_t i = 0, n = tensor_count(&model->set.list[p]->value); i < n; i++)
            model->set.list[p]->value.data[i] += (real)(0.3 * rng_normal(&rng));
}

static void make_problem(struct problem *problem, const struct node_classifier_options *options,
                         bool sparse, bool several, bool directed)
{
    static uint8_t parts[NODES];
    *problem = (struct problem){0};
    make_data(&problem->data, sparse, several, directed);
    node_classifier_make(&problem->model, options);
    randomise(&problem->model);
    propagation_make(&problem->propagation, &problem->data.graph, node_classifier_norm(options),
                     (real)0.7);
    for (size_t v = 0; v < NODES; v++)
        parts[v] = v % 4 == 1 ? SPLIT_TRAIN : SPLIT_TEST;
    problem->targets = class_targets_make(&problem->data.table, parts, SPLIT_TRAIN, NULL, 0,
                                          &problem->arena);
}

static void free_problem(struct problem *problem)
{
    node_classifier_free(&problem->model);
    propagation_free(&problem->propagation);
    node_data_free(&problem->data);
    arena_free(&problem->arena);
}

static struct node_view view_of(const struct problem *problem)
{
    return (struct node_view){.features = &problem->data.matrix,
                              .matrix = &problem->propagation.matrix,
                              .transpose = &problem->propagation.transpose};
}

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct problem *problem = context;
    struct node_view view = view_of(problem);
    struct rng rng = rng_make(problem->dropout_seed, RNG_NOISE, 0);
    struct variable *logits = node_classifier_logits(&problem->model, tape, &view,
                                                     problem->dropout_seed ? &rng : NULL);
    return class_targets_loss(&problem->targets, tape, logits);
}

static const struct {
    const char *name;
    enum node_architecture architecture;
    enum smpnn_convolution convolution;
    enum smpnn_alpha alpha;
    bool no_residual, no_norm, attention, sparse, several, directed, dropout;
} wholes[] = {{.name = "smpnn"},
              {.name = "sparse features", .sparse = true},
              {.name = "dropout", .dropout = true},
              {.name = "dropout of sparse features", .dropout = true, .sparse = true},
              {.name = "several labels", .several = true},
              {.name = "directed", .directed = true},
              {.name = "sage", .convolution = SMPNN_SAGE},
              {.name = "directed sage", .convolution = SMPNN_SAGE, .directed = true},
              {.name = "no convolution", .convolution = SMPNN_NONE},
              {.name = "vector alpha", .alpha = SMPNN_ALPHA_VECTOR},
              {.name = "fixed alpha", .alpha = SMPNN_ALPHA_FIXED},
              {.name = "no residual", .no_residual = true},
              {.name = "no norm", .no_norm = true},
              {.name = "neither", .no_residual = true, .no_norm = true},
              {.name = "attention", .attention = true},
              {.name = "attention, dropout", .attention = true, .dropout = true},
              {.name = "attention, vector alpha", .attention = true, .alpha = SMPNN_ALPHA_VECTOR},
              {.name = "attention, no residual", .attention = true, .no_residual = true},
              {.name = "gcn", .architecture = NODE_GCN, .dropout = true},
              {.name = "directed gcn", .architecture = NODE_GCN, .directed = true, .sparse = true},
              {.name = "sgc", .architecture = NODE_SGC, .dropout = true},
              {.name = "mlp", .architecture = NODE_MLP, .dropout = true}};

static struct node_classifier_options options_of(int i)
{
    struct node_classifier_options options = plain_options(wholes[i].architecture);
    options.smpnn.convolution = wholes[i].convolution;
    options.smpnn.alpha = wholes[i].alpha;
    options.smpnn.residual = !wholes[i].no_residual;
    options.smpnn.norm = !wholes[i].no_norm;
    options.smpnn.attention = wholes[i].attention;
    options.dropout = wholes[i].dropout ? 0.3 : 0;
    options.input_dropout = wholes[i].dropout ? 0.2 : 0;
    return options;
}

START_TEST(whole_gradient)
{
    struct problem problem;
    struct node_classifier_options options = options_of(_i);
    make_problem(&problem, &options, wholes[_i].sparse, wholes[_i].several, wholes[_i].directed);
    problem.dropout_seed = wholes[_i].dropout ? 11 : 0;
    double worst = gradient_check_fine(&problem.model.set, loss_of, &problem, 1e-4);
    ck_assert_msg(worst < 1e-6, "%s: %g", wholes[_i].name, worst);
    free_problem(&problem);
}
END_TEST

/* --- the published block by plain loops --- */

static double silu(double x)
{
    return x / (1 + exp(-x));
}

/* rows (n, WIDTH) normalised, scaled and shifted. */
static void norm(const double *x, const struct smpnn_branch *branch, size_t n, double *y)
{
    for (size_t v = 0; v < n; v++) {
        double mean = 0, var = 0;
        for (size_t j = 0; j < WIDTH; j++)
            mean += x[v * WIDTH + j] / WIDTH;
        for (size_t j = 0; j < WIDTH; j++)
            var += (x[v * WIDTH + j] - mean) * (x[v * WIDTH + j] - mean) / WIDTH;
        for (size_t j = 0; j < WIDTH; j++)
            y[v * WIDTH + j] = (x[v * WIDTH + j] - mean) / sqrt(var + 0.05) *
                               (double)branch->norm_scale->value.data[j] +
                           (double)branch->norm_shift->value.data[j];
    }
}

static void product(const double *x, const struct parameter *weight, size_t n, double *y)
{
    for (size_t v = 0; v < n; v++)
        for (size_t o = 0; o < WIDTH; o++) {
            y[v * WIDTH + o] = 0;
            for (size_t j = 0; j < WIDTH; j++)
                y[v * WIDTH + o] += x[v * WIDTH + j] * (double)weight->value.data[o * WIDTH + j];
        }
}

/* D^-1/2 (A + s I) D^-1/2 as a dense matrix. */
static void dense_adjacency(const struct graph *graph, double s, double matrix[NODES][NODES])
{
    double degree[NODES];
    memset(matrix, 0, sizeof(double[NODES][NODES]));
    for (size_t u = 0; u < NODES; u++)
        for (size_t i = graph->offsets[u]; i < graph->offsets[u + 1]; i++)
            matrix[u][graph->targets[i]] += (double)graph->weights[i];
    for (size_t u = 0; u < NODES; u++) {
        matrix[u][u] += s;
        degree[u] = 0;
        for (size_t v = 0; v < NODES; v++)
            degree[u] += matrix[u][v];
    }
    for (size_t u = 0; u < NODES; u++)
        for (size_t v = 0; v < NODES; v++)
            matrix[u][v] /= sqrt(degree[u] * degree[v]);
}

static void expected_block(const struct problem *problem, const double *h, double *result)
{
    const struct smpnn_block *block = &problem->model.blocks[0];
    double matrix[NODES][NODES], x[NODES * WIDTH], xw[NODES * WIDTH], z[NODES * WIDTH];
    dense_adjacency(&problem->data.graph, 0.7, matrix);
    norm(h, &block->mix, NODES, x);
    product(x, block->mix.weight, NODES, xw);
    for (size_t v = 0; v < NODES; v++)
        for (size_t j = 0; j < WIDTH; j++) {
            double sum = 0;
            for (size_t u = 0; u < NODES; u++)
                sum += matrix[v][u] * xw[u * WIDTH + j];
            z[v * WIDTH + j] =
                h[v * WIDTH + j] + (double)block->mix.alpha->value.data[0] * silu(sum);
        }
    norm(z, &block->feed, NODES, x);
    product(x, block->feed.weight, NODES, xw);
    for (size_t i = 0; i < NODES * WIDTH; i++)
        result[i] = z[i] + (double)block->feed.alpha->value.data[0] *
                               silu(xw[i] + (double)block->feed.bias->value.data[i % WIDTH]);
}

START_TEST(block_is_the_published_one)
{
    struct problem problem;
    struct tape tape = {0};
    struct node_classifier_options options = plain_options(NODE_SMPNN);
    make_problem(&problem, &options, false, false, false);
    struct node_view view = view_of(&problem);
    double h[NODES * WIDTH], expected[NODES * WIDTH];
    struct variable *first = node_classifier_stage(&problem.model, &tape, 0, &view, NULL, NULL);
    for (size_t i = 0; i < NODES * WIDTH; i++)
        h[i] = (double)first->value.data[i];
    struct variable *second = node_classifier_stage(&problem.model, &tape, 1, &view, first, NULL);
    expected_block(&problem, h, expected);
    for (size_t i = 0; i < NODES * WIDTH; i++)
        ck_assert_double_eq_tol((double)second->value.data[i], expected[i], 1e-12);
    tape_free(&tape);
    free_problem(&problem);
}
END_TEST

/* With alpha at its start of 1e-6 depth changes next to nothing. */
START_TEST(blocks_begin_as_the_identity)
{
    struct problem problem;
    struct tape tape = {0};
    struct node_classifier_options options = plain_options(NODE_SMPNN);
    options.layers = 32;
    options.smpnn.alpha_start = 1e-6;
    make_problem(&problem, &options, false, false, false);
    node_classifier_initialise(&problem.model, 1);
    struct node_view view = view_of(&problem);
    struct variable *h = node_classifier_stage(&problem.model, &tape, 0, &view, NULL, NULL);
    real before[NODES * WIDTH];
    memcpy(before, h->value.data, sizeof before);
    for (size_t stage = 1; stage <= 32; stage++)
        h = node_classifier_stage(&problem.model, &tape, stage, &view, h, NULL);
    for (size_t i = 0; i < NODES * WIDTH; i++)
        ck_assert(fabs((double)(h->value.data[i] - before[i])) < 1e-3);
    tape_free(&tape);
    free_problem(&problem);
}
END_TEST

/* What is heard comes in the basis of the node's own vector, and the head tells nothing yet. */
START_TEST(start)
{
    struct problem problem;
    struct tape tape = {0};
    struct node_classifier_options options = plain_options(NODE_SMPNN);
    make_problem(&problem, &options, false, false, false);
    node_classifier_initialise(&problem.model, 1);
    for (size_t l = 0; l < options.layers; l++)
        for (size_t i = 0; i < WIDTH * WIDTH; i++) {
            real expected = i % (WIDTH + 1) == 0 ? 1 : 0;
            ck_assert(problem.model.blocks[l].mix.weight->value.data[i] == expected);
            ck_assert(problem.model.blocks[l].feed.weight->value.data[i] == expected);
        }
    struct node_view view = view_of(&problem);
    struct variable *logits = node_classifier_logits(&problem.model, &tape, &view, NULL);
    for (size_t i = 0; i < NODES * CLASSES; i++)
        ck_assert(logits->value.data[i] == 0);
    tape_free(&tape);
    free_problem(&problem);
}
END_TEST

START_TEST(rates_of_blocks)
{
    struct node_classifier model;
    struct node_classifier_options options = plain_options(NODE_SMPNN);
    options.smpnn.attention = true;
    options.smpnn.convolution = SMPNN_SAGE;
    node_classifier_make(&model, &options);
    for (size_t l = 0; l < options.layers; l++)
        smpnn_block_scale_rates(&model.blocks[l], 3, 0.5);
    for (size_t i = 0; i < model.set.count; i++) {
        const struct parameter *p = model.set.list[i];
        double expected = strstr(p->name, "alpha") ? 3 : strncmp(p->name, "block", 5) ? 1 : 0.5;
        ck_assert_msg((double)p->rate_scale == expected, "%s", p->name);
    }
    node_classifier_free(&model);
}
END_TEST

START_TEST(decay_is_of_weights_only)
{
    struct node_classifier model;
    struct node_classifier_options options = plain_options(NODE_SMPNN);
    options.smpnn.attention = true;
    node_classifier_make(&model, &options);
    for (size_t i = 0; i < model.set.count; i++) {
        const struct parameter *p = model.set.list[i];
        ck_assert_msg(p->decays == (p->value.dimensions == 2), "%s", p->name);
    }
    node_classifier_free(&model);
}
END_TEST

/* --- prediction, diagnosis, files --- */

/* Stage by stage outside of training, the logits are those of a pass on one tape. */
START_TEST(layered_prediction)
{
    struct problem problem;
    struct tape tape = {0};
    struct error error = {0};
    struct node_classifier_options options = options_of(_i);
    make_problem(&problem, &options, wholes[_i].sparse, wholes[_i].several, wholes[_i].directed);
    struct node_view view = view_of(&problem);
    const real *expected =
        node_classifier_logits(&problem.model, &tape, &view, NULL)->value.data;
    real *found = node_predict(&problem.model, &problem.data, &problem.propagation, NULL, NULL,
                               &error);
    for (size_t i = 0; i < NODES * CLASSES; i++)
        ck_assert_double_eq_tol((double)found[i], (double)expected[i], 1e-12);
    free(found);
    tape_free(&tape);
    free_problem(&problem);
}
END_TEST

START_TEST(energies)
{
    struct problem problem;
    struct tape tape = {0};
    struct error error = {0};
    struct node_classifier_options options = plain_options(NODE_SMPNN);
    make_problem(&problem, &options, false, false, false);
    struct stage_diagnosis *stages = node_diagnose(&problem.model, &problem.data,
                                                   &problem.propagation, (real)0.7, &error);
    struct node_view view = view_of(&problem);
    const real *h = node_classifier_stage(&problem.model, &tape, 0, &view, NULL, NULL)->value.data;
    double matrix[NODES][NODES], energy = 0, square = 0, about = 0;
    dense_adjacency(&problem.data.graph, 0.7, matrix);
    for (size_t v = 0; v < NODES; v++)
        for (size_t j = 0; j < WIDTH; j++) {
            square += (double)(h[v * WIDTH + j] * h[v * WIDTH + j]);
            for (size_t u = 0; u < NODES; u++)
                energy += ((v == u) - matrix[v][u]) * (double)(h[v * WIDTH + j] * h[u * WIDTH + j]);
        }
    for (size_t j = 0; j < WIDTH; j++) {
        double mean = 0;
        for (size_t v = 0; v < NODES; v++)
            mean += (double)h[v * WIDTH + j] / NODES;
        for (size_t v = 0; v < NODES; v++)
            about += ((double)h[v * WIDTH + j] - mean) * ((double)h[v * WIDTH + j] - mean);
    }
    ck_assert_double_eq_tol(stages[0].energy, energy / square, 1e-10);
    ck_assert_double_eq_tol(stages[0].spread, about / square, 1e-10);
    ck_assert(isnan(stages[0].mix_alpha) && isnan(stages[3].feed_alpha));
    ck_assert_double_eq_tol(stages[2].feed_alpha,
                            fabs((double)problem.model.blocks[1].feed.alpha->value.data[0]), 1e-15);
    free(stages);
    tape_free(&tape);
    free_problem(&problem);
}
END_TEST

START_TEST(files)
{
    struct problem problem;
    struct error error = {0};
    struct trained_classifier again;
    struct node_classifier_options options = options_of(_i);
    make_problem(&problem, &options, wholes[_i].sparse, wholes[_i].several, wholes[_i].directed);
    struct trained_classifier trained = {.model = problem.model,
                                         .classes = names_copy(&problem.data.table.classes),
                                         .several = wholes[_i].several,
                                         .directed = wholes[_i].directed,
                                         .self_loop = 0.7,
                                         .scaling = FEATURES_ROWS};
    scratch_enter();
    ck_assert(trained_classifier_save(&trained, "m", &error));
    ck_assert_msg(trained_classifier_load(&again, "m", &error), "%s", error.message);
    ck_assert(again.several == trained.several && again.directed == trained.directed &&
              again.self_loop == 0.7 && again.scaling == FEATURES_ROWS);
    ck_assert_str_eq(again.classes.strings[2], "2");
    ck_assert_int_eq(again.model.options.architecture, options.architecture);
    ck_assert_uint_eq(again.model.set.count, problem.model.set.count);
    for (size_t p = 0; p < again.model.set.count; p++)
        ck_assert_mem_eq(again.model.set.list[p]->value.data, problem.model.set.list[p]->value.data,
                         tensor_count(&again.model.set.list[p]->value) * sizeof(real));
    trained_classifier_free(&again);
    scratch_write("n", "not a model");
    ck_assert(!trained_classifier_load(&again, "n", &error));
    scratch_leave();
    names_free(&trained.classes);
    free_problem(&problem);
}
END_TEST

int main(void)
{
    omp_set_num_threads(1);
    Suite *suite = suite_create("node classifier");
    TCase *cases = tcase_create("node classifier");
    int count = (int)(sizeof wholes / sizeof *wholes);
    tcase_add_loop_test(cases, whole_gradient, 0, count);
    tcase_add_test(cases, block_is_the_published_one);
    tcase_add_test(cases, blocks_begin_as_the_identity);
    tcase_add_test(cases, start);
    tcase_add_test(cases, rates_of_blocks);
    tcase_add_test(cases, decay_is_of_weights_only);
    tcase_add_loop_test(cases, layered_prediction, 0, count);
    tcase_add_test(cases, energies);
    tcase_add_loop_test(cases, files, 0, count);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
