/*
 * Kernel distances and qualities of samples against their definitions, for sets of several
 * blocks.
 */
#include "diffusion/sample_quality.h"

#include "base/memory.h"
#include "check_main.h"
#include "point_cases.h"

enum { K = 4 };

static double squared_distance(const struct sample_rows *a, size_t i, const struct sample_rows *b,
                               size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < a->columns; k++)
        sum += pow(a->values[i * a->columns + k] - b->values[j * b->columns + k], 2);
    return sum;
}

static double polynomial(const struct sample_rows *a, size_t i, const struct sample_rows *b,
                         size_t j, double unused)
{
    double sum = 0;
    (void)unused;
    for (size_t k = 0; k < a->columns; k++)
        sum += a->values[i * a->columns + k] * b->values[j * b->columns + k];
    return pow(sum / (double)a->columns + 1, 3);
}

static double rbf(const struct sample_rows *a, size_t i, const struct sample_rows *b, size_t j,
                  double bandwidth)
{
    return exp(-squared_distance(a, i, b, j) / (2 * bandwidth * bandwidth));
}

typedef double kernel_function(const struct sample_rows *a, size_t i, const struct sample_rows *b,
                               size_t j, double bandwidth);

static double mean_kernel(const struct sample_rows *a, const struct sample_rows *b,
                          kernel_function *kernel, double bandwidth)
{
    double sum = 0;
    bool same = a == b;
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            sum += same && i == j ? 0 : kernel(a, i, b, j, bandwidth);
    return sum / (double)a->count / (double)(b->count - same);
}

static double plain_discrepancy(const struct sample_rows *x, const struct sample_rows *y,
                                kernel_function *kernel, double bandwidth)
{
    return mean_kernel(x, x, kernel, bandwidth) + mean_kernel(y, y, kernel, bandwidth) -
           2 * mean_kernel(x, y, kernel, bandwidth);
}

/* The squared distance to the K-th nearest other row. */
static double plain_radius(const struct sample_rows *rows, size_t i)
{
    double nearest[K];
    for (size_t k = 0; k < K; k++)
        nearest[k] = INFINITY;
    for (size_t j = 0; j < rows->count; j++) {
        double distance = i == j ? INFINITY : squared_distance(rows, i, rows, j);
        for (size_t k = 0; k < K; k++)
            if (distance < nearest[k]) {
                double larger = nearest[k];
                nearest[k] = distance;
                distance = larger;
            }
    }
    return nearest[K - 1];
}

static struct manifold_quality plain_quality(const struct sample_rows *x,
                                             const struct sample_rows *y)
{
    struct manifold_quality q = {0};
    double *x_radii = memory_alloc(x->count, sizeof *x_radii);
    double *y_radii = memory_alloc(y->count, sizeof *y_radii);
    for (size_t i = 0; i < x->count; i++)
        x_radii[i] = plain_radius(x, i);
    for (size_t j = 0; j < y->count; j++)
        y_radii[j] = plain_radius(y, j);
    for (size_t i = 0; i < x->count; i++) {
        size_t balls = 0;
        for (size_t j = 0; j < y->count; j++)
            balls += squared_distance(x, i, y, j) <= y_radii[j];
        q.precision += (double)(balls > 0) / (double)x->count;
        q.density += (double)balls / (double)(K * x->count);
    }
    for (size_t j = 0; j < y->count; j++) {
        bool within = false, holds = false;
        for (size_t i = 0; i < x->count; i++) {
            within |= squared_distance(x, i, y, j) <= x_radii[i];
            holds |= squared_distance(x, i, y, j) <= y_radii[j];
        }
        q.recall += (double)within / (double)y->count;
        q.coverage += (double)holds / (double)y->count;
    }
    free(x_radii);
    free(y_radii);
    return q;
}

static void compare_sets(size_t x_count, size_t y_count, size_t columns)
{
    struct data_set a = clouds(x_count, columns, 3, false), b = clouds(y_count, columns, 3, false);
    for (size_t i = 0; i < 3 * columns; i++)
        a.values[i] = b.values[i]; /* some the same */
    const struct sample_rows x = {a.values, x_count, columns}, y = {b.values, y_count, columns};
    ck_assert_double_eq_tol(kernel_distance_polynomial(&x, &y),
                            plain_discrepancy(&x, &y, polynomial, 0), 1e-10);
    ck_assert_double_eq_tol(kernel_distance_rbf(&x, &y, 0.8), plain_discrepancy(&x, &y, rbf, 0.8),
                            1e-12);
    struct manifold_quality found = manifold_quality(&x, &y, K), plain = plain_quality(&x, &y);
    ck_assert_double_eq_tol(found.precision, plain.precision, 1e-12);
    ck_assert_double_eq_tol(found.recall, plain.recall, 1e-12);
    ck_assert_double_eq_tol(found.density, plain.density, 1e-12);
    ck_assert_double_eq_tol(found.coverage, plain.coverage, 1e-12);
    data_set_free(&a);
    data_set_free(&b);
}

START_TEST(figures_follow_their_definitions)
{
    compare_sets(K + 1, K + 2, 1);
    compare_sets(130, 600, 3);
    compare_sets(300, 150, 12);
}
END_TEST

START_TEST(copies_are_not_new)
{
    struct data_set data = clouds(200, 6, 4, false), more = clouds(150, 6, 4, false);
    const struct sample_rows train = {data.values, 200, 6}, copies = {data.values + 60, 50, 6},
                             others = {more.values, 150, 6};
    struct novelty of_copies = novelty(&copies, &others, &train);
    struct novelty of_others = novelty(&others, &others, &train);
    ck_assert(of_copies.ratio == 0 && of_copies.nearest_distance == 0 && of_copies.memorised == 1);
    ck_assert(of_others.ratio == 1 && of_others.nearest_distance > 0);
    ck_assert_double_lt(of_others.memorised, 0.05);
    data_set_free(&data);
    data_set_free(&more);
}
END_TEST

START_TEST(bandwidths_are_medians)
{
    const real line[4] = {0, 1, 3, 7}, same[3] = {2, 2, 2};
    const struct sample_rows rows = {line, 4, 1}, equal = {same, 3, 1};
    ck_assert_double_eq(kernel_bandwidth(&rows), 3.5); /* of 1 2 3 4 6 7 */
    ck_assert_double_eq(kernel_bandwidth(&equal), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sample quality");
    TCase *tests = tcase_create("sample quality");
    tcase_add_test(tests, figures_follow_their_definitions);
    tcase_add_test(tests, copies_are_not_new);
    tcase_add_test(tests, bandwidths_are_medians);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
