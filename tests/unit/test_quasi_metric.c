/* The neural quasi-metric, and the activation in it. */
#include "base/rng.h"
#include "check_main.h"
#include "geometry/quasi_metric.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <math.h>
#include <omp.h>

enum {
    NODES = 30,
    PAIRS = 150,
    DIMENSION = 3
}; /* more than two blocks, and one that is not full */

struct case_of_metric {
    struct parameters set;
    struct parameter *points;
    struct quasi_metric metric;
    uint32_t source[PAIRS], target[PAIRS];
};

static void make_case(struct case_of_metric *c, size_t layers, enum exponent_form form,
                      enum quasi_metric_start start)
{
    struct rng rng = rng_make(5, RNG_TEST, 0);
    *c = (struct case_of_metric){0};
    c->points = parameters_add(&c->set, "points", 2, (const size_t[]){NODES, DIMENSION});
    for (size_t i = 0; i < NODES; i++) /* none nearer than 0.15 in a coordinate: sigma bends at 0 */
        for (size_t j = 0; j < DIMENSION; j++)
            c->points->value.data[i * DIMENSION + j] =
                0.15 * (real)((7 * i + 11 * j) % NODES) - 2.23;
    quasi_metric_make(&c->metric, &c->set, DIMENSION, layers, 5, form);
    quasi_metric_initialise(&c->metric, start, &rng);
    for (size_t i = 0; i < PAIRS; i++) {
        c->source[i] = (uint32_t)rng_below(&rng, NODES);
        c->target[i] = (c->source[i] + 1 + (uint32_t)rng_below(&rng, NODES - 1)) % NODES;
    }
}

/* Values of no special meaning, both signs among the raw ones. */
static void scatter_parameters(struct case_of_metric *c)
{
    struct rng rng = rng_make(6, RNG_TEST, 0);
    for (size_t p = 1; p < c->set.count; p++)
        for (size_t i = 0; i < tensor_count(&c->set.list[p]->value); i++) {
            double size = 0.3 + 0.7 * rng_uniform(&rng);
            c->set.list[p]->value.data[i] = (real)(rng_uniform(&rng) < 0.3 ? -size : size);
        }
}

static real distance_of(const struct case_of_metric *c, uint32_t u, uint32_t v)
{
    struct tape tape = {0};
    real d = quasi_metric_distances(&tape, &c->metric, tape_constant(&tape, c->points->value), &u,
                                    &v, 1)->value.data[0];
    tape_free(&tape);
    return d;
}

/* D by its definition, one pair at a time. */
static double sigma(double z, double small, double large)
{
    double size = pow(fabs(z), fabs(z) < 1 ? small : large);
    return z == 0 ? 0 : copysign(size, z);
}

static double plain_exponent(enum exponent_form form, double raw)
{
    return form == EXPONENT_CONVEX ? 1 + fabs(raw) : fmax(fabs(raw), 0.05);
}

static double plain_distance(const struct case_of_metric *c, uint32_t u, uint32_t v)
{
    const struct monotone *net = &c->metric.net;
    double values[16];
    const real *raw = c->metric.exponents->value.data;
    double small = plain_exponent(net->form, raw[0]), large = plain_exponent(net->form, raw[1]);
    for (size_t j = 0; j < DIMENSION; j++)
        values[j] = fabs(sigma(c->points->value.data[u * DIMENSION + j], small, large) -
                         sigma(c->points->value.data[v * DIMENSION + j], small, large));
    for (size_t l = 0; l < net->layers; l++) {
        double next[16] = {0};
        raw = net->exponents[l]->value.data;
        small = plain_exponent(net->form, raw[0]);
        large = plain_exponent(net->form, raw[1]);
        for (size_t k = 0; k < net->sizes[l + 1]; k++)
            for (size_t j = 0; j < net->sizes[l]; j++) {
                double w = fabs(net->weight[l]->value.data[k * net->sizes[l] + j]) +
                           (j == k ? fabs(net->identity[l]->value.data[0]) : 0);
                next[k] += w * sigma(values[j], small, large);
            }
        memcpy(values, next, sizeof values);
    }
    return values[0];
}

