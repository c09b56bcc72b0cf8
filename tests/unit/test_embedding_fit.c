/* Fitting: known graphs are learned, runs repeat and go on bit for bit, also from their trials. */
#include "embedding/embedding_fit.h"

#include "base/memory.h"
#include "base/signals.h"
#include "check_main.h"
#include "child.h"
#include "embedding/embedding_quality.h"
#include "graph/generators.h"
#include "scratch.h"

#include <math.h>
#include <signal.h>

struct problem {
    struct graph graph;
    struct pairs pairs, held_out;
    struct landmarks landmarks;
    struct graph_embedding model;
    struct embedding_fit fit;
    real *features;
};

static void problem_make(struct problem *problem, const char *geometry, uint64_t steps,
                         bool encoder)
{
    *problem = (struct problem){0};
    struct edge_list list = {0};
    struct error error = {0};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    generate_tree(&list, 31, 2);
    edge_list_graph(&list, &problem->graph);
    edge_list_free(&list);
    problem->pairs = pairs_all(&problem->graph, false);
    pairs_shuffle(&problem->pairs, &rng);
    problem->landmarks = landmarks_of_graph(&problem->graph, 31, &rng);
    if (encoder) {
        problem->features = memory_alloc(31 * 31, sizeof(real));
        for (size_t i = 0; i < 31 * 31; i++)
            problem->features[i] = i % 32 == 0; /* one-hot: as free as a table */
    }
    const struct graph_embedding_options options = {.geometry = geometry, .nodes = 31,
                                                    .dimension = 3, .hidden = {16},
                                                    .hidden_count = 1,
                                                    .features = encoder ? 31 : 0,
                                                    .snowflake_layers = 1, .snowflake_width = 3};
    ck_assert(graph_embedding_make(&problem->model, &options, &error));
    problem->fit = (struct embedding_fit){
        .model = &problem->model,
        .pairs = &problem->pairs,
        .features = problem->features,
        .loss = EMBEDDING_LOSS_RELATIVE,
        .batch = 100000,
        .landmarks = &problem->landmarks,
        .training = {.optimizer = optimizer_make(OPTIMIZER_ADAM),
                     .schedule = {.decay = DECAY_COSINE, .rate = 0.1, .last_rate = 0.001,
                                  .warm_up = 5, .steps = steps},
                     .evaluate_every = 10,
                     .identity = "a test"}};
    problem->fit.start_count = embedding_starts(&problem->model, problem->fit.starts);
    problem->fit.restarts = problem->fit.start_count;
}

static void problem_free(struct problem *problem)
{
    graph_embedding_free(&problem->model);
    pairs_free(&problem->pairs);
    pairs_free(&problem->held_out);
    landmarks_free(&problem->landmarks);
    graph_free(&problem->graph);
    free(problem->features);
}

static void fit(struct problem *problem)
{
    struct error error = {0};
    ck_assert_msg(embedding_fit(&problem->fit, &error), "%s", error.message);
}

static void assert_same(const struct problem *a, const struct problem *b)
{
    for (size_t p = 0; p < a->model.set.count; p++)
        ck_assert_mem_eq(a->model.set.list[p]->value.data, b->model.set.list[p]->value.data,
                         tensor_count(&a->model.set.list[p]->value) * sizeof(real));
}

/* Curved space holds a tree better than flat space, and the snowflake no worse than its base. */
START_TEST(a_tree)
{
    const char *const geometries[] = {"e3", "h3", "snowflake:e3", "h2xe1"};
    double distortion[4];
    for (size_t g = 0; g < 4; g++) {
        struct problem problem;
        problem_make(&problem, geometries[g], 300, false);
        fit(&problem);
        distortion[g] =
            embedding_quality(&problem.model, NULL, &problem.pairs).average_distortion;
        problem_free(&problem);
    }
    ck_assert_msg(distortion[0] > 0.02 && distortion[0] < 0.15, "%g", distortion[0]);
    ck_assert_msg(distortion[1] < distortion[0], "%g", distortion[1]);
    ck_assert_msg(distortion[2] < distortion[0], "%g", distortion[2]);
    ck_assert_msg(distortion[3] < distortion[0], "%g", distortion[3]);
}
END_TEST

