/* Spacetimes: the whole loss, causal orders, files and queries. */
#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "grad/gradient_check.h"
#include "optim/training_options.h"
#include "scratch.h"
#include "spacetime/order_pairs.h"
#include "spacetime/spacetime_fit.h"
#include "spacetime/spacetime_query.h"
#include "spacetime/spacetime_result.h"

#include <math.h>
#include <omp.h>
#include <unistd.h>

enum { NODES = 14 };

/* A random DAG; every edge points to a larger number. */
static void make_dag(struct dag *dag, size_t nodes, double probability, uint32_t seed)
{
    struct rng rng = rng_make(seed, RNG_TEST, 0);
    struct edge *edges = memory_alloc(nodes * nodes, sizeof *edges);
    size_t count = 0;
    for (uint32_t u = 0; u < nodes; u++)
        for (uint32_t v = u + 1; v < nodes; v++)
            if (v == u + 1 ? u % 3 == 0 : rng_uniform(&rng) < probability)
                edges[count++] = (struct edge){u, v, (float)(0.5 + rng_uniform(&rng))};
    dag_from_edges(dag, nodes, edges, count);
    free(edges);
}

/* --- the whole loss --- */

struct whole {
    struct spacetime model;
    struct spacetime_targets targets;
    struct order_pairs pairs; /* not begun: the published loss of times */
    real features[NODES * 2];
};

static struct variable *whole_loss(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct whole *w = context;
    const struct spacetime_targets *t = &w->targets;
    struct variable *features =
        w->model.options.features
            ? tape_constant(tape, tensor_matrix(w->features, NODES, 2)) : NULL;
    struct variable *points = spacetime_points(&w->model, tape, features);
    struct variable *loss = embedding_loss(
        tape, spacetime_distances(&w->model, tape, points, t->source, t->target, t->count),
        t->weight, 1, EMBEDDING_LOSS_MSE);
    if (w->model.options.fixed_times)
        return loss;
    if (w->pairs.dag)
        return tape_add(tape, loss,
                        order_pairs_loss(&w->pairs, tape,
                                         spacetime_times(&w->model, tape, points), t->source,
                                         t->target, t->count, (real)0.01));
    return tape_add(tape, loss,
                    partial_order_loss(tape, spacetime_times(&w->model, tape, points), t->source,
                                       t->target, t->count, 10));
}

static const struct {
    enum spacetime_geometry geometry;
    size_t features;
    bool published, fixed_times, parted;
} wholes[] = {{SPACETIME_NEURAL, 0, false, false, false}, {SPACETIME_NEURAL, 0, false, true, false},
              {SPACETIME_NEURAL, 2, false, false, false}, {SPACETIME_NEURAL, 2, true, false, false},
              {SPACETIME_NEURAL, 0, false, false, true}, {SPACETIME_NEURAL, 2, false, false, true},
              {SPACETIME_MINKOWSKI, 2, true, false, false},
              {SPACETIME_DE_SITTER, 0, false, false, false}};

/*
 * Away from 0, where |raw| is bent, and from the tiny published distances. The last bias of a
 * Minkowski encoder moves all events alike, and that of the order all times: neither changes the
 * loss, so that there is nothing to compare.
 */
static void unbend(struct spacetime *model, struct rng *rng)
{
    for (size_t p = 0; p < model->set.count; p++) {
        struct parameter *parameter = model->set.list[p];
        bool network = strncmp(parameter->name, "metric", 6) == 0 ||
                       strncmp(parameter->name, "order", 5) == 0;
        for (size_t i = 0; network && i < tensor_count(&parameter->value); i++)
            parameter->value.data[i] += (real)(0.02 + 0.03 * rng_uniform(rng));
    }
    for (size_t i = 0; model->options.features && /* events well apart, for |x - y| is bent too */
                       i < tensor_count(&model->encoder.weight[model->encoder.layers]->value);
         i++)
        model->encoder.weight[model->encoder.layers]->value.data[i] *= 4;
    if (model->options.geometry == SPACETIME_MINKOWSKI)
        model->encoder.bias[model->encoder.layers]->frozen = true;
    if (model->order.net.layers)
        model->order.net.bias[model->order.net.layers - 1]->frozen = true;
}

