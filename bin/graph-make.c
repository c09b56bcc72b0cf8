/* graph-make: writes the edge list of a regular or random graph. */
#include "base/options.h"
#include "base/report.h"
#include "graph/block_graph.h"
#include "graph/recipes.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_PARAMETER = 0x2000,
    KEY_LABELS = 0x3000,
    KEY_FEATURES,
    KEY_COORDINATES,
    KEY_EDGES,
    KEY_HOMOPHILY,
    KEY_OUT
};
enum { OTHER_OPTIONS = 13, MOST_FEATURES = 1 << 20 };

struct settings {
    struct recipe_settings recipe;
    struct recipe_files files;
    uint64_t edges;   /* of sbm, as what follows; 0: not given */
    double homophily; /* below 0: not given */
    const char *folder;
};

static const struct argp_option other_options[OTHER_OPTIONS] = {
    {0, 0, 0, 0, "Every graph:", 1},
    {0, 0, 0, 0, "Grids and trees:", 2},
    {0, 0, 0, 0, "Random graphs:", 3},
    {0, 0, 0, 0, "Groups:", 4},
    {0, 0, 0, 0, "Points:", 5},
    {0, 0, 0, 0, "Large graphs (sbm):", 6},
    {"points", KEY_PARAMETER + RECIPE_NODES, "N", 0, "The same as --nodes, for graphs of points",
     1},
    {"labels", KEY_LABELS, "FILE", 0, "Write node,label, the groups, to FILE", 4},
    {"features", KEY_FEATURES, "FILE|D", 0,
     "Write features of the nodes to FILE (.npy or CSV); of sbm: the number of features "
     "(default 128)",
     4},
    {"coordinates", KEY_COORDINATES, "FILE", 0, "Write the points to FILE (.npy or CSV)", 5},
    {"edges", KEY_EDGES, "N", 0, "Number of edges of sbm (default: 7 for each node)", 6},
    {"homophily", KEY_HOMOPHILY, "H", 0, "Share of the edges of sbm within groups (default 0.65)",
     6},
    {"out", KEY_OUT, "DIR", 0,
     "Where sbm writes edges.csv, nodes.csv (node,label,split) and features.npy", 6},
};

/* One option per parameter of the recipes, and those that name files. */
static void list_options(struct argp_option *options)
{
    for (int i = 0; i < RECIPE_PARAMETERS; i++) {
        const struct recipe_parameter_info *info = &recipe_parameters[i];
        options[i] = (struct argp_option){info->name, KEY_PARAMETER + i, info->argument, 0,
                                          info->summary, info->group};
    }
    memcpy(options + RECIPE_PARAMETERS, other_options, sizeof other_options);
    options[RECIPE_PARAMETERS + OTHER_OPTIONS] = (struct argp_option){0};
}

