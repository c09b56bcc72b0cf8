/* Tasks: targets against what they are defined as, hidden maps, and that samples are their own. */
#include "multivector/multivector_tasks.h"

#include "check_main.h"

#include <math.h>
#include <string.h>

static struct multivector_data draw(const struct multivector_task *task, uint32_t first,
                                    size_t count)
{
    struct error error = {0};
    struct sample_shape shape = multivector_task_shape(task);
    struct multivector_data data = multivector_data_make(&shape, count);
    ck_assert_msg(multivector_task_draw(task, first, &data, &error), "%s", error.message);
    return data;
}

/* The determinant by Leibniz' expansion along the first row. */
static double minor_expansion(const double *a, size_t n)
{
    if (n == 1)
        return a[0];
    double sum = 0, rest[25];
    for (size_t column = 0; column < n; column++) {
        for (size_t i = 1; i < n; i++)
            for (size_t j = 0, k = 0; j < n; j++)
                if (j != column)
                    rest[(i - 1) * (n - 1) + k++] = a[i * n + j];
        sum += (column % 2 ? -1 : 1) * a[column] * minor_expansion(rest, n - 1);
    }
    return sum;
}

START_TEST(signed_volumes)
{
    for (size_t n = 2; n <= 5; n++) {
        struct multivector_task task = multivector_task_make(TASK_SIGNED_VOLUME);
        task.dimension = task.points = n;
        struct multivector_data data = draw(&task, 0, 50);
        for (size_t i = 0; i < 50; i++) {
            double a[25];
            for (size_t k = 0; k < n * n; k++)
                a[k] = (double)data.parts[PART_VECTORS][i * n * n + k];
            ck_assert_double_eq_tol((double)data.parts[PART_TARGET_PSEUDOSCALARS][i],
                                    minor_expansion(a, n) / 10, 1e-9);
        }
        multivector_data_free(&data);
    }
}
END_TEST

/* Its constants are those of the distribution: the radius of a normal point of R^5 is chi_5. */
START_TEST(standardisation)
{
    double weight = 0, mean_sine = 0, sine_square = 0, cube = 0, step = 1e-3;
    for (double r = step / 2; r < 20; r += step) {
        double density = r * r * r * r * exp(-r * r / 2) * step;
        weight += density;
        mean_sine += density * sin(r);
        sine_square += density * sin(r) * sin(r);
        cube += density * r * r * r;
    }
    double mean = (mean_sine - cube / 2) / weight;
    double of_sine = sine_square / weight - mean_sine * mean_sine / (weight * weight);
    double variance = of_sine + (315 - cube * cube / (weight * weight)) / 4 + 0.2;
    struct multivector_task task = multivector_task_make(TASK_O5_REGRESSION);
    struct multivector_data data = draw(&task, 0, 20);
    for (size_t i = 0; i < 20; i++) {
        const real *x = data.parts[PART_VECTORS] + 10 * i, *y = x + 5;
        double xx = 0, yy = 0, xy = 0;
        for (size_t k = 0; k < 5; k++) {
            xx += (double)(x[k] * x[k]);
            yy += (double)(y[k] * y[k]);
            xy += (double)(x[k] * y[k]);
        }
        double value = sin(sqrt(xx)) - pow(yy, 1.5) / 2 + xy / sqrt(xx * yy);
        ck_assert_double_eq_tol((double)data.parts[PART_TARGET_SCALARS][i],
                                (value - mean) / sqrt(variance), 1e-6);
    }
    multivector_data_free(&data);
}
END_TEST

/* Jets: masses from the momenta in [0.1, 1), and a target that a boost does not change. */
START_TEST(jets)
{
    struct multivector_task task = multivector_task_make(TASK_LORENTZ);
    struct multivector_data data = draw(&task, 0, 100);
    for (size_t i = 0; i < 100; i++) {
        const real *p = data.parts[PART_VECTORS] + 20 * i;
        double total[4] = {0}, products = 0, squares = 0;
        for (size_t a = 0; a < 5; a++) {
            for (size_t b = 0; b <= a; b++) {
                double product = 0;
                for (size_t k = 0; k < 4; k++)
                    product += (k ? -1 : 1) * (double)p[4 * a + k] * (double)p[4 * b + k];
                if (a == b)
                    ck_assert(product > 0.0099 && product < 1.0001);
                products += a == b ? 0 : product;
                squares += a == b ? 0 : product * product;
            }
            for (size_t k = 0; k < 4; k++)
                total[k] += (double)p[4 * a + k];
        }
        double mass = sqrt(total[0] * total[0] - total[1] * total[1] - total[2] * total[2] -
                           total[3] * total[3]);
        ck_assert_double_eq_tol((double)data.parts[PART_TARGET_SCALARS][i],
                                sin(mass) + 10 * squares / (products * products), 1e-9);
    }
    multivector_data_free(&data);
}
END_TEST