START_TEST(test_activation)
{
    const real z[] = {-4, -1, -0.25, 0, 1e-300, 0.25, 1, 4};
    const real expected[] = {-16, -1, -0.5, 0, 0, 0.5, 1, 16};
    real logs[8], values[8], slopes[8];
    double by_exponent[2] = {0, 0};
    fractal_values(8, z, 0.5, 2, logs, values);
    for (int i = 0; i < 8; i++) {
        ck_assert_double_eq_tol(values[i], expected[i], 1e-14);
        slopes[i] = 1;
    }
    fractal_slopes(8, z, 0.5, 2, logs, values, slopes, by_exponent);
    const real by_z[] = {8, 2, 1, 0, 0, 1, 2, 8};
    for (int i = 0; i < 8; i++)
        ck_assert_double_eq_tol(slopes[i], by_z[i], 1e-13);
    ck_assert_double_eq_tol(by_exponent[0], 0, 1e-13); /* both signs cancel */
    ck_assert(isfinite(by_exponent[1]));
}
END_TEST

START_TEST(test_exponents)
{
    ck_assert_double_eq(exponent_value(EXPONENT_FREE, -0.7), 0.7);
    ck_assert_double_eq(exponent_slope(EXPONENT_FREE, -0.7), -1);
    ck_assert_double_eq(exponent_value(EXPONENT_FREE, 0.01), 0.05);
    ck_assert_double_eq(exponent_slope(EXPONENT_FREE, 0.01), 0);
    ck_assert_double_eq(exponent_value(EXPONENT_CONVEX, -0.5), 1.5);
    ck_assert_double_eq(exponent_slope(EXPONENT_CONVEX, 0), 1);
    ck_assert_double_eq(exponent_value(EXPONENT_CONVEX, exponent_raw(EXPONENT_CONVEX, 3)), 3);
    ck_assert_double_eq(exponent_value(EXPONENT_FREE, exponent_raw(EXPONENT_FREE, 3)), 3);
}
END_TEST

static const struct {
    size_t layers;
    enum exponent_form form;
} shapes[] = {{4, EXPONENT_FREE}, {4, EXPONENT_CONVEX}, {2, EXPONENT_FREE}};

START_TEST(test_definition)
{
    struct case_of_metric c;
    make_case(&c, shapes[_i].layers, shapes[_i].form, QUASI_METRIC_PUBLISHED);
    scatter_parameters(&c);
    struct tape tape = {0};
    const struct variable *d = quasi_metric_distances(
        &tape, &c.metric, tape_constant(&tape, c.points->value), c.source, c.target, PAIRS);
    for (size_t i = 0; i < PAIRS; i++) {
        double expected = plain_distance(&c, c.source[i], c.target[i]);
        ck_assert_double_eq_tol(d->value.data[i], expected, 1e-12 * expected);
    }
    tape_free(&tape);
    parameters_free(&c.set);
}
END_TEST

START_TEST(test_euclidean_start)
{
    struct case_of_metric c;
    make_case(&c, 4, EXPONENT_FREE, QUASI_METRIC_EUCLIDEAN);
    for (size_t i = 0; i < PAIRS; i++) {
        const real *x = c.points->value.data + c.source[i] * DIMENSION;
        const real *y = c.points->value.data + c.target[i] * DIMENSION;
        double square = 0;
        for (size_t j = 0; j < DIMENSION; j++)
            square += (x[j] - y[j]) * (x[j] - y[j]);
        double ratio = distance_of(&c, c.source[i], c.target[i]) / sqrt(square);
        ck_assert_msg(ratio > 0.8 && ratio < 1.25, "pair %zu: ratio %g", i, ratio);
    }
    parameters_free(&c.set);
}
END_TEST