START_TEST(an_encoder)
{
    struct problem problem;
    problem_make(&problem, "h3", 300, true);
    fit(&problem);
    double distortion =
        embedding_quality(&problem.model, problem.features, &problem.pairs).average_distortion;
    ck_assert_msg(distortion < 0.15, "%g", distortion);
    problem_free(&problem);
}
END_TEST

/* Pieces of the pairs in turn; held-out ones are embedded too, though they choose nothing. */
START_TEST(batches_and_held_out_pairs)
{
    struct problem problem;
    problem_make(&problem, "h3", 200, false);
    problem.held_out = pairs_split(&problem.pairs, 0.2);
    problem.fit.held_out = &problem.held_out;
    problem.fit.batch = 50;
    fit(&problem);
    struct embedding_quality train = embedding_quality(&problem.model, NULL, &problem.pairs);
    struct embedding_quality test = embedding_quality(&problem.model, NULL, &problem.held_out);
    ck_assert_msg(train.average_distortion < 0.15, "%g", train.average_distortion);
    ck_assert_msg(test.average_distortion < 0.2, "%g", test.average_distortion);
    problem_free(&problem);
}
END_TEST

START_TEST(same_seed_same_model)
{
    struct problem a, b, c;
    problem_make(&a, "snowflake:h2", 30, false);
    problem_make(&b, "snowflake:h2", 30, false);
    problem_make(&c, "snowflake:h2", 30, false);
    c.fit.seed = 1;
    fit(&a);
    fit(&b);
    fit(&c);
    assert_same(&a, &b);
    ck_assert_mem_ne(a.model.snowflake.expansion[0]->value.data,
                     c.model.snowflake.expansion[0]->value.data, 3 * sizeof(real));
    problem_free(&a);
    problem_free(&b);
    problem_free(&c);
}
END_TEST

/* --- interrupted --- */

/* An interrupt that comes while the starts are tried. */
static void interrupted_trial(void *context)
{
    struct problem problem;
    signals_install();
    signals_defer();
    raise(SIGINT);
    problem_make(&problem, context, 40, false);
    problem.fit.training.checkpoint = "state";
    fit(&problem);
    exit(problem.fit.training.interrupted && problem.fit.training.steps_done == 0 ? 130 : 1);
}

START_TEST(resumed_from_a_trial)
{
    static const char *const geometries[] = {"e3", "h2", "snowflake:h2"};
    for (size_t g = 0; g < 3; g++) {
        struct problem whole, resumed;
        problem_make(&whole, geometries[g], 40, false);
        problem_make(&resumed, geometries[g], 40, false);
        fit(&whole);
        struct child child = child_run(interrupted_trial, (void *)(uintptr_t)geometries[g]);
        ck_assert_msg(child.exit_code == 130, "%s: %s", geometries[g], child.errors);
        resumed.fit.training.checkpoint = "state";
        resumed.fit.training.resume = true;
        fit(&resumed);
        assert_same(&whole, &resumed);
        problem_free(&whole);
        problem_free(&resumed);
    }
}
END_TEST

/* From the checkpoint of a run that has ended there is nothing left to do. */
START_TEST(resumed_at_the_end)
{
    struct problem whole, resumed;
    problem_make(&whole, "snowflake:h2", 40, false);
    problem_make(&resumed, "snowflake:h2", 40, false);
    whole.fit.training.checkpoint = resumed.fit.training.checkpoint = "state";
    resumed.fit.training.resume = true;
    fit(&whole);
    fit(&resumed);
    assert_same(&whole, &resumed);
    resumed.fit.training.identity = "another test";
    resumed.fit.training.resume = true;
    struct error error = {0};
    ck_assert(!embedding_fit(&resumed.fit, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    problem_free(&whole);
    problem_free(&resumed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("embedding_fit");
    TCase *cases = tcase_create("fit");
    tcase_add_test(cases, a_tree);
    tcase_add_test(cases, an_encoder);
    tcase_add_test(cases, batches_and_held_out_pairs);
    tcase_add_test(cases, same_seed_same_model);
    suite_add_tcase(suite, cases);
    TCase *interrupted = tcase_create("interrupted");
    tcase_add_checked_fixture(interrupted, scratch_enter, scratch_leave);
    tcase_add_test(interrupted, resumed_from_a_trial);
    tcase_add_test(interrupted, resumed_at_the_end);
    suite_add_tcase(suite, interrupted);
    return check_run(suite);
}
