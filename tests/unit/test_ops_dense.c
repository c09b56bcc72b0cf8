/* tape_matmul in its four layouts; tape_linear with and without bias, and every activation. */
#include "check_main.h"
#include "op_check.h"

static bool transpose_a, transpose_b;

static struct variable *apply_matmul(struct tape *tape, struct variable **x)
{
    return tape_matmul(tape, x[0], transpose_a, x[1], transpose_b);
}

static real element(const struct tensor *x, bool transposed, size_t i, size_t j)
{
    return x->data[transposed ? j * tensor_columns(x) + i : i * tensor_columns(x) + j];
}

static void expect_matmul(const struct tensor *x, real *y)
{
    size_t m = transpose_a ? tensor_columns(&x[0]) : tensor_rows(&x[0]);
    size_t k = transpose_a ? tensor_rows(&x[0]) : tensor_columns(&x[0]);
    size_t n = transpose_b ? tensor_rows(&x[1]) : tensor_columns(&x[1]);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t l = 0; l < k; l++)
                y[i * n + j] +=
                    element(&x[0], transpose_a, i, l) * element(&x[1], transpose_b, l, j);
}

START_TEST(matmul)
{
    for (int layout = 0; layout < 4; layout++) {
        transpose_a = layout & 1;
        transpose_b = layout & 2;
        struct op_case op = {.name = "matmul", .apply = apply_matmul, .expect = expect_matmul,
                             .threads_round = true};
        op.inputs[0] = transpose_a ? (struct op_input){4, 3, 0} : (struct op_input){3, 4, 3000};
        op.inputs[1] = transpose_b ? (struct op_input){5, 4, 3000} : (struct op_input){4, 5, 0};
        op_check(&op);
    }
}
END_TEST

/* Where the inner size is the long one, and every other layout at a size that is shared. */
START_TEST(matmul_over_many)
{
    transpose_a = true;
    transpose_b = false;
    op_check(&(struct op_case){.name = "matmul over many", .apply = apply_matmul,
                               .expect = expect_matmul, .inputs = {{4, 9, 9000}, {4, 7, 9000}},
                               .threads_round = true});
    transpose_a = false;
    transpose_b = true;
    op_check(&(struct op_case){.name = "matmul to many columns", .apply = apply_matmul,
                               .expect = expect_matmul, .inputs = {{4, 30, 40}, {5, 30, 900}},
                               .threads_round = true});
}
END_TEST

static struct variable *apply_with_itself(struct tape *tape, struct variable **x)
{
    return tape_matmul(tape, x[0], false, x[0], true);
}

static void expect_with_itself(const struct tensor *x, real *y)
{
    const struct tensor both[2] = {x[0], x[0]};
    transpose_a = false;
    transpose_b = true;
    expect_matmul(both, y);
}

START_TEST(matmul_with_itself)
{
    op_check(&(struct op_case){.name = "x x^T", .apply = apply_with_itself,
                               .expect = expect_with_itself, .inputs = {{4, 5, 120}},
                               .threads_round = true});
}
END_TEST

/* --- linear --- */

static enum activation activation;
static bool has_bias;

static struct variable *apply_linear(struct tape *tape, struct variable **x)
{
    return tape_linear(tape, x[0], x[1], has_bias ? x[2] : NULL, activation);
}

static real activate(real x)
{
    switch (activation) {
    case ACTIVATION_NONE: return x;
    case ACTIVATION_RELU: return x > 0 ? x : 0;
    case ACTIVATION_LEAKY_RELU: return x > 0 ? x : 0.01 * x;
    case ACTIVATION_GELU:
        return 0.5 * x * (1 + tanh(sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
    case ACTIVATION_SILU: return x / (1 + exp(-x));
    case ACTIVATION_TANH: return tanh(x);
    case ACTIVATION_SIGMOID: return 1 / (1 + exp(-x));
    case ACTIVATION_SOFTPLUS: return log(1 + exp(x));
    }
    return NAN;
}

static void expect_linear(const struct tensor *x, real *y)
{
    size_t rows = tensor_rows(&x[0]), in = tensor_columns(&x[0]), out = tensor_rows(&x[1]);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < out; j++) {
            real sum = has_bias ? x[2].data[j] : 0;
            for (size_t l = 0; l < in; l++)
                sum += x[0].data[i * in + l] * x[1].data[j * in + l];
            y[i * out + j] = activate(sum);
        }
    }
}

START_TEST(linear)
{
    for (int i = ACTIVATION_NONE; i <= ACTIVATION_SOFTPLUS; i++) {
        activation = (enum activation)i;
        has_bias = true;
        op_check(&(struct op_case){.name = "linear", .apply = apply_linear, .expect = expect_linear,
                                   .inputs = {{5, 3, 9000}, {4, 3, 0}, {1, 4, 0}},
                                   .threads_round = true});
        has_bias = false;
        op_check(&(struct op_case){.name = "linear without bias", .apply = apply_linear,
                                   .expect = expect_linear, .inputs = {{5, 3, 9000}, {4, 3, 0}},
                                   .threads_round = true});
    }
}
END_TEST

START_TEST(linear_keeps_outer_dimensions)
{
    struct tape tape = {0};
    real x[2 * 3 * 4] = {0}, weight[5 * 4] = {0};
    struct variable *y =
        tape_linear(&tape, tape_constant(&tape, tensor_of_shape(x, 3, (const size_t[]){2, 3, 4})),
                    tape_constant(&tape, tensor_matrix(weight, 5, 4)), NULL, ACTIVATION_NONE);
    ck_assert_int_eq(y->value.dimensions, 3);
    ck_assert_uint_eq(y->value.shape[0], 2);
    ck_assert_uint_eq(y->value.shape[1], 3);
    ck_assert_uint_eq(y->value.shape[2], 5);
    tape_free(&tape);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ops_dense");
    TCase *cases = tcase_create("dense");
    tcase_add_test(cases, matmul);
    tcase_add_test(cases, matmul_over_many);
    tcase_add_test(cases, matmul_with_itself);
    tcase_add_test(cases, linear);
    tcase_add_test(cases, linear_keeps_outer_dimensions);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
