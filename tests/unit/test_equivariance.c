/* Measuring equivariance: isometries, and predictors that are and are not equivariant. */
#include "multivector/equivariance.h"

#include "check_main.h"

#include <math.h>
#include <string.h>

/* A symmetric metric with given eigenvalue signs, in a skewed basis. */
static void skewed_metric(const double *signs, size_t n, struct rng *rng, double *metric)
{
    double basis[36];
    for (size_t i = 0; i < n * n; i++)
        basis[i] = (i % (n + 1) == 0 ? 1.5 : 0) + 0.4 * rng_normal(rng);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            metric[i * n + j] = 0;
            for (size_t k = 0; k < n; k++)
                metric[i * n + j] += basis[k * n + i] * signs[k] * basis[k * n + j];
        }
}

static double determinant(const double *a, size_t n)
{
    double product = 1, b[36];
    memcpy(b, a, n * n * sizeof *b);
    for (size_t k = 0; k < n; k++) {
        product *= b[k * n + k];
        for (size_t i = k + 1; i < n; i++) {
            double factor = b[i * n + k] / b[k * n + k];
            for (size_t j = k; j < n; j++)
                b[i * n + j] -= factor * b[k * n + j];
        }
    }
    return product;
}

START_TEST(isometries)
{
    struct rng rng = rng_make(1, RNG_TEST, 0);
    for (size_t n = 1; n <= 6; n++)
        for (unsigned signature = 0; signature < 1u << n; signature++) {
            double signs[6], metric[36], matrix[36];
            int sign, seen[2] = {0, 0};
            for (size_t i = 0; i < n; i++)
                signs[i] = signature >> i & 1 ? -1 : 1;
            skewed_metric(signs, n, &rng, metric);
            for (int trial = 0; trial < 30; trial++) {
                struct error error = {0};
                ck_assert_msg(isometry_draw(metric, n, &rng, matrix, &sign, &error), "%s",
                              error.message);
                ck_assert(isometry_error(metric, matrix, n) < 1e-9);
                ck_assert_double_eq_tol(determinant(matrix, n), sign, 1e-7);
                seen[sign > 0]++;
            }
            ck_assert(n == 1 || (seen[0] > 0 && seen[1] > 0));
        }
}
END_TEST

