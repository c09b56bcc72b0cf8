/* Starts by landmark scaling: flat points come back; every space contains them closely. */
#include "embedding/embedding_start.h"

#include "base/memory.h"
#include "check_main.h"
#include "embedding/embedding_quality.h"

#include <math.h>
#include <stdlib.h>

enum { NODES = 60, DIMENSION = 3 };

/* Random points of space and their distances, all of them landmarks or only some. */
struct cloud {
    double points[NODES * DIMENSION];
    struct pairs pairs;
    struct landmarks landmarks;
    double inverse_scale;
};

static double distance_of(const struct cloud *cloud, size_t i, size_t j)
{
    double square = 0;
    for (size_t k = 0; k < DIMENSION; k++) {
        double difference = cloud->points[i * DIMENSION + k] - cloud->points[j * DIMENSION + k];
        square += difference * difference;
    }
    return sqrt(square);
}

static void cloud_make(struct cloud *cloud, size_t landmarks)
{
    struct rng rng = rng_make(1, RNG_TEST, 0);
    struct error error = {0};
    for (size_t i = 0; i < NODES * DIMENSION; i++)
        cloud->points[i] = 10 * rng_normal(&rng);
    struct array matrix = array_make(DTYPE_F64, 2, (const size_t[]){NODES, NODES});
    for (size_t i = 0; i < NODES; i++)
        for (size_t j = 0; j < NODES; j++)
            ((double *)matrix.data)[i * NODES + j] = distance_of(cloud, i, j);
    ck_assert(pairs_from_matrix(&matrix, "matrix", &cloud->pairs, &error));
    cloud->landmarks = landmarks_of_matrix(&matrix, landmarks, &rng);
    cloud->inverse_scale = 1 / pairs_mean(&cloud->pairs);
    array_free(&matrix);
}

static void cloud_free(struct cloud *cloud)
{
    pairs_free(&cloud->pairs);
    landmarks_free(&cloud->landmarks);
}

static void model_make(struct graph_embedding *model, const char *geometry, bool metric)
{
    struct error error = {0};
    const struct graph_embedding_options options = {.geometry = geometry, .nodes = NODES,
                                                    .dimension = DIMENSION, .metric = metric,
                                                    .snowflake_layers = 2, .snowflake_width = 4};
    ck_assert_msg(graph_embedding_make(model, &options, &error), "%s", error.message);
}

/* The average distortion right after the start, at the true scale. */
static double distortion_of(const char *geometry, enum embedding_start start, size_t landmarks)
{
    struct cloud cloud;
    struct graph_embedding model;
    struct rng rng = rng_make(2, RNG_TEST, 0);
    cloud_make(&cloud, landmarks);
    model_make(&model, geometry, false);
    embedding_start(&model, start, &cloud.landmarks, cloud.inverse_scale, &rng);
    graph_embedding_scale(&model, 1 / cloud.inverse_scale);
    double distortion = embedding_quality(&model, NULL, &cloud.pairs).average_distortion;
    graph_embedding_free(&model);
    cloud_free(&cloud);
    return distortion;
}

/* With as many axes as the points have, classical scaling is exact: up to a rotation, which
   distances do not see, and the noise that parts twins. Landmarks are enough as soon as they span
   the space. */
START_TEST(euclidean_points_come_back)
{
    const size_t landmarks[] = {NODES, 20, DIMENSION + 1};
    for (size_t i = 0; i < 3; i++) {
        double distortion = distortion_of("e3", EMBEDDING_START_FLAT, landmarks[i]);
        ck_assert_msg(distortion < 5e-4, "%zu landmarks: %g", landmarks[i], distortion);
    }
    ck_assert(distortion_of("e5", EMBEDDING_START_FLAT, NODES) < 5e-4); /* two axes stay 0 */
}
END_TEST

/* On too few axes, the largest are kept: not exact, but far better than a random start. */
START_TEST(fewer_axes)
{
    double flat = distortion_of("e2", EMBEDDING_START_FLAT, NODES);
    double random = distortion_of("e2", EMBEDDING_START_RANDOM, NODES);
    ck_assert_msg(flat > 0.01 && flat < 0.4 && flat < random / 2, "%g and %g", flat, random);
}
END_TEST

/* Where the curvature is small; the axes of products are dealt to the factors. */
START_TEST(every_space_contains_the_layout)
{
    const char *const geometries[] = {"h3", "s3", "h2xe1", "s2xe1", "e1xe2", "h1xs1xe1",
                                      "snowflake:e3", "snowflake:h3"};
    const double most[] = {0.35, 0.25, 0.25, 0.2, 5e-4, 0.3, 0.02, 0.35};
    for (size_t g = 0; g < 8; g++) {
        double distortion = distortion_of(geometries[g], EMBEDDING_START_FLAT, NODES);
        ck_assert_msg(distortion < most[g], "%s: %g", geometries[g], distortion);
    }
}
END_TEST

