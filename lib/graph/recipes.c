#include "graph/recipes.h"

#include "base/memory.h"
#include "base/rng.h"
#include "graph/point_graphs.h"
#include "graph/random_graphs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NODES ((double)NAMES_ABSENT)
#define MOST_COLUMNS ((double)(1 << 20))

const struct recipe_parameter_info recipe_parameters[RECIPE_PARAMETERS] = {
    [RECIPE_NODES] = {"nodes", "N", "Number of nodes (default 100)", 1, true, 1, MOST_NODES, 100,
                      NULL},
    [RECIPE_DIRECTED] = {"directed", NULL, "Draw the two directions of a pair apart", 1, true, 0,
                         1, 0, NULL},
    [RECIPE_ROWS] = {"rows", "N", "Rows of a grid (default: nearly square)", 2, true, 1,
                     MOST_NODES, 0, NULL},
    [RECIPE_COLUMNS] = {"columns", "N", "Columns of a grid", 2, true, 1, MOST_NODES, 0, NULL},
    [RECIPE_BRANCHING] = {"branching", "V", "Children of a node of a tree (default 2)", 2, true, 1,
                          MOST_NODES, 2, NULL},
    [RECIPE_PROBABILITY] = {"probability", "P", "Probability of an edge", 3, false, 0, 1, 0, NULL},
    [RECIPE_DEGREE] = {"degree", "D", "In place of a probability: mean number of edges from a node "
                       "(default 4)", 3, false, 0, MOST_NODES, 4, NULL},
    [RECIPE_ATTACH] = {"attach", "N", "Edges that a new node brings (default 2)", 3, true, 1,
                       MOST_NODES, 2, NULL},
    [RECIPE_NEIGHBOURS] = {"neighbors", "K", "Neighbours on the ring, an even number (default 4)",
                           3, true, 2, MOST_NODES, 4, NULL},
    [RECIPE_REWIRE] = {"rewire", "P", "Probability that an edge is moved (default 0.1)", 3, false,
                       0, 1, 0.1, NULL},
    [RECIPE_BLOCKS] = {"blocks", "N", "Number of groups (default 4)", 4, true, 1, MOST_NODES, 4,
                       NULL},
    [RECIPE_WITHIN] = {"within", "P", "Probability of an edge within a group (default 0.1)", 4,
                       false, 0, 1, 0.1, NULL},
    [RECIPE_BETWEEN] = {"between", "P", "Probability of an edge between groups (default 0.01)", 4,
                        false, 0, 1, 0.01, NULL},
    [RECIPE_FEATURE_DIM] = {"feature-dim", "D", "Number of features (default 16)", 4, true, 1,
                            MOST_COLUMNS, 16, NULL},
    [RECIPE_SEPARATION] = {"separation", "S", "Deviation of the groups' mean features (default 1)",
                           4, false, 0, 1e9, 1, NULL},
    [RECIPE_POINT_DIM] = {"point-dim", "D", "Dimension of the points (default 2)", 5, true, 1,
                          MOST_COLUMNS, 2, NULL},
    [RECIPE_DISTRIBUTION] = {"distribution", "NAME", "Of the points: normal, ball or cube", 5,
                             true, 0, 0, 0, point_distribution_names},
    [RECIPE_RADIUS] = {"radius", "R", "Largest length of an edge (default: for degree 8)", 5,
                       false, 0, 1e9, 0, NULL},
    [RECIPE_WEIGHT] = {"weight", "NAME", "Weight of an edge of length t: euclidean, sqrt, squared, "
                       "log, sqrt-log, root-log, rational-sqrt, exp-log, rational or "
                       "rational-roots", 5, true, 0, 0, 0, point_weight_names},
};

void recipe_defaults(struct recipe_settings *settings)
{
    *settings = (struct recipe_settings){0};
    for (int i = 0; i < RECIPE_PARAMETERS; i++)
        settings->values[i] = recipe_parameters[i].initial;
}

static size_t count_of(const struct recipe_settings *settings, enum recipe_parameter parameter)
{
    return (size_t)settings->values[parameter];
}

