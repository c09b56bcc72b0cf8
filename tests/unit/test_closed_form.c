/*
 * Closed-form scores against the definition all along their flows, where only candidates are
 * followed; flows against what they must end at.
 */
#include "diffusion/closed_form.h"
#include "diffusion/flow.h"
#include "diffusion/gaussian_start.h"

#include "base/memory.h"
#include "check_main.h"
#include "point_cases.h"

#include <string.h>

/* A denoiser that asks another, and compares every answer with the definition. */
struct comparison {
    const struct point_set *points;
    struct closed_form_options options;
    const struct denoiser *denoiser;
    real *perturbations; /* (samples, M, columns) */
    double worst;
};

static bool begin_compared(void *self, size_t first, size_t count, struct error *error)
{
    struct comparison *c = self;
    size_t each = c->options.perturbations * c->points->columns;
    for (size_t i = 0; i < count; i++)
        closed_form_perturbations(&c->options, first + i, c->points->columns,
                                  c->perturbations + i * each);
    return denoiser_begin(c->denoiser, first, count, error);
}

static bool denoise_compared(void *self, const struct denoising *question, real *mean,
                             struct error *error)
{
    struct comparison *c = self;
    size_t columns = c->points->columns, each = c->options.perturbations * columns;
    real *plain = memory_alloc(columns, sizeof *plain);
    if (!denoiser_denoise(c->denoiser, question, mean, error))
        return false;
    for (size_t i = 0; i < question->count; i++) {
        plain_mean(c->points, question->labels ? &question->labels[i] : NULL,
                   question->noisy + i * columns, question->time, c->options.sigma,
                   c->options.sigma > 0 ? c->options.perturbations : 1,
                   c->options.sigma > 0 ? c->perturbations + i * each : NULL, plain);
        for (size_t j = 0; j < columns; j++)
            c->worst = fmax(c->worst, fabs(plain[j] - mean[i * columns + j]));
    }
    free(plain);
    return true;
}

static real *run_flow(const struct flow *flow, const struct denoiser *denoiser,
                      struct flow_batch *batch)
{
    struct error error = {0};
    batch->samples = memory_alloc(batch->count * denoiser->columns, sizeof(real));
    real *workspace = memory_alloc(flow_workspace(flow, batch->count, denoiser->columns),
                                   sizeof *workspace);
    flow_noise(flow, batch->first, batch->count, denoiser->columns, batch->samples);
    for (size_t i = 0; i < batch->count * denoiser->columns; i++)
        batch->samples[i] *= 1 - flow->start;
    ck_assert_msg(flow_run(flow, denoiser, batch, workspace, &error), "%s", error.message);
    free(workspace);
    return batch->samples;
}

static void compare_along_flow(size_t rows, size_t columns, double sigma, bool labelled,
                               enum flow_method method)
{
    enum { SAMPLES = 6 };
    const uint32_t labels[SAMPLES] = {0, 0, 1, 2, 2, 2};
    struct data_set data = clouds(rows, columns, 5, labelled);
    struct point_set points = point_set_take(&data);
    struct comparison c = {.points = &points,
                           .options = {.sigma = sigma, .perturbations = 4, .seed = 3}};
    struct denoiser denoiser = closed_form_denoiser(&points, &c.options);
    struct denoiser compared = denoiser;
    c.denoiser = &denoiser;
    c.perturbations = memory_alloc(SAMPLES * 4 * columns, sizeof(real));
    compared.begin = begin_compared;
    compared.denoise = denoise_compared;
    compared.self = &c;
    const struct flow flow = {.steps = 40, .seed = 7, .method = method};
    struct flow_batch batch = {.first = 10, .count = SAMPLES, .labels = labelled ? labels : NULL};
    free(run_flow(&flow, &compared, &batch));
    ck_assert_double_lt(c.worst, 1e-9);
    free(c.perturbations);
    denoiser_release(&denoiser);
    point_set_free(&points);
    data_set_free(&data);
}

START_TEST(answers_follow_the_definition)
{
    compare_along_flow(1, 3, 0, false, FLOW_EULER);
    compare_along_flow(2, 3, 0.4, false, FLOW_EULER);
    compare_along_flow(700, 2, 0, false, FLOW_EULER);
    compare_along_flow(700, 2, 0.3, false, FLOW_HEUN);
    compare_along_flow(900, 24, 0, false, FLOW_HEUN);
    compare_along_flow(900, 24, 0.2, false, FLOW_EULER);
    compare_along_flow(900, 24, 1, false, FLOW_EULER);
    compare_along_flow(600, 16, 0.2, true, FLOW_EULER);
}
END_TEST

