/* K-means against plain loops: assignments, means, weights, duplicates, mini-batches, threads. */
#include "tensor/kmeans.h"

#include "base/memory.h"
#include "check_main.h"

#include <omp.h>
#include <string.h>

/* `clusters` groups of points, 100 apart, with normal noise. */
static real *grouped_rows(size_t count, size_t columns, size_t clusters)
{
    struct rng rng = rng_make(1, RNG_TEST, (uint32_t)clusters);
    real *values = memory_alloc(count * columns, sizeof *values);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < columns; j++)
            values[i * columns + j] =
                (real)(rng_normal(&rng) + (j == 0 ? 100.0 * (double)(i % clusters) : 0));
    return values;
}

static double plain_inertia(const struct kmeans_rows *rows, const real *centres, size_t k)
{
    double inertia = 0;
    for (size_t i = 0; i < rows->count; i++) {
        double least = INFINITY;
        for (size_t c = 0; c < k; c++) {
            double sum = 0;
            for (size_t j = 0; j < rows->columns; j++) {
                double d = (double)rows->values[i * rows->columns + j] -
                           (double)centres[c * rows->columns + j];
                sum += d * d;
            }
            least = sum < least ? sum : least;
        }
        inertia += least * (rows->weights ? (double)rows->weights[i] : 1);
    }
    return inertia;
}

START_TEST(finds_groups)
{
    enum { COUNT = 1000, COLUMNS = 3, K = 8 };
    real *values = grouped_rows(COUNT, COLUMNS, K);
    const struct kmeans_rows rows = {values, COUNT, COLUMNS, NULL};
    struct kmeans_options options = kmeans_defaults(K);
    struct rng rng = rng_make(2, RNG_TEST, 0);
    real centres[K * COLUMNS];
    uint32_t nearest[COUNT];
    struct kmeans_result result = kmeans_fit(&rows, &options, &rng, centres, nearest);
    ck_assert_uint_eq(result.centres, K);
    ck_assert_double_le(fabs(result.inertia - plain_inertia(&rows, centres, K)),
                        1e-9 * result.inertia);
    ck_assert_double_le(result.inertia, COUNT * COLUMNS * 1.2); /* noise of variance 1 is left */
    for (size_t i = K; i < COUNT; i++)
        ck_assert_uint_eq(nearest[i], nearest[i % K]);
    free(values);
}
END_TEST

/* At the end of Lloyd every centre is the weighted mean of its rows. */
START_TEST(centres_are_weighted_means)
{
    enum { COUNT = 300, COLUMNS = 2, K = 5 };
    struct rng rng = rng_make(3, RNG_TEST, 0);
    real values[COUNT * COLUMNS], weights[COUNT], centres[K * COLUMNS];
    uint32_t nearest[COUNT];
    for (size_t i = 0; i < COUNT * COLUMNS; i++)
        values[i] = (real)rng_normal(&rng);
    for (size_t i = 0; i < COUNT; i++)
        weights[i] = (real)rng_below(&rng, 4);
    const struct kmeans_rows rows = {values, COUNT, COLUMNS, weights};
    const struct kmeans_options options = {.k = K, .iterations = 500, .tolerance = 0};
    struct kmeans_result result = kmeans_fit(&rows, &options, &rng, centres, nearest);
    ck_assert_double_le(fabs(result.inertia - plain_inertia(&rows, centres, K)), 1e-9);
    for (size_t c = 0; c < K; c++) {
        double mass = 0, sum[COLUMNS] = {0};
        for (size_t i = 0; i < COUNT; i++) {
            if (nearest[i] != c)
                continue;
            mass += (double)weights[i];
            for (size_t j = 0; j < COLUMNS; j++)
                sum[j] += (double)weights[i] * (double)values[i * COLUMNS + j];
        }
        ck_assert_double_gt(mass, 0);
        for (size_t j = 0; j < COLUMNS; j++)
            ck_assert_double_le(fabs(sum[j] / mass - (double)centres[c * COLUMNS + j]), 1e-9);
    }
}
END_TEST

/* A row of weight 3 is three rows. */
START_TEST(weights_are_repetitions)
{
    const real values[] = {0, 1, 10, 14};
    const real weights[] = {3, 1, 1, 1};
    const real repeated[] = {0, 0, 0, 1, 10, 14};
    const struct kmeans_options options = {.k = 2, .iterations = 50};
    real one[2], other[2];
    struct rng rng = rng_make(4, RNG_TEST, 0);
    const struct kmeans_rows weighted = {values, 4, 1, weights}, plain = {repeated, 6, 1, NULL};
    double a = kmeans_fit(&weighted, &options, &rng, one, NULL).inertia;
    double b = kmeans_fit(&plain, &options, &rng, other, NULL).inertia;
    ck_assert_double_le(fabs(a - b), 1e-12);
    ck_assert_double_le(fabs(a - (0.75 + 8)), 1e-12);
}
END_TEST

