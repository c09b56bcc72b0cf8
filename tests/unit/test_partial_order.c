/* The neural partial order and its loss. */
#include "base/rng.h"
#include "check_main.h"
#include "geometry/partial_order.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <math.h>

enum { NODES = 70, PAIRS = 90, TIMES = 3 };

struct case_of_order {
    struct parameters set;
    struct parameter *times;
    struct partial_order order;
    uint32_t source[PAIRS], target[PAIRS];
};

static void make_case(struct case_of_order *c, enum partial_order_start start, uint32_t seed)
{
    struct rng rng = rng_make(seed, RNG_TEST, 0);
    *c = (struct case_of_order){0};
    c->times = parameters_add(&c->set, "times", 2, (const size_t[]){NODES, TIMES});
    for (size_t i = 0; i < NODES * TIMES; i++)
        c->times->value.data[i] = (real)rng_normal(&rng);
    partial_order_make(&c->order, &c->set, TIMES, 4, 6);
    partial_order_initialise(&c->order, start, &rng);
    for (size_t i = 0; i < PAIRS; i++) {
        c->source[i] = (uint32_t)rng_below(&rng, NODES);
        c->target[i] = (c->source[i] + 1 + (uint32_t)rng_below(&rng, NODES - 1)) % NODES;
    }
}

/* t <= t' in every coordinate implies T(t) <= T(t'), for any weights and starts. */
START_TEST(test_monotone)
{
    struct case_of_order c;
    make_case(&c, _i % 2 ? PARTIAL_ORDER_PUBLISHED : PARTIAL_ORDER_IDENTITY, (uint32_t)_i);
    struct rng rng = rng_make(3, RNG_TEST, (uint32_t)_i);
    for (size_t p = 1; p < c.set.count; p++) /* raw values of both signs */
        for (size_t i = 0; i < tensor_count(&c.set.list[p]->value); i++)
            c.set.list[p]->value.data[i] += (real)(0.3 * rng_normal(&rng));
    for (size_t v = 1; v < NODES; v += 2) /* every second one is above the one before */
        for (size_t k = 0; k < TIMES; k++)
            c.times->value.data[v * TIMES + k] =
                c.times->value.data[(v - 1) * TIMES + k] + (real)(0.5 * rng_uniform(&rng));
    struct tape tape = {0};
    const real *z =
        partial_order_apply(&tape, &c.order, tape_constant(&tape, c.times->value))->value.data;
    for (size_t v = 1; v < NODES; v += 2)
        ck_assert(partial_order_precedes(z + (v - 1) * TIMES, z + v * TIMES, TIMES));
    tape_free(&tape);
    parameters_free(&c.set);
}
END_TEST

START_TEST(test_identity_start)
{
    struct case_of_order c;
    make_case(&c, PARTIAL_ORDER_IDENTITY, 1);
    for (size_t i = 0; i < NODES * TIMES; i++)
        c.times->value.data[i] = 0.5 + 0.5 * fabs(c.times->value.data[i]);
    struct tape tape = {0};
    const real *z =
        partial_order_apply(&tape, &c.order, tape_constant(&tape, c.times->value))->value.data;
    for (size_t i = 0; i < NODES * TIMES; i++)
        ck_assert_double_eq_tol(z[i], c.times->value.data[i], 0.25 * c.times->value.data[i] + 0.2);
    tape_free(&tape);
    parameters_free(&c.set);
}
END_TEST

/* The published start has the published number of parameters and shapes. */
START_TEST(test_published_size)
{
    struct parameters set = {0};
    struct partial_order order = {0};
    partial_order_make(&order, &set, 2, 4, 10);
    ck_assert_uint_eq(parameters_count(&set), 280);
    parameters_free(&set);
}
END_TEST

static struct variable *loss_of_network(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct case_of_order *c = context;
    struct variable *z =
        partial_order_apply(tape, &c->order, tape_parameter(tape, c->times));
    return tape_mean(tape, tape_function(tape, tape_affine(tape, z, 1, -1), FUNCTION_SQUARE));
}

START_TEST(test_network_gradient)
{
    struct case_of_order c;
    make_case(&c, _i ? PARTIAL_ORDER_PUBLISHED : PARTIAL_ORDER_IDENTITY, 2);
    struct rng rng = rng_make(9, RNG_TEST, 0); /* away from 0, where LeakyReLU is bent */
    for (size_t l = 0; l < c.order.net.layers; l++)
        for (size_t k = 0; k < c.order.net.sizes[l + 1]; k++)
            c.order.net.bias[l]->value.data[k] += (real)(0.5 + rng_uniform(&rng));
    for (size_t i = 0; i < NODES * TIMES; i++)
        c.times->value.data[i] += c.times->value.data[i] < 0 ? -0.3 : 0.3;
    ck_assert_double_le(gradient_check(&c.set, loss_of_network, &c, 1e-5), 1e-6);
    parameters_free(&c.set);
}
END_TEST