/* The place at the last frame follows from the state at the first, by steps taken here. */
START_TEST(nbody)
{
    struct multivector_task task = multivector_task_make(TASK_NBODY);
    struct multivector_data data = draw(&task, 0, 3);
    for (size_t s = 0; s < 3; s++) {
        double x[5][3], v[5][3], q[5];
        for (size_t i = 0; i < 5; i++)
            for (size_t k = 0; k < 3; k++) {
                q[i] = (double)data.parts[PART_SCALARS][5 * s + i];
                x[i][k] = (double)data.parts[PART_VECTORS][(5 * s + i) * 6 + k];
                v[i][k] = (double)data.parts[PART_VECTORS][(5 * s + i) * 6 + 3 + k];
            }
        for (int step = 0; step < 1000; step++) {
            for (size_t i = 0; i < 5; i++) {
                double force[3] = {0};
                for (size_t j = 0; j < 5; j++) {
                    double d[3], square = 0;
                    for (size_t k = 0; k < 3; k++) {
                        d[k] = x[i][k] - x[j][k];
                        square += d[k] * d[k];
                    }
                    for (size_t k = 0; k < 3 && i != j; k++)
                        force[k] += q[i] * q[j] * d[k] / (square * sqrt(square));
                }
                for (size_t k = 0; k < 3; k++)
                    v[i][k] += 0.001 * fmax(-100, fmin(100, force[k]));
            }
            for (size_t i = 0; i < 5; i++)
                for (size_t k = 0; k < 3; k++)
                    x[i][k] += 0.001 * v[i][k];
        }
        for (size_t i = 0; i < 5; i++)
            for (size_t k = 0; k < 3; k++)
                ck_assert_double_eq_tol(
                    x[i][k], (double)data.parts[PART_TARGET_VECTORS][(5 * s + i) * 3 + k], 1e-7);
    }
    multivector_data_free(&data);
}
END_TEST

/* Sample number 7 is the same wherever a block begins. */
START_TEST(numbers)
{
    for (int kind = TASK_SIGNED_VOLUME; kind <= TASK_LORENTZ; kind++) {
        struct multivector_task task = multivector_task_make((enum multivector_task_kind)kind);
        task.seed = 9;
        struct multivector_data all = draw(&task, 0, 10), one = draw(&task, 7, 1);
        for (int part = 0; part < SAMPLE_PARTS; part++) {
            size_t width = sample_width(&all.shape, (enum sample_part)part);
            for (size_t i = 0; i < width; i++)
                ck_assert(all.parts[part][7 * width + i] == one.parts[part][i]);
        }
        multivector_data_free(&all);
        multivector_data_free(&one);
    }
}
END_TEST

static double form(const real *metric, const real *x, const real *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += (double)(x[i] * metric[i * n + j] * y[j]);
    return sum;
}

/* (A x)^T G (A y) = x^T eta y; targets are those of what is hidden. */
START_TEST(hidden_maps)
{
    for (int kind = TASK_SIGNED_VOLUME; kind <= TASK_LORENTZ; kind++) {
        struct multivector_task task = multivector_task_make((enum multivector_task_kind)kind);
        struct error error = {0};
        struct hidden_map map;
        real base[MULTIVECTOR_MOST_DIMENSION], eta[36] = {0};
        size_t n = task.dimension;
        multivector_task_metric(&task, base);
        for (size_t i = 0; i < n; i++)
            eta[i * n + i] = base[i];
        ck_assert(hidden_map_draw(&map, base, n, 3, &error));
        struct multivector_data plain = draw(&task, 0, 4);
        task.map = &map;
        struct multivector_data seen = draw(&task, 0, 4);
        const real *x = plain.parts[PART_VECTORS], *y = seen.parts[PART_VECTORS];
        for (size_t a = 0; a < 8; a++)
            ck_assert_double_eq_tol(form(map.metric, y, y + a * n, n), form(eta, x, x + a * n, n),
                                    1e-9);
        for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part += 2)
            ck_assert(memcmp(plain.parts[part], seen.parts[part],
                             4 * sample_width(&plain.shape, (enum sample_part)part) *
                                 sizeof(real)) == 0);
        if (kind == TASK_NBODY)
            ck_assert_double_eq_tol(
                form(map.metric, y, seen.parts[PART_TARGET_VECTORS], n),
                form(eta, x, plain.parts[PART_TARGET_VECTORS], n), 1e-9);
        multivector_data_free(&plain);
        multivector_data_free(&seen);
    }
}
END_TEST

START_TEST(errors_of_metrics)
{
    const real truth[] = {2, 1, 1, 3}, scaled[] = {-4, -2, -2, -6}, other[] = {3, 0, 0, -2};
    ck_assert(metric_error(truth, truth, 2) < 1e-7);
    ck_assert(metric_error(scaled, truth, 2) < 1e-7);
    ck_assert_double_eq_tol(metric_error(other, truth, 2), 1, 1e-9);
    const real near[] = {2, 1, 1, (real)3.1};
    ck_assert(metric_error(near, truth, 2) > 1e-3 && metric_error(near, truth, 2) < 0.1);
}
END_TEST

START_TEST(refused)
{
    struct error error = {0};
    struct multivector_task task = multivector_task_make(TASK_CONVEX_HULL);
    task.points = 5;
    ck_assert(!multivector_task_check(&task, &error));
    ck_assert_str_eq(error.message,
                     "convex-hull of 5 points in 5 dimensions; expected 6 to 64");
    task = multivector_task_make(TASK_NBODY);
    task.start_frame = 40;
    error = (struct error){0};
    ck_assert(!multivector_task_check(&task, &error));
    const real base[2] = {1, 1};
    struct hidden_map map = {.dimension = 2};
    ck_assert(!hidden_map_read(&map, "/nowhere/map.npy", base, 2, &error));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multivector_tasks");
    TCase *cases = tcase_create("multivector_tasks");
    tcase_add_test(cases, signed_volumes);
    tcase_add_test(cases, standardisation);
    tcase_add_test(cases, jets);
    tcase_add_test(cases, nbody);
    tcase_add_test(cases, numbers);
    tcase_add_test(cases, hidden_maps);
    tcase_add_test(cases, errors_of_metrics);
    tcase_add_test(cases, refused);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