static double nearest_row(const struct point_set *points, const real *sample)
{
    double least = INFINITY;
    for (size_t i = 0; i < points->count; i++) {
        double sum = 0;
        for (size_t j = 0; j < points->columns; j++)
            sum += pow(points->rows[i * points->columns + j] + points->centre[j] - sample[j], 2);
        least = fmin(least, sqrt(sum));
    }
    return least;
}

static void check_memorises(size_t rows, size_t columns, enum flow_method method)
{
    struct data_set data = clouds(rows, columns, 4, false);
    struct point_set points = point_set_take(&data);
    const struct closed_form_options options = {.perturbations = 1};
    struct denoiser denoiser = closed_form_denoiser(&points, &options);
    const struct flow flow = {.steps = 100, .seed = 1, .method = method};
    struct flow_batch batch = {.count = 50};
    real *samples = run_flow(&flow, &denoiser, &batch);
    for (size_t i = 0; i < batch.count; i++)
        ck_assert_double_lt(nearest_row(&points, samples + i * columns), 1e-3);
    free(samples);
    denoiser_release(&denoiser);
    point_set_free(&points);
    data_set_free(&data);
}

START_TEST(exact_flows_end_at_rows)
{
    check_memorises(1, 2, FLOW_EULER);
    check_memorises(300, 8, FLOW_EULER);
    check_memorises(300, 8, FLOW_HEUN);
    check_memorises(500, 40, FLOW_EULER);
}
END_TEST

/* The distance of a sample (2) from the nearest mean of three rows, the same or not, near it. */
static double nearest_barycentre(const struct point_set *points, const real *sample, double radius)
{
    double near[64][2], least = INFINITY;
    size_t count = 0;
    for (size_t i = 0; i < points->count; i++) {
        double x = points->rows[i * 2] + points->centre[0] - sample[0];
        double y = points->rows[i * 2 + 1] + points->centre[1] - sample[1];
        if (hypot(x, y) < radius) {
            near[count][0] = x / 3;
            near[count++][1] = y / 3;
        }
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++)
            for (size_t k = j; k < count; k++)
                least = fmin(least, hypot(near[i][0] + near[j][0] + near[k][0],
                                          near[i][1] + near[j][1] + near[k][1]));
    return least;
}

/* How far the rows near a sample (2) reach beyond it in the direction where they do so least. */
static double least_reach(const struct point_set *points, const real *sample, double radius)
{
    enum { DIRECTIONS = 60 };
    double least = INFINITY;
    for (size_t k = 0; k < DIRECTIONS; k++) {
        double angle = 6.283185307179586 * (double)k / DIRECTIONS, reach = -INFINITY;
        for (size_t i = 0; i < points->count; i++) {
            double x = points->rows[i * 2] + points->centre[0] - sample[0];
            double y = points->rows[i * 2 + 1] + points->centre[1] - sample[1];
            if (hypot(x, y) < radius)
                reach = fmax(reach, cos(angle) * x + sin(angle) * y);
        }
        least = fmin(least, reach);
    }
    return least;
}

/*
 * Smooth flows end at means of M rows, within the convex hull of those that the perturbations can
 * reach; but for those that end on a border between two such means, and somewhere between them.
 */
START_TEST(smooth_flows_end_at_barycentres)
{
    enum { SAMPLES = 40, M = 3 };
    const double sigma = 0.4, radius = 3 * sigma;
    struct data_set data = clouds(60, 2, 4, false);
    struct point_set points = point_set_take(&data);
    const struct closed_form_options options = {.perturbations = M, .sigma = sigma, .seed = 5};
    struct denoiser denoiser = closed_form_denoiser(&points, &options);
    const struct flow flow = {.steps = 400, .seed = 2};
    struct flow_batch batch = {.count = SAMPLES};
    real *samples = run_flow(&flow, &denoiser, &batch);
    size_t novel = 0, exact = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        ck_assert_double_gt(least_reach(&points, samples + i * 2, radius), -1e-6);
        exact += nearest_barycentre(&points, samples + i * 2, radius) < 1e-4;
        novel += nearest_row(&points, samples + i * 2) > 1e-3;
    }
    ck_assert_uint_ge(exact, SAMPLES * 9 / 10);
    ck_assert_uint_gt(novel, SAMPLES / 2);
    free(samples);
    denoiser_release(&denoiser);
    point_set_free(&points);
    data_set_free(&data);
}
END_TEST

