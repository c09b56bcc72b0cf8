/* Sampled neighbourhoods: with all neighbours exact, with some of them right on average. */
#include "graph/neighbour_sampling.h"

#include "base/memory.h"
#include "check_main.h"
#include "graph/propagation.h"
#include "graph/random_graphs.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { NODES = 200, WIDTH = 3, SEEDS = 9 };

static const uint32_t seeds[SEEDS] = {150, 3, 77, 12, 199, 0, 42, 101, 64};

struct whole {
    struct graph graph;
    struct propagation propagation;
    real x[NODES * WIDTH];
};

/* One node is joined to all others. */
static void make_whole(struct whole *w, bool directed, enum propagation_norm norm)
{
    struct rng rng = rng_make(7, RNG_TEST, 0);
    struct edge_list list = {0};
    generate_erdos_renyi(&list, NODES, 0.05, directed, &rng);
    for (size_t v = 1; v < NODES; v++)
        edge_list_add(&list, v, 0, 1);
    for (size_t i = 0; i < list.count; i++)
        list.edges[i].weight = (float)(1 + i % 3);
    graph_from_edges(&w->graph, NODES, list.edges, list.count, directed, true, (struct names){0});
    edge_list_free(&list);
    w->propagation = (struct propagation){0};
    propagation_make(&w->propagation, &w->graph, norm, 1);
    for (size_t i = 0; i < NODES * WIDTH; i++)
        w->x[i] = (real)rng_normal(&rng);
}

static void free_whole(struct whole *w)
{
    propagation_free(&w->propagation);
    graph_free(&w->graph);
}

/* matrix[L - 1] ... matrix[0] x of the sample: (SEEDS, WIDTH). */
static void multiply_through(const struct neighbourhood *n, const real *x, real *y)
{
    real *from = memory_alloc(NODES * WIDTH, sizeof *from);
    real *to = memory_alloc(NODES * WIDTH, sizeof *to);
    for (size_t i = 0; i < n->rows[0]; i++)
        memcpy(from + i * WIDTH, x + n->nodes[i] * WIDTH, WIDTH * sizeof *from);
    for (size_t l = 0; l < n->layers; l++) {
        ck_assert_uint_eq(n->matrix[l].rows, n->rows[l + 1]);
        ck_assert_uint_eq(n->matrix[l].columns, n->rows[l]);
        sparse_multiply(&n->matrix[l], from, WIDTH, false, to);
        memcpy(from, to, n->rows[l + 1] * WIDTH * sizeof *from);
    }
    memcpy(y, from, SEEDS * WIDTH * sizeof *y);
    free(from);
    free(to);
}

START_TEST(all_neighbours)
{
    for (int form = 0; form < 6; form++) {
        struct whole w;
        make_whole(&w, form & 1, (enum propagation_norm)(form / 2));
        struct neighbourhood n = {0};
        real y[SEEDS * WIDTH], once[NODES * WIDTH], twice[NODES * WIDTH];
        neighbourhood_draw(&n, &w.propagation.matrix, seeds, SEEDS, (const size_t[]){0, 0}, 2, 1,
                           0);
        multiply_through(&n, w.x, y);
        sparse_multiply(&w.propagation.matrix, w.x, WIDTH, false, once);
        sparse_multiply(&w.propagation.matrix, once, WIDTH, false, twice);
        for (size_t i = 0; i < SEEDS * WIDTH; i++)
            ck_assert_double_eq_tol(y[i], twice[seeds[i / WIDTH] * WIDTH + i % WIDTH], 1e-10);
        neighbourhood_free(&n);
        free_whole(&w);
    }
}
END_TEST

START_TEST(some_neighbours)
{
    enum { DRAWS = 20000, FANOUT = 3 };
    struct whole w;
    make_whole(&w, false, PROPAGATION_SYMMETRIC);
    struct neighbourhood n = {0};
    real y[SEEDS * WIDTH], exact[NODES * WIDTH];
    double mean[SEEDS * WIDTH] = {0}, square[SEEDS * WIDTH] = {0};
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        neighbourhood_draw(&n, &w.propagation.matrix, seeds, SEEDS, (const size_t[]){FANOUT}, 1, 1,
                           draw);
        for (size_t i = 0; i < SEEDS; i++)
            ck_assert_uint_le(n.matrix[0].offsets[i + 1] - n.matrix[0].offsets[i], FANOUT);
        multiply_through(&n, w.x, y);
        for (size_t i = 0; i < SEEDS * WIDTH; i++) {
            mean[i] += y[i] / DRAWS;
            square[i] += y[i] * y[i] / DRAWS;
        }
    }
    sparse_multiply(&w.propagation.matrix, w.x, WIDTH, false, exact);
    for (size_t i = 0; i < SEEDS * WIDTH; i++) {
        double deviation = sqrt((square[i] - mean[i] * mean[i]) / DRAWS);
        double expected = exact[seeds[i / WIDTH] * WIDTH + i % WIDTH];
        ck_assert_msg(fabs(mean[i] - expected) <= 5 * deviation + 1e-12, "%g +- %g, not %g",
                      mean[i], deviation, expected);
    }
    neighbourhood_free(&n);
    free_whole(&w);
}
END_TEST

/* No entry twice, the transpose is one, the same draw for any number of threads. */
START_TEST(form)
{
    struct whole w;
    make_whole(&w, true, PROPAGATION_MEAN);
    struct neighbourhood n = {0}, other = {0};
    const size_t fanouts[] = {4, 2, 5};
    neighbourhood_draw(&other, &w.propagation.matrix, seeds, 2, fanouts, 1, 1, 0); /* used again */
    neighbourhood_draw(&n, &w.propagation.matrix, seeds, SEEDS, fanouts, 3, 1, 2);
    int threads = omp_get_max_threads();
    omp_set_num_threads(3);
    neighbourhood_draw(&other, &w.propagation.matrix, seeds, SEEDS, fanouts, 3, 1, 2);
    omp_set_num_threads(threads);
    ck_assert_mem_eq(n.nodes, seeds, sizeof seeds);
    ck_assert_uint_eq(n.rows[0], other.rows[0]);
    ck_assert_mem_eq(n.nodes, other.nodes, n.rows[0] * sizeof *n.nodes);
    for (size_t l = 0; l < 3; l++) {
        struct sparse back = sparse_transpose(&n.transpose[l]);
        const struct sparse *matrix = &n.matrix[l];
        ck_assert_uint_ge(n.rows[l], n.rows[l + 1]);
        ck_assert_uint_eq(sparse_entries(&back), sparse_entries(matrix));
        for (size_t i = 0; i < matrix->rows; i++) {
            bool seen[NODES] = {false};
            ck_assert_uint_le(matrix->offsets[i + 1] - matrix->offsets[i], fanouts[l]);
            for (size_t k = matrix->offsets[i]; k < matrix->offsets[i + 1]; k++) {
                ck_assert(!seen[matrix->indices[k]]);
                seen[matrix->indices[k]] = true;
                uint32_t heard = n.nodes[matrix->indices[k]];
                ck_assert_uint_ne(graph_find_arc(&w.graph, heard, n.nodes[i]), GRAPH_NO_ARC);
            }
        }
        sparse_free(&back);
    }
    neighbourhood_free(&n);
    neighbourhood_free(&other);
    free_whole(&w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("neighbour_sampling");
    TCase *cases = tcase_create("neighbour_sampling");
    tcase_add_test(cases, all_neighbours);
    tcase_add_test(cases, some_neighbours);
    tcase_add_test(cases, form);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
