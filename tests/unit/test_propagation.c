/* Propagation matrices against their definition, on directed, weighted and lonely nodes. */
#include "graph/propagation.h"

#include "base/memory.h"
#include "check_main.h"

#include <math.h>
#include <string.h>

enum { NODES = 6 };

/* Node 5 has no edge; 0 -> 1 -> 2 -> 0 and a few more. */
static void make_graph(struct graph *graph, bool directed, bool weighted)
{
    static const struct edge edges[] = {{0, 1, 2.0f}, {1, 2, 0.5f}, {2, 0, 3.0f},
                                        {3, 1, 1.5f}, {3, 4, 4.0f}};
    graph_from_edges(graph, NODES, edges, sizeof edges / sizeof *edges, directed, weighted,
                     (struct names){0});
}

/* The matrix as dense numbers, by multiplying the identity. */
static void dense_of(const struct sparse *matrix, real *dense)
{
    real identity[NODES * NODES] = {0};
    for (size_t v = 0; v < NODES; v++)
        identity[v * NODES + v] = 1;
    sparse_multiply(matrix, identity, NODES, false, dense);
}

static void expect(const struct graph *graph, enum propagation_norm norm, real self_loop,
                   real *expected)
{
    real a[NODES * NODES] = {0}, sums[NODES] = {0};
    for (size_t v = 0; v < NODES; v++) {
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++)
            a[graph->targets[i] * NODES + v] = graph->weights ? (real)graph->weights[i] : 1;
        a[v * NODES + v] += self_loop;
    }
    for (size_t i = 0; i < NODES * NODES; i++)
        sums[i / NODES] += a[i];
    for (size_t i = 0; i < NODES * NODES; i++) {
        real row = sums[i / NODES], column = sums[i % NODES];
        expected[i] = a[i];
        if (norm == PROPAGATION_SYMMETRIC)
            expected[i] = row > 0 && column > 0 ? a[i] / sqrt(row * column) : 0;
        if (norm == PROPAGATION_MEAN)
            expected[i] = row > 0 ? a[i] / row : 0;
    }
}

static void check(struct propagation *p, bool directed, bool weighted, enum propagation_norm norm,
                  real self_loop)
{
    struct graph graph;
    real expected[NODES * NODES], dense[NODES * NODES], turned[NODES * NODES];
    make_graph(&graph, directed, weighted);
    propagation_make(p, &graph, norm, self_loop);
    expect(&graph, norm, self_loop, expected);
    dense_of(&p->matrix, dense);
    dense_of(&p->transpose, turned);
    for (size_t i = 0; i < NODES * NODES; i++) {
        ck_assert_msg(fabs(dense[i] - expected[i]) < 1e-12, "%d %d %d %g: element %zu: %g, not %g",
                      directed, weighted, (int)norm, (double)self_loop, i, (double)dense[i],
                      (double)expected[i]);
        ck_assert_double_eq_tol(turned[i], dense[i % NODES * NODES + i / NODES], 1e-15);
    }
    graph_free(&graph);
}

START_TEST(definition)
{
    struct propagation p = {0}; /* one for all: its memory is used again */
    for (int form = 0; form < 4; form++)
        for (int norm = PROPAGATION_SYMMETRIC; norm <= PROPAGATION_SUM; norm++)
            for (int self_loop = 0; self_loop < 3; self_loop++)
                check(&p, form & 1, form & 2, (enum propagation_norm)norm, (real)self_loop / 2);
    propagation_free(&p);
}
END_TEST

START_TEST(nothing_stored)
{
    struct graph graph;
    struct propagation p = {0};
    make_graph(&graph, false, false);
    propagation_make(&p, &graph, PROPAGATION_SYMMETRIC, 1);
    ck_assert_ptr_eq(p.matrix.indices, graph.targets);
    ck_assert_ptr_eq(p.transpose.indices, graph.targets);
    ck_assert_ptr_null(p.matrix.values);
    ck_assert_ptr_null(p.offsets);
    propagation_free(&p);
    graph_free(&graph);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("propagation");
    TCase *cases = tcase_create("propagation");
    tcase_add_test(cases, definition);
    tcase_add_test(cases, nothing_stored);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