/* What a recipe says of settings that it cannot follow; NULL when it could. */
typedef const char *recipe_function(const struct recipe_settings *s,
                                    struct recipe_product *product);

static const char *make_path(const struct recipe_settings *s, struct recipe_product *product)
{
    generate_path(&product->list, count_of(s, RECIPE_NODES));
    return NULL;
}

static const char *make_cycle(const struct recipe_settings *s, struct recipe_product *product)
{
    if (count_of(s, RECIPE_NODES) < 3)
        return "too few nodes; expected at least 3";
    generate_cycle(&product->list, count_of(s, RECIPE_NODES));
    return NULL;
}

static const char *make_star(const struct recipe_settings *s, struct recipe_product *product)
{
    generate_star(&product->list, count_of(s, RECIPE_NODES));
    return NULL;
}

static const char *make_complete(const struct recipe_settings *s, struct recipe_product *product)
{
    generate_complete(&product->list, count_of(s, RECIPE_NODES), s->given[RECIPE_DIRECTED]);
    return NULL;
}

static const char *make_grid(const struct recipe_settings *s, struct recipe_product *product)
{
    size_t nodes = count_of(s, RECIPE_NODES);
    size_t rows = count_of(s, RECIPE_ROWS);
    size_t columns = count_of(s, RECIPE_COLUMNS);
    if (rows && columns) {
        if (s->given[RECIPE_NODES] && nodes != rows * columns)
            return "--nodes is not the product of --rows and --columns";
        nodes = rows * columns; /* each below 2^32 */
        if (nodes > NAMES_ABSENT)
            return "too many nodes; expected fewer than 2^32";
    } else if (rows) {
        columns = (nodes + rows - 1) / rows;
    } else if (!columns) {
        columns = (size_t)ceil(sqrt((double)nodes));
    }
    generate_grid(&product->list, nodes, columns);
    return NULL;
}

static const char *make_tree(const struct recipe_settings *s, struct recipe_product *product)
{
    generate_tree(&product->list, count_of(s, RECIPE_NODES), count_of(s, RECIPE_BRANCHING));
    return NULL;
}

/* Of each of the pairs that a node may be the source of: as given, or so that it has a degree. */
static const char *edge_probability(const struct recipe_settings *s, double pairs,
                                    double *probability)
{
    *probability = s->values[RECIPE_PROBABILITY];
    if (s->given[RECIPE_PROBABILITY])
        return s->given[RECIPE_DEGREE] ? "--probability and --degree exclude each other" : NULL;
    if (s->given[RECIPE_DEGREE] && s->values[RECIPE_DEGREE] > pairs)
        return "--degree is larger than so few nodes can have";
    *probability = pairs > 0 ? fmin(s->values[RECIPE_DEGREE] / pairs, 1) : 0;
    return NULL;
}

static const char *make_erdos_renyi(const struct recipe_settings *s,
                                    struct recipe_product *product)
{
    struct rng rng = rng_make(s->seed, RNG_GENERATOR, 0);
    size_t nodes = count_of(s, RECIPE_NODES);
    double probability;
    const char *complaint = edge_probability(s, (double)nodes - 1, &probability);
    if (!complaint)
        generate_erdos_renyi(&product->list, nodes, probability, s->given[RECIPE_DIRECTED], &rng);
    return complaint;
}

static const char *make_barabasi_albert(const struct recipe_settings *s,
                                        struct recipe_product *product)
{
    struct rng rng = rng_make(s->seed, RNG_GENERATOR, 0);
    if (count_of(s, RECIPE_ATTACH) >= count_of(s, RECIPE_NODES))
        return "--attach must be below --nodes";
    generate_barabasi_albert(&product->list, count_of(s, RECIPE_NODES), count_of(s, RECIPE_ATTACH),
                             &rng);
    return NULL;
}

static const char *make_watts_strogatz(const struct recipe_settings *s,
                                       struct recipe_product *product)
{
    struct rng rng = rng_make(s->seed, RNG_GENERATOR, 0);
    size_t neighbours = count_of(s, RECIPE_NEIGHBOURS);
    if (neighbours % 2 != 0 || neighbours >= count_of(s, RECIPE_NODES))
        return "--neighbors must be even and below --nodes";
    generate_watts_strogatz(&product->list, count_of(s, RECIPE_NODES), neighbours,
                            s->values[RECIPE_REWIRE], &rng);
    return NULL;
}