START_TEST(no_more_centres_than_different_rows)
{
    const real values[] = {1, 2, 1, 2, 1, 1, 2};
    const struct kmeans_rows rows = {values, 7, 1, NULL};
    const struct kmeans_options options = {.k = 5, .iterations = 10};
    struct rng rng = rng_make(5, RNG_TEST, 0);
    real centres[5];
    struct kmeans_result result = kmeans_fit(&rows, &options, &rng, centres, NULL);
    ck_assert_uint_eq(result.centres, 2);
    ck_assert(result.inertia == 0);
    const real weights[] = {0, 1, 0, 1, 0, 0, 1}; /* what has no weight is not there */
    const struct kmeans_rows some = {values, 7, 1, weights};
    ck_assert_uint_eq(kmeans_fit(&some, &options, &rng, centres, NULL).centres, 1);
    ck_assert(centres[0] == 2);
}
END_TEST

/* Two centres on one point: the smaller index gets the rows, the other is put to use elsewhere. */
START_TEST(ties_and_empty_centres)
{
    const real values[] = {0, 1, 8, 9};
    const real centres[] = {0, 0, 8};
    const struct kmeans_rows rows = {values, 4, 1, NULL};
    uint32_t nearest[4];
    kmeans_assign(&rows, centres, 3, nearest, NULL);
    ck_assert_uint_eq(nearest[0], 0);
    ck_assert_uint_eq(nearest[1], 0);
    for (uint32_t seed = 0; seed < 20; seed++) {
        struct rng rng = rng_make(seed, RNG_TEST, 1);
        const struct kmeans_options options = {.k = 4, .iterations = 10};
        real found[4];
        struct kmeans_result result = kmeans_fit(&rows, &options, &rng, found, NULL);
        ck_assert_uint_eq(result.centres, 4);
        ck_assert(result.inertia == 0);
    }
}
END_TEST

/* Mini-batches that together are all rows, from seen = 0, weigh every row the same in the end. */
START_TEST(mini_batches)
{
    enum { COUNT = 900, COLUMNS = 3, K = 4, BATCH = 90 };
    real *values = grouped_rows(COUNT, COLUMNS, K);
    real centres[K * COLUMNS];
    double seen[K] = {0}, sums[K * COLUMNS] = {0};
    memcpy(centres, values, sizeof centres); /* one row of each group */
    for (size_t first = 0; first < COUNT; first += BATCH) {
        const struct kmeans_rows rows = {values + first * COLUMNS, BATCH, COLUMNS, NULL};
        kmeans_batch(&rows, K, seen, centres);
    }
    for (size_t i = 0; i < COUNT * COLUMNS; i++)
        sums[i / COLUMNS % K * COLUMNS + i % COLUMNS] += (double)values[i];
    for (size_t c = 0; c < K; c++)
        for (size_t j = 0; j < COLUMNS; j++)
            ck_assert_double_le(fabs(sums[c * COLUMNS + j] / seen[c] -
                                     (double)centres[c * COLUMNS + j]), 1e-9);
    free(values);
}
END_TEST

START_TEST(same_for_any_number_of_threads)
{
    enum { COUNT = 8000, COLUMNS = 5, K = 12 };
    real *values = grouped_rows(COUNT, COLUMNS, 7);
    const struct kmeans_rows rows = {values, COUNT, COLUMNS, NULL};
    const struct kmeans_options options = kmeans_defaults(K);
    real centres[2][K * COLUMNS];
    int most = omp_get_max_threads();
    for (int run = 0; run < 2; run++) {
        struct rng rng = rng_make(6, RNG_TEST, 0);
        omp_set_num_threads(run + 1);
        kmeans_fit(&rows, &options, &rng, centres[run], NULL);
    }
    omp_set_num_threads(most);
    ck_assert_mem_eq(centres[0], centres[1], sizeof centres[0]);
    free(values);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kmeans");
    TCase *cases = tcase_create("kmeans");
    tcase_add_test(cases, finds_groups);
    tcase_add_test(cases, centres_are_weighted_means);
    tcase_add_test(cases, weights_are_repetitions);
    tcase_add_test(cases, no_more_centres_than_different_rows);
    tcase_add_test(cases, ties_and_empty_centres);
    tcase_add_test(cases, mini_batches);
    tcase_add_test(cases, same_for_any_number_of_threads);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
