/*
 * Multivector ops: values against the plain functions of the algebra, gradients against central
 * differences, by the frame too, for fixed, learned and degenerate metrics.
 */
#include "multivector/multivector.h"

#include "check_main.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <string.h>

enum { BATCH = 5, CHANNELS = 3, OUT = 2, MOST_INPUTS = 5 };

/* What an op is given: a frame and other inputs, as parameters of a set. */
struct setting {
    struct clifford_plan plan;
    struct parameters set;
    struct rng rng;
    struct variable *(*apply)(struct tape *tape, const struct clifford_plan *plan,
                              struct variable **inputs);
};

static struct parameter *add(struct setting *s, size_t a, size_t b, size_t c)
{
    struct parameter *p = parameters_add(&s->set, "input", 3, (const size_t[]){a, b, c});
    for (size_t i = 0; i < a * b * c; i++)
        p->value.data[i] = (real)rng_normal(&s->rng);
    return p;
}

/* lambda as given, or random; P is a random matrix, since ops do not care that it is orthogonal. */
static void setting_make(struct setting *s, size_t n, const real *lambda, bool fixed)
{
    struct error error = {0};
    *s = (struct setting){.rng = rng_make(7, RNG_TEST, (uint32_t)n)};
    ck_assert(clifford_plan_make(&s->plan, n, fixed ? lambda : NULL, &error));
    struct parameter *frame = add(s, 1, n + 1, n);
    frame->frozen = fixed;
    if (lambda)
        memcpy(frame->value.data, lambda, n * sizeof *lambda);
}

static void setting_free(struct setting *s)
{
    parameters_free(&s->set);
    clifford_plan_free(&s->plan);
}

static struct variable *apply(struct setting *s, struct tape *tape)
{
    struct variable *inputs[MOST_INPUTS + 1] = {0};
    for (size_t i = 0; i < s->set.count; i++)
        inputs[i] = tape_parameter(tape, s->set.list[i]);
    return s->apply(tape, &s->plan, inputs);
}

/* sum of sin(i) y_i: every element counts differently */
static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    (void)set;
    struct variable *y = apply(context, tape);
    size_t count = tensor_count(&y->value);
    real *weights = arena_alloc(&tape->arena, count, sizeof *weights);
    for (size_t i = 0; i < count; i++)
        weights[i] = (real)sin((double)i + 1);
    struct tensor weight = y->value;
    weight.data = weights;
    return tape_sum(tape, tape_multiply(tape, y, tape_constant(tape, weight)));
}

/* Inputs as parameters and once more with x out of another op and used twice. */
static struct variable *shared_loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct setting *s = context;
    struct variable *inputs[MOST_INPUTS + 1] = {0};
    (void)set;
    for (size_t i = 0; i < s->set.count; i++)
        inputs[i] = tape_affine(tape, tape_parameter(tape, s->set.list[i]), 1, 0);
    struct variable *y = s->apply(tape, &s->plan, inputs);
    struct variable *sum = tape_sum(tape, tape_function(tape, y, FUNCTION_SINE));
    for (size_t i = 1; i < s->set.count; i++)
        sum = tape_add(tape, sum, tape_sum(tape, tape_function(tape, inputs[i], FUNCTION_SQUARE)));
    return sum;
}

/* A check_gradient of the library, with a step that suits it. */
typedef double gradient_checker(struct parameters *, gradient_check_loss *, void *, double);

static void check_gradient_by(struct setting *s, gradient_checker *check, double step,
                              const char *name)
{
    double error = check(&s->set, loss_of, s, step);
    ck_assert_msg(error <= 1e-6, "%s: gradient off by %g", name, error);
    error = check(&s->set, shared_loss_of, s, step);
    ck_assert_msg(error <= 1e-6, "%s: shared gradient off by %g", name, error);
}

static void check_gradient(struct setting *s, const char *name)
{
    check_gradient_by(s, gradient_check, 1e-5, name);
}

/* Norms bend sharply where a form is near 0: only small steps of a high order follow them. */
static void check_norm_gradient(struct setting *s, const char *name)
{
    check_gradient_by(s, gradient_check_fine, 3e-6, name);
}

/* Coefficient `blade` of a sample's channel in a (blades, BATCH, channels) array. */
static real at(const real *x, size_t blade, size_t sample, size_t channel, size_t channels)
{
    return x[(blade * BATCH + sample) * channels + channel];
}

static void multivector_of(const struct setting *s, const real *x, size_t sample, size_t channel,
                           size_t channels, real *result)
{
    for (size_t blade = 0; blade < s->plan.algebra.blades; blade++)
        result[blade] = at(x, blade, sample, channel, channels);
}