/* The published start is small, and has the published number of parameters. */
START_TEST(test_published_start)
{
    struct parameters set = {0};
    struct quasi_metric metric = {0};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    quasi_metric_make(&metric, &set, 2, 4, 10, EXPONENT_CONVEX);
    quasi_metric_initialise(&metric, QUASI_METRIC_PUBLISHED, &rng);
    ck_assert_uint_eq(parameters_count(&set), 244);
    ck_assert_double_eq_tol(exponent_value(EXPONENT_CONVEX, metric.exponents->value.data[1]),
                            1.001, 1e-12);
    parameters_free(&set);
}
END_TEST

START_TEST(test_axioms)
{
    struct case_of_metric c;
    make_case(&c, 4, EXPONENT_FREE, QUASI_METRIC_EUCLIDEAN);
    scatter_parameters(&c);
    for (uint32_t u = 0; u < NODES; u++) {
        ck_assert_double_eq(distance_of(&c, u, u), 0);
        for (uint32_t v = 0; v < u; v++) {
            double d = distance_of(&c, u, v);
            ck_assert_double_gt(d, 0);
            ck_assert_double_eq(d, distance_of(&c, v, u));
        }
    }
    parameters_free(&c.set);
}
END_TEST

/* With no exponent above 1 the triangle inequality holds. */
START_TEST(test_triangle)
{
    struct case_of_metric c;
    make_case(&c, 3, EXPONENT_FREE, QUASI_METRIC_EUCLIDEAN);
    scatter_parameters(&c); /* exponents from 0.3 to 1 */
    for (uint32_t u = 0; u < NODES; u += 3)
        for (uint32_t v = 0; v < NODES; v += 2)
            for (uint32_t w = 0; w < NODES; w++)
                ck_assert_double_le(distance_of(&c, u, v),
                                    (distance_of(&c, u, w) + distance_of(&c, w, v)) * (1 + 1e-12));
    parameters_free(&c.set);
}
END_TEST

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct case_of_metric *c = context;
    struct variable *d = quasi_metric_distances(
        tape, &c->metric, tape_parameter(tape, c->points), c->source, c->target, PAIRS);
    return tape_mean(tape, tape_function(tape, tape_affine(tape, d, 1, -1), FUNCTION_SQUARE));
}

START_TEST(test_gradient)
{
    struct case_of_metric c;
    make_case(&c, shapes[_i].layers, shapes[_i].form, QUASI_METRIC_PUBLISHED);
    scatter_parameters(&c);
    ck_assert_double_le(gradient_check(&c.set, loss_of, &c, 1e-5), 1e-6);
    parameters_free(&c.set);
}
END_TEST

/* A point on top of another sends and gets finite gradients. */
START_TEST(test_coincident)
{
    struct case_of_metric c;
    make_case(&c, 4, EXPONENT_FREE, QUASI_METRIC_EUCLIDEAN);
    memset(c.points->value.data, 0, NODES * DIMENSION * sizeof(real));
    struct tape tape = {0};
    parameters_zero_gradient(&c.set);
    tape_backward(&tape, loss_of(&tape, &c.set, &c));
    for (size_t p = 0; p < c.set.count; p++)
        for (size_t i = 0; i < tensor_count(&c.set.list[p]->value); i++)
            ck_assert(isfinite(c.set.list[p]->gradient[i]));
    tape_free(&tape);
    parameters_free(&c.set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quasi_metric");
    TCase *tests = tcase_create("quasi_metric");
    size_t count = sizeof shapes / sizeof *shapes;
    tcase_add_test(tests, test_activation);
    tcase_add_test(tests, test_exponents);
    tcase_add_loop_test(tests, test_definition, 0, (int)count);
    tcase_add_test(tests, test_euclidean_start);
    tcase_add_test(tests, test_published_start);
    tcase_add_test(tests, test_axioms);
    tcase_add_test(tests, test_triangle);
    tcase_add_loop_test(tests, test_gradient, 0, (int)count);
    tcase_add_test(tests, test_coincident);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
