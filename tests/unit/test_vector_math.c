/*
 * The single-precision functions over their whole range against the C library's in double
 * precision; this program links the library of the programs, not the one of the other tests. The
 * bounds are those that vector_math.h states.
 */
#include "tensor/vector_math.h"

#include "check_main.h"

#include <stdio.h>

static const double tiny = (double)FLT_MIN;

/* How an error is measured: relative to this. */
typedef double yardstick(double x, double expected);

static double relative(double x, double expected)
{
    (void)x;
    return fmax(fabs(expected), tiny);
}

static double absolute(double x, double expected)
{
    (void)x;
    (void)expected;
    return 1;
}

struct function_case {
    const char *name;
    float (*function)(float x);
    double (*expected)(double x);
    float low, high; /* every float between them, in steps, of both signs where low < 0 */
    yardstick *size;
    double bound;
};

static double sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }

static float exp_of(float x) { return vector_exp(x); }
static float exp2_of(float x) { return vector_exp2_normal(x); }
static float log_of(float x) { return vector_log(x); }
static float log1p_of(float x) { return vector_log1p(x); }
static float expm1_of(float x) { return vector_expm1(x); }
static float sigmoid_of(float x) { return vector_sigmoid(x); }
static float softplus_of(float x) { return vector_softplus(x); }
static float tanh_of(float x) { return vector_tanh(x); }
static float sin_of(float x) { return vector_sin(x); }
static float cos_of(float x) { return vector_cos(x); }

static const struct function_case cases_of_one[] = {
    {"exp", exp_of, exp, -87.3f, 88.72f, relative, 1.5e-7},
    {"exp2", exp2_of, exp2, -126, 127, relative, 1.5e-7},
    {"log", log_of, log, 1e-45f, FLT_MAX, relative, 1.5e-7},
    {"log1p", log1p_of, log1p, -0.9999999f, FLT_MAX, relative, 1.5e-7},
    {"expm1", expm1_of, expm1, -100, 88.72f, relative, 1.5e-7},
    {"sigmoid", sigmoid_of, sigmoid, -87.3f, 200, relative, 2.5e-7},
    {"softplus", softplus_of, softplus, -87.3f, 1e6f, relative, 2.5e-7},
    {"tanh", tanh_of, tanh, -50, 50, relative, 2.5e-7},
    {"sin", sin_of, sin, -1e8f, 1e8f, absolute, 1e-7},
    {"cos", cos_of, cos, -1e8f, 1e8f, absolute, 1e-7},
};

static double error_at(const struct function_case *c, float x)
{
    double expected = c->expected((double)x);
    return fabs((double)c->function(x) - expected) / c->size((double)x, expected);
}

/* The worst error over floats of all magnitudes, 4099 steps of the last place apart. */
static double worst_error(const struct function_case *c, float *place)
{
    enum { STEP = 4099 };
    double worst = 0;
    for (uint32_t bits = 1; bits < 0x7f800000u; bits += STEP) {
        for (int sign = 0; sign < 2; sign++) {
            float x = vector_from_bits(bits | (uint32_t)sign << 31);
            if (x < c->low || x > c->high)
                continue;
            double error = error_at(c, x);
            if (!(error <= worst)) {
                worst = error;
                *place = x;
            }
        }
    }
    return worst;
}

START_TEST(whole_range)
{
    const struct function_case *c = &cases_of_one[_i];
    float place = 0;
    double worst = worst_error(c, &place);
    printf("%-8s worst error %.3g at %.9g\n", c->name, worst, (double)place);
    ck_assert_msg(worst <= c->bound, "%s: error %.3g at %.9g", c->name, worst, (double)place);
}
END_TEST

START_TEST(power)
{
    double worst = 0;
    for (double log_x = -60; log_x <= 60; log_x += 0.0371) {
        for (double a = -1.3; a <= 2; a += 0.0173) {
            float x = (float)exp(log_x), exponent = (float)a;
            double expected = pow((double)x, (double)exponent);
            if (expected < tiny || expected > (double)FLT_MAX)
                continue;
            double error = fabs((double)vector_power(x, exponent) - expected) / expected;
            worst = fmax(worst, error / (1 + fabs(log(expected))));
        }
    }
    printf("%-8s worst error %.3g (1 + |a log x|)\n", "power", worst);
    ck_assert_msg(worst <= 1.5e-7, "power: error %.3g", worst);
}
END_TEST

START_TEST(square_root_is_exact)
{
    for (uint32_t bits = 0; bits < 0x7f800000u; bits += 99991) {
        float x = vector_from_bits(bits);
        ck_assert(vector_square_root(x) == (float)sqrt((double)x));
    }
}
END_TEST

START_TEST(special_values)
{
    ck_assert(vector_exp(-INFINITY) == 0 && vector_exp(INFINITY) == INFINITY);
    ck_assert(vector_exp(89) == INFINITY && vector_exp(-88) == 0 && vector_exp(0) == 1);
    ck_assert(vector_log(0) == -INFINITY && vector_log(INFINITY) == INFINITY && vector_log(1) == 0);
    ck_assert(isnan(vector_log(-1)) && isnan(vector_log(-INFINITY)));
    ck_assert(vector_log1p(-1) == -INFINITY && vector_log1p(INFINITY) == INFINITY);
    ck_assert(isnan(vector_log1p(-2)) && vector_log1p(0) == 0);
    ck_assert(vector_expm1(INFINITY) == INFINITY && vector_expm1(-INFINITY) == -1);
    ck_assert(vector_sigmoid(INFINITY) == 1 && vector_sigmoid(-INFINITY) == 0);
    ck_assert(vector_softplus(-INFINITY) == 0 && vector_softplus(INFINITY) == INFINITY);
    ck_assert(vector_tanh(INFINITY) == 1 && vector_tanh(-INFINITY) == -1 && vector_tanh(0) == 0);
    ck_assert(vector_power(0, 0.5f) == 0 && vector_power(0, 0) == 1 && vector_power(1, 7) == 1);
    ck_assert(isnan(vector_sin(INFINITY)) && isnan(vector_cos(2e8f)));
    for (size_t i = 0; i < sizeof cases_of_one / sizeof *cases_of_one; i++)
        ck_assert_msg(isnan(cases_of_one[i].function(NAN)), "%s of NaN", cases_of_one[i].name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vector_math");
    TCase *cases = tcase_create("functions");
    tcase_add_loop_test(cases, whole_range, 0, sizeof cases_of_one / sizeof *cases_of_one);
    tcase_add_test(cases, power);
    tcase_add_test(cases, square_root_is_exact);
    tcase_add_test(cases, special_values);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