static void check_close(real found, real expected, const char *what)
{
    ck_assert_msg(fabs((double)(found - expected)) <= 1e-12 * (1 + fabs((double)expected)),
                  "%s: %.17g, not %.17g", what, (double)found, (double)expected);
}

/* Runs a test for a learned metric, a fixed one of signs, a fixed one of others, and ties. */
static void for_all_metrics(void (*test)(struct setting *), size_t most_dimensions)
{
    const real signs[] = {1, -1, 0, 1, -1, 1}, others[] = {2, -0.5, 1, 0, 3, 1};
    for (size_t n = 1; n <= most_dimensions; n++) {
        for (int kind = 0; kind < 4; kind++) {
            struct setting s;
            setting_make(&s, n, kind == 0 ? NULL : kind == 1 ? signs : others, kind % 2);
            test(&s);
            setting_free(&s);
        }
    }
}

/* --- linear --- */

static struct variable *apply_linear(struct tape *tape, const struct clifford_plan *plan,
                                     struct variable **in)
{
    return multivector_linear(tape, plan, in[1], in[2], in[3]);
}

static void check_linear(struct setting *s, bool by_grade)
{
    const struct clifford *algebra = &s->plan.algebra;
    const real *x = add(s, algebra->blades, BATCH, CHANNELS)->value.data;
    const real *w = add(s, by_grade ? algebra->grades : 1, OUT, CHANNELS)->value.data;
    const real *bias = add(s, 1, 1, OUT)->value.data;
    struct tape tape = {0};
    s->apply = apply_linear;
    const real *y = apply(s, &tape)->value.data;
    for (size_t blade = 0; blade < algebra->blades; blade++) {
        for (size_t b = 0; b < BATCH; b++) {
            for (size_t o = 0; o < OUT; o++) {
                real sum = blade == 0 ? bias[o] : 0;
                for (size_t c = 0; c < CHANNELS; c++)
                    sum += w[((by_grade ? algebra->grade[blade] : 0u) * OUT + o) * CHANNELS + c] *
                           at(x, blade, b, c, CHANNELS);
                check_close(at(y, blade, b, o, OUT), sum, "linear");
            }
        }
    }
    tape_free(&tape);
    check_gradient(s, "linear");
}

START_TEST(linear)
{
    for (size_t n = 1; n <= 3; n++) {
        for (int by_grade = 0; by_grade < 2; by_grade++) {
            struct setting s;
            setting_make(&s, n, NULL, false);
            check_linear(&s, by_grade);
            setting_free(&s);
        }
    }
}
END_TEST

/* --- gates and norms --- */

static struct variable *apply_silu(struct tape *tape, const struct clifford_plan *plan,
                                   struct variable **in)
{
    return multivector_silu(tape, plan, in[0], in[1], in[2], in[3]);
}

