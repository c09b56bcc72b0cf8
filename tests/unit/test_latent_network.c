/* Latent graph inference: the whole loss by differences, its start, what it remembers. */
#include "latent/latent_memory.h"
#include "latent/latent_start.h"

#include "base/memory.h"
#include "check_main.h"
#include "grad/gradient_check.h"
#include "nn/classification.h"

#include <math.h>
#include <string.h>

enum { ROWS = 30, FEATURES = 9, CLASSES = 3, K = 4 };

struct problem {
    struct latent_network network;
    struct feature_matrix features;
    struct graph graph;
    struct propagation propagation;
    struct latent_inputs inputs;
    struct latent_draw draw;
    enum graph_loss form;
    uint64_t dropout_seed;
};

/* Three clouds; of counted words, few entries that are not 0. */
static void fill_features(struct problem *p, bool words)
{
    struct rng rng = rng_make(4, RNG_TEST, 0);
    real *values = memory_zeroed(ROWS * FEATURES, sizeof *values);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < FEATURES; j++) {
            if (words)
                values[i * FEATURES + j] = j == i % FEATURES ? (real)(0.5 + rng_uniform(&rng)) : 0;
            else
                values[i * FEATURES + j] = (real)(rng_normal(&rng) + (j % 3 == i % 3 ? 1.5 : 0));
        }
    feature_matrix_make(&p->features, values, ROWS, FEATURES);
}

/* A ring. */
static void give_graph(struct problem *p)
{
    struct edge edges[ROWS];
    for (uint32_t i = 0; i < ROWS; i++)
        edges[i] = (struct edge){i, (i + 3) % ROWS, 1};
    graph_from_edges(&p->graph, ROWS, edges, ROWS, false, false, (struct names){0});
    propagation_make(&p->propagation, &p->graph, PROPAGATION_SYMMETRIC, 1);
    p->inputs.given = &p->propagation;
}

static struct latent_options options_of(const char *spaces, size_t layers)
{
    struct latent_options options = {
        .features = FEATURES, .hidden = 5, .outputs = CLASSES, .layers = layers, .neighbours = K};
    struct error error = {0};
    ck_assert_msg(!spaces || candidates_parse(spaces, options.spaces, &options.space_count, &error),
                  "%s", error.message);
    return options;
}

static void problem_make(struct problem *p, struct latent_options *options)
{
    *p = (struct problem){.draw = {.noise = true, .seed = 5, .number = 1}};
    fill_features(p, options->directions);
    p->inputs.features = &p->features;
    if (options->given)
        give_graph(p);
    latent_network_make(&p->network, options);
    for (size_t s = 0; s < options->space_count; s++)
        free(options->spaces[s]);
    latent_network_start(&p->network, &p->inputs, 0.5, 0.5, 1);
}

static void problem_free(struct problem *p)
{
    latent_network_free(&p->network);
    feature_matrix_free(&p->features);
    propagation_free(&p->propagation);
    graph_free(&p->graph);
}

/* --- gradients --- */

static const struct {
    const char *name, *spaces;
    size_t layers;
    enum neighbour_form neighbours;
    enum latent_graphs graphs;
    enum graph_loss loss;
    bool given, self, embed_over_given, directions, dropout;
} wholes[] = {
    {.name = "one space", .spaces = "e3", .layers = 2, .graphs = LATENT_GRAPHS_EACH},
    {.name = "one layer", .spaces = "e3,h2", .layers = 1},
    {.name = "all kinds", .spaces = "e3,h3,s3,f2,h2xs2", .layers = 2, .graphs = LATENT_GRAPHS_EACH},
    {.name = "snowflake of a product",
     .spaces = "snowflake:h2xe1",
     .layers = 2,
     .graphs = LATENT_GRAPHS_EACH},
    {.name = "directed",
     .spaces = "e3,h3",
     .layers = 2,
     .neighbours = NEIGHBOURS_DIRECTED,
     .graphs = LATENT_GRAPHS_EACH},
    {.name = "one graph", .spaces = "e3,s2", .layers = 3, .graphs = LATENT_GRAPHS_ONE},
    {.name = "perceptron", .spaces = NULL, .layers = 2},
    {.name = "probability",
     .spaces = "e3,f3",
     .layers = 2,
     .loss = GRAPH_LOSS_PROBABILITY,
     .graphs = LATENT_GRAPHS_EACH},
    {.name = "given", .spaces = "e3,h2", .layers = 2, .given = true, .graphs = LATENT_GRAPHS_EACH},
    {.name = "itself",
     .spaces = "e3",
     .layers = 2,
     .given = true,
     .self = true,
     .graphs = LATENT_GRAPHS_EACH},
    {.name = "over given",
     .spaces = "e3,h2",
     .layers = 2,
     .given = true,
     .embed_over_given = true,
     .graphs = LATENT_GRAPHS_EACH},
    {.name = "directions",
     .spaces = "e3,s3",
     .layers = 2,
     .directions = true,
     .graphs = LATENT_GRAPHS_EACH},
    {.name = "dropout",
     .spaces = "e3,h2",
     .layers = 2,
     .dropout = true,
     .graphs = LATENT_GRAPHS_EACH}};