START_TEST(test_whole_gradient)
{
    struct dag dag;
    struct whole w = {0};
    struct error error = {0};
    struct rng rng = rng_make(2, RNG_TEST, (uint32_t)_i);
    make_dag(&dag, NODES, 0.3, 1);
    w.targets = spacetime_targets_make(&dag, 0);
    for (size_t i = 0; i < NODES * 2; i++)
        w.features[i] = (real)rng_normal(&rng);
    struct spacetime_options options = spacetime_options_default();
    options.geometry = wholes[_i].geometry;
    options.features = wholes[_i].features;
    options.published = wholes[_i].published;
    options.fixed_times = wholes[_i].fixed_times;
    options.nodes = NODES;
    options.space_dim = options.time_dim = 2;
    options.encoder_layers = 2;
    options.encoder_width = 6;
    options.layers = 3;
    options.width = 4;
    ck_assert(spacetime_make(&w.model, &options, &error));
    spacetime_initialise(&w.model, NULL, NULL, &rng);
    unbend(&w.model, &rng);
    if (wholes[_i].parted) {
        ck_assert(order_pairs_begin(&w.pairs, &dag, 40, 0, &error));
        order_pairs_draw(&w.pairs, &rng);
    }
    double off = gradient_check(&w.model.set, whole_loss, &w, 4e-5);
    ck_assert_msg(off <= 1e-6, "gradient is off by %g", off);
    order_pairs_end(&w.pairs);
    spacetime_free(&w.model);
    spacetime_targets_free(&w.targets);
    dag_free(&dag);
}
END_TEST

/* The published model has as many parameters as published. */
START_TEST(test_parameter_counts)
{
    static const struct {
        enum spacetime_geometry geometry;
        size_t features, dim, time_dim, count;
    } cases[] = {{SPACETIME_NEURAL, 2, 2, 2, 94128},    {SPACETIME_NEURAL, 2, 4, 4, 94594},
                 {SPACETIME_NEURAL, 2, 10, 10, 95992},  {SPACETIME_NEURAL, 1703, 2, 2, 264228},
                 {SPACETIME_MINKOWSKI, 2, 2, 1, 93503}, {SPACETIME_DE_SITTER, 2, 10, 1, 94412}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct spacetime model;
        struct error error = {0};
        struct spacetime_options options = spacetime_options_default();
        options.geometry = cases[i].geometry;
        options.features = cases[i].features;
        options.space_dim = cases[i].dim;
        options.time_dim = cases[i].time_dim;
        options.nodes = 50;
        options.published = true;
        ck_assert(spacetime_make(&model, &options, &error));
        ck_assert_uint_eq(parameters_count(&model.set) - 1, cases[i].count); /* less the scale */
        spacetime_free(&model);
    }
}
END_TEST

/* --- causal orders --- */

START_TEST(test_labels_miss_nothing)
{
    struct dag dag;
    struct causal_order order;
    struct error error = {0};
    make_dag(&dag, 60, 0.05, (uint32_t)_i);
    const struct causality_options options = {.causality = CAUSALITY_LABELS,
                                              .time_dim = 1 + (size_t)_i % 4, .seed = 7};
    ck_assert(causal_order_make(&order, &dag, &options, &error));
    struct causality_figures figures =
        causality_check(&dag, order.times, order.time_dim, NULL, 0);
    ck_assert_double_eq(figures.pairs, 60 * 59);
    ck_assert_double_gt(figures.related, 0);
    ck_assert_double_eq(causality_recall(&figures), 1);
    ck_assert_double_eq(causality_directionality(&dag, order.times, order.time_dim), 1);
    causal_order_free(&order);
    dag_free(&dag);
}
END_TEST

START_TEST(test_exact_is_exact)
{
    struct dag dag;
    struct causal_order order;
    struct error error = {0};
    make_dag(&dag, 60, _i % 2 ? 0.02 : 0.2, (uint32_t)_i);
    const struct causality_options options = {.causality = CAUSALITY_EXACT, .seed = 7};
    ck_assert(causal_order_make(&order, &dag, &options, &error));
    ck_assert(order.ground == GROUND_REALIZER || order.ground == GROUND_CHAINS);
    ck_assert_uint_le(order.time_dim, order.width > 2 ? order.width : 2);
    struct causality_figures times = causality_check(&dag, order.times, order.time_dim, NULL, 0);
    struct causality_figures index = causality_check(&dag, NULL, 0, &order.index, 0);
    ck_assert_double_eq(causality_agreement(&times), 1);
    ck_assert_double_eq(causality_agreement(&index), 1);
    causal_order_free(&order);
    dag_free(&dag);
}
END_TEST

