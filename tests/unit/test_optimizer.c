/* Optimizers: flat steps against hand-computed ones; Riemannian steps on each kind of space. */
#include "optim/optimizer.h"

#include "embedding/embedding_loss.h"
#include "space_cases.h"

#include <string.h>

enum { STEPS = 5 };
static const real gradients[STEPS] = {0.5, -1, 2, 0.25, 3};

/* One parameter of one value that starts at 1. */
static struct parameter *one(struct parameters *set)
{
    *set = (struct parameters){0};
    struct parameter *x = parameters_add(set, "x", 1, (const size_t[]){1});
    x->value.data[0] = 1;
    return x;
}

static void assert_near(real found, double expected)
{
    ck_assert_msg(fabs((double)found - expected) <= 1e-12 * (1 + fabs(expected)),
                  "%.17g, not %.17g", (double)found, expected);
}

static void check_sgd(double momentum, bool nesterov, double weight_decay)
{
    struct parameters set;
    struct parameter *x = one(&set);
    struct optimizer optimizer = optimizer_make(OPTIMIZER_SGD);
    optimizer.momentum = (real)momentum;
    optimizer.nesterov = nesterov;
    optimizer.weight_decay = (real)weight_decay;
    double value = 1, velocity = 0;
    for (int t = 0; t < STEPS; t++) {
        double gradient = (double)gradients[t] + weight_decay * value;
        velocity = momentum * velocity + gradient;
        value -= 0.1 * (nesterov ? gradient + momentum * velocity : velocity);
        x->gradient[0] = gradients[t];
        optimizer_step(&optimizer, &set, (real)0.1);
        assert_near(x->value.data[0], value);
    }
    ck_assert_uint_eq(optimizer.steps, STEPS);
    parameters_free(&set);
}

START_TEST(sgd)
{
    check_sgd(0, false, 0);
    check_sgd(0.9, false, 0);
    check_sgd(0.9, true, 0);
    check_sgd(0.9, true, 0.01);
}
END_TEST

/* The formulas of Kingma and Ba, and of Loshchilov and Hutter for the decoupled decay. */
static void check_adam(enum optimizer_kind kind, double decay, bool decays)
{
    struct parameters set;
    struct parameter *x = one(&set);
    struct optimizer optimizer = optimizer_make(kind);
    optimizer.weight_decay = (real)decay;
    x->decays = decays;
    double applied = decays ? decay : 0, value = 1, m = 0, v = 0;
    for (int t = 0; t < STEPS; t++) {
        double gradient = (double)gradients[t] + (kind == OPTIMIZER_ADAM ? applied * value : 0);
        m = 0.9 * m + 0.1 * gradient;
        v = 0.999 * v + 0.001 * gradient * gradient;
        double step = m / (1 - pow(0.9, t + 1)) / (sqrt(v / (1 - pow(0.999, t + 1))) + 1e-8);
        value -= 0.1 * (step + (kind == OPTIMIZER_ADAMW ? applied * value : 0));
        x->gradient[0] = gradients[t];
        optimizer_step(&optimizer, &set, (real)0.1);
        assert_near(x->value.data[0], value);
    }
    parameters_free(&set);
}

START_TEST(adam)
{
    check_adam(OPTIMIZER_ADAM, 0, true);
    check_adam(OPTIMIZER_ADAM, 0.1, true);
    check_adam(OPTIMIZER_ADAMW, 0.1, true);
    check_adam(OPTIMIZER_ADAM, 0.1, false);
    check_adam(OPTIMIZER_ADAMW, 0.1, false);
}
END_TEST

START_TEST(frozen_and_scaled)
{
    struct parameters set = {0};
    struct parameter *plain = parameters_add(&set, "plain", 1, (const size_t[]){1});
    struct parameter *slow = parameters_add(&set, "slow", 1, (const size_t[]){1});
    struct parameter *frozen = parameters_add(&set, "frozen", 1, (const size_t[]){1});
    slow->rate_scale = (real)0.25;
    frozen->frozen = true;
    for (size_t i = 0; i < set.count; i++)
        set.list[i]->gradient[0] = 2;
    struct optimizer optimizer = optimizer_make(OPTIMIZER_SGD);
    optimizer_step(&optimizer, &set, (real)0.5);
    ck_assert(plain->value.data[0] == -1);
    ck_assert(slow->value.data[0] == (real)-0.25);
    ck_assert(frozen->value.data[0] == 0);
    ck_assert_ptr_null(frozen->first_moment);
    ck_assert_ptr_null(plain->second_moment); /* which SGD does not need */
    parameters_free(&set);
}
END_TEST

