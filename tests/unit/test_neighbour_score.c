/* The estimator: exact where it leaves nothing out, better with more points, without bias. */
#include "diffusion/neighbour_score.h"

#include "base/memory.h"
#include "check_main.h"
#include "point_cases.h"

enum { ROWS = 500, COLUMNS = 5, SAMPLES = 8, M = 3 };

/* The mean squared error of one answer of an estimator at a time. */
static double error_at(const struct point_set *points, const struct neighbour_options *options,
                       const uint32_t *labels, double time)
{
    struct error error = {0};
    struct denoiser estimator = neighbour_denoiser(points, options);
    struct rng rng = rng_make(11, RNG_TEST, 0);
    real z[SAMPLES * COLUMNS], mean[SAMPLES * COLUMNS], plain[COLUMNS], perturbations[M * COLUMNS];
    double sum = 0;
    bool smooth = options->score.sigma > 0;
    for (size_t i = 0; i < SAMPLES * COLUMNS; i++)
        z[i] = rng_normal(&rng);
    const struct denoising question = {.noisy = z, .count = SAMPLES, .time = time,
                                       .labels = labels};
    ck_assert(denoiser_begin(&estimator, 20, SAMPLES, &error));
    ck_assert(denoiser_denoise(&estimator, &question, mean, &error));
    for (size_t i = 0; i < SAMPLES; i++) {
        closed_form_perturbations(&options->score, 20 + i, COLUMNS, perturbations);
        plain_mean(points, labels ? &labels[i] : NULL, z + i * COLUMNS, time, options->score.sigma,
                   smooth ? M : 1, smooth ? perturbations : NULL, plain);
        for (size_t j = 0; j < COLUMNS; j++)
            sum += pow(mean[i * COLUMNS + j] - plain[j], 2);
    }
    denoiser_release(&estimator);
    return sum / (SAMPLES * COLUMNS);
}

START_TEST(all_points_make_it_exact)
{
    const uint32_t labels[SAMPLES] = {0, 0, 1, 1, 1, 2, 2, 3};
    const struct neighbour_options cases[] = {
        {.neighbours = ROWS}, {.neighbours = 1, .random = ROWS - 1},
        {.neighbours = 100, .random = ROWS},
        {.neighbours = 3, .random = ROWS, .index = NEIGHBOUR_IVF, .probes = 2},
        {.neighbours = ROWS, .index = NEIGHBOUR_IVF, .lists = 7, .probes = 1}};
    for (int labelled = 0; labelled < 2; labelled++) {
        struct data_set data = clouds(ROWS, COLUMNS, 4, labelled);
        struct point_set points = point_set_take(&data);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            for (double sigma = 0; sigma < 0.5; sigma += 0.3)
                for (double time = 0; time < 1; time += 0.3) {
                    struct neighbour_options options = cases[i];
                    options.score = (struct closed_form_options){.sigma = sigma,
                                                                 .perturbations = M};
                    ck_assert_double_lt(
                        error_at(&points, &options, labelled ? labels : NULL, time), 1e-18);
                }
        point_set_free(&points);
        data_set_free(&data);
    }
}
END_TEST

START_TEST(more_points_make_it_better)
{
    struct data_set data = clouds(ROWS, COLUMNS, 4, false);
    struct point_set points = point_set_take(&data);
    const size_t sizes[] = {2, 10, 50, 250};
    double by_neighbours = INFINITY, by_random = INFINITY;
    for (size_t i = 0; i < 4; i++) {
        struct neighbour_options options = {.score = {.sigma = 0.2, .perturbations = M},
                                            .neighbours = sizes[i]};
        double error = error_at(&points, &options, NULL, 0.5);
        ck_assert_double_lt(error, by_neighbours);
        by_neighbours = error;
        options.neighbours = 1;
        options.random = sizes[i];
        error = 0;
        for (uint64_t seed = 0; seed < 40; seed++) {
            options.score.seed = seed;
            error += error_at(&points, &options, NULL, 0.2) / 40;
        }
        ck_assert_double_lt(error, by_random);
        by_random = error;
    }
    point_set_free(&points);
    data_set_free(&data);
}
END_TEST

/* The mean of many estimated partition sums is the sum, within five standard errors. */
static void check_unbiased(size_t k, size_t l)
{
    enum { N = 60, DRAWS = 4000 };
    double values[N], whole = 0, mean = 0, squares = 0;
    uint32_t rows[N], table[256];
    struct rng rng = rng_make(2, RNG_TEST, (uint32_t)l);
    for (size_t i = 0; i < N; i++)
        whole += values[i] = exp(rng_normal(&rng));
    for (size_t draw = 1; draw <= DRAWS; draw++) {
        real each;
        bool seen[N] = {false};
        for (size_t i = 0; i < k; i++)
            rows[i] = (uint32_t)(i * 2);
        size_t count = neighbour_draw_rest(&rng, N, k, l, rows, table, &each);
        ck_assert_uint_eq(count, k + (l < N - k ? l : N - k));
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            ck_assert(!seen[rows[i]]);
            seen[rows[i]] = true;
            sum += values[rows[i]] * (i < k ? 1 : each);
        }
        double difference = sum - mean;
        mean += difference / (double)draw;
        squares += difference * (sum - mean);
    }
    double standard_error = sqrt(squares / DRAWS / DRAWS);
    ck_assert_double_lt(fabs(mean - whole), 5 * standard_error + 1e-12);
}

START_TEST(partition_sums_have_no_bias)
{
    ck_assert_uint_ge(256, neighbour_table_size(60));
    check_unbiased(0, 1);
    check_unbiased(10, 5);
    check_unbiased(10, 24);
    check_unbiased(10, 40); /* more than half of the rest */
    check_unbiased(10, 49);
    check_unbiased(10, 50); /* all of it */
    check_unbiased(30, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("neighbour score");
    TCase *tests = tcase_create("neighbour score");
    tcase_add_test(tests, all_points_make_it_exact);
    tcase_add_test(tests, more_points_make_it_better);
    tcase_add_test(tests, partition_sums_have_no_bias);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
