/*
 * The router: routes against plain loops, ties, margins, hashes, files and what is wrong with them.
 */
#include "pathway/router.h"

#include "check_main.h"
#include "pathway_cases.h"

/* The distance of x to a centre, and the greedy descent, the plain way. */
static double distance(const struct router *r, const real *x, size_t node)
{
    double sum = 0;
    for (size_t j = 0; j < r->inputs; j++) {
        double d = (double)((x[j] - r->scaling.mean[j]) / r->scaling.scale[j] -
                            r->centres[node * r->inputs + j]);
        sum += d * d;
    }
    return sqrt(sum);
}

static size_t plain_leaf(const struct router *r, const real *x, size_t node, double *ratio)
{
    while (r->children[node] > 0) {
        size_t best = 0;
        double least = INFINITY, next = INFINITY;
        for (size_t c = r->first_child[node]; c < r->first_child[node] + r->children[node]; c++) {
            double d = distance(r, x, c);
            if (d < least) {
                next = least;
                least = d;
                best = c;
            } else if (d < next) {
                next = d;
            }
        }
        *ratio = fmax(*ratio, least / next);
        node = best;
    }
    return r->leaf[node];
}

START_TEST(routes_greedily)
{
    enum { COUNT = 500 };
    struct router r = case_router(0);
    real *rows = case_rows(COUNT, 2, 0), inputs[COUNT * 2];
    struct route routes[COUNT];
    size_t seen[5] = {0};
    r.scaling.mean[0] = (real)0.25;
    r.scaling.scale[1] = 2;
    for (size_t i = 0; i < COUNT; i++)
        memcpy(inputs + 2 * i, rows + 3 * i, 2 * sizeof *rows);
    router_route_rows(&r, inputs, COUNT, routes);
    for (size_t i = 0; i < COUNT; i++) {
        double ratio = 0;
        ck_assert_uint_eq(routes[i].leaf, plain_leaf(&r, inputs + 2 * i, 0, &ratio));
        ck_assert(fabs((double)routes[i].ratio - ratio) < 1e-12);
        ck_assert(route_margin(&routes[i]) >= 0 && routes[i].second != routes[i].leaf);
        seen[routes[i].leaf]++;
    }
    for (size_t leaf = 0; leaf < 5; leaf++)
        ck_assert_uint_gt(seen[leaf], 0);
    free(rows);
    router_free(&r);
}
END_TEST

/* Halfway between two prototypes, and on two at the same place: the smaller index. */
START_TEST(ties)
{
    struct router r = case_root(1, 0);
    const real centres[] = {-1, 1, 1};
    const real middle[] = {0}, there[] = {1};
    real scratch[1];
    struct route route;
    router_split(&r, 0, 3, centres);
    router_route(&r, middle, scratch, &route);
    ck_assert_uint_eq(route.leaf, 0);
    ck_assert(route_margin(&route) == 0 && route.second == 1);
    router_route(&r, there, scratch, &route);
    ck_assert_uint_eq(route.leaf, 1);
    ck_assert(route_margin(&route) == 0 && route.second == 2);
    router_free(&r);
}
END_TEST

/* The second leaf lies beyond the closest of the decisions on the way. */
START_TEST(second_leaf)
{
    struct router r = case_router(0);
    const real inner[] = {1, (real)0.05}; /* nearly between the children of the second */
    const real outer[] = {(real)-0.1, (real)-0.4}; /* nearly between the first two */
    real scratch[2];
    struct route route;
    router_route(&r, inner, scratch, &route);
    ck_assert_uint_eq(route.leaf, 2);
    ck_assert_uint_eq(route.second, 3);
    router_route(&r, outer, scratch, &route);
    ck_assert_uint_eq(route.leaf, 0);
    ck_assert_uint_eq(route.second, 1);
    router_free(&r);
}
END_TEST

START_TEST(one_leaf)
{
    struct router r = case_root(3, 0);
    const real x[] = {1, 2, 3};
    real scratch[3];
    struct route route;
    router_route(&r, x, scratch, &route);
    ck_assert(route.leaf == 0 && route.second == 0 && route_margin(&route) == 1);
    ck_assert_uint_eq(router_path_values(&r), 0);
    router_free(&r);
}
END_TEST