START_TEST(clipping)
{
    struct parameters set = {0};
    struct parameter *a = parameters_add(&set, "a", 1, (const size_t[]){2});
    struct parameter *b = parameters_add(&set, "b", 1, (const size_t[]){1});
    struct parameter *frozen = parameters_add(&set, "frozen", 1, (const size_t[]){1});
    frozen->frozen = true;
    a->gradient[0] = 2;
    a->gradient[1] = 3;
    b->gradient[0] = -6;
    frozen->gradient[0] = 100;
    ck_assert(gradient_norm(&set) == 7);
    ck_assert(gradient_clip(&set, 8) == 7);
    ck_assert(a->gradient[0] == 2 && b->gradient[0] == -6);
    ck_assert(gradient_clip(&set, 3.5) == 7);
    ck_assert(a->gradient[0] == 1 && a->gradient[1] == (real)1.5 && b->gradient[0] == -3);
    parameters_free(&set);
}
END_TEST

/* More values than a thread's share, so that the pieces meet. */
START_TEST(large_parameter)
{
    enum { COUNT = 100003 };
    struct parameters set = {0};
    struct parameter *x = parameters_add(&set, "x", 1, (const size_t[]){COUNT});
    struct optimizer optimizer = optimizer_make(OPTIMIZER_ADAM);
    for (size_t i = 0; i < COUNT; i++)
        x->gradient[i] = i % 2 ? 1 : -3;
    optimizer_step(&optimizer, &set, (real)0.125);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert(fabs(x->value.data[i] - (i % 2 ? -0.125 : 0.125)) < 1e-8);
    parameters_free(&set);
}
END_TEST

/* --- on manifolds --- */

enum { POINTS = 6 };

struct fit {
    struct space space;
    struct space_manifold manifold;
    struct parameters set;
    struct parameter *points, *log_radius;
    struct optimizer optimizer;
};

static void fit_make(struct fit *fit, const char *geometry, bool riemannian)
{
    *fit = (struct fit){.space = space_of(geometry),
                        .optimizer = optimizer_make(OPTIMIZER_ADAM)};
    space_manifold_make(&fit->manifold, &fit->space, NULL);
    const size_t shape[2] = {POINTS, fit->space.columns};
    fit->points = parameters_add(&fit->set, "points", 2, shape);
    if (riemannian)
        fit->points->manifold = &fit->manifold.manifold;
    fit->log_radius = parameters_add(&fit->set, "log_radius", 1, &fit->space.count);
    fit->log_radius->frozen = true;
    struct rng rng = rng_make(1, RNG_TEST, 0);
    space_random_points(&fit->space, &rng, (real)0.3, fit->points->value.data, POINTS);
}

/* One step towards a star about node 0: 1 from the centre, 2 between the others. */
static double fit_step(struct fit *fit, real rate)
{
    uint32_t source[POINTS * POINTS], target[POINTS * POINTS];
    float wanted[POINTS * POINTS];
    size_t count = 0;
    for (uint32_t i = 0; i < POINTS; i++)
        for (uint32_t j = i + 1; j < POINTS; j++) {
            source[count] = i;
            target[count] = j;
            wanted[count++] = i == 0 ? 1 : 2;
        }
    struct tape tape = {0};
    parameters_zero_gradient(&fit->set);
    struct variable *distances =
        space_pair_distances(&tape, &fit->space, tape_parameter(&tape, fit->points),
                             tape_parameter(&tape, fit->log_radius), source, target, count);
    struct variable *loss = embedding_loss(&tape, distances, wanted, 1, EMBEDDING_LOSS_MSE);
    double value = (double)loss->value.data[0];
    tape_backward(&tape, loss);
    optimizer_step(&fit->optimizer, &fit->set, rate);
    tape_free(&tape);
    return value;
}