START_TEST(batches_make_no_difference)
{
    struct data_set data = clouds(400, 6, 4, false);
    struct point_set points = point_set_take(&data);
    const struct closed_form_options options = {.perturbations = 4, .sigma = 0.2};
    struct denoiser denoiser = closed_form_denoiser(&points, &options);
    const struct flow flow = {.steps = 30};
    struct flow_batch all = {.count = 9}, some = {.first = 5, .count = 4};
    real *whole = run_flow(&flow, &denoiser, &all), *part = run_flow(&flow, &denoiser, &some);
    for (size_t i = 0; i < 4 * 6; i++)
        ck_assert_double_eq_tol(whole[5 * 6 + i], part[i], 1e-10);
    free(whole);
    free(part);
    denoiser_release(&denoiser);
    point_set_free(&points);
    data_set_free(&data);
}
END_TEST

START_TEST(what_is_observed_is_kept)
{
    struct data_set data = clouds(400, 6, 4, false);
    struct point_set points = point_set_take(&data);
    const struct closed_form_options options = {.perturbations = 4, .sigma = 0.2};
    struct denoiser denoiser = closed_form_denoiser(&points, &options);
    const struct flow flow = {.steps = 30};
    const real observed[6] = {NAN, 0.25, NAN, -0.5, NAN, NAN};
    struct flow_batch batch = {.count = 5, .observed = observed};
    real *samples = run_flow(&flow, &denoiser, &batch);
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 6; j++)
            ck_assert(isnan(observed[j]) ? isfinite(samples[i * 6 + j])
                                         : samples[i * 6 + j] == observed[j]);
    free(samples);
    denoiser_release(&denoiser);
    point_set_free(&points);
    data_set_free(&data);
}
END_TEST

/* root^2 = (1 - t)^2 I + t^2 C */
START_TEST(gaussian_starts_have_the_covariance)
{
    enum { D = 5 };
    const double time = 0.3;
    struct error error = {0};
    struct gaussian_start start;
    struct data_set data = clouds(200, D, 3, false);
    struct point_set points = point_set_take(&data);
    ck_assert(gaussian_start_make(&start, &points, time, &error));
    for (size_t i = 0; i < D; i++) {
        ck_assert_double_eq_tol(start.shift[i], time * points.centre[i], 1e-12);
        for (size_t j = 0; j < D; j++) {
            double square = 0, covariance = 0;
            for (size_t k = 0; k < D; k++)
                square += start.root[i * D + k] * start.root[k * D + j];
            for (size_t row = 0; row < points.count; row++)
                covariance += points.rows[row * D + i] * points.rows[row * D + j] / 200;
            ck_assert_double_eq_tol(square, time * time * covariance + (i == j ? 0.49 : 0), 1e-10);
        }
    }
    gaussian_start_free(&start);
    point_set_free(&points);
    data_set_free(&data);
}
END_TEST

START_TEST(questions_are_checked)
{
    struct data_set data = clouds(10, 2, 2, false);
    struct point_set points = point_set_take(&data);
    const struct closed_form_options options = {.perturbations = 1};
    struct denoiser denoiser = closed_form_denoiser(&points, &options);
    real z[4] = {0}, mean[4];
    const uint32_t labels[2] = {0};
    const struct denoising questions[] = {{.noisy = z, .count = 2, .time = 1},
                                          {.noisy = z, .count = 2, .time = -0.1},
                                          {.noisy = z, .count = 2, .labels = labels},
                                          {.noisy = z, .count = 1}};
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        struct error error = {0};
        ck_assert(denoiser_begin(&denoiser, 0, 2, &error));
        ck_assert(!denoiser_denoise(&denoiser, &questions[i], mean, &error));
        ck_assert_int_eq(error.exit_code, EX_SOFTWARE);
    }
    denoiser_release(&denoiser);
    point_set_free(&points);
    data_set_free(&data);
}
END_TEST

/* z = t x + (1 - t) e, told as noise and back. */
START_TEST(noise_and_mean_follow_from_each_other)
{
    real z[3], x[3] = {1, -2, 0.5}, e[3] = {0.3, 1, -1}, noise[3], mean[3];
    for (size_t i = 0; i < 3; i++)
        z[i] = 0.4 * x[i] + 0.6 * e[i];
    denoiser_noise_of_mean(z, x, 0.4, 3, noise);
    denoiser_mean_of_noise(z, noise, 0.4, 3, mean);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(noise[i], e[i], 1e-14);
        ck_assert_double_eq_tol(mean[i], x[i], 1e-14);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("closed form");
    TCase *tests = tcase_create("closed form");
    tcase_add_test(tests, answers_follow_the_definition);
    tcase_add_test(tests, exact_flows_end_at_rows);
    tcase_add_test(tests, smooth_flows_end_at_barycentres);
    tcase_add_test(tests, batches_make_no_difference);
    tcase_add_test(tests, what_is_observed_is_kept);
    tcase_add_test(tests, gaussian_starts_have_the_covariance);
    tcase_add_test(tests, questions_are_checked);
    tcase_add_test(tests, noise_and_mean_follow_from_each_other);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
