/* Inverted indices: the same as a plain search where every list is probed, nearly so with some. */
#include "tensor/inverted_index.h"

#include "base/memory.h"
#include "check_main.h"
#include "point_cases.h"
#include "tensor/knn.h"

enum { K = 10, QUERIES = 50 };

/* How many of the K nearest points an index of so many lists finds with some probes. */
static double recall(const struct point_set *points, size_t lists, size_t probes, real weight)
{
    struct rng rng = rng_make(4, RNG_TEST, 0);
    struct inverted_index index = inverted_index_make(points->rows, points->half_norms,
                                                      points->count, points->columns, lists, &rng);
    real *room = memory_alloc(2 * index.lists, sizeof *room), negatives[K], distances[K];
    uint32_t *order = memory_alloc(index.lists, sizeof *order), indices[K], nearest[K];
    real *query = memory_alloc(points->columns, sizeof *query);
    size_t found = 0;
    ck_assert_uint_eq(index.starts[index.lists], points->count);
    for (size_t q = 0; q < QUERIES; q++) {
        for (size_t j = 0; j < points->columns; j++)
            query[j] = rng_normal(&rng);
        knn_search(query, 1, points->rows, points->count, points->columns, K, false, nearest,
                   distances);
        for (size_t j = 0; j < points->columns; j++)
            query[j] *= weight;
        inverted_index_search(&index, query, weight, K, probes, room, order, indices, negatives);
        for (size_t i = 0; i < K; i++) {
            ck_assert(i == 0 || negatives[i - 1] <= negatives[i]);
            for (size_t j = 0; j < K; j++)
                found += indices[i] == nearest[j];
        }
    }
    free(room);
    free(order);
    free(query);
    inverted_index_free(&index);
    return (double)found / (K * QUERIES);
}

START_TEST(indices_find_the_nearest)
{
    struct data_set data = clouds(3000, 8, 20, false);
    struct point_set points = point_set_take(&data);
    ck_assert(recall(&points, 1, 1, 1) == 1);
    ck_assert(recall(&points, 50, 50, 1) == 1);
    ck_assert(recall(&points, 50, 50, 0.2) == 1);
    double few = recall(&points, 50, 2, 1), more = recall(&points, 50, 15, 1);
    ck_assert_double_ge(more, few);
    ck_assert_double_gt(few, 0.3);
    ck_assert_double_gt(more, 0.9);
    point_set_free(&points);
    data_set_free(&data);
}
END_TEST

/* More lists than different points; fewer points in the probed lists than are asked for. */
START_TEST(few_points_are_found_all)
{
    struct data_set data = clouds(K, 2, 1, false);
    for (size_t i = 0; i < K * 2; i++)
        data.values[i] = (real)(i / 2 % 3);
    struct point_set points = point_set_take(&data);
    struct rng rng = rng_make(1, RNG_TEST, 0);
    struct inverted_index index = inverted_index_make(points.rows, points.half_norms, K, 2, 6,
                                                      &rng);
    const real query[2] = {0.1, 0};
    real room[12], negatives[K];
    uint32_t order[6], indices[K];
    ck_assert_uint_eq(index.lists, 3);
    inverted_index_search(&index, query, 1, K, 1, room, order, indices, negatives);
    bool seen[K] = {false};
    for (size_t i = 0; i < K; i++) {
        ck_assert(!seen[indices[i]]);
        seen[indices[i]] = true;
    }
    inverted_index_free(&index);
    point_set_free(&points);
    data_set_free(&data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inverted index");
    TCase *tests = tcase_create("inverted index");
    tcase_add_test(tests, indices_find_the_nearest);
    tcase_add_test(tests, few_points_are_found_all);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
