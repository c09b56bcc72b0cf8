/* Mixtures of softmax weights against the definition, for any number of chunks. */
#include "diffusion/mixture.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"

/* weights by the definition; log_sums (M) */
static void plain_weights(const struct mixture *m, double *weights, double *log_sums)
{
    for (size_t i = 0; i < m->count; i++)
        weights[i] = 0;
    for (size_t k = 0; k < m->components; k++) {
        double sum = 0;
        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < m->count; i++) {
                double shift = m->shifts ? m->scale * m->shifts[k * m->count + i] : 0;
                double level = m->shared[i] + shift;
                double mass = (m->counts ? m->counts[i] : 1) * exp(m->slope * level);
                if (pass == 0)
                    sum += mass;
                else
                    weights[i] += mass / sum / (double)m->components;
            }
        log_sums[k] = log(sum);
    }
}

static void check_mixture(size_t n, size_t components, bool shifted, bool counted, double slope)
{
    struct rng rng = rng_make(n, RNG_TEST, (uint32_t)components);
    real *shared = memory_alloc(n, sizeof *shared), *weights = memory_alloc(n, sizeof *weights);
    real *shifts = memory_alloc(n * components, sizeof *shifts);
    real *counts = memory_alloc(n, sizeof *counts);
    double *plain = memory_alloc(n, sizeof *plain);
    double *sums = memory_alloc(components, sizeof *sums);
    double *plain_sums = memory_alloc(components, sizeof *plain_sums);
    real *room = memory_alloc(mixture_room(n, components), sizeof *room);
    for (size_t i = 0; i < n; i++) {
        shared[i] = rng_normal(&rng);
        counts[i] = (real)(1 + rng_below(&rng, 5));
    }
    for (size_t i = 0; i < n * components; i++)
        shifts[i] = rng_normal(&rng);
    const struct mixture mixture = {.count = n, .components = components, .shared = shared,
                                    .shifts = shifted ? shifts : NULL, .scale = 0.7,
                                    .slope = slope, .counts = counted ? counts : NULL};
    plain_weights(&mixture, plain, plain_sums);
    size_t nonzero = mixture_weights(&mixture, room, weights, sums), counted_nonzero = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert_double_eq_tol(weights[i], plain[i], 1e-12);
        counted_nonzero += weights[i] > 0;
    }
    ck_assert_uint_eq(nonzero, counted_nonzero);
    for (size_t k = 0; k < components; k++)
        ck_assert_double_eq_tol(sums[k], plain_sums[k], 1e-10);
    mixture_weights(&mixture, room, shared, NULL); /* in place */
    for (size_t i = 0; i < n; i++)
        ck_assert(shared[i] == weights[i]);
    free(shared);
    free(weights);
    free(shifts);
    free(counts);
    free(plain);
    free(sums);
    free(plain_sums);
    free(room);
}

START_TEST(weights_follow_the_definition)
{
    const size_t sizes[] = {1, 2, 1023, 1024, 1025, 5000};
    const double slopes[] = {0, 0.1, 3, 40};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t j = 0; j < sizeof slopes / sizeof *slopes; j++) {
            check_mixture(sizes[i], 1, false, false, slopes[j]);
            check_mixture(sizes[i], 1, false, true, slopes[j]);
            check_mixture(sizes[i], 3, true, false, slopes[j]);
            check_mixture(sizes[i], 5, true, true, slopes[j]);
        }
}
END_TEST

START_TEST(large_slopes_overflow_nothing)
{
    real levels[4] = {1e6, 1e6 - 1e-3, -1e9, 5e5}, weights[4], room[16];
    const struct mixture mixture = {.count = 4, .components = 1, .shared = levels, .slope = 1e6};
    ck_assert_uint_eq(mixture_weights(&mixture, room, weights, NULL), 1);
    ck_assert(weights[0] == 1 && weights[1] == 0 && weights[2] == 0 && weights[3] == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mixture");
    TCase *tests = tcase_create("mixture");
    tcase_add_test(tests, weights_follow_the_definition);
    tcase_add_test(tests, large_slopes_overflow_nothing);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
