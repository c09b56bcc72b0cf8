/* Sampling of nodes: distinct, ascending, and no node more likely than another. */
#include "graph/sampling.h"

#include "check_main.h"

#include <math.h>

START_TEST(distinct_and_fair)
{
    enum { NODES = 20, COUNT = 5, ROUNDS = 8000 };
    struct graph graph = {.nodes = NODES};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    int chosen[NODES] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        size_t count = COUNT;
        uint32_t *nodes = sample_nodes(&graph, &count, &rng);
        ck_assert_uint_eq(count, COUNT);
        for (size_t i = 0; i < count; i++) {
            ck_assert(nodes[i] < NODES && (i == 0 || nodes[i - 1] < nodes[i]));
            chosen[nodes[i]]++;
        }
        free(nodes);
    }
    double expected = (double)ROUNDS * COUNT / NODES;
    for (int v = 0; v < NODES; v++)
        ck_assert(fabs(chosen[v] - expected) < 5 * sqrt(expected));
}
END_TEST

START_TEST(all_nodes)
{
    struct graph graph = {.nodes = 3};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    size_t count = 100;
    uint32_t *nodes = sample_nodes(&graph, &count, &rng);
    ck_assert_uint_eq(count, 3);
    for (uint32_t v = 0; v < 3; v++)
        ck_assert_uint_eq(nodes[v], v);
    free(nodes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sampling");
    TCase *cases = tcase_create("nodes");
    tcase_add_test(cases, distinct_and_fair);
    tcase_add_test(cases, all_nodes);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
