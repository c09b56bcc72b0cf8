/* The model: its whole loss against differences, exact scaling, and its file, also damaged. */
#include "embedding/graph_embedding.h"

#include "base/memory.h"
#include "check_main.h"
#include "embedding/embedding_loss.h"
#include "embedding/embedding_quality.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"
#include "scratch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 7, FEATURES = 3, PAIRS = NODES * (NODES - 1) / 2 };

static const char *const geometries[] = {"e3", "h2", "s2", "h2xs2xe2", "snowflake:e2",
                                         "snowflake:h2", "snowflake:s2xe1"};
enum { GEOMETRIES = sizeof geometries / sizeof *geometries };

struct problem {
    struct graph_embedding model;
    uint32_t source[PAIRS], target[PAIRS];
    float wanted[PAIRS];
    real features[NODES * FEATURES];
};

static void problem_make(struct problem *problem, const char *geometry, bool encoder)
{
    struct error error = {0};
    const struct graph_embedding_options options = {.geometry = geometry,
                                                    .dimension = 2,
                                                    .nodes = NODES,
                                                    .features = encoder ? FEATURES : 0,
                                                    .hidden = {4},
                                                    .hidden_count = 1,
                                                    .snowflake_layers = 2,
                                                    .snowflake_width = 3};
    ck_assert_msg(graph_embedding_make(&problem->model, &options, &error), "%s", error.message);
    struct rng rng = rng_make(1, RNG_TEST, 0);
    graph_embedding_initialise(&problem->model, SNOWFLAKE_RANDOM, &rng);
    struct graph_embedding *model = &problem->model;
    for (size_t f = 0; f < model->space.count; f++)
        model->log_radius->value.data[f] = (real)(0.2 * rng_normal(&rng));
    if (model->points)
        space_random_points(&model->space, &rng, 1, model->points->value.data, NODES);
    if (model->has_snowflake)
        model->snowflake.power->value.data[0] = (real)0.3;
    for (size_t i = 0; i < NODES * FEATURES; i++)
        problem->features[i] = (real)rng_normal(&rng);
    size_t count = 0;
    for (uint32_t i = 0; i < NODES; i++)
        for (uint32_t j = i + 1; j < NODES; j++) {
            problem->source[count] = i;
            problem->target[count] = j;
            problem->wanted[count++] = (float)(0.5 + rng_uniform(&rng));
        }
}

static const real *features_of(const struct problem *problem)
{
    return problem->model.has_encoder ? problem->features : NULL;
}

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *problem = context;
    (void)set;
    struct variable *features = NULL;
    if (problem->model.has_encoder)
        features = tape_constant(tape, tensor_matrix(problem->features, NODES, FEATURES));
    struct variable *points = graph_embedding_points(&problem->model, tape, features);
    struct variable *distances = graph_embedding_distances(&problem->model, tape, points,
                                                           problem->source, problem->target, PAIRS);
    return embedding_loss(tape, distances, problem->wanted, 1, EMBEDDING_LOSS_RELATIVE);
}

static void distances_of(const struct problem *problem, real *distances)
{
    embedding_distances(&problem->model, features_of(problem), problem->source, problem->target,
                        PAIRS, distances);
}

/* Where all is Euclidean, the last bias moves all points alike: its gradient is rounding. */
static void freeze_translations(struct graph_embedding *model)
{
    if (model->has_encoder && model->space.count == 1 &&
        model->space.factors[0].kind == FACTOR_EUCLIDEAN)
        model->encoder.bias[model->encoder.layers - 1]->frozen = true;
}

START_TEST(whole_loss_passes_the_gradient_check)
{
    for (size_t g = 0; g < GEOMETRIES; g++)
        for (int encoder = 0; encoder < 2; encoder++) {
            struct problem problem;
            problem_make(&problem, geometries[g], encoder);
            freeze_translations(&problem.model);
            double error = gradient_check(&problem.model.set, loss_of, &problem, 3e-6);
            ck_assert_msg(error <= 1e-6, "%s, %s: %g", geometries[g],
                          encoder ? "encoder" : "points", error);
            graph_embedding_free(&problem.model);
        }
}
END_TEST

START_TEST(scaling_is_exact)
{
    const double factors[] = {0.01, 1, 3.7, 250};
    for (size_t g = 0; g < GEOMETRIES; g++)
        for (int encoder = 0; encoder < 2; encoder++)
            for (size_t k = 0; k < 4; k++) {
                struct problem problem;
                real before[PAIRS], after[PAIRS];
                problem_make(&problem, geometries[g], encoder);
                distances_of(&problem, before);
                graph_embedding_scale(&problem.model, factors[k]);
                distances_of(&problem, after);
                for (size_t i = 0; i < PAIRS; i++) {
                    double expected = factors[k] * (double)before[i];
                    ck_assert_msg(fabs((double)after[i] - expected) <= 1e-12 * expected,
                                  "%s: %.17g, not %.17g", geometries[g], (double)after[i],
                                  expected);
                }
                graph_embedding_free(&problem.model);
            }
}
END_TEST