START_TEST(sizes)
{
    struct router r = case_router(0);
    ck_assert_uint_eq(r.leaves, 5);
    ck_assert_uint_eq(router_height(&r), 2);
    ck_assert_uint_eq(router_path_values(&r), (3 + 3) * 2);
    ck_assert_uint_eq(router_stored_values(&r), 6 * 2);
    for (size_t leaf = 0; leaf < 5; leaf++)
        ck_assert_uint_eq(r.leaf[r.leaf_node[leaf]], leaf);
    router_free(&r);
}
END_TEST

/* A leaf's hash changes with what leads to it, and not with what does not. */
START_TEST(hashes)
{
    struct router r = case_router(0);
    char before[5][SHA256_TEXT], after[SHA256_TEXT];
    for (size_t leaf = 0; leaf < 5; leaf++) {
        router_leaf_hash(&r, leaf, before[leaf]);
        for (size_t other = 0; other < leaf; other++)
            ck_assert_str_ne(before[leaf], before[other]);
    }
    r.centres[2 * r.leaf_node[2]] += 1; /* among the children of the second */
    for (size_t leaf = 0; leaf < 5; leaf++) {
        router_leaf_hash(&r, leaf, after);
        bool below = leaf >= 1 && leaf <= 3;
        ck_assert_int_eq(strcmp(before[leaf], after) != 0, below);
    }
    r.scaling.mean[0] += 1;
    router_leaf_hash(&r, 0, after);
    ck_assert_str_ne(before[0], after);
    router_free(&r);
}
END_TEST

START_TEST(copies)
{
    for (size_t classes = 0; classes < 4; classes += 3) {
        struct router r = case_router(classes), copy = router_copy(&r);
        char one[SHA256_TEXT], other[SHA256_TEXT];
        ck_assert_uint_eq(copy.leaves, r.leaves);
        ck_assert_uint_eq(copy.classes.count, classes);
        ck_assert_str_eq(copy.columns.target_name, "y");
        for (size_t leaf = 0; leaf < r.leaves; leaf++) {
            router_leaf_hash(&r, leaf, one);
            router_leaf_hash(&copy, leaf, other);
            ck_assert_str_eq(one, other);
        }
        router_free(&r);
        router_free(&copy);
    }
}
END_TEST

/* What would make a route leave the tree or never end is refused. */
START_TEST(damaged_files)
{
    static const struct {
        const char *tensor;
        size_t place;
        uint32_t value;
    } damages[] = {
        {"first_child", 0, 0},    /* the root its own child */
        {"first_child", 2, 1},    /* a node with two parents */
        {"first_child", 2, 100},  /* beyond the end */
        {"children", 0, 2},       /* a node without a parent */
        {"children", 2, 0},
        {"leaf", 1, 1},           /* twice the same leaf */
        {"leaf", 1, 7},
        {"leaf", 2, 0},           /* an inner node with a number */
    };
    struct router r = case_router(0), copy;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct safetensors file = {0};
        struct error error = {0};
        router_describe(&r, &file);
        const struct array *array = safetensors_find(&file, damages[i].tensor);
        ((uint32_t *)array->data)[damages[i].place] = damages[i].value;
        ck_assert_msg(!router_load(&copy, &file, "file", &error), "%zu", i);
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
        safetensors_free(&file);
    }
    for (int damage = 0; damage < 2; damage++) {
        struct safetensors file = {0};
        struct error error = {0};
        router_describe(&r, &file);
        const struct array *array = safetensors_find(&file, damage ? "scale" : "centres");
        ((real *)array->data)[1] = damage ? 0 : (real)NAN;
        ck_assert(!router_load(&copy, &file, "file", &error));
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
        safetensors_free(&file);
    }
    router_free(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("router");
    TCase *cases = tcase_create("router");
    tcase_add_test(cases, routes_greedily);
    tcase_add_test(cases, ties);
    tcase_add_test(cases, second_leaf);
    tcase_add_test(cases, one_leaf);
    tcase_add_test(cases, sizes);
    tcase_add_test(cases, hashes);
    tcase_add_test(cases, copies);
    tcase_add_test(cases, damaged_files);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
