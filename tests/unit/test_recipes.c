/* Recipes: every name makes its graph, and no parameter is taken and then ignored. */
#include "graph/recipes.h"

#include "check_main.h"

#include <string.h>

/* A value that differs from the initial one and that every recipe that takes it can follow. */
static double other_value(enum recipe_parameter parameter)
{
    switch (parameter) {
    case RECIPE_NODES: return 60;
    case RECIPE_DIRECTED: return 1;
    case RECIPE_ROWS: return 4;
    case RECIPE_COLUMNS: return 7;
    case RECIPE_BRANCHING: return 3;
    case RECIPE_PROBABILITY: return 0.3;
    case RECIPE_DEGREE: return 7;
    case RECIPE_ATTACH: return 3;
    case RECIPE_NEIGHBOURS: return 6;
    case RECIPE_REWIRE: return 0.9;
    case RECIPE_BLOCKS: return 2;
    case RECIPE_WITHIN: return 0.5;
    case RECIPE_BETWEEN: return 0.3;
    case RECIPE_FEATURE_DIM: return 3;
    case RECIPE_SEPARATION: return 5;
    case RECIPE_POINT_DIM: return 3;
    case RECIPE_DISTRIBUTION: return 1;
    case RECIPE_RADIUS: return 0.5;
    case RECIPE_WEIGHT: return 4;
    default: return 0;
    }
}

static void settings_for(struct recipe_settings *settings, const char *name)
{
    recipe_defaults(settings);
    settings->seed = 5;
    settings->features = strcmp(name, "stochastic-block") == 0;
    if (strcmp(name, "geometric") == 0) {
        settings->given[RECIPE_RADIUS] = true;
        settings->values[RECIPE_RADIUS] = 0.2;
    }
    if (strcmp(name, "random-dag") == 0 || strcmp(name, "dag") == 0) /* points come with weights */
        settings->given[RECIPE_WEIGHT] = true;
}

static void make(const char *name, const struct recipe_settings *settings,
                 struct recipe_product *product)
{
    struct error error = {0};
    ck_assert_msg(recipe_make(name, settings, product, &error), "%s", error.message);
}

static bool same_floats(const float *a, const float *b, size_t count)
{
    return a == b || (a && b && memcmp(a, b, count * sizeof *a) == 0);
}

static bool same_product(const struct recipe_product *a, const struct recipe_product *b)
{
    size_t nodes = a->list.nodes;
    return nodes == b->list.nodes && a->list.count == b->list.count &&
           a->list.directed == b->list.directed && a->list.weighted == b->list.weighted &&
           memcmp(a->list.edges, b->list.edges, a->list.count * sizeof *a->list.edges) == 0 &&
           a->point_dim == b->point_dim && a->feature_dim == b->feature_dim &&
           same_floats(a->points, b->points, nodes * a->point_dim) &&
           same_floats(a->features, b->features, nodes * a->feature_dim);
}

START_TEST(every_recipe_makes_a_graph)
{
    for (size_t i = 0; recipe_names[i]; i++) {
        struct recipe_settings settings;
        struct recipe_product product, again;
        settings_for(&settings, recipe_names[i]);
        make(recipe_names[i], &settings, &product);
        make(recipe_names[i], &settings, &again);
        ck_assert_uint_eq(product.list.nodes, 100);
        ck_assert_uint_gt(product.list.count, 50);
        ck_assert(same_product(&product, &again));
        for (size_t e = 0; e < product.list.count; e++)
            ck_assert(product.list.edges[e].source < 100 && product.list.edges[e].target < 100);
        recipe_free(&product);
        recipe_free(&again);
    }
}
END_TEST

START_TEST(every_parameter_counts)
{
    for (size_t i = 0; recipe_names[i]; i++) {
        struct recipe_settings settings;
        struct recipe_product usual;
        settings_for(&settings, recipe_names[i]);
        make(recipe_names[i], &settings, &usual);
        int taken = 0;
        for (int p = 0; p < RECIPE_PARAMETERS; p++) {
            struct recipe_settings changed = settings;
            struct recipe_product product;
            struct error error = {0};
            changed.given[p] = true;
            changed.values[p] = other_value((enum recipe_parameter)p);
            if (recipe_make(recipe_names[i], &changed, &product, &error)) {
                ck_assert_msg(!same_product(&usual, &product), "%s ignores --%s", recipe_names[i],
                              recipe_parameters[p].name);
                recipe_free(&product);
                taken++;
            } else {
                ck_assert_int_eq(error.exit_code, EX_USAGE);
                ck_assert_msg(strstr(error.message, "does not take") != NULL, "%s", error.message);
            }
        }
        ck_assert_int_ge(taken, 1);
        recipe_free(&usual);
    }
}
END_TEST

START_TEST(unknown_name)
{
    struct recipe_settings settings;
    struct recipe_product product;
    struct error error = {0};
    recipe_defaults(&settings);
    ck_assert(!recipe_make("circle", &settings, &product, &error));
    ck_assert_int_eq(error.exit_code, EX_USAGE);
    ck_assert_ptr_nonnull(strstr(error.message, "circle"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recipes");
    TCase *cases = tcase_create("recipes");
    tcase_add_test(cases, every_recipe_makes_a_graph);
    tcase_add_test(cases, every_parameter_counts);
    tcase_add_test(cases, unknown_name);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