START_TEST(geometries_by_name)
{
    const char *const cases[][2] = {{"euclidean", "e4"}, {"snowflake", "snowflake:e4"},
                                    {"snowflake:hyperbolic", "snowflake:h4"},
                                    {"snowflake:h2xe3", "snowflake:h2xe3"}, {"s3", "s3"}};
    for (size_t i = 0; i < 5; i++) {
        struct graph_embedding model;
        struct error error = {0};
        const struct graph_embedding_options options = {.geometry = cases[i][0], .dimension = 4,
                                                        .nodes = 2, .snowflake_layers = 1,
                                                        .snowflake_width = 1};
        ck_assert(graph_embedding_make(&model, &options, &error));
        char *text = graph_embedding_geometry(&model);
        ck_assert_str_eq(text, cases[i][1]);
        free(text);
        graph_embedding_free(&model);
    }
    const char *const wrong[] = {"snowflakes", "snowflake:", "snowflake:q3", "x", ""};
    for (size_t i = 0; i < 5; i++) {
        struct graph_embedding model;
        struct error error = {0};
        const struct graph_embedding_options options = {.geometry = wrong[i], .dimension = 2,
                                                        .nodes = 2};
        ck_assert_msg(!graph_embedding_make(&model, &options, &error), "%s", wrong[i]);
        ck_assert_int_eq(error.exit_code, EX_USAGE);
        graph_embedding_free(&model);
    }
}
END_TEST

/* With p = 0 for good, training and another start leave it there. */
START_TEST(metric_keeps_p_at_0)
{
    struct graph_embedding model;
    struct error error = {0};
    const struct graph_embedding_options options = {.geometry = "snowflake:e2", .nodes = NODES,
                                                    .snowflake_layers = 2, .snowflake_width = 3,
                                                    .metric = true};
    ck_assert(graph_embedding_make(&model, &options, &error));
    struct rng rng = rng_make(1, RNG_TEST, 0);
    graph_embedding_initialise(&model, SNOWFLAKE_IDENTITY, &rng);
    double exponents[4], power;
    snowflake_exponents(&model.snowflake, exponents, &power);
    ck_assert(power == 0 && model.snowflake.power->frozen);
    graph_embedding_free(&model);
}
END_TEST

/* --- files --- */

static struct names odd_names(void)
{
    static const char *const strings[NODES] = {"007", "a, b", "say \"x\"", " ", "\xc3\xa9", "b",
                                               "two\nlines"};
    struct names names = {0};
    for (size_t i = 0; i < NODES; i++)
        names_add(&names, strings[i], strlen(strings[i]));
    return names;
}

static void save(const struct problem *problem, const char *path)
{
    struct names names = odd_names();
    struct error error = {0};
    ck_assert_msg(graph_embedding_save(&problem->model, &names, path, &error), "%s",
                  error.message);
    names_free(&names);
}

START_TEST(save_and_load)
{
    for (size_t g = 0; g < GEOMETRIES; g++)
        for (int encoder = 0; encoder < 2; encoder++) {
            struct problem problem, back;
            struct names names, expected = odd_names();
            struct error error = {0};
            problem_make(&problem, geometries[g], encoder);
            save(&problem, "model");
            back = problem;
            ck_assert_msg(graph_embedding_load(&back.model, &names, "model", &error), "%s",
                          error.message);
            ck_assert_uint_eq(names.count, NODES);
            for (size_t i = 0; i < NODES; i++)
                ck_assert_str_eq(names.strings[i], expected.strings[i]);
            real first[PAIRS], second[PAIRS];
            distances_of(&problem, first);
            distances_of(&back, second);
            ck_assert_mem_eq(first, second, sizeof first);
            names_free(&names);
            names_free(&expected);
            graph_embedding_free(&problem.model);
            graph_embedding_free(&back.model);
        }
}
END_TEST

static void refuse(const char *path, int exit_code, const char *message)
{
    struct graph_embedding model;
    struct names names;
    struct error error = {0};
    ck_assert_msg(!graph_embedding_load(&model, &names, path, &error), "%s", message);
    ck_assert_int_eq(error.exit_code, exit_code);
    ck_assert_msg(strstr(error.message, message), "%s", error.message);
    ck_assert_msg(strstr(error.message, path), "%s", error.message);
    names_free(&names);
    graph_embedding_free(&model);
}

START_TEST(truncated_models)
{
    struct problem problem;
    static char bytes[65536];
    problem_make(&problem, "snowflake:h2", false);
    save(&problem, "model");
    FILE *file = fopen("model", "rb");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t kept = 0; kept < length; kept += 7) {
        file = fopen("cut", "wb");
        ck_assert_uint_eq(fwrite(bytes, 1, kept, file), kept);
        fclose(file);
        refuse("cut", EX_DATAERR, "");
    }
    refuse("nowhere", EX_NOINPUT, "No such file");
    graph_embedding_free(&problem.model);
}
END_TEST

