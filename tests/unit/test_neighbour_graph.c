/* Lists of neighbours as matrices, against dense ones made by the formula. */
#include "latent/neighbour_graph.h"

#include "base/rng.h"
#include "check_main.h"

#include <math.h>
#include <string.h>

enum { COUNT = 40, K = 4 };

static void fill_lists(uint32_t *lists)
{
    struct rng rng = rng_make(2, RNG_TEST, 0);
    for (size_t i = 0; i < COUNT; i++) {
        uint32_t order[COUNT], filled = 0;
        for (uint32_t j = 0; j < COUNT; j++)
            order[j] = j;
        rng_shuffle(&rng, order, COUNT, sizeof *order);
        for (size_t j = 0; filled < K; j++)
            if (order[j] != i)
                lists[i * K + filled++] = order[j];
    }
}

/* matrix times the unit vectors. */
static void densify(const struct sparse *matrix, double *dense)
{
    for (size_t c = 0; c < COUNT; c++) {
        real x[COUNT] = {0}, y[COUNT];
        x[c] = 1;
        sparse_multiply(matrix, x, 1, false, y);
        for (size_t r = 0; r < COUNT; r++)
            dense[r * COUNT + c] = (double)y[r];
    }
}

static void expect(const uint32_t *lists, enum neighbour_form form, double *dense)
{
    double degrees[COUNT] = {0};
    memset(dense, 0, COUNT * COUNT * sizeof *dense);
    for (size_t i = 0; i < COUNT; i++) {
        dense[i * COUNT + i] = 1;
        for (size_t n = 0; n < K; n++) {
            dense[i * COUNT + lists[i * K + n]] = 1;
            if (form == NEIGHBOURS_SYMMETRIC)
                dense[lists[i * K + n] * COUNT + i] = 1;
        }
    }
    for (size_t i = 0; i < COUNT * COUNT; i++)
        degrees[i / COUNT] += dense[i];
    for (size_t i = 0; i < COUNT * COUNT; i++)
        dense[i] /= form == NEIGHBOURS_SYMMETRIC ? sqrt(degrees[i / COUNT] * degrees[i % COUNT])
                                                 : degrees[i / COUNT];
}

START_TEST(matrices)
{
    enum neighbour_form form = (enum neighbour_form)_i;
    static double found[COUNT * COUNT], turned[COUNT * COUNT], expected[COUNT * COUNT];
    uint32_t lists[COUNT * K];
    struct arena arena = {0};
    fill_lists(lists);
    struct neighbour_graph graph = neighbour_graph_make(lists, COUNT, K, form, &arena);
    densify(&graph.matrix, found);
    densify(&graph.transpose, turned);
    expect(lists, form, expected);
    for (size_t i = 0; i < COUNT * COUNT; i++) {
        ck_assert_double_eq_tol(found[i], expected[i], 1e-14);
        ck_assert_double_eq_tol(turned[i % COUNT * COUNT + i / COUNT], expected[i], 1e-14);
    }
    arena_free(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("neighbour graph");
    TCase *tests = tcase_create("neighbour graph");
    tcase_add_loop_test(tests, matrices, 0, 2);
    suite_add_tcase(suite, tests);
    return check_run(suite);
}