START_TEST(degenerate_metrics)
{
    struct rng rng = rng_make(2, RNG_TEST, 0);
    struct error error = {0};
    double matrix[9];
    int sign;
    const double zero[9] = {0}, partly[9] = {1, 0, 0, 0, -1, 0, 0, 0, 0};
    ck_assert(!isometry_draw(zero, 3, &rng, matrix, &sign, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert(strstr(error.message, "degenerate") != NULL);
    error = (struct error){0};
    ck_assert(isometry_draw(partly, 3, &rng, matrix, &sign, &error));
    ck_assert(isometry_error(partly, matrix, 3) < 1e-9);
}
END_TEST

/*
 * Predicts of a graph of two nodes in the plane, for each node: |x|^2, x + (y - x) |v|^2, and the
 * area of (y - x, v); spoilt by what the context points to.
 */
static bool predict_nodes(void *context, const struct multivector_data *samples,
                          struct multivector_data *predictions, struct error *error)
{
    (void)error;
    const double *spoil = context;
    for (size_t i = 0; i < samples->count * 2; i++) {
        const real *x = samples->parts[PART_VECTORS] + 4 * i, *v = x + 2;
        const real *y = samples->parts[PART_VECTORS] + 4 * (i ^ 1);
        real dx = y[0] - x[0], dy = y[1] - x[1], square = v[0] * v[0] + v[1] * v[1];
        predictions->parts[PART_TARGET_SCALARS][i] =
            dx * dx + dy * dy + (real)spoil[0] * v[0];
        predictions->parts[PART_TARGET_VECTORS][2 * i] = x[0] + dx * square;
        predictions->parts[PART_TARGET_VECTORS][2 * i + 1] =
            x[1] + dy * square * (1 + (real)spoil[1]);
        predictions->parts[PART_TARGET_PSEUDOSCALARS][i] =
            dx * v[1] - dy * v[0] + (real)spoil[2] * (real)(i % 2) + (real)spoil[3] * x[0] * x[0];
    }
    return true;
}

static struct equivariance check_nodes(double *spoil, double metric_ratio)
{
    const struct sample_shape shape = {.dimension = 2, .nodes = 2, .vectors = 2,
                                       .target_scalars = 1, .target_vectors = 1,
                                       .target_pseudoscalars = 1};
    struct multivector_data samples = multivector_data_make(&shape, 20);
    struct rng rng = rng_make(3, RNG_TEST, 0);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        for (size_t i = 0; i < 20 * sample_width(&shape, (enum sample_part)part); i++)
            samples.parts[part][i] = (real)rng_normal(&rng);
    const double metric[4] = {1, 0, 0, metric_ratio};
    struct equivariance_options options = {.metric = metric, .transformations = 8,
                                           .translations = true, .seed = 1};
    struct equivariance result;
    struct error error = {0};
    ck_assert_msg(equivariance_check(predict_nodes, spoil, &samples, &options, &result, &error),
                  "%s", error.message);
    multivector_data_free(&samples);
    return result;
}

START_TEST(equivariant_predictors)
{
    struct equivariance result = check_nodes((double[]){0, 0, 0, 0}, 1);
    ck_assert(result.error < 1e-12 && result.mean_error <= result.error);
    ck_assert(result.translation_error < 1e-12 && result.permutation_error < 1e-12);
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
        ck_assert(result.of_part[part] < 1e-12);
}
END_TEST

START_TEST(others)
{
    ck_assert(check_nodes((double[]){0, 0, 0, 0}, 2).error > 0.1); /* another metric */
    struct equivariance scalar = check_nodes((double[]){0.1, 0, 0, 0}, 1);
    ck_assert(scalar.of_part[PART_TARGET_SCALARS] > 0.01);
    ck_assert(scalar.of_part[PART_TARGET_VECTORS] < 1e-12);
    struct equivariance vector = check_nodes((double[]){0, 0.1, 0, 0}, 1);
    ck_assert(vector.of_part[PART_TARGET_VECTORS] > 0.01);
    ck_assert(vector.of_part[PART_TARGET_SCALARS] < 1e-12);
    struct equivariance ordered = check_nodes((double[]){0, 0, 0.1, 0}, 1);
    ck_assert(ordered.permutation_error > 0.01);
    ck_assert(ordered.of_part[PART_TARGET_PSEUDOSCALARS] > 0.01);
    ck_assert(ordered.translation_error < 1e-12);
    struct equivariance placed = check_nodes((double[]){0, 0, 0, 0.1}, 1);
    ck_assert(placed.translation_error > 0.01 && placed.permutation_error < 1e-12);
}
END_TEST

/* Zero samples times NaN. */
START_TEST(not_finite)
{
    struct error error = {0};
    const struct sample_shape shape = {.dimension = 2, .nodes = 2, .vectors = 2,
                                       .target_scalars = 1, .target_vectors = 1,
                                       .target_pseudoscalars = 1};
    struct multivector_data samples = multivector_data_make(&shape, 1);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        memset(samples.parts[part], 0, sample_width(&shape, (enum sample_part)part) * sizeof(real));
    const double metric[4] = {1, 0, 0, 1};
    struct equivariance_options options = {.metric = metric, .transformations = 1};
    struct equivariance result;
    double spoil[4] = {NAN, 0, 0, 0};
    ck_assert(!equivariance_check(predict_nodes, spoil, &samples, &options, &result, &error));
    ck_assert_str_eq(error.message, "the prediction for sample 0 is not finite");
    multivector_data_free(&samples);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("equivariance");
    TCase *cases = tcase_create("equivariance");
    tcase_add_test(cases, isometries);
    tcase_add_test(cases, degenerate_metrics);
    tcase_add_test(cases, equivariant_predictors);
    tcase_add_test(cases, others);
    tcase_add_test(cases, not_finite);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