/* A model file with the given configuration and names, and no parameters. */
static void write_model(const char *kind, const char *configuration, const char *names, size_t size)
{
    struct safetensors file = {0};
    struct error error = {0};
    if (kind)
        safetensors_set_metadata(&file, "kind", kind);
    if (configuration)
        safetensors_set_metadata(&file, "configuration", configuration);
    safetensors_add(&file, "node_names", DTYPE_U8, 1, &size, names);
    ck_assert(safetensors_save("model", &file, &error));
    safetensors_free(&file);
}

/* A whole configuration with these fields. */
static const char *configured(const char *geometry, const char *nodes, const char *features,
                              const char *hidden, const char *layers, const char *width)
{
    static char text[256];
    snprintf(text, sizeof text,
             "{\"geometry\":%s,\"nodes\":%s,\"features\":%s,\"hidden\":%s,\"layers\":%s,"
             "\"width\":%s,\"metric\":false}",
             geometry, nodes, features, hidden, layers, width);
    return text;
}

static void refuse_configuration(const char *text, const char *reason)
{
    write_model("tesserae graph embedding", text, "a\0b", 4);
    refuse("model", EX_DATAERR, reason);
}

START_TEST(damaged_models)
{
    static const char kind[] = "tesserae graph embedding", snowflake[] = "\"snowflake:e2\"";
    refuse_configuration(NULL, "configuration");
    refuse_configuration("{", "configuration");
    refuse_configuration("[]", "configuration");
    refuse_configuration("{\"geometry\":\"e2\"}", "'nodes'");
    refuse_configuration(configured("7", "2", "0", "[]", "0", "0"), "'geometry'");
    refuse_configuration(configured("\"q2\"", "2", "0", "[]", "0", "0"), "damaged");
    refuse_configuration(configured("\"e2\"", "-2", "0", "[]", "0", "0"), "'nodes'");
    refuse_configuration(configured("\"e2\"", "3", "0", "[]", "0", "0"), "damaged");
    refuse_configuration(configured("\"e2\"", "1e8", "0", "[]", "0", "0"), "damaged");
    refuse_configuration(configured(snowflake, "2", "0", "[]", "0", "0"), "damaged");
    refuse_configuration(configured(snowflake, "2", "0", "[]", "9", "8"), "'layers'");
    refuse_configuration(configured(snowflake, "2", "0", "[]", "1", "1e6"), "'width'");
    refuse_configuration(configured("\"e2\"", "2", "1000000", "[65536]", "0", "0"), "damaged");
    refuse_configuration(configured("\"e2\"", "2", "0", "[0]", "0", "0"), "'hidden'");
    refuse_configuration(configured("\"e2\"", "2", "0", "[1,1,1,1,1,1,1,1,1]", "0", "0"),
                         "'hidden'");
    const char *good = configured("\"e2\"", "2", "0", "[]", "0", "0");
    write_model(kind, good, "a\0bc", 4); /* not ended by 0 */
    refuse("model", EX_DATAERR, "damaged");
    write_model(kind, good, "a\0a", 4); /* one name twice */
    refuse("model", EX_DATAERR, "damaged");
    write_model(kind, good, "a\0b", 4); /* no parameters */
    refuse("model", EX_DATAERR, "points");
    write_model("tesserae checkpoint", good, "a\0b", 4);
    refuse("model", EX_DATAERR, "not a model of graph-embed");
    write_model(NULL, NULL, "a\0b", 4);
    refuse("model", EX_DATAERR, "not a model of graph-embed");
    scratch_write("model", "node,x\n");
    refuse("model", EX_DATAERR, "");
}
END_TEST

START_TEST(parameters_that_are_not_finite)
{
    struct problem problem;
    problem_make(&problem, "e3", false);
    problem.model.points->value.data[4] = NAN;
    save(&problem, "model");
    refuse("model", EX_DATAERR, "finite");
    graph_embedding_free(&problem.model);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("graph_embedding");
    TCase *cases = tcase_create("model");
    tcase_add_test(cases, whole_loss_passes_the_gradient_check);
    tcase_add_test(cases, scaling_is_exact);
    tcase_add_test(cases, geometries_by_name);
    tcase_add_test(cases, metric_keeps_p_at_0);
    suite_add_tcase(suite, cases);
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, scratch_enter, scratch_leave);
    tcase_add_test(files, save_and_load);
    tcase_add_test(files, truncated_models);
    tcase_add_test(files, damaged_models);
    tcase_add_test(files, parameters_that_are_not_finite);
    suite_add_tcase(suite, files);
    return check_run(suite);
}