static struct latent_options whole_options(int i)
{
    struct latent_options o = options_of(wholes[i].spaces, wholes[i].layers);
    o.form = wholes[i].neighbours;
    o.graphs = wholes[i].graphs;
    o.given = wholes[i].given;
    o.self = wholes[i].self;
    o.embed_over_given = wholes[i].embed_over_given;
    o.directions = wholes[i].directions;
    o.dropout = o.input_dropout = wholes[i].dropout ? 0.3 : 0;
    return o;
}

/*
 * Cross entropy plus the graph loss. Drawn lists and the detached features stay as they are under
 * small changes only of what does not feed them, so that the check takes the classifier's
 * parameters by the first, and those of the graph branch by the second with h held.
 */
static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *p = context;
    (void)set;
    static const uint32_t rows[] = {0, 4, 7, 11, 20};
    static const real delta[] = {(real)0.5, (real)-0.5, (real)0.3, (real)0.1, (real)-0.2};
    static int32_t labels[ROWS];
    struct latent_trace trace;
    struct rng rng = rng_make(p->dropout_seed, RNG_NOISE, 0);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int32_t)(i % CLASSES);
    struct variable *logits = latent_network_logits(&p->network, tape, &p->inputs, &p->draw,
                                                    p->dropout_seed ? &rng : NULL, &trace);
    struct variable *loss = tape_cross_entropy(tape, logits, labels);
    if (p->network.options.space_count == 0)
        return loss;
    struct variable *graph = latent_graph_loss(&p->network, tape, &trace, rows, 5, delta, p->form);
    return tape_add(tape, loss, graph);
}

/* Away from the start, which is a corner of absolute values. */
static void bend_snowflakes(const struct latent_network *network)
{
    struct rng rng = rng_make(6, RNG_TEST, 0);
    for (size_t l = 0; l < network->options.layers && network->layer[l].candidates; l++)
        for (size_t s = 0; s < network->options.space_count; s++) {
            struct candidate *candidate = &network->layer[l].candidates[s];
            if (!candidate->has_snowflake)
                continue;
            snowflake_initialise(&candidate->snowflake, SNOWFLAKE_RANDOM, &rng);
            candidate->snowflake.power->value.data[0] = (real)0.2;
        }
}

START_TEST(whole_gradient)
{
    struct problem p;
    struct latent_options options = whole_options(_i);
    problem_make(&p, &options);
    bend_snowflakes(&p.network);
    p.form = wholes[_i].loss;
    p.dropout_seed = wholes[_i].dropout ? 3 : 0;
    /* Where layers draw from what the layers before gave, Q is cut, so that h is in effect held. */
    for (size_t l = 1; l < options.layers && p.network.layer[l].candidates; l++)
        for (size_t s = 0; s < options.space_count; s++) {
            struct parameter *q = p.network.layer[l].candidates[s].from_hidden;
            memset(q->value.data, 0, tensor_count(&q->value) * sizeof(real));
        }
    double worst = gradient_check_fine(&p.network.set, loss_of, &p, 1e-6);
    ck_assert_msg(worst < 1e-6, "%s: %g", wholes[_i].name, worst);
    problem_free(&p);
}
END_TEST