static double parse_parameter(const struct recipe_parameter_info *info, const char *argument,
                              struct argp_state *state)
{
    if (!info->argument)
        return 1;
    if (info->words)
        return options_choice(state, info->name, argument, info->words);
    if (info->whole)
        return (double)options_integer(state, info->name, argument, (uint64_t)info->low,
                                       (uint64_t)info->high);
    return options_real(state, info->name, argument, info->low, info->high);
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    int parameter = key - KEY_PARAMETER;
    if (parameter >= 0 && parameter < RECIPE_PARAMETERS) {
        settings->recipe.given[parameter] = true;
        settings->recipe.values[parameter] =
            parse_parameter(&recipe_parameters[parameter], argument, state);
        return 0;
    }
    switch (key) {
    case KEY_LABELS: settings->files.labels = argument; return 0;
    case KEY_FEATURES: settings->files.features = argument; return 0;
    case KEY_COORDINATES: settings->files.coordinates = argument; return 0;
    case KEY_OUT: settings->folder = argument; return 0;
    case KEY_EDGES:
        settings->edges = options_integer(state, "edges", argument, 1, UINT64_C(1) << 48);
        return 0;
    case KEY_HOMOPHILY:
        settings->homophily = options_real(state, "homophily", argument, 0, 1);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* What is given and sbm does not take, or the other kinds do not. */
static bool check_block_options(const struct settings *settings, const char *output,
                                struct error *error)
{
    for (int i = 0; i < RECIPE_PARAMETERS; i++)
        if (settings->recipe.given[i] && i != RECIPE_NODES && i != RECIPE_BLOCKS &&
            i != RECIPE_SEPARATION)
            return error_set(error, EX_USAGE, "sbm does not take --%s", recipe_parameters[i].name);
    if (settings->files.labels || settings->files.coordinates || output)
        return error_set(error, EX_USAGE, "sbm writes to no file; expected --out, a folder");
    if (!settings->folder)
        return error_set(error, EX_USAGE, "sbm needs --out, a folder");
    return true;
}

/* What was asked for; of the parameters, those that were given. */
static void report_options(const struct settings *settings, const char *kind, struct report *report)
{
    const struct recipe_settings *recipe = &settings->recipe;
    report_option_text(report, "kind", kind);
    report_option_number(report, "nodes", recipe->values[RECIPE_NODES]);
    for (int i = 0; i < RECIPE_PARAMETERS; i++) {
        const struct recipe_parameter_info *info = &recipe_parameters[i];
        char name[32];
        if (!recipe->given[i] || i == RECIPE_NODES)
            continue;
        snprintf(name, sizeof name, "%s", info->name);
        for (char *c = name; *c; c++)
            *c = *c == '-' ? '_' : *c;
        if (info->words)
            report_option_text(report, name, info->words[(int)recipe->values[i]]);
        else
            report_option_number(report, name, recipe->values[i]);
    }
    report_option_text(report, "labels", settings->files.labels);
    report_option_text(report, "features", settings->files.features);
    report_option_text(report, "coordinates", settings->files.coordinates);
    report_option_text(report, "out", settings->folder);
}

/* A large graph, written to a folder as it is drawn. */
static bool write_block_graph(const struct settings *settings, struct report *report,
                              struct error *error)
{
    const struct recipe_settings *recipe = &settings->recipe;
    struct block_graph graph = block_graph_default;
    graph.nodes = (size_t)recipe->values[RECIPE_NODES];
    graph.classes = (size_t)recipe->values[RECIPE_BLOCKS];
    graph.seed = recipe->seed;
    graph.edges = settings->edges ? settings->edges : graph.edges * graph.nodes;
    if (settings->homophily >= 0)
        graph.homophily = settings->homophily;
    if (recipe->given[RECIPE_SEPARATION])
        graph.separation = recipe->values[RECIPE_SEPARATION];
    if (settings->files.features) {
        char *end;
        unsigned long features = strtoul(settings->files.features, &end, 10);
        if (*end || features < 1 || features > MOST_FEATURES)
            return error_set(error, EX_USAGE,
                             "--features of sbm: '%s' is not a whole number from 1 to %d",
                             settings->files.features, MOST_FEATURES);
        graph.features = features;
    }
    report_metric(report, "nodes", (double)graph.nodes);
    report_metric(report, "edges", (double)graph.edges);
    return block_graph_write(&graph, settings->folder, error);
}

static bool write_recipe(const struct settings *settings, const char *kind, const char *output,
                         struct report *report, struct error *error)
{
    struct recipe_product product;
    if (settings->edges || settings->homophily >= 0 || settings->folder)
        return error_set(error, EX_USAGE, "%s does not take --edges, --homophily or --out", kind);
    bool good = recipe_make(kind, &settings->recipe, &product, error) &&
                recipe_write(&product, kind, &settings->files, output, error);
    if (good) {
        report_metric(report, "nodes", (double)product.list.nodes);
        report_metric(report, "edges", (double)product.list.count);
        recipe_free(&product);
    }
    return good;
}

int main(int argc, char **argv)
{
    struct argp_option options[RECIPE_PARAMETERS + OTHER_OPTIONS + 1];
    list_options(options);
    const struct program program = {
        .name = "graph-make",
        .operands = "KIND",
        .summary = "Write a graph as an edge list, source,target[,weight]. KIND is path, cycle, "
                   "star, complete, grid, tree, erdos-renyi, barabasi-albert, watts-strogatz, "
                   "random-dag (or dag), stochastic-block, geometric or metric; or sbm, a large "
                   "graph with classes and features, which goes to a folder.",
        .options = options,
        .parse = parse,
        .common = OPTION_OUTPUT | OPTION_SEED | OPTION_REPORT,
        .least_operands = 1,
        .most_operands = 1,
    };
    struct common_options common;
    struct settings settings = {.homophily = -1};
    recipe_defaults(&settings.recipe);
    options_parse(&program, argc, argv, &common, &settings);
    const struct file_use files[] = {{"--labels", settings.files.labels, true},
                                     {"--features", settings.files.features, true},
                                     {"--coordinates", settings.files.coordinates, true}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    settings.recipe.seed = common.seed;
    settings.recipe.features = settings.files.features != NULL;

    struct error error = {0};
    struct report report;
    const char *kind = options_operand(&common, 0);
    report_begin(&report, &common);
    report_options(&settings, kind, &report);
    bool good = strcmp(kind, "sbm") == 0
                    ? check_block_options(&settings, common.output, &error) &&
                          write_block_graph(&settings, &report, &error)
                    : write_recipe(&settings, kind, common.output, &report, &error);
    if (!good || !report_write(&report, common.report, &error))
        error_exit(&error);
    report_free(&report);
    return EX_OK;
}