/* Around the mean of its group, every feature is standard normal. */
static void draw_features(const struct recipe_settings *s, size_t nodes, size_t groups,
                          struct recipe_product *product)
{
    struct rng rng = rng_make(s->seed, RNG_GENERATOR, 2);
    size_t dim = product->feature_dim = count_of(s, RECIPE_FEATURE_DIM);
    float *means = memory_alloc(groups, dim * sizeof *means);
    rng_fill_normal(&rng, means, groups * dim, (float)s->values[RECIPE_SEPARATION]);
    product->features = memory_alloc(nodes, dim * sizeof *product->features);
    rng_fill_normal(&rng, product->features, nodes * dim, 1);
    for (size_t v = 0; v < nodes; v++)
        for (size_t i = 0; i < dim; i++)
            product->features[v * dim + i] += means[product->labels[v] * dim + i];
    free(means);
}

static const char *make_stochastic_block(const struct recipe_settings *s,
                                         struct recipe_product *product)
{
    struct rng rng = rng_make(s->seed, RNG_GENERATOR, 0);
    size_t nodes = count_of(s, RECIPE_NODES);
    size_t blocks = count_of(s, RECIPE_BLOCKS);
    if (blocks > nodes)
        return "--blocks must not exceed --nodes";
    if (!s->features && (s->given[RECIPE_FEATURE_DIM] || s->given[RECIPE_SEPARATION]))
        return "--feature-dim and --separation need --features";
    product->labels = memory_alloc(nodes, sizeof *product->labels);
    generate_stochastic_block(&product->list, nodes, blocks, s->values[RECIPE_WITHIN],
                              s->values[RECIPE_BETWEEN], s->given[RECIPE_DIRECTED], &rng,
                              product->labels);
    if (s->features)
        draw_features(s, nodes, blocks, product);
    return NULL;
}

static void draw_points(const struct recipe_settings *s, enum point_distribution usual,
                        struct recipe_product *product)
{
    struct rng rng = rng_make(s->seed, RNG_GENERATOR, 1);
    size_t nodes = count_of(s, RECIPE_NODES);
    enum point_distribution distribution = usual;
    if (s->given[RECIPE_DISTRIBUTION])
        distribution = (enum point_distribution)s->values[RECIPE_DISTRIBUTION];
    product->point_dim = count_of(s, RECIPE_POINT_DIM);
    product->points = memory_alloc(nodes, product->point_dim * sizeof *product->points);
    points_sample(product->points, nodes, product->point_dim, distribution, &rng);
}

static const char *make_random_dag(const struct recipe_settings *s, struct recipe_product *product)
{
    struct rng rng = rng_make(s->seed, RNG_GENERATOR, 0);
    size_t nodes = count_of(s, RECIPE_NODES);
    double probability;
    const char *complaint = edge_probability(s, ((double)nodes - 1) / 2, &probability);
    if (complaint)
        return complaint;
    generate_random_dag(&product->list, nodes, probability, &rng);
    if (s->given[RECIPE_WEIGHT]) {
        draw_points(s, POINTS_CUBE, product);
        weigh_edges(&product->list, product->points, product->point_dim,
                    (enum point_weight)s->values[RECIPE_WEIGHT]);
    } else if (s->given[RECIPE_POINT_DIM] || s->given[RECIPE_DISTRIBUTION]) {
        return "--point-dim and --distribution need --weight";
    }
    return NULL;
}

static const char *make_geometric(const struct recipe_settings *s, struct recipe_product *product)
{
    size_t nodes = count_of(s, RECIPE_NODES);
    enum point_weight weight = (enum point_weight)s->values[RECIPE_WEIGHT];
    if (s->given[RECIPE_DISTRIBUTION] && !s->given[RECIPE_RADIUS])
        return "--distribution needs --radius";
    draw_points(s, POINTS_CUBE, product);
    double radius = s->given[RECIPE_RADIUS] ? s->values[RECIPE_RADIUS]
                                            : geometric_radius(nodes, product->point_dim, 8);
    generate_geometric(&product->list, product->points, nodes, product->point_dim, radius,
                       s->given[RECIPE_WEIGHT] ? &weight : NULL);
    return NULL;
}

