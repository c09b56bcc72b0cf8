/* graph-make: writes the edge list of a regular or random graph. */
#include "base/options.h"
#include "base/output.h"
#include "graph/node_table.h"
#include "graph/recipes.h"
#include "io/csv.h"

#include <inttypes.h>
#include <string.h>

enum { KEY_PARAMETER = 0x2000, KEY_LABELS = 0x3000, KEY_FEATURES, KEY_COORDINATES };
enum { FILE_OPTIONS = 4 };

struct settings {
    struct recipe_settings recipe;
    const char *labels;
    const char *features;
    const char *coordinates;
};

static const struct argp_option file_options[FILE_OPTIONS] = {
    {"points", KEY_PARAMETER + RECIPE_NODES, "N", 0, "The same, for graphs of points", 1},
    {"labels", KEY_LABELS, "FILE", 0, "Write node,label, the groups, to FILE", 4},
    {"features", KEY_FEATURES, "FILE", 0, "Write features of the nodes to FILE (.npy or CSV)", 4},
    {"coordinates", KEY_COORDINATES, "FILE", 0, "Write the points to FILE (.npy or CSV)", 5},
};

/* One option per parameter of the recipes, and those that name files. */
static void list_options(struct argp_option *options)
{
    for (int i = 0; i < RECIPE_PARAMETERS; i++) {
        const struct recipe_parameter_info *info = &recipe_parameters[i];
        options[i] = (struct argp_option){info->name, KEY_PARAMETER + i, info->argument, 0,
                                          info->summary, info->group};
    }
    memcpy(options + RECIPE_PARAMETERS, file_options, sizeof file_options);
    options[RECIPE_PARAMETERS + FILE_OPTIONS] = (struct argp_option){0};
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
    case KEY_LABELS: settings->labels = argument; return 0;
    case KEY_FEATURES: settings->features = argument; return 0;
    case KEY_COORDINATES: settings->coordinates = argument; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static bool write_edges(const struct edge_list *list, const char *path, struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    fputs(list->weighted ? "source,target,weight\n" : "source,target\n", output.file);
    for (size_t i = 0; i < list->count; i++) {
        fprintf(output.file, "%" PRIu32 ",%" PRIu32, list->edges[i].source, list->edges[i].target);
        if (list->weighted) {
            putc(',', output.file);
            csv_write_float(output.file, list->edges[i].weight);
        }
        putc('\n', output.file);
    }
    return output_commit(&output, error);
}

static bool write_labels(const uint32_t *labels, size_t nodes, const char *path,
                         struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    fputs("node,label\n", output.file);
    for (size_t v = 0; v < nodes; v++)
        fprintf(output.file, "%zu,%" PRIu32 "\n", v, labels[v]);
    return output_commit(&output, error);
}

/* A matrix with a row per node: NPY when the file is called so, otherwise CSV node,x0,x1,... */
static bool write_matrix(const float *values, size_t nodes, size_t columns, const char *path,
                         struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    size_t length = strlen(path);
    bool npy = length > 4 && strcmp(path + length - 4, ".npy") == 0;
    struct names names = names_numbered(nodes);
    bool done = node_table_write(&output, npy ? FORMAT_NPY : FORMAT_CSV, &names, values, columns,
                                 error);
    names_free(&names);
    if (!done)
        output_discard(&output);
    return done && output_commit(&output, error);
}

static bool check_files(const struct settings *settings, const struct recipe_product *product,
                        const char *kind, struct error *error)
{
    if (settings->labels && !product->labels)
        return error_set(error, EX_USAGE, "%s does not take --labels", kind);
    if (settings->features && !product->features)
        return error_set(error, EX_USAGE, "%s does not take --features", kind);
    if (settings->coordinates && !product->points)
        return error_set(error, EX_USAGE, "%s does not take --coordinates", kind);
    return true;
}

static bool write_product(const struct recipe_product *product, const struct settings *settings,
                          const char *path, struct error *error)
{
    size_t nodes = product->list.nodes;
    return (!settings->labels || write_labels(product->labels, nodes, settings->labels, error)) &&
           (!settings->features || write_matrix(product->features, nodes, product->feature_dim,
                                                settings->features, error)) &&
           (!settings->coordinates || write_matrix(product->points, nodes, product->point_dim,
                                                   settings->coordinates, error)) &&
           write_edges(&product->list, path, error);
}

int main(int argc, char **argv)
{
    struct argp_option options[RECIPE_PARAMETERS + FILE_OPTIONS + 1];
    list_options(options);
    const struct program program = {
        .name = "graph-make",
        .operands = "KIND",
        .summary = "Writes a graph as an edge list, source,target[,weight]. KIND is path, cycle, "
                   "star, complete, grid, tree, erdos-renyi, barabasi-albert, watts-strogatz, "
                   "random-dag (or dag), stochastic-block, geometric or metric.",
        .options = options,
        .parse = parse,
        .common = OPTION_OUTPUT | OPTION_SEED,
        .least_operands = 1,
        .most_operands = 1,
    };
    struct common_options common;
    struct settings settings = {0};
    recipe_defaults(&settings.recipe);
    options_parse(&program, argc, argv, &common, &settings);
    const struct file_use files[] = {{"--labels", settings.labels, true},
                                     {"--features", settings.features, true},
                                     {"--coordinates", settings.coordinates, true}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    settings.recipe.seed = common.seed;
    settings.recipe.features = settings.features != NULL;

    struct error error = {0};
    struct recipe_product product;
    const char *kind = options_operand(&common, 0);
    if (!recipe_make(kind, &settings.recipe, &product, &error) ||
        !check_files(&settings, &product, kind, &error) ||
        !write_product(&product, &settings, common.output, &error))
        error_exit(&error);
    recipe_free(&product);
    return EX_OK;
}