/* --- the start --- */

START_TEST(principal)
{
    struct problem p = {0};
    real directions[3 * FEATURES], singular_values[3];
    fill_features(&p, false);
    principal_directions(&p.features, 3, 1, directions, singular_values);
    /* The variances along them fall, none is beaten by an axis, and they are orthonormal. */
    double variances[3 + FEATURES];
    for (size_t d = 0; d < 3 + FEATURES; d++) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < ROWS; i++) {
            double along = 0;
            for (size_t j = 0; j < FEATURES; j++)
                along += (double)p.features.dense[i * FEATURES + j] *
                         (d < 3 ? (double)directions[d * FEATURES + j] : (double)(j == d - 3));
            sum += along;
            square += along * along;
        }
        variances[d] = square / ROWS - sum * sum / ROWS / ROWS;
        ck_assert(d == 0 || variances[d] <= variances[0] * (1 + 1e-9));
        double square_value = d < 3 ? (double)(singular_values[d] * singular_values[d]) : 0;
        ck_assert(d >= 3 || fabs(square_value - ROWS * variances[d]) < 0.02 * square_value);
    }
    ck_assert(variances[1] >= variances[2]);
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b < 3; b++) {
            double product = 0;
            for (size_t j = 0; j < FEATURES; j++)
                product += (double)(directions[a * FEATURES + j] * directions[b * FEATURES + j]);
            ck_assert_double_eq_tol(product, a == b, 1e-10);
        }
    feature_matrix_free(&p.features);
}
END_TEST

/* A wanted overlap is met, but for chance. */
START_TEST(overlap)
{
    struct problem p;
    struct latent_options options = options_of("h3", 1);
    problem_make(&p, &options);
    uint32_t nearest[ROWS * K];
    double common = 0;
    enum { DRAWS = 40 };
    for (uint32_t d = 0; d <= DRAWS; d++) {
        struct tape tape = {0};
        struct latent_trace trace;
        p.draw = (struct latent_draw){.noise = d > 0, .seed = 8, .number = d};
        latent_network_logits(&p.network, &tape, &p.inputs, &p.draw, NULL, &trace);
        const uint32_t *lists = trace.layer[0].lists[0];
        if (d == 0)
            memcpy(nearest, lists, sizeof nearest);
        for (size_t e = 0; d > 0 && e < ROWS * K; e++)
            for (size_t n = 0; n < K; n++)
                common += lists[e] == nearest[e / K * K + n];
        tape_free(&tape);
    }
    ck_assert_double_eq_tol(common / (DRAWS * ROWS * K), 0.5, 0.12);
    problem_free(&p);
}
END_TEST

/* An item without a word is as far from the origin as any other, along the last axis. */
START_TEST(without_a_word)
{
    struct problem p;
    struct latent_options options = options_of("e3", 1);
    options.directions = true;
    problem_make(&p, &options);
    struct tape tape = {0};
    struct tensor vectors = tensor_matrix(arena_zeroed(&tape.arena, 6, sizeof(real)), 2, 3);
    vectors.data[3] = 2; /* the second item has some */
    const struct variable *points = candidate_points(
        &p.network.layer[0].candidates[0], &tape, tape_constant(&tape, vectors));
    const real *point = points->value.data;
    ck_assert(point[2] > 0 && point[3] > 0);
    ck_assert_double_eq_tol((double)point[0], 0, 1e-12);
    ck_assert_double_eq_tol((double)point[1], 0, 1e-12);
    ck_assert_double_eq_tol((double)(point[2] / point[3]), 1, 1e-3);
    tape_free(&tape);
    problem_free(&p);
}
END_TEST

/* --- what is remembered --- */

/*
 * Items that are remembered and asked again find themselves first. With directed lists of the
 * nearest and one layer, what they hear can be told by hand: themselves twice and the k - 1
 * nearest.
 */