/* The roots of a tree's distances are Euclidean; squared by the snowflake they are the tree's. */
START_TEST(square_start_on_a_star)
{
    struct array matrix = array_make(DTYPE_F64, 2, (const size_t[]){NODES, NODES});
    for (size_t i = 0; i < NODES; i++)
        for (size_t j = 0; j < NODES; j++)
            ((double *)matrix.data)[i * NODES + j] = i == j ? 0 : i == 0 || j == 0 ? 1 : 2;
    struct pairs pairs;
    struct error error = {0};
    struct rng rng = rng_make(3, RNG_TEST, 0);
    ck_assert(pairs_from_matrix(&matrix, "matrix", &pairs, &error));
    struct landmarks landmarks = landmarks_of_matrix(&matrix, NODES, &rng);
    struct graph_embedding model;
    const struct graph_embedding_options options = {.geometry = "snowflake:e59", .nodes = NODES,
                                                    .snowflake_layers = 2, .snowflake_width = 4};
    ck_assert(graph_embedding_make(&model, &options, &error));
    double mean = pairs_mean(&pairs);
    embedding_start(&model, EMBEDDING_START_SQUARE, &landmarks, 1 / mean, &rng);
    graph_embedding_scale(&model, mean);
    double distortion = embedding_quality(&model, NULL, &pairs).average_distortion;
    ck_assert_msg(distortion < 0.02, "%g", distortion);
    graph_embedding_free(&model);
    landmarks_free(&landmarks);
    pairs_free(&pairs);
    array_free(&matrix);
}
END_TEST

START_TEST(same_seed_same_start)
{
    for (int start = EMBEDDING_START_FLAT; start <= EMBEDDING_START_RANDOM; start++) {
        struct cloud cloud;
        struct graph_embedding models[2];
        cloud_make(&cloud, NODES);
        for (int m = 0; m < 2; m++) {
            struct rng rng = rng_make(4, RNG_TEST, 0);
            model_make(&models[m], "snowflake:h2xs1", false);
            embedding_start(&models[m], (enum embedding_start)start, &cloud.landmarks,
                            cloud.inverse_scale, &rng);
        }
        for (size_t p = 0; p < models[0].set.count; p++)
            ck_assert_mem_eq(models[0].set.list[p]->value.data, models[1].set.list[p]->value.data,
                             tensor_count(&models[0].set.list[p]->value) * sizeof(real));
        graph_embedding_free(&models[0]);
        graph_embedding_free(&models[1]);
        cloud_free(&cloud);
    }
}
END_TEST

/* All nodes at one place: there is no axis, and nothing is divided by 0. */
START_TEST(no_extent)
{
    struct array matrix = array_make(DTYPE_F64, 2, (const size_t[]){NODES, NODES});
    for (size_t i = 0; i < NODES * NODES; i++)
        ((double *)matrix.data)[i] = 0;
    struct rng rng = rng_make(5, RNG_TEST, 0);
    struct landmarks landmarks = landmarks_of_matrix(&matrix, NODES, &rng);
    const char *const geometries[] = {"e2", "h2", "s2", "h2xs2xe2"};
    for (size_t g = 0; g < 4; g++) {
        struct graph_embedding model;
        model_make(&model, geometries[g], false);
        embedding_start(&model, EMBEDDING_START_FLAT, &landmarks, 1, &rng);
        for (size_t i = 0; i < tensor_count(&model.points->value); i++)
            ck_assert(isfinite(model.points->value.data[i]));
        for (size_t f = 0; f < model.space.count; f++)
            ck_assert(isfinite(model.log_radius->value.data[f]));
        graph_embedding_free(&model);
    }
    landmarks_free(&landmarks);
    array_free(&matrix);
}
END_TEST

START_TEST(starts_worth_trying)
{
    const struct {
        const char *geometry;
        bool metric;
        size_t count;
        enum embedding_start starts[3];
    } cases[] = {
        {"e2", false, 1, {EMBEDDING_START_FLAT}},
        {"s2", false, 2, {EMBEDDING_START_FLAT, EMBEDDING_START_CURVED}},
        {"s2xh2", false, 2, {EMBEDDING_START_FLAT, EMBEDDING_START_CURVED}},
        {"snowflake:e2", false, 2, {EMBEDDING_START_FLAT, EMBEDDING_START_SQUARE}},
        {"snowflake:e2", true, 1, {EMBEDDING_START_FLAT}},
        {"snowflake:h2", false, 3,
         {EMBEDDING_START_FLAT, EMBEDDING_START_CURVED, EMBEDDING_START_SQUARE}}};
    for (size_t i = 0; i < 6; i++) {
        struct graph_embedding model;
        enum embedding_start starts[3];
        model_make(&model, cases[i].geometry, cases[i].metric);
        ck_assert_uint_eq(embedding_starts(&model, starts), cases[i].count);
        for (size_t k = 0; k < cases[i].count; k++)
            ck_assert_int_eq(starts[k], cases[i].starts[k]);
        graph_embedding_free(&model);
    }
    struct graph_embedding encoded;
    enum embedding_start starts[3];
    model_make(&encoded, "snowflake:e2", true);
    encoded.has_encoder = true;
    ck_assert_uint_eq(embedding_starts(&encoded, starts), 1);
    ck_assert_int_eq(starts[0], EMBEDDING_START_RANDOM);
    encoded.has_encoder = false;
    graph_embedding_free(&encoded);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("embedding_start");
    TCase *cases = tcase_create("starts");
    tcase_add_test(cases, euclidean_points_come_back);
    tcase_add_test(cases, fewer_axes);
    tcase_add_test(cases, every_space_contains_the_layout);
    tcase_add_test(cases, square_start_on_a_star);
    tcase_add_test(cases, same_seed_same_start);
    tcase_add_test(cases, no_extent);
    tcase_add_test(cases, starts_worth_trying);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
