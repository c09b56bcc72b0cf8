/* Minkowski and de Sitter intervals. */
#include "base/rng.h"
#include "check_main.h"
#include "geometry/lorentzian.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <math.h>

enum { NODES = 12, PAIRS = 40, SPACE = 3, COLUMNS = 5 };

struct case_of_intervals {
    struct parameters set;
    struct parameter *points;
    uint32_t source[PAIRS], target[PAIRS];
    bool de_sitter;
};

static void make_case(struct case_of_intervals *c, bool de_sitter)
{
    struct rng rng = rng_make(8, RNG_TEST, 0);
    *c = (struct case_of_intervals){.de_sitter = de_sitter};
    c->points = parameters_add(&c->set, "points", 2, (const size_t[]){NODES, COLUMNS});
    for (size_t i = 0; i < NODES * COLUMNS; i++)
        c->points->value.data[i] = (real)rng_normal(&rng);
    for (size_t i = 0; i < PAIRS; i++) {
        c->source[i] = (uint32_t)rng_below(&rng, NODES);
        c->target[i] = (c->source[i] + 1 + (uint32_t)rng_below(&rng, NODES - 1)) % NODES;
    }
}

static struct variable *intervals(struct tape *tape, struct case_of_intervals *c,
                                  struct variable *points)
{
    return (c->de_sitter ? de_sitter_intervals : minkowski_intervals)(
        tape, points, SPACE, c->source, c->target, PAIRS);
}

static double minkowski(const real *a, const real *b)
{
    double sum = 0;
    for (size_t k = 0; k < COLUMNS; k++)
        sum += (k < SPACE ? 1 : -1) * (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

static double de_sitter(const real *a, const real *b)
{
    double x[2] = {0, 0}, t[2] = {1, 1}, space = 0, time = 0;
    for (size_t k = 0; k < COLUMNS; k++) {
        (k < SPACE ? x : t)[0] += a[k] * a[k];
        (k < SPACE ? x : t)[1] += b[k] * b[k];
        *(k < SPACE ? &space : &time) += a[k] * b[k];
    }
    double q = space * sqrt(t[0] * t[1] / (x[0] * x[1])) - time;
    return q > 1 ? acosh(q) * acosh(q) : 2 * (q - 1);
}

START_TEST(test_definition)
{
    struct case_of_intervals c;
    make_case(&c, _i);
    struct tape tape = {0};
    const struct variable *d = intervals(&tape, &c, tape_constant(&tape, c.points->value));
    size_t positive = 0;
    for (size_t i = 0; i < PAIRS; i++) {
        const real *a = c.points->value.data + c.source[i] * COLUMNS;
        const real *b = c.points->value.data + c.target[i] * COLUMNS;
        double expected = _i ? de_sitter(a, b) : minkowski(a, b);
        ck_assert_double_eq_tol(d->value.data[i], expected, 1e-12 * (1 + fabs(expected)));
        positive += expected > 0;
    }
    ck_assert(positive > 0 && positive < PAIRS); /* both branches were seen */
    tape_free(&tape);
    parameters_free(&c.set);
}
END_TEST

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct case_of_intervals *c = context;
    struct variable *d = intervals(tape, c, tape_parameter(tape, set->list[0]));
    return tape_mean(tape, tape_function(tape, tape_affine(tape, d, 1, -1), FUNCTION_SQUARE));
}

START_TEST(test_gradient)
{
    struct case_of_intervals c;
    make_case(&c, _i);
    ck_assert_double_le(gradient_check(&c.set, loss_of, &c, 1e-6), 1e-6);
    parameters_free(&c.set);
}
END_TEST

/* A point without a direction in space, and a point on the light cone of itself. */
START_TEST(test_degenerate)
{
    struct case_of_intervals c;
    make_case(&c, true);
    memset(c.points->value.data, 0, NODES * COLUMNS * sizeof(real));
    struct tape tape = {0};
    parameters_zero_gradient(&c.set);
    tape_backward(&tape, loss_of(&tape, &c.set, &c));
    for (size_t i = 0; i < NODES * COLUMNS; i++)
        ck_assert(isfinite(c.points->gradient[i]));
    tape_free(&tape);
    parameters_free(&c.set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lorentzian");
    TCase *tests = tcase_create("lorentzian");
    tcase_add_loop_test(tests, test_definition, 0, 2);
    tcase_add_loop_test(tests, test_gradient, 0, 2);
    tcase_add_test(tests, test_degenerate);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
