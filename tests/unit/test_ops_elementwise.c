/* tape_add and its kin in every broadcast form, activations, functions, clamping, dropout. */
#include "check_main.h"
#include "op_check.h"

#include <string.h>

/* --- two operands --- */

struct binary {
    const char *name;
    struct variable *(*apply)(struct tape *tape, struct variable *a, struct variable *b);
    double (*expected)(double a, double b);
};

static const struct binary *binary; /* the one under test, for the callbacks */

static struct variable *apply_binary(struct tape *tape, struct variable **x)
{
    return binary->apply(tape, x[0], x[1]);
}

/* The element of x[1] that stands against element i of x[0]. */
static real second_operand(const struct tensor *x, size_t i)
{
    size_t columns = tensor_columns(&x[0]);
    size_t row = tensor_rows(&x[1]) == 1 ? 0 : i / columns;
    size_t column = tensor_columns(&x[1]) == 1 ? 0 : i % columns;
    return x[1].data[row * tensor_columns(&x[1]) + column];
}

static void expect_binary(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(&x[0]); i < n; i++)
        y[i] = binary->expected(x[0].data[i], second_operand(x, i));
}

static double add(double a, double b) { return a + b; }
static double subtract(double a, double b) { return a - b; }
static double multiply(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / b; }

START_TEST(every_broadcast)
{
    static const struct binary ops[] = {
        {"add", tape_add, add},
        {"subtract", tape_subtract, subtract},
        {"multiply", tape_multiply, multiply},
        {"divide", tape_divide, divide},
    };
    static const struct op_input forms[][2] = {
        {{4, 5, 9000}, {4, 5, 9000}},   /* the same shape */
        {{4, 5, 9000}, {1, 5, 0}},      /* one row, repeated */
        {{3, 300, 200}, {1, 300, 0}},   /* one long row */
        {{4, 5, 9000}, {4, 1, 9000}},   /* one column, repeated */
        {{2, 300, 200}, {2, 1, 200}},   /* one column beside long rows */
        {{4, 5, 9000}, {1, 1, 0}},      /* one value */
        {{1, 1, 0}, {1, 1, 0}},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        binary = &ops[i];
        for (size_t k = 0; k < sizeof forms / sizeof *forms; k++)
            op_check(&(struct op_case){.name = binary->name, .apply = apply_binary,
                                       .expect = expect_binary,
                                       .inputs = {forms[k][0], forms[k][1]},
                                       .low = 1, .high = 3});
    }
}
END_TEST

static struct variable *apply_square_by_itself(struct tape *tape, struct variable **x)
{
    return tape_multiply(tape, x[0], x[0]);
}

static struct variable *apply_sum_with_itself(struct tape *tape, struct variable **x)
{
    return tape_add(tape, x[0], x[0]);
}

static void expect_square(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[i] = x->data[i] * x->data[i];
}

static void expect_double(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[i] = 2 * x->data[i];
}

START_TEST(one_variable_in_two_places)
{
    op_check(&(struct op_case){.name = "x x", .apply = apply_square_by_itself,
                               .expect = expect_square, .inputs = {{4, 5, 9000}}});
    op_check(&(struct op_case){.name = "x + x", .apply = apply_sum_with_itself,
                               .expect = expect_double, .inputs = {{4, 5, 9000}}});
}
END_TEST

static struct variable *apply_prelu(struct tape *tape, struct variable **x)
{
    return tape_prelu(tape, x[0], x[1]);
}

static void expect_prelu(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(&x[0]); i < n; i++) {
        real value = x[0].data[i];
        y[i] = value > 0 ? value : second_operand(x, i) * value;
    }
}

START_TEST(prelu)
{
    op_check(&(struct op_case){.name = "prelu", .apply = apply_prelu, .expect = expect_prelu,
                               .inputs = {{4, 5, 9000}, {1, 5, 0}}});
    op_check(&(struct op_case){.name = "prelu of a long row", .apply = apply_prelu,
                               .expect = expect_prelu, .inputs = {{3, 3000, 15}, {1, 3000, 0}}});
}
END_TEST

/* --- one operand: the op and the function of one number that it must be --- */

struct unary {
    const char *name;
    double (*expected)(double x);
    real low, high;
};