/* The factor 1 - c is constant in a small neighbourhood, as long as no pair changes sides. */
static struct variable *loss_of_order(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct case_of_order *c = context;
    return partial_order_loss(tape, tape_parameter(tape, c->times), c->source, c->target, PAIRS,
                              10);
}

START_TEST(test_loss_gradient)
{
    struct case_of_order c;
    make_case(&c, PARTIAL_ORDER_IDENTITY, 4);
    for (size_t i = 0; i < NODES * TIMES; i++)
        c.times->value.data[i] *= 0.2; /* where the sigmoid has slopes */
    for (size_t p = 1; p < c.set.count; p++)
        c.set.list[p]->frozen = true; /* the loss is of the times themselves */
    ck_assert_double_le(gradient_check(&c.set, loss_of_order, &c, 1e-5), 1e-6);
    parameters_free(&c.set);
}
END_TEST

START_TEST(test_loss_values)
{
    const real times[] = {0, 0, 1, 1, 0.5, 2};
    const uint32_t source[] = {0, 0, 1}, target[] = {1, 2, 2};
    struct tape tape = {0};
    struct variable *z = tape_constant(&tape, tensor_matrix((real *)(uintptr_t)times, 3, 2));
    double all = 0;
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 2; k++)
            all += 1 / (1 + exp(-10 * (times[2 * source[i] + k] - times[2 * target[i] + k])));
    real loss = partial_order_loss(&tape, z, source, target, 3, 10)->value.data[0];
    ck_assert_double_eq_tol(loss, all / 6 / 3, 1e-14); /* one of three pairs is not in order */
    loss = partial_order_loss(&tape, z, source, target, 2, 10)->value.data[0];
    ck_assert_double_eq(loss, 0); /* both are */
    tape_free(&tape);
}
END_TEST

static struct variable *hinge_of_order(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct case_of_order *c = context;
    return partial_order_hinge_loss(tape, tape_parameter(tape, c->times), c->source, c->target,
                                    PAIRS, (real)0.1);
}

static struct variable *apart_of_order(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct case_of_order *c = context;
    return partial_order_apart_loss(tape, tape_parameter(tape, c->times), c->source, c->target,
                                    PAIRS, 1);
}

START_TEST(test_hinge_gradients)
{
    struct case_of_order c;
    make_case(&c, PARTIAL_ORDER_IDENTITY, 5);
    for (size_t p = 1; p < c.set.count; p++)
        c.set.list[p]->frozen = true;
    gradient_check_loss *loss = _i ? apart_of_order : hinge_of_order;
    ck_assert_double_le(gradient_check(&c.set, loss, &c, 1e-6), 1e-6);
    parameters_free(&c.set);
}
END_TEST

/* 0 -> 1 is in order by 1 and 2, 0 -> 2 behind by 0.5 in the first time. */
START_TEST(test_hinge_values)
{
    const real times[] = {0, 0, 1, 2, -0.5, 3};
    const uint32_t source[] = {0, 0}, target[] = {1, 2};
    struct tape tape = {0};
    struct variable *z = tape_constant(&tape, tensor_matrix((real *)(uintptr_t)times, 3, 2));
    real in_order = partial_order_hinge_loss(&tape, z, source, target, 1, 1)->value.data[0];
    real behind = partial_order_hinge_loss(&tape, z, source, target, 2, 0)->value.data[0];
    real claimed = partial_order_apart_loss(&tape, z, source, target, 1, 0.25)->value.data[0];
    real parted = partial_order_apart_loss(&tape, z, source + 1, target + 1, 1, 0.5)->value.data[0];
    ck_assert_double_eq(in_order, 0);
    ck_assert_double_eq_tol(behind, 0.5 * 0.25 / 2, 1e-15);
    ck_assert_double_eq_tol(claimed, 0.5 * 1.25 * 1.25, 1e-15);
    ck_assert_double_eq(parted, 0);
    ck_assert_double_eq(partial_order_apart_loss(&tape, z, source, target, 0, 1)->value.data[0], 0);
    tape_free(&tape);
}
END_TEST

START_TEST(test_precedes)
{
    const real x[] = {0, 1}, y[] = {1, 1}, z[] = {2, 0};
    ck_assert(partial_order_precedes(x, y, 2));
    ck_assert(!partial_order_precedes(y, x, 2));
    ck_assert(partial_order_precedes(x, x, 2));
    ck_assert(!partial_order_precedes(x, z, 2));
    ck_assert(!partial_order_precedes(z, x, 2));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("partial_order");
    TCase *tests = tcase_create("partial_order");
    tcase_add_loop_test(tests, test_monotone, 0, 10);
    tcase_add_test(tests, test_identity_start);
    tcase_add_test(tests, test_published_size);
    tcase_add_loop_test(tests, test_network_gradient, 0, 2);
    tcase_add_test(tests, test_loss_gradient);
    tcase_add_test(tests, test_loss_values);
    tcase_add_loop_test(tests, test_hinge_gradients, 0, 2);
    tcase_add_test(tests, test_hinge_values);
    tcase_add_test(tests, test_precedes);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
