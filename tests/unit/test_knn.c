/* Nearest neighbours against a plain search, with ties, far from the origin, for any threads. */
#include "tensor/knn.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"

#include <omp.h>

static real plain_distance(const real *a, const real *b, size_t columns)
{
    real sum = 0;
    for (size_t j = 0; j < columns; j++)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

/* How many points come before `index` as seen from the query. */
static size_t rank_of(const real *query, const real *points, size_t count, size_t columns,
                      size_t self, uint32_t index)
{
    real distance = plain_distance(query, points + index * columns, columns);
    size_t rank = 0;
    for (size_t i = 0; i < count; i++) {
        real other = plain_distance(query, points + i * columns, columns);
        rank += i != self && (other < distance || (other == distance && i < index));
    }
    return rank;
}

/* Coordinates are whole numbers, so that distances are exact and ties are many. */
static real *grid_points(size_t count, size_t columns, uint64_t values, real offset)
{
    struct rng rng = rng_make(5, RNG_TEST, (uint32_t)columns);
    real *points = memory_alloc(count * columns, sizeof *points);
    for (size_t i = 0; i < count * columns; i++)
        points[i] = offset + (real)rng_below(&rng, values);
    return points;
}

static void check_search(size_t count, size_t columns, size_t k, bool without_self, real offset)
{
    real *points = grid_points(count, columns, 6, offset);
    uint32_t *indices = memory_alloc(count * k, sizeof *indices);
    real *distances = memory_alloc(count * k, sizeof *distances);
    knn_search(points, count, points, count, columns, k, without_self, indices, distances);
    for (size_t q = 0; q < count; q++) {
        for (size_t i = 0; i < k; i++) {
            const real *query = points + q * columns;
            uint32_t index = indices[q * k + i];
            ck_assert_uint_lt(index, count);
            ck_assert_uint_eq(rank_of(query, points, count, columns, without_self ? q : count,
                                      index), i);
            ck_assert(distances[q * k + i] ==
                      plain_distance(query, points + index * columns, columns));
        }
    }
    free(points);
    free(indices);
    free(distances);
}

START_TEST(agrees_with_plain_search)
{
    check_search(1, 3, 1, false, 0);
    check_search(2, 1, 1, true, 0);
    check_search(37, 1, 36, true, 0); /* few distances: ties everywhere */
    check_search(700, 2, 9, false, 0);
    check_search(700, 2, 9, true, 0);
    check_search(600, 17, 5, true, 0);
    check_search(150, 3, 150, false, 0); /* a full ranking */
}
END_TEST

START_TEST(far_from_the_origin)
{
    check_search(300, 4, 7, true, 1e6);
}
END_TEST

START_TEST(same_for_any_number_of_threads)
{
    enum { COUNT = 500, COLUMNS = 10, K = 12 };
    struct rng rng = rng_make(6, RNG_TEST, 0);
    real *points = memory_alloc(COUNT * COLUMNS, sizeof *points);
    for (size_t i = 0; i < COUNT * COLUMNS; i++)
        points[i] = (real)rng_normal(&rng);
    uint32_t indices[2][COUNT * K];
    int most = omp_get_max_threads();
    for (int run = 0; run < 2; run++) {
        omp_set_num_threads(run + 1);
        knn_search(points, COUNT, points, COUNT, COLUMNS, K, true, indices[run], NULL);
    }
    omp_set_num_threads(most);
    ck_assert_mem_eq(indices[0], indices[1], sizeof indices[0]);
    free(points);
}
END_TEST

START_TEST(nothing_to_find)
{
    const real point[2] = {1, 2};
    knn_search(point, 0, point, 1, 2, 1, false, NULL, NULL);
    knn_search(point, 1, point, 1, 2, 0, true, NULL, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("knn");
    TCase *cases = tcase_create("search");
    tcase_add_test(cases, agrees_with_plain_search);
    tcase_add_test(cases, far_from_the_origin);
    tcase_add_test(cases, same_for_any_number_of_threads);
    tcase_add_test(cases, nothing_to_find);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