static const struct unary *unary; /* the one under test, for the callbacks */
static int unary_code;

static void expect_unary(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[i] = unary->expected(x->data[i]);
}

static struct variable *apply_activation(struct tape *tape, struct variable **x)
{
    return tape_activation(tape, x[0], (enum activation)unary_code);
}

static struct variable *apply_function(struct tape *tape, struct variable **x)
{
    return tape_function(tape, x[0], (enum function)unary_code);
}

static void check_unary(const struct unary *ops, size_t count,
                        struct variable *(*apply)(struct tape *, struct variable **))
{
    for (size_t i = 0; i < count; i++) {
        unary = &ops[i];
        unary_code = (int)i;
        op_check(&(struct op_case){unary->name, apply, expect_unary, {{3, 7, 9000}}, unary->low,
                                   unary->high, false});
    }
}

static double none(double x) { return x; }
static double relu(double x) { return fmax(x, 0); }
static double leaky_relu(double x) { return x > 0 ? x : 0.01 * x; }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double silu(double x) { return x * sigmoid(x); }
static double softplus(double x) { return log(1 + exp(x)); }
static double square(double x) { return x * x; }
static double reciprocal(double x) { return 1 / x; }

static double gelu(double x)
{
    return 0.5 * x * (1 + tanh(sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
}

START_TEST(activations)
{
    static const struct unary ops[] = {
        [ACTIVATION_NONE] = {"none", none, -3, 3},
        [ACTIVATION_RELU] = {"relu", relu, -3, 3},
        [ACTIVATION_LEAKY_RELU] = {"leaky_relu", leaky_relu, -3, 3},
        [ACTIVATION_GELU] = {"gelu", gelu, -4, 4},
        [ACTIVATION_SILU] = {"silu", silu, -4, 4},
        [ACTIVATION_TANH] = {"tanh", tanh, -3, 3},
        [ACTIVATION_SIGMOID] = {"sigmoid", sigmoid, -4, 4},
        [ACTIVATION_SOFTPLUS] = {"softplus", softplus, -4, 4},
    };
    check_unary(ops, sizeof ops / sizeof *ops, apply_activation);
}
END_TEST

START_TEST(functions)
{
    static const struct unary ops[] = {
        [FUNCTION_SQUARE] = {"square", square, -3, 3},
        [FUNCTION_SQUARE_ROOT] = {"square_root", sqrt, 0.1, 3},
        [FUNCTION_EXPONENTIAL] = {"exponential", exp, -3, 3},
        [FUNCTION_LOGARITHM] = {"logarithm", log, 0.1, 3},
        [FUNCTION_LOG1P] = {"log1p", log1p, -0.9, 3},
        [FUNCTION_EXPM1] = {"expm1", expm1, -3, 3},
        [FUNCTION_ABSOLUTE] = {"absolute", fabs, -3, 3},
        [FUNCTION_RECIPROCAL] = {"reciprocal", reciprocal, 0.3, 3},
        [FUNCTION_SINE] = {"sine", sin, -9, 9},
        [FUNCTION_COSINE] = {"cosine", cos, -9, 9},
    };
    check_unary(ops, sizeof ops / sizeof *ops, apply_function);
}
END_TEST

static struct variable *apply_affine(struct tape *tape, struct variable **x)
{
    return tape_affine(tape, x[0], 3, -2);
}

static double affine(double x) { return 3 * x - 2; }

static struct variable *apply_clamp(struct tape *tape, struct variable **x)
{
    return tape_clamp_below(tape, x[0], 0.5);
}

static double clamp(double x) { return fmax(x, 0.5); }

START_TEST(affine_and_clamp)
{
    check_unary((struct unary[]){{"affine", affine, -3, 3}}, 1, apply_affine);
    check_unary((struct unary[]){{"clamp_below", clamp, -3, 3}}, 1, apply_clamp);
}
END_TEST

/* At 0 these have gradient 0 where the mathematical one does not exist. */
START_TEST(gradients_at_zero)
{
    const enum function bent[] = {FUNCTION_SQUARE_ROOT, FUNCTION_LOGARITHM, FUNCTION_ABSOLUTE};
    for (size_t i = 0; i < sizeof bent / sizeof *bent; i++) {
        struct parameters set = {0};
        struct tape tape = {0};
        struct parameter *zero = parameters_add(&set, "zero", 0, NULL);
        tape_backward(&tape, tape_function(&tape, tape_parameter(&tape, zero), bent[i]));
        ck_assert(zero->gradient[0] == 0);
        tape_free(&tape);
        parameters_free(&set);
    }
}
END_TEST

/* What is not a number is not made one. */
START_TEST(nan_stays)
{
    struct tape tape = {0};
    real nan = NAN;
    struct variable *x = tape_constant(&tape, tensor_scalar(&nan));
    ck_assert(isnan(tape_clamp_below(&tape, x, 0)->value.data[0]));
    for (int i = ACTIVATION_NONE; i <= ACTIVATION_SOFTPLUS; i++)
        ck_assert_msg(isnan(tape_activation(&tape, x, (enum activation)i)->value.data[0]),
                      "activation %d", i);
    for (int i = FUNCTION_SQUARE; i <= FUNCTION_COSINE; i++)
        ck_assert_msg(isnan(tape_function(&tape, x, (enum function)i)->value.data[0]),
                      "function %d", i);
    tape_free(&tape);
}
END_TEST

/* --- dropout --- */

static struct variable *apply_dropout(struct tape *tape, struct variable **x)
{
    struct rng rng = rng_make(3, RNG_TEST, 0); /* the same zeros every time */
    return tape_dropout(tape, x[0], 0.25, &rng);
}

/* Which elements fell out cannot be told from outside: see what the op does to ones. */
static void expect_dropout(const struct tensor *x, real *y)
{
    struct tape tape = {0};
    size_t n = tensor_count(x);
    real *ones = arena_alloc(&tape.arena, n, sizeof *ones);
    for (size_t i = 0; i < n; i++)
        ones[i] = 1;
    struct variable *input = tape_constant(&tape, tensor_vector(ones, n));
    const real *factors = apply_dropout(&tape, &input)->value.data;
    for (size_t i = 0; i < n; i++) {
        ck_assert(factors[i] == 0 || fabs(factors[i] - 1 / 0.75) < 1e-15);
        y[i] = factors[i] * x->data[i];
    }
    tape_free(&tape);
}

START_TEST(dropout)
{
    op_check(&(struct op_case){.name = "dropout", .apply = apply_dropout,
                               .expect = expect_dropout, .inputs = {{4, 5, 9000}}});
}
END_TEST

START_TEST(dropout_keeps_the_mean)
{
    enum { COUNT = 100000 };
    struct tape tape = {0};
    struct rng rng = rng_make(4, RNG_TEST, 0);
    real *ones = arena_alloc(&tape.arena, COUNT, sizeof *ones);
    for (size_t i = 0; i < COUNT; i++)
        ones[i] = 1;
    struct variable *x = tape_constant(&tape, tensor_vector(ones, COUNT));
    ck_assert_ptr_eq(tape_dropout(&tape, x, 0, &rng), x);
    const struct variable *first = tape_dropout(&tape, x, 0.4, &rng);
    const struct variable *second = tape_dropout(&tape, x, 0.4, &rng);
    double mean = 0, both = 0;
    for (size_t i = 0; i < COUNT; i++) {
        mean += first->value.data[i] / COUNT;
        both += (first->value.data[i] > 0 && second->value.data[i] > 0) / (double)COUNT;
    }
    ck_assert(fabs(mean - 1) < 0.015);
    ck_assert(fabs(both - 0.36) < 0.01); /* one step's zeros say nothing of the next one's */
    tape_free(&tape);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ops_elementwise");
    TCase *cases = tcase_create("elementwise");
    tcase_add_test(cases, every_broadcast);
    tcase_add_test(cases, one_variable_in_two_places);
    tcase_add_test(cases, prelu);
    tcase_add_test(cases, activations);
    tcase_add_test(cases, functions);
    tcase_add_test(cases, affine_and_clamp);
    tcase_add_test(cases, gradients_at_zero);
    tcase_add_test(cases, nan_stays);
    tcase_add_test(cases, dropout);
    tcase_add_test(cases, dropout_keeps_the_mean);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
