/* Metrics: frames, their gradient, and what happens where eigenvalues meet. */
#include "geometry/clifford_metric.h"

#include "check_main.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <string.h>

enum { MOST = CLIFFORD_MOST_DIMENSIONS };

struct setting {
    struct parameters set;
    struct clifford_metric metric;
    real vectors[2 * MOST];
};

static void setting_make(struct setting *s, enum clifford_metric_kind kind, const real *base,
                         size_t n)
{
    struct rng rng = rng_make(4, RNG_TEST, (uint32_t)n);
    *s = (struct setting){0};
    clifford_metric_make(&s->metric, kind, n, &s->set);
    clifford_metric_initialise(&s->metric, base, &rng);
    for (size_t i = 0; i < 2 * MOST; i++)
        s->vectors[i] = (real)rng_normal(&rng);
}

/* Random entries of M, with the diagonal spread so that eigenvalues are apart. */
static void spread(struct setting *s)
{
    struct rng rng = rng_make(5, RNG_TEST, 0);
    size_t n = s->metric.dimension;
    real *m = s->metric.matrix->value.data;
    for (size_t i = 0; i < n * n; i++)
        m[i] = (real)(0.3 * rng_normal(&rng)) + (i % (n + 1) == 0 ? (real)i / (real)n - 2 : 0);
}

START_TEST(decomposition)
{
    for (size_t n = 1; n <= MOST; n++) {
        struct setting s;
        const real base[MOST] = {1, 1, 1, 1, 1, 1};
        double matrix[MOST * MOST], lambda[MOST], axes[MOST * MOST];
        setting_make(&s, CLIFFORD_METRIC_FULL, base, n);
        spread(&s);
        clifford_metric_matrix(&s.metric, matrix);
        clifford_metric_eigen(&s.metric, lambda, axes);
        for (size_t a = 0; a < n; a++) {
            double largest = 0;
            for (size_t b = 0; b < n; b++) {
                double sum = 0, product = 0;
                for (size_t i = 0; i < n; i++) {
                    sum += axes[a * n + i] * lambda[i] * axes[b * n + i];
                    product += axes[i * n + a] * axes[i * n + b];
                }
                ck_assert(fabs(sum - matrix[a * n + b]) < 1e-12);
                ck_assert(fabs(product - (a == b)) < 1e-12);
                ck_assert(fabs(matrix[a * n + b] - matrix[b * n + a]) < 1e-15);
                if (fabs(axes[b * n + a]) > fabs(largest))
                    largest = axes[b * n + a];
            }
            ck_assert(largest > 0 && (a == 0 || lambda[a] >= lambda[a - 1]));
        }
        parameters_free(&s.set);
    }
}
END_TEST

START_TEST(kinds)
{
    const real base[] = {1, -1, -1, -1};
    for (enum clifford_metric_kind kind = CLIFFORD_METRIC_FIXED; kind <= CLIFFORD_METRIC_FULL;
         kind++) {
        struct setting s;
        struct tape tape = {0};
        double matrix[16];
        setting_make(&s, kind, base, 4);
        ck_assert_uint_eq(s.set.count, kind == CLIFFORD_METRIC_FIXED ? 0 : 1);
        clifford_metric_matrix(&s.metric, matrix);
        bool exact = true;
        for (size_t i = 0; i < 16; i++) {
            double expected = i % 5 == 0 ? (double)base[i / 5] : 0;
            exact &= matrix[i] == expected;
            ck_assert(fabs(matrix[i] - expected) < 2e-3);
            ck_assert(kind == CLIFFORD_METRIC_FULL || i % 5 == 0 || matrix[i] == 0);
        }
        ck_assert(exact == (kind == CLIFFORD_METRIC_FIXED));
        ck_assert(clifford_metric_frame(&s.metric, &tape)->needs_gradient ==
                  (kind != CLIFFORD_METRIC_FIXED));
        clifford_metric_hold(&s.metric, true);
        ck_assert(!clifford_metric_frame(&s.metric, &tape)->needs_gradient);
        clifford_metric_hold(&s.metric, false);
        ck_assert(clifford_metric_frame(&s.metric, &tape)->needs_gradient ==
                  (kind != CLIFFORD_METRIC_FIXED));
        tape_free(&tape);
        parameters_free(&s.set);
    }
}
END_TEST

START_TEST(signatures)
{
    const double lambda[] = {-3, -1e-9, 1e-7, 2, 5};
    size_t positive, negative, null;
    clifford_signature(lambda, 5, &positive, &negative, &null);
    ck_assert(positive == 2 && negative == 1 && null == 2);
    clifford_signature((const double[]){0, 0}, 2, &positive, &negative, &null);
    ck_assert(positive == 0 && negative == 0 && null == 2);
}
END_TEST

/* Every entry of the frame counts differently: the eigenvectors by themselves. */
static struct variable *loss_of_entries(struct tape *tape, struct parameters *set, void *context)
{
    struct setting *s = context;
    (void)set;
    struct variable *frame = clifford_metric_frame(&s->metric, tape);
    size_t count = tensor_count(&frame->value);
    struct tensor weights = frame->value;
    weights.data = arena_alloc(&tape->arena, count, sizeof(real));
    for (size_t i = 0; i < count; i++)
        weights.data[i] = (real)sin((double)(3 * i) + 1);
    return tape_sum(tape, tape_multiply(tape, frame, tape_constant(tape, weights)));
}