static const char *make_metric(const struct recipe_settings *s, struct recipe_product *product)
{
    draw_points(s, POINTS_NORMAL, product);
    generate_metric(&product->list, product->points, count_of(s, RECIPE_NODES),
                    product->point_dim, (enum point_weight)s->values[RECIPE_WEIGHT]);
    return NULL;
}

enum { MOST_PARAMETERS = 6 };

/* The functions, and what each takes; every list ends with RECIPE_NODES, which all of them take. */
static const struct {
    recipe_function *make;
    enum recipe_parameter takes[MOST_PARAMETERS + 1];
} recipes[] = {
    {make_barabasi_albert, {RECIPE_ATTACH}},
    {make_complete, {RECIPE_DIRECTED}},
    {make_cycle, {RECIPE_NODES}},
    {make_random_dag, /* the short name of random-dag */
     {RECIPE_PROBABILITY, RECIPE_DEGREE, RECIPE_WEIGHT, RECIPE_POINT_DIM, RECIPE_DISTRIBUTION}},
    {make_erdos_renyi, {RECIPE_PROBABILITY, RECIPE_DEGREE, RECIPE_DIRECTED}},
    {make_geometric,
     {RECIPE_POINT_DIM, RECIPE_DISTRIBUTION, RECIPE_RADIUS, RECIPE_WEIGHT}},
    {make_grid, {RECIPE_ROWS, RECIPE_COLUMNS}},
    {make_metric, {RECIPE_POINT_DIM, RECIPE_DISTRIBUTION, RECIPE_WEIGHT}},
    {make_path, {RECIPE_NODES}},
    {make_random_dag,
     {RECIPE_PROBABILITY, RECIPE_DEGREE, RECIPE_WEIGHT, RECIPE_POINT_DIM, RECIPE_DISTRIBUTION}},
    {make_star, {RECIPE_NODES}},
    {make_stochastic_block,
     {RECIPE_BLOCKS, RECIPE_WITHIN, RECIPE_BETWEEN, RECIPE_DIRECTED, RECIPE_FEATURE_DIM,
      RECIPE_SEPARATION}},
    {make_tree, {RECIPE_BRANCHING}},
    {make_watts_strogatz, {RECIPE_NEIGHBOURS, RECIPE_REWIRE}},
};

const char *const recipe_names[] = {
    "barabasi-albert", "complete", "cycle", "dag", "erdos-renyi", "geometric", "grid", "metric",
    "path", "random-dag", "star", "stochastic-block", "tree", "watts-strogatz", NULL};

static bool takes(size_t recipe, enum recipe_parameter parameter)
{
    size_t i = 0;
    while (recipes[recipe].takes[i] != RECIPE_NODES && recipes[recipe].takes[i] != parameter)
        i++;
    return recipes[recipe].takes[i] == parameter;
}

bool recipe_make(const char *name, const struct recipe_settings *settings,
                 struct recipe_product *product, struct error *error)
{
    size_t recipe = 0;
    while (recipe_names[recipe] && strcmp(recipe_names[recipe], name) != 0)
        recipe++;
    if (!recipe_names[recipe])
        return error_set(error, EX_USAGE, "no kind of graph is called '%s'", name);
    for (int i = 0; i < RECIPE_PARAMETERS; i++)
        if (settings->given[i] && !takes(recipe, (enum recipe_parameter)i))
            return error_set(error, EX_USAGE, "%s does not take --%s", name,
                             recipe_parameters[i].name);
    *product = (struct recipe_product){0};
    const char *complaint = recipes[recipe].make(settings, product);
    if (complaint)
        return error_set(error, EX_USAGE, "%s: %s", name, complaint);
    return true;
}

void recipe_free(struct recipe_product *product)
{
    edge_list_free(&product->list);
    free(product->points);
    free(product->labels);
    free(product->features);
    *product = (struct recipe_product){0};
}