START_TEST(euclidean_manifold_is_flat_adam)
{
    struct fit flat, curved;
    fit_make(&flat, "e3", false);
    fit_make(&curved, "e3", true);
    for (int step = 0; step < 50; step++) {
        fit_step(&flat, (real)0.05);
        fit_step(&curved, (real)0.05);
    }
    for (size_t i = 0; i < POINTS * 3; i++)
        assert_near(curved.points->value.data[i], (double)flat.points->value.data[i]);
    parameters_free(&flat.set);
    parameters_free(&curved.set);
}
END_TEST

START_TEST(sphere_is_not_left)
{
    const enum optimizer_kind kinds[] = {OPTIMIZER_SGD, OPTIMIZER_ADAM, OPTIMIZER_ADAMW};
    for (size_t k = 0; k < 3; k++) {
        struct fit fit;
        fit_make(&fit, "s2", true);
        fit.optimizer.kind = kinds[k];
        fit.optimizer.weight_decay = (real)0.1; /* which does not apply to points */
        double first = fit_step(&fit, (real)0.05), last = first;
        for (int step = 0; step < 200; step++)
            last = fit_step(&fit, (real)0.05);
        ck_assert_msg(last < first / 2, "%g after %g", last, first);
        for (size_t i = 0; i < POINTS; i++) {
            const real *x = fit.points->value.data + 3 * i;
            assert_near((real)inner_product(x, x, 3), 1);
        }
        parameters_free(&fit.set);
    }
}
END_TEST

/* A star is far from flat: a plane cannot hold five leaves 2 apart, a small enough radius can. */
START_TEST(hyperbolic_loss_falls)
{
    struct fit fit, flat;
    fit_make(&fit, "h2", true);
    fit_make(&flat, "e2", true);
    fit.log_radius->value.data[0] = (real)-2;
    double last = 0, last_flat = 0;
    for (int step = 0; step < 800; step++) {
        last = fit_step(&fit, (real)0.05);
        last_flat = fit_step(&flat, (real)0.05);
    }
    ck_assert_msg(last < 0.05 && last < last_flat / 5, "%g, flat %g", last, last_flat);
    for (size_t i = 0; i < POINTS * 2; i++)
        ck_assert(isfinite(fit.points->value.data[i]));
    parameters_free(&fit.set);
    parameters_free(&flat.set);
}
END_TEST

/* A plain gradient step goes along the geodesic by rate times the Riemannian norm. */
START_TEST(sgd_follows_geodesics)
{
    for (size_t c = 0; c < SPACE_CASES; c++) {
        struct fit fit;
        fit_make(&fit, space_cases[c], true);
        fit.optimizer = optimizer_make(OPTIMIZER_SGD);
        fit.optimizer.momentum = 0;
        size_t columns = fit.space.columns;
        real before[MANIFOLD_MOST_COLUMNS], frame[MANIFOLD_MOST_COLUMNS];
        const real zero[SPACE_MOST_FACTORS] = {0};
        memcpy(before, fit.points->value.data, columns * sizeof *before);
        fit_step(&fit, (real)0.1);
        fit.manifold.manifold.gradient_in_frame(&fit.manifold.manifold, before,
                                                fit.points->gradient, frame);
        double length = 0.1 * sqrt((double)inner_product(frame, frame, columns));
        double moved = direct_distance(&fit.space, zero, before, fit.points->value.data);
        ck_assert_msg(fabs(moved - length) < 1e-7, "%s: %g, not %g", space_cases[c], moved, length);
        parameters_free(&fit.set);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimizer");
    TCase *cases = tcase_create("flat");
    tcase_add_test(cases, sgd);
    tcase_add_test(cases, adam);
    tcase_add_test(cases, frozen_and_scaled);
    tcase_add_test(cases, clipping);
    tcase_add_test(cases, large_parameter);
    suite_add_tcase(suite, cases);
    TCase *curved = tcase_create("riemannian");
    tcase_add_test(curved, euclidean_manifold_is_flat_adam);
    tcase_add_test(curved, sphere_is_not_left);
    tcase_add_test(curved, hyperbolic_loss_falls);
    tcase_add_test(curved, sgd_follows_geodesics);
    suite_add_tcase(suite, curved);
    return check_run(suite);
}