/* sum of lambda_i^2 (P^T u)_i (P^T v)_i = u^T G^2 v, a function of G alone. */
static struct variable *loss_of_metric(struct tape *tape, struct parameters *set, void *context)
{
    struct setting *s = context;
    size_t n = s->metric.dimension;
    (void)set;
    struct variable *frame = clifford_metric_frame(&s->metric, tape);
    uint32_t rows[MOST + 1];
    for (size_t i = 0; i <= n; i++)
        rows[i] = (uint32_t)i;
    struct variable *lambda = tape_gather_rows(tape, frame, rows, 1);
    struct variable *axes = tape_gather_rows(tape, frame, rows + 1, n);
    struct variable *u = tape_constant(tape, tensor_matrix(s->vectors, 1, n));
    struct variable *v = tape_constant(tape, tensor_matrix(s->vectors + MOST, 1, n));
    struct variable *uv = tape_multiply(tape, tape_matmul(tape, u, false, axes, false),
                                        tape_matmul(tape, v, false, axes, false));
    return tape_sum(tape, tape_multiply(tape, uv, tape_function(tape, lambda, FUNCTION_SQUARE)));
}

START_TEST(gradient)
{
    const real base[MOST] = {1, 2, 3, 4, 5, 6};
    for (size_t n = 1; n <= MOST; n++) {
        for (enum clifford_metric_kind kind = CLIFFORD_METRIC_DIAGONAL;
             kind <= CLIFFORD_METRIC_FULL; kind++) {
            struct setting s;
            setting_make(&s, kind, base, n);
            if (kind == CLIFFORD_METRIC_FULL)
                spread(&s);
            double error = gradient_check(&s.set, loss_of_entries, &s, 1e-5);
            ck_assert_msg(error <= 1e-6, "entries: %g in dimension %zu", error, n);
            error = gradient_check(&s.set, loss_of_metric, &s, 1e-5);
            ck_assert_msg(error <= 1e-6, "metric: %g in dimension %zu", error, n);
            parameters_free(&s.set);
        }
    }
}
END_TEST

/* d(u^T G^2 v) / dM = S + S^T with S = (u v^T + v u^T) G, halved by the symmetry of G. */
static double exact_slope(const struct setting *s, size_t a, size_t b)
{
    size_t n = s->metric.dimension;
    double matrix[MOST * MOST], slope = 0;
    clifford_metric_matrix(&s->metric, matrix);
    const real *u = s->vectors, *v = s->vectors + MOST;
    for (size_t j = 0; j < n; j++)
        slope += (double)u[a] * matrix[b * n + j] * (double)v[j] +
                 (double)u[b] * matrix[a * n + j] * (double)v[j] +
                 (double)v[a] * matrix[b * n + j] * (double)u[j] +
                 (double)v[b] * matrix[a * n + j] * (double)u[j];
    return slope;
}

/*
 * Near a tie the gradient of a function of G alone is right while the gap is above the floor; below
 * it the part off the diagonal fades, never beyond what is right; nothing is ever infinite.
 */
START_TEST(near_ties)
{
    const double gaps[] = {1e-1, 1e-3, 1e-5, 1e-9, 1e-12, 0};
    const real base[] = {1, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        struct setting s;
        struct tape tape = {0};
        setting_make(&s, CLIFFORD_METRIC_FULL, base, 2);
        const real m[] = {0.5, 0, 0, (real)(0.5 + gaps[g] / 2)};
        memcpy(s.metric.matrix->value.data, m, sizeof m);
        parameters_zero_gradient(&s.set);
        tape_backward(&tape, loss_of_metric(&tape, &s.set, &s));
        const real *found = s.metric.matrix->gradient;
        for (size_t i = 0; i < 4; i++) {
            double exact = exact_slope(&s, i / 2, i % 2);
            bool diagonal = i % 3 == 0;
            double share = (double)found[i] / exact;
            ck_assert_msg(isfinite((double)found[i]), "gap %g", gaps[g]);
            if (diagonal || gaps[g] >= 1e-3)
                ck_assert_msg(fabs(share - 1) < 1e-6, "gap %g: %g, not %g", gaps[g],
                              (double)found[i], exact);
            else
                ck_assert_msg(share > -1e-6 && share < 1.001, "gap %g: %g of what is right",
                              gaps[g], share);
        }
        tape_free(&tape);
        parameters_free(&s.set);
    }
}
END_TEST

/* A parameter that is not a number makes a frame that is none, which the training loop tells. */
START_TEST(not_finite)
{
    struct setting s;
    const real base[] = {1, 1, 1};
    double lambda[3], axes[9];
    setting_make(&s, CLIFFORD_METRIC_FULL, base, 3);
    s.metric.matrix->value.data[1] = NAN;
    clifford_metric_eigen(&s.metric, lambda, axes);
    ck_assert(isnan(lambda[0]) && isnan(axes[4]));
    parameters_free(&s.set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clifford_metric");
    TCase *cases = tcase_create("clifford_metric");
    tcase_add_test(cases, decomposition);
    tcase_add_test(cases, kinds);
    tcase_add_test(cases, signatures);
    tcase_add_test(cases, gradient);
    tcase_add_test(cases, near_ties);
    tcase_add_test(cases, not_finite);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
