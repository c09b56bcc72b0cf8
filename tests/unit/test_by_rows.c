/* Functions of a few rows at a time: values and gradients are those of all rows at once. */
#include "grad/by_rows.h"

#include "check_main.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <string.h>

enum { PLANES = 2, ROWS = 7, IN = 3, OUT = 4 };

struct setting {
    struct parameters set;
    struct parameter *x, *weight, *shared;
    size_t at_once; /* 0: without tape_by_rows */
    bool constant;  /* whether x needs no gradient */
};

static void setting_make(struct setting *s)
{
    struct rng rng = rng_make(6, RNG_TEST, 0);
    *s = (struct setting){0};
    s->x = parameters_add(&s->set, "x", 3, (const size_t[]){PLANES, ROWS, IN});
    s->weight = parameters_add(&s->set, "weight", 2, (const size_t[]){OUT, IN});
    s->shared = parameters_add(&s->set, "shared", 1, (const size_t[]){OUT});
    for (size_t p = 0; p < s->set.count; p++)
        for (size_t i = 0; i < tensor_count(&s->set.list[p]->value); i++)
            s->set.list[p]->value.data[i] = (real)rng_normal(&rng);
}

/* shared * tanh(x W^T), for whatever rows come. */
static struct variable *layer(struct tape *tape, struct variable *x, struct variable *shared,
                              const void *context)
{
    const struct setting *s = context;
    struct variable *y =
        tape_linear(tape, x, tape_parameter(tape, s->weight), NULL, ACTIVATION_TANH);
    return shared ? tape_multiply(tape, y, shared) : y;
}

/* x is used twice, so that its gradient is added to; every element of the result counts apart. */
static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    const struct setting *s = context;
    (void)set;
    struct variable *x = s->constant ? tape_constant(tape, s->x->value)
                                     : tape_affine(tape, tape_parameter(tape, s->x), 1, 0);
    struct variable *shared = tape_affine(tape, tape_parameter(tape, s->shared), 2, 0);
    struct variable *y =
        s->at_once ? tape_by_rows(tape, x, shared, PLANES, OUT, s->at_once, layer, s)
                   : layer(tape, x, shared, s);
    struct tensor weights = y->value;
    weights.data = arena_alloc(&tape->arena, PLANES * ROWS * OUT, sizeof(real));
    for (size_t i = 0; i < PLANES * ROWS * OUT; i++)
        weights.data[i] = (real)cos((double)i);
    struct variable *loss = tape_sum(tape, tape_multiply(tape, y, tape_constant(tape, weights)));
    return tape_add(tape, loss, tape_sum(tape, tape_function(tape, x, FUNCTION_SQUARE)));
}

START_TEST(gradients)
{
    struct setting s;
    setting_make(&s);
    for (size_t at_once = 1; at_once <= ROWS + 1; at_once++) {
        s.at_once = at_once;
        double error = gradient_check(&s.set, loss_of, &s, 1e-5);
        ck_assert_msg(error <= 1e-6, "%zu at once: %g", at_once, error);
    }
    parameters_free(&s.set);
}
END_TEST

START_TEST(values)
{
    struct setting s;
    struct tape tape = {0};
    setting_make(&s);
    double whole = (double)loss_of(&tape, &s.set, &s)->value.data[0];
    for (s.at_once = 1; s.at_once <= ROWS; s.at_once++) {
        double found = (double)loss_of(&tape, &s.set, &s)->value.data[0];
        ck_assert(fabs(found - whole) < 1e-12);
    }
    tape_free(&tape);
    parameters_free(&s.set);
}
END_TEST

/* Parameters inside learn though x is data; and nothing is noted when nothing learns. */
START_TEST(constants)
{
    struct setting s;
    struct tape tape = {0};
    setting_make(&s);
    s.at_once = 2;
    s.constant = true;
    s.x->frozen = s.shared->frozen = true;
    double error = gradient_check(&s.set, loss_of, &s, 1e-5);
    ck_assert_msg(error <= 1e-6, "%g", error);
    s.weight->frozen = true;
    ck_assert(!loss_of(&tape, &s.set, &s)->needs_gradient);
    tape_free(&tape);
    parameters_free(&s.set);
}
END_TEST

/* What a step takes does not grow, neither from step to step nor with the number of pieces. */
START_TEST(memory)
{
    struct setting s;
    struct tape tape = {0};
    setting_make(&s);
    s.at_once = 1;
    size_t blocks = 0;
    for (int step = 0; step < 4; step++) {
        tape_reset(&tape);
        tape_backward(&tape, loss_of(&tape, &s.set, &s));
        if (step == 1)
            blocks = tape.arena.blocks;
    }
    ck_assert_uint_eq(tape.arena.blocks, blocks);
    tape_free(&tape);
    parameters_free(&s.set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("by_rows");
    TCase *cases = tcase_create("by_rows");
    tcase_add_test(cases, gradients);
    tcase_add_test(cases, values);
    tcase_add_test(cases, constants);
    tcase_add_test(cases, memory);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