START_TEST(remembered)
{
    struct problem p;
    struct latent_options options = options_of("e3,s2", 1);
    options.form = (enum neighbour_form)(_i % 2);
    options.self = _i / 2;
    problem_make(&p, &options);
    struct latent_memory memory;
    struct latent_trace trace;
    struct tape tape = {0};
    const struct latent_draw draw = {.noise = false};
    latent_network_logits(&p.network, &tape, &p.inputs, &draw, NULL, &trace);
    latent_memory_make(&memory, &p.network, &p.inputs);
    real *found = latent_memory_apply(&memory, &p.network, &p.features, false);
    for (size_t i = 0; i < ROWS; i++) {
        real expected[CLASSES] = {0};
        for (size_t s = 0; s < 2; s++) {
            const real *scales = trace.layer[0].scales[s];
            real own = scales ? (real)(1 / sqrt(K + 1.0)) : (real)(1.0 / (K + 1));
            real beta = trace.layer[0].attention->value.data[s];
            for (size_t c = 0; c < CLASSES; c++) {
                const real *m = trace.layer[0].messages->value.data;
                real sum = m[i * CLASSES + c] * (scales ? own * own + own * scales[i] : 2 * own);
                for (size_t n = 0; n + 1 < K; n++) {
                    size_t j = trace.layer[0].lists[s][i * K + n];
                    sum += m[j * CLASSES + c] * own * (scales ? scales[j] : 1);
                }
                expected[c] += beta * sum;
            }
        }
        for (size_t c = 0; options.self && c < CLASSES; c++)
            expected[c] += trace.layer[0].attention->value.data[2] *
                           trace.layer[0].messages->value.data[i * CLASSES + c];
        class_probabilities(expected, 1, CLASSES, false);
        for (size_t c = 0; c < CLASSES; c++)
            ck_assert_double_eq_tol((double)found[i * CLASSES + c], (double)expected[c], 1e-12);
    }
    free(found);
    latent_memory_free(&memory);
    tape_free(&tape);
    problem_free(&p);
}
END_TEST

/* Where scores say nothing, all inferred graphs together weigh as much as the given one, or self. */
START_TEST(kinds_of_branches_start_alike)
{
    struct problem p;
    struct latent_options options = options_of("e3,s2,h2", 2);
    options.given = options.self = true;
    problem_make(&p, &options);
    struct tape tape = {0};
    struct latent_trace trace;
    for (size_t l = 0; l < 2; l++)
        memset(p.network.layer[l].attention_direction->value.data, 0,
               tensor_count(&p.network.layer[l].attention_direction->value) * sizeof(real));
    latent_network_logits(&p.network, &tape, &p.inputs, &p.draw, NULL, &trace);
    for (size_t l = 0; l < 2; l++)
        for (size_t b = 0; b < 5; b++)
            ck_assert_double_eq_tol((double)trace.layer[l].attention->value.data[b],
                                    b < 3 ? 1.0 / 9 : 1.0 / 3, 1e-12);
    tape_free(&tape);
    problem_free(&p);
}
END_TEST

START_TEST(spaces_that_do_not_parse)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {{"e4,q3", "character 4"},
                 {"", "character 1"},
                 {"e4,", "character 4"},
                 {"e4,h2xs", "character 4"},
                 {"f", "character 1"},
                 {"snowflake:", "character 1"},
                 {"e4,h2,e4", "twice"},
                 {"e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,e11,e12,e13,e14,e15,e16,e17", "more than 16"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *names[CANDIDATES_MOST];
        size_t count;
        struct error error = {0};
        ck_assert(!candidates_parse(cases[i].text, names, &count, &error));
        ck_assert_msg(error.exit_code == 64 && strstr(error.message, cases[i].expected), "%s: %s",
                      cases[i].text, error.message);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("latent network");
    TCase *tests = tcase_create("latent network");
    tcase_set_timeout(tests, 0);
    tcase_add_loop_test(tests, whole_gradient, 0, (int)(sizeof wholes / sizeof *wholes));
    tcase_add_test(tests, principal);
    tcase_add_test(tests, overlap);
    tcase_add_test(tests, without_a_word);
    tcase_add_loop_test(tests, remembered, 0, 4);
    tcase_add_test(tests, kinds_of_branches_start_alike);
    tcase_add_test(tests, spaces_that_do_not_parse);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
