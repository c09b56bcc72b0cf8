/* Chain covers with their certificates, and the labels that they give. */
#include "dag/chain_cover.h"

#include "base/memory.h"
#include "check_main.h"
#include "dag/chain_labels.h"
#include "dag_shapes.h"
#include "graph/random_graphs.h"

static void check_cover(const struct chain_cover *cover, const struct dag *dag,
                        const bool *reaches)
{
    size_t nodes = dag->graph.nodes;
    ck_assert_uint_eq(cover->offsets[0], 0);
    ck_assert_uint_eq(cover->offsets[cover->chains], nodes);
    for (size_t c = 0; c < cover->chains; c++) {
        ck_assert_uint_lt(cover->offsets[c], cover->offsets[c + 1]);
        for (size_t i = cover->offsets[c]; i < cover->offsets[c + 1]; i++) {
            uint32_t node = cover->members[i];
            ck_assert_uint_eq(cover->chain[node], c);
            ck_assert_uint_eq(cover->position[node], i - cover->offsets[c]);
            if (i > cover->offsets[c])
                ck_assert(reaches[cover->members[i - 1] * nodes + node]);
        }
    }
    for (size_t i = 0; i < cover->antichain_count; i++)
        for (size_t k = 0; k < cover->antichain_count; k++)
            ck_assert(reaches[cover->antichain[i] * nodes + cover->antichain[k]] == (i == k));
    ck_assert_uint_le(cover->antichain_count, cover->chains);
    if (cover->minimum)
        ck_assert_uint_eq(cover->antichain_count, cover->chains);
}

/* An antichain as large as the cover proves both: neither can be bettered. */
START_TEST(finds_as_many_chains_as_an_antichain_has_nodes)
{
    struct dag dag;
    struct chain_cover cover;
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    bool *reaches = dag_shape_closure(&dag);
    chain_cover_make(&cover, &dag, UINT64_MAX);
    ck_assert(cover.minimum);
    check_cover(&cover, &dag, reaches);
    chain_cover_free(&cover);
    free(reaches);
    dag_free(&dag);
}
END_TEST

START_TEST(knows_some_widths)
{
    static const struct {
        enum dag_shape shape;
        size_t width;
    } known[] = {{SHAPE_CHAIN, 1}, {SHAPE_ANTICHAIN, 20}, {SHAPE_GRID, 6},
                 {SHAPE_CHAINS_APART, 5}, {SHAPE_ONE_NODE, 1}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct dag dag;
        struct chain_cover cover;
        dag_shape_make(&dag, known[i].shape, 1);
        chain_cover_make(&cover, &dag, UINT64_MAX);
        ck_assert_uint_eq(cover.chains, known[i].width);
        chain_cover_free(&cover);
        dag_free(&dag);
    }
}
END_TEST

START_TEST(gives_a_bound_where_effort_ends)
{
    struct dag dag;
    struct chain_cover least;
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    bool *reaches = dag_shape_closure(&dag);
    chain_cover_make(&least, &dag, UINT64_MAX);
    for (uint64_t effort = 0; effort < 4000; effort += 500) {
        struct chain_cover cover;
        chain_cover_make(&cover, &dag, effort);
        check_cover(&cover, &dag, reaches);
        ck_assert_uint_ge(cover.chains, least.chains);
        ck_assert_uint_le(cover.antichain_count, least.chains);
        chain_cover_free(&cover);
    }
    chain_cover_free(&least);
    free(reaches);
    dag_free(&dag);
}
END_TEST

/* Five lines meet in one node and part again: four chains must pass it without holding it. */
START_TEST(passes_through_a_node_of_several_chains)
{
    struct edge edges[10];
    for (uint32_t i = 0; i < 5; i++) {
        edges[i] = (struct edge){i, 5, 1};
        edges[5 + i] = (struct edge){5, 6 + i, 1};
    }
    struct dag dag;
    struct chain_cover cover;
    dag_from_edges(&dag, 11, edges, 10);
    bool *reaches = dag_shape_closure(&dag);
    chain_cover_make(&cover, &dag, UINT64_MAX);
    ck_assert_uint_eq(cover.chains, 5);
    check_cover(&cover, &dag, reaches);
    chain_cover_free(&cover);
    free(reaches);
    dag_free(&dag);
}
END_TEST

START_TEST(labels_answer_reachability)
{
    struct dag dag;
    struct chain_cover cover;
    struct chain_labels labels;
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    size_t nodes = dag.graph.nodes;
    bool *reaches = dag_shape_closure(&dag);
    chain_cover_make(&cover, &dag, _i % 2 ? UINT64_MAX : 0); /* any cover will do */
    ck_assert(chain_labels_make(&labels, &dag, &cover, 1 << 20));
    for (uint32_t u = 0; u < nodes; u++)
        for (uint32_t v = 0; v < nodes; v++)
            ck_assert(chain_labels_reach(&labels, u, v) == reaches[u * nodes + v]);
    size_t bytes = chain_labels_bytes(&labels);
    chain_labels_free(&labels);
    ck_assert(chain_labels_make(&labels, &dag, &cover, bytes));
    chain_labels_free(&labels);
    ck_assert(!chain_labels_make(&labels, &dag, &cover, bytes - 1));
    chain_cover_free(&cover);
    free(reaches);
    dag_free(&dag);
}
END_TEST

/* Everything reaches the root of an in-tree, whose label alone has every chain: both directions. */
START_TEST(labels_take_the_cheaper_direction)
{
    for (int turned = 0; turned < 2; turned++) {
        struct edge edges[200];
        for (uint32_t i = 0; i < 100; i++) {
            edges[i] = turned ? (struct edge){i, 100, 1} : (struct edge){100, i, 1};
            edges[100 + i] = turned ? (struct edge){100, 101 + i, 1}
                                    : (struct edge){101 + i, 100, 1};
        }
        edges[199] = edges[0]; /* 100 on one side of the middle, 99 on the other */
        struct dag dag;
        struct chain_cover cover;
        struct chain_labels labels;
        dag_from_edges(&dag, 200, edges, 200);
        chain_cover_make(&cover, &dag, UINT64_MAX);
        ck_assert(chain_labels_make(&labels, &dag, &cover, 1 << 20));
        ck_assert_int_eq(labels.direction, turned ? CHAIN_FIRST_REACHED : CHAIN_LAST_REACHING);
        chain_labels_free(&labels);
        chain_cover_free(&cover);
        dag_free(&dag);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("chain_cover");
    TCase *tests = tcase_create("chain_cover");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, finds_as_many_chains_as_an_antichain_has_nodes, 0, 8 * DAG_SHAPES);
    tcase_add_test(tests, knows_some_widths);
    tcase_add_loop_test(tests, gives_a_bound_where_effort_ends, 0, 2 * DAG_SHAPES);
    tcase_add_test(tests, passes_through_a_node_of_several_chains);
    tcase_add_loop_test(tests, labels_answer_reachability, 0, 4 * DAG_SHAPES);
    tcase_add_test(tests, labels_take_the_cheaper_direction);
    return check_run(suite);
}