/* 4 incomparable pairs side by side: dimension 2; in one time there is no exact order. */
START_TEST(test_exact_refuses)
{
    const struct edge edges[] = {{0, 1, 1}, {2, 3, 1}, {4, 5, 1}};
    struct dag dag;
    struct causal_order order;
    struct error error = {0};
    dag_from_edges(&dag, 6, edges, 3);
    struct causality_options options = {.causality = CAUSALITY_EXACT, .time_dim = 1};
    ck_assert(!causal_order_make(&order, &dag, &options, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(error.message, "width is 3"));
    causal_order_free(&order);
    options.time_dim = 5; /* more than are needed */
    ck_assert(causal_order_make(&order, &dag, &options, &(struct error){0}));
    ck_assert_uint_eq(order.time_dim, 5);
    struct causality_figures times = causality_check(&dag, order.times, 5, NULL, 0);
    ck_assert_double_eq(causality_agreement(&times), 1);
    causal_order_free(&order);
    dag_free(&dag);
}
END_TEST

/* The promise is that of what was measured, and spaced times keep what ranks promise. */
START_TEST(test_promises)
{
    static const struct {
        struct causality_options options;
        enum causality_ground ground;
    } cases[] = {
        {{.causality = CAUSALITY_LABELS, .time_dim = 3, .spacing_steps = 50}, GROUND_LABELS},
        {{.causality = CAUSALITY_LABELS, .time_dim = 3, .refining_steps = 50, .spacing_steps = 50},
         GROUND_REFINED},
        {{.causality = CAUSALITY_EXACT, .spacing_steps = 50}, GROUND_CHAINS}};
    struct dag dag;
    struct causal_order order;
    struct error error = {0};
    make_dag(&dag, 60, 0.05, 4);
    ck_assert(causal_order_make(&order, &dag, &cases[_i].options, &error));
    ck_assert_int_eq(order.ground, cases[_i].ground);
    ck_assert_double_lt(order.interval_error, order.ranks_interval_error);
    order.checked = causality_check(&dag, order.times, order.time_dim, NULL, 0);
    ck_assert_double_eq(causality_recall(&order.checked), 1);
    if (order.ground == GROUND_REFINED)
        ck_assert_double_ge(causality_precision(&order.checked), order.unrefined_precision);
    if (order.ground == GROUND_CHAINS)
        ck_assert_double_eq(causality_agreement(&order.checked), 1);
    order.misses_nothing = true;
    char *promise = causal_order_promise(&order);
    ck_assert_ptr_nonnull(strstr(promise, order.ground == GROUND_CHAINS ? "answers are exact"
                                                                        : "no path is missed"));
    free(promise);
    order.causality = CAUSALITY_EDGES;
    order.misses_nothing = false;
    promise = causal_order_promise(&order);
    ck_assert_ptr_null(strstr(promise, "missed"));
    free(promise);
    causal_order_free(&order);
    dag_free(&dag);
}
END_TEST

START_TEST(test_figures)
{
    const struct edge edges[] = {{0, 1, 1}};
    const real one_line[] = {0, 1, 2}; /* node 2 is called after both, though it is apart */
    struct dag dag;
    dag_from_edges(&dag, 3, edges, 1);
    struct causality_figures figures = causality_check(&dag, one_line, 1, NULL, 0);
    ck_assert_double_eq(figures.pairs, 6);
    ck_assert_double_eq(figures.related, 1);
    ck_assert_double_eq_tol(causality_precision(&figures), 1. / 3, 1e-15);
    ck_assert_double_eq(causality_recall(&figures), 1);
    ck_assert_double_eq_tol(causality_agreement(&figures), 4. / 6, 1e-15);
    ck_assert_double_eq_tol(causality_false_positive_rate(&figures), 2. / 5, 1e-15);
    dag_free(&dag);
}
END_TEST

/* --- fitting, files, queries --- */

static void fit(struct dag *dag, enum causality causality, struct placed_spacetime *placed,
                struct spacetime_result *result)
{
    struct error error = {0};
    const struct causality_options causal = {
        .causality = causality, .time_dim = causality == CAUSALITY_EDGES ? 3 : 0, .seed = 1};
    struct spacetime_targets targets = spacetime_targets_make(dag, 1);
    struct spacetime_options options = spacetime_options_default();
    *placed = (struct placed_spacetime){0};
    ck_assert(causal_order_make(&placed->order, dag, &causal, &error));
    options.nodes = dag->graph.nodes;
    options.time_dim = placed->order.time_dim;
    options.fixed_times = causality != CAUSALITY_EDGES;
    ck_assert(spacetime_make(&placed->model, &options, &error));
    struct spacetime_fit run = {.model = &placed->model, .targets = &targets,
                                .start_times = placed->order.times,
                                .loss = EMBEDDING_LOSS_RELATIVE, .batch = 1000, .seed = 1,
                                .training = training_defaults(400, 0.03)};
    run.training.identity = "test";
    ck_assert(spacetime_fit(&run, &error));
    placed->points = spacetime_raw_points(&placed->model, NULL, options.nodes);
    if (!options.fixed_times)
        spacetime_events(&placed->model, NULL, options.nodes, NULL, placed->order.times);
    *result = spacetime_judge(&placed->model, &placed->order, placed->points, dag, &targets, 1);
    placed->order.checked = result->answers;
    placed->order.misses_nothing = true;
    placed->names = names_numbered(options.nodes);
    placed->member_nodes = memory_alloc(options.nodes, sizeof *placed->member_nodes);
    for (size_t v = 0; v < options.nodes; v++)
        placed->member_nodes[v] = (uint32_t)v;
    spacetime_targets_free(&targets);
}

START_TEST(test_fit)
{
    struct dag dag;
    struct placed_spacetime placed;
    struct spacetime_result result;
    make_dag(&dag, 30, 0.1, 4);
    fit(&dag, (enum causality)_i, &placed, &result);
    ck_assert_double_lt(fabs(result.average_distortion - 1), 0.05);
    ck_assert_double_lt(result.maximum_distortion, 1.5);
    ck_assert_double_gt(result.minimum_distortion, 1 / 1.5);
    ck_assert_double_eq(result.directionality, 1);
    ck_assert(spacetime_keeps_promise(&result, &placed.order));
    placed_spacetime_free(&placed);
    dag_free(&dag);
}
END_TEST

START_TEST(test_file)
{
    struct dag dag;
    struct placed_spacetime placed, again;
    struct spacetime_result result;
    struct error error = {0};
    make_dag(&dag, 30, 0.1, 4);
    fit(&dag, (enum causality)_i, &placed, &result);
    scratch_enter();
    ck_assert(placed_spacetime_save(&placed, "model", &error));
    ck_assert_msg(placed_spacetime_load(&again, "model", &error), "%s", error.message);
    struct node_pair pairs[30 * 30];
    uint8_t relations[2][30 * 30];
    float distances[2][30 * 30], intervals[30 * 30];
    for (uint32_t i = 0; i < 30 * 30; i++)
        pairs[i] = (struct node_pair){i / 30, i % 30};
    const struct placed_spacetime *both[] = {&placed, &again};
    for (int k = 0; k < 2; k++) {
        spacetime_relate(both[k], pairs, 30 * 30, relations[k]);
        spacetime_measure(both[k], pairs, 30 * 30, distances[k]);
    }
    spacetime_intervals(&again, pairs, 30 * 30, intervals);
    ck_assert_mem_eq(relations[0], relations[1], sizeof relations[0]);
    ck_assert_mem_eq(distances[0], distances[1], sizeof distances[0]);
    for (uint32_t i = 0; i < 30 * 30; i++) {
        uint32_t u = i / 30, v = i % 30, back = v * 30 + u;
        if (u == v)
            ck_assert_int_eq(relations[0][i], RELATION_SAME);
        if (relations[0][i] == RELATION_BEFORE)
            ck_assert_int_eq(relations[0][back], RELATION_AFTER);
        if (graph_find_arc(&dag.graph, u, v) != GRAPH_NO_ARC)
            ck_assert_int_eq(relations[0][i], RELATION_BEFORE);
        ck_assert_float_eq(intervals[i], -intervals[back]);
        ck_assert_float_eq(distances[0][i], distances[0][back]);
    }
    ck_assert_double_eq(again.order.checked.pairs, placed.order.checked.pairs);
    ck_assert_double_eq(again.order.checked.false_positives, placed.order.checked.false_positives);
    ck_assert_int_eq(again.order.misses_nothing, placed.order.misses_nothing);
    ck_assert_int_eq(scratch_count(), 1);
    scratch_leave();
    placed_spacetime_free(&again);
    placed_spacetime_free(&placed);
    dag_free(&dag);
}
END_TEST

/* One seed and number of threads, the same bytes. */
START_TEST(test_repeats)
{
    struct dag dag;
    struct placed_spacetime first, second;
    struct spacetime_result result;
    make_dag(&dag, 30, 0.1, 4);
    fit(&dag, CAUSALITY_EDGES, &first, &result);
    fit(&dag, CAUSALITY_EDGES, &second, &result);
    ck_assert_mem_eq(first.points, second.points, 30 * first.model.columns * sizeof(real));
    placed_spacetime_free(&first);
    placed_spacetime_free(&second);
    dag_free(&dag);
}
END_TEST

int main(void)
{
    omp_set_num_threads(1);
    Suite *suite = suite_create("spacetime");
    TCase *tests = tcase_create("spacetime");
    tcase_add_loop_test(tests, test_whole_gradient, 0, sizeof wholes / sizeof *wholes);
    tcase_add_test(tests, test_parameter_counts);
    tcase_add_loop_test(tests, test_labels_miss_nothing, 0, 8);
    tcase_add_loop_test(tests, test_exact_is_exact, 0, 6);
    tcase_add_test(tests, test_exact_refuses);
    tcase_add_loop_test(tests, test_promises, 0, 3);
    tcase_add_test(tests, test_figures);
    tcase_add_loop_test(tests, test_fit, 0, 3);
    tcase_add_loop_test(tests, test_file, 0, 3);
    tcase_add_test(tests, test_repeats);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