static double form_of_grade(const struct setting *s, const real *x, size_t grade)
{
    real part[64];
    clifford_project(&s->plan.algebra, grade, x, part);
    return clifford_quadratic_form(&s->plan.algebra, s->set.list[0]->value.data, part);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void check_silu(struct setting *s)
{
    const struct clifford *algebra = &s->plan.algebra;
    const real *x = add(s, algebra->blades, BATCH, CHANNELS)->value.data;
    const real *slope = add(s, 1, algebra->grades, CHANNELS)->value.data;
    const real *shift = add(s, 1, algebra->grades, CHANNELS)->value.data;
    struct tape tape = {0};
    s->apply = apply_silu;
    const real *y = apply(s, &tape)->value.data;
    for (size_t b = 0; b < BATCH; b++) {
        for (size_t c = 0; c < CHANNELS; c++) {
            real m[64];
            multivector_of(s, x, b, c, CHANNELS, m);
            for (size_t blade = 0; blade < algebra->blades; blade++) {
                size_t k = algebra->grade[blade];
                double q = k == 0 ? (double)m[0] : form_of_grade(s, m, k);
                double gate = sigmoid((double)slope[k * CHANNELS + c] * q +
                                      (double)shift[k * CHANNELS + c]);
                check_close(at(y, blade, b, c, CHANNELS), m[blade] * (real)gate, "silu");
            }
        }
    }
    tape_free(&tape);
    check_gradient(s, "silu");
}

START_TEST(silu)
{
    for_all_metrics(check_silu, 3);
}
END_TEST

static struct variable *apply_normalise(struct tape *tape, const struct clifford_plan *plan,
                                        struct variable **in)
{
    return multivector_normalise(tape, plan, in[0], in[1], in[2]);
}

static void check_normalise(struct setting *s)
{
    const struct clifford *algebra = &s->plan.algebra;
    const real *x = add(s, algebra->blades, BATCH, CHANNELS)->value.data;
    const real *weight = add(s, 1, algebra->grades, CHANNELS)->value.data;
    struct tape tape = {0};
    s->apply = apply_normalise;
    const real *y = apply(s, &tape)->value.data;
    for (size_t b = 0; b < BATCH; b++) {
        for (size_t c = 0; c < CHANNELS; c++) {
            real m[64];
            multivector_of(s, x, b, c, CHANNELS, m);
            for (size_t blade = 0; blade < algebra->blades; blade++) {
                size_t k = algebra->grade[blade];
                double norm = pow(pow(form_of_grade(s, m, k), 2) + 1e-16, 0.25);
                double share = sigmoid((double)weight[k * CHANNELS + c]);
                check_close(at(y, blade, b, c, CHANNELS),
                            m[blade] / (real)(share * (norm - 1) + 1 + 1e-6), "normalise");
            }
        }
    }
    tape_free(&tape);
    check_norm_gradient(s, "normalise");
}

/* A null grade has a norm whose curvature no difference can follow: only forms of some size. */
START_TEST(normalise)
{
    const real metrics[2][3] = {{1, 2, 0.5}, {1, -1, -1}};
    for (size_t n = 1; n <= 3; n++) {
        for (int kind = 0; kind < 2; kind++) {
            struct setting s;
            setting_make(&s, n, metrics[kind], false);
            check_normalise(&s);
            setting_free(&s);
        }
    }
}
END_TEST

static struct variable *apply_layer_norm(struct tape *tape, const struct clifford_plan *plan,
                                         struct variable **in)
{
    return multivector_layer_norm(tape, plan, in[0], in[1], in[2]);
}

static void check_layer_norm(struct setting *s)
{
    const struct clifford *algebra = &s->plan.algebra;
    const real *x = add(s, algebra->blades, BATCH, CHANNELS)->value.data;
    const real *scale = add(s, 1, 1, CHANNELS)->value.data;
    struct tape tape = {0};
    s->apply = apply_layer_norm;
    const real *y = apply(s, &tape)->value.data;
    for (size_t b = 0; b < BATCH; b++) {
        double mean = 0;
        real m[64];
        for (size_t c = 0; c < CHANNELS; c++) {
            multivector_of(s, x, b, c, CHANNELS, m);
            mean += clifford_norm(algebra, s->set.list[0]->value.data, m) / CHANNELS;
        }
        for (size_t blade = 0; blade < algebra->blades; blade++)
            for (size_t c = 0; c < CHANNELS; c++)
                check_close(at(y, blade, b, c, CHANNELS),
                            at(x, blade, b, c, CHANNELS) * scale[c] / (real)(mean + 1e-6),
                            "layer norm");
    }
    tape_free(&tape);
    check_norm_gradient(s, "layer norm");
}

START_TEST(layer_norm)
{
    for_all_metrics(check_layer_norm, 3);
}
END_TEST

static struct variable *apply_invariants(struct tape *tape, const struct clifford_plan *plan,
                                         struct variable **in)
{
    return multivector_invariants(tape, plan, in[0], in[1]);
}

static void check_invariants(struct setting *s)
{
    const struct clifford *algebra = &s->plan.algebra;
    const real *x = add(s, algebra->blades, BATCH, CHANNELS)->value.data;
    struct tape tape = {0};
    s->apply = apply_invariants;
    const real *y = apply(s, &tape)->value.data;
    for (size_t b = 0; b < BATCH; b++) {
        for (size_t c = 0; c < CHANNELS; c++) {
            real m[64];
            multivector_of(s, x, b, c, CHANNELS, m);
            for (size_t k = 0; k < algebra->grades; k++)
                check_close(y[(b * algebra->grades + k) * CHANNELS + c],
                            k == 0 ? m[0] : (real)form_of_grade(s, m, k), "invariants");
        }
    }
    tape_free(&tape);
    check_gradient(s, "invariants");
}

START_TEST(invariants)
{
    for_all_metrics(check_invariants, 3);
}
END_TEST

/* --- products --- */

static struct variable *apply_product(struct tape *tape, const struct clifford_plan *plan,
                                      struct variable **in)
{
    return multivector_product(tape, plan, in[0], in[1], in[2], in[3], in[4]);
}

static struct variable *apply_mix(struct tape *tape, const struct clifford_plan *plan,
                                  struct variable **in)
{
    return multivector_mix(tape, plan, in[0], in[1], in[2], in[3], in[4]);
}

/* sum over paths of w_p << <x>_i <z>_k >>_j, w (paths) with a stride, by projections. */
static void weighted_product(const struct setting *s, const real *x, const real *z, const real *w,
                             size_t stride, real *result)
{
    const struct clifford_plan *plan = &s->plan;
    memset(result, 0, plan->algebra.blades * sizeof *result);
    for (size_t p = 0; p < plan->paths; p++) {
        real left[64], right[64], part[64];
        clifford_project(&plan->algebra, plan->path[p].left, x, left);
        clifford_project(&plan->algebra, plan->path[p].right, z, right);
        clifford_product(&plan->algebra, s->set.list[0]->value.data, left, right, part);
        clifford_project(&plan->algebra, plan->path[p].output, part, part);
        for (size_t i = 0; i < plan->algebra.blades; i++)
            result[i] += w[p * stride] * part[i];
    }
}

static void check_product_value(struct setting *s, const real *first)
{
    const real *x = s->set.list[1]->value.data, *z = s->set.list[2]->value.data;
    const real *w = s->set.list[3]->value.data;
    struct tape tape = {0};
    const real *y = apply(s, &tape)->value.data;
    for (size_t b = 0; b < BATCH; b++) {
        for (size_t c = 0; c < CHANNELS; c++) {
            real mx[64], mz[64], sum[64];
            multivector_of(s, x, b, c, CHANNELS, mx);
            multivector_of(s, z, b, c, CHANNELS, mz);
            weighted_product(s, mx, mz, w + c, CHANNELS, sum);
            for (size_t blade = 0; blade < s->plan.algebra.blades; blade++)
                check_close(at(y, blade, b, c, CHANNELS),
                            first ? (at(first, blade, b, c, CHANNELS) + sum[blade]) / (real)M_SQRT2
                                  : sum[blade],
                            "product");
        }
    }
    tape_free(&tape);
}

static void check_product(struct setting *s)
{
    size_t blades = s->plan.algebra.blades;
    add(s, blades, BATCH, CHANNELS);
    add(s, blades, BATCH, CHANNELS);
    add(s, 1, s->plan.paths, CHANNELS);
    s->apply = apply_product;
    check_product_value(s, NULL);
    if (s->plan.algebra.dimension <= 3)
        check_gradient(s, "product");
    check_product_value(s, add(s, blades, BATCH, CHANNELS)->value.data);
    if (s->plan.algebra.dimension <= 3)
        check_gradient(s, "product beside a first order");
}

START_TEST(product)
{
    for_all_metrics(check_product, 6);
}
END_TEST

static void check_mix_value(struct setting *s, const real *first)
{
    const real *x = s->set.list[1]->value.data, *z = s->set.list[2]->value.data;
    const real *w = s->set.list[3]->value.data;
    struct tape tape = {0};
    const real *y = apply(s, &tape)->value.data;
    for (size_t b = 0; b < BATCH; b++) {
        for (size_t o = 0; o < OUT; o++) {
            real total[64] = {0};
            for (size_t c = 0; c < CHANNELS; c++) {
                real mx[64], mz[64], sum[64];
                multivector_of(s, x, b, c, CHANNELS, mx);
                multivector_of(s, z, b, c, CHANNELS, mz);
                weighted_product(s, mx, mz, w + c * OUT + o, CHANNELS * OUT, sum);
                for (size_t blade = 0; blade < s->plan.algebra.blades; blade++)
                    total[blade] += sum[blade];
            }
            for (size_t blade = 0; blade < s->plan.algebra.blades; blade++)
                check_close(at(y, blade, b, o, OUT),
                            first ? (at(first, blade, b, o, OUT) + total[blade]) / (real)M_SQRT2
                                  : total[blade],
                            "mix");
        }
    }
    tape_free(&tape);
}

static void check_mix(struct setting *s)
{
    size_t blades = s->plan.algebra.blades;
    add(s, blades, BATCH, CHANNELS);
    add(s, blades, BATCH, CHANNELS);
    add(s, s->plan.paths, CHANNELS, OUT);
    s->apply = apply_mix;
    check_mix_value(s, NULL);
    check_mix_value(s, add(s, blades, BATCH, OUT)->value.data);
    if (s->plan.algebra.dimension <= 3)
        check_gradient(s, "mix");
}

START_TEST(mix)
{
    for_all_metrics(check_mix, 6);
}
END_TEST

/* x x of one variable: both gradients come together. */
static struct variable *apply_square(struct tape *tape, const struct clifford_plan *plan,
                                     struct variable **in)
{
    return multivector_product(tape, plan, in[0], in[1], in[1], in[2], in[1]);
}

static struct variable *apply_mixed_square(struct tape *tape, const struct clifford_plan *plan,
                                           struct variable **in)
{
    return multivector_mix(tape, plan, in[0], in[1], in[1], in[2], in[1]);
}

START_TEST(square)
{
    struct setting s;
    setting_make(&s, 3, NULL, false);
    add(&s, 8, BATCH, CHANNELS);
    add(&s, 1, s.plan.paths, CHANNELS);
    s.apply = apply_square;
    check_gradient(&s, "square");
    setting_free(&s);
    setting_make(&s, 3, NULL, false);
    add(&s, 8, BATCH, CHANNELS);
    add(&s, s.plan.paths, CHANNELS, CHANNELS);
    s.apply = apply_mixed_square;
    check_gradient(&s, "mixed square");
    setting_free(&s);
}
END_TEST

/* --- in and out --- */

static struct variable *apply_enter(struct tape *tape, const struct clifford_plan *plan,
                                    struct variable **in)
{
    const struct multivector_part parts[] = {
        {0, in[1]}, {1, in[2]}, {plan->algebra.dimension, in[3]}};
    return multivector_enter(tape, plan, in[0], parts, 3);
}

START_TEST(enter)
{
    for (size_t n = 1; n <= 4; n++) {
        struct setting s;
        setting_make(&s, n, NULL, false);
        const real *scalars = add(&s, BATCH, 2, 1)->value.data;
        const real *vectors = add(&s, BATCH, CHANNELS, n)->value.data;
        add(&s, BATCH, 1, 1);
        s.apply = apply_enter;
        struct tape tape = {0};
        const real *x = apply(&s, &tape)->value.data, *axes = s.set.list[0]->value.data + n;
        for (size_t b = 0; b < BATCH; b++) {
            check_close(at(x, 0, b, 1, CHANNELS + 3), scalars[b * 2 + 1], "scalar");
            for (size_t c = 0; c < CHANNELS; c++) {
                check_close(at(x, 0, b, 2 + c, CHANNELS + 3), 0, "the scalar of a vector");
                for (size_t i = 0; i < n; i++) {
                    real sum = 0;
                    for (size_t a = 0; a < n; a++)
                        sum += axes[a * n + i] * vectors[(b * CHANNELS + c) * n + a];
                    check_close(at(x, 1 + i, b, 2 + c, CHANNELS + 3), sum, "vector");
                }
            }
        }
        tape_free(&tape);
        check_gradient(&s, "enter");
        setting_free(&s);
    }
}
END_TEST

static size_t leaving_grade;

static struct variable *apply_leave(struct tape *tape, const struct clifford_plan *plan,
                                    struct variable **in)
{
    return multivector_leave(tape, plan, in[0], in[1], leaving_grade);
}

START_TEST(leave)
{
    for (size_t n = 1; n <= 4; n++) {
        for (leaving_grade = 0; leaving_grade <= n; leaving_grade++) {
            struct setting s;
            setting_make(&s, n, NULL, false);
            const real *x = add(&s, s.plan.algebra.blades, BATCH, CHANNELS)->value.data;
            const real *axes = s.set.list[0]->value.data + n;
            s.apply = apply_leave;
            struct tape tape = {0};
            const real *v = apply(&s, &tape)->value.data;
            for (size_t c = 0; c < CHANNELS; c++) {
                if (leaving_grade == 0)
                    check_close(v[CHANNELS + c], at(x, 0, 1, c, CHANNELS), "scalar");
                for (size_t a = 0; a < n && leaving_grade == 1; a++) {
                    real sum = 0;
                    for (size_t i = 0; i < n; i++)
                        sum += axes[a * n + i] * at(x, 1 + i, 1, c, CHANNELS);
                    check_close(v[(CHANNELS + c) * n + a], sum, "vector");
                }
            }
            tape_free(&tape);
            check_gradient(&s, "leave");
            setting_free(&s);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multivector");
    TCase *cases = tcase_create("multivector");
    tcase_add_test(cases, linear);
    tcase_add_test(cases, silu);
    tcase_add_test(cases, normalise);
    tcase_add_test(cases, layer_norm);
    tcase_add_test(cases, invariants);
    tcase_add_test(cases, product);
    tcase_add_test(cases, mix);
    tcase_add_test(cases, square);
    tcase_add_test(cases, enter);
    tcase_add_test(cases, leave);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
