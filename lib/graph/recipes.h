/*
 * Recipes: the generators by name, with the parameters that each of them takes, as data. A program
 * makes its options from them.
 */
#ifndef TESSERAE_GRAPH_RECIPES_H
#define TESSERAE_GRAPH_RECIPES_H

#include "graph/generators.h"

enum recipe_parameter {
    RECIPE_NODES,
    RECIPE_DIRECTED,
    RECIPE_ROWS,
    RECIPE_COLUMNS,
    RECIPE_BRANCHING,
    RECIPE_PROBABILITY,
    RECIPE_DEGREE,
    RECIPE_ATTACH,
    RECIPE_NEIGHBOURS,
    RECIPE_REWIRE,
    RECIPE_BLOCKS,
    RECIPE_WITHIN,
    RECIPE_BETWEEN,
    RECIPE_FEATURE_DIM,
    RECIPE_SEPARATION,
    RECIPE_POINT_DIM,
    RECIPE_DISTRIBUTION,
    RECIPE_RADIUS,
    RECIPE_WEIGHT,
    RECIPE_PARAMETERS
};

/* What a parameter is called and may be. */
struct recipe_parameter_info {
    const char *name;     /* as an option, without dashes */
    const char *argument; /* "N"; NULL for a switch */
    const char *summary;
    int group;  /* of options that belong together */
    bool whole; /* a whole number */
    double low, high;
    double initial;           /* when it is not given */
    const char *const *words; /* of a choice, whose value is the position; NULL for numbers */
};

extern const struct recipe_parameter_info recipe_parameters[RECIPE_PARAMETERS];

struct recipe_settings {
    bool given[RECIPE_PARAMETERS];
    double values[RECIPE_PARAMETERS];
    bool features; /* whether features of the nodes are wanted */
    uint64_t seed;
};

/* Nothing given, every value initial. */
void recipe_defaults(struct recipe_settings *settings);

/* Edges, and what else a recipe makes; the others are NULL. Free with recipe_free. */
struct recipe_product {
    struct edge_list list;
    float *points; /* (nodes, point_dim) */
    size_t point_dim;
    uint32_t *labels; /* (nodes) */
    float *features;  /* (nodes, feature_dim) */
    size_t feature_dim;
};

/* The names of the recipes, NULL-terminated. */
extern const char *const recipe_names[];

/*
 * Makes the graph of a name. EX_USAGE for an unknown name, for parameters that the recipe does not
 * take, and for values that contradict each other.
 */
bool recipe_make(const char *name, const struct recipe_settings *settings,
                 struct recipe_product *product, struct error *error);

/* Files beside the edges; NULL where none is wanted. */
struct recipe_files {
    const char *labels;      /* CSV node,label */
    const char *features;    /* NPY where the name ends in .npy, else CSV node,x0,x1,... */
    const char *coordinates; /* of the points, likewise */
};

/*
 * Writes what a recipe made: the edges to a path (NULL: standard output), and the files. EX_USAGE
 * where the recipe `name` has not made what a file is for.
 */
bool recipe_write(const struct recipe_product *product, const char *name,
                  const struct recipe_files *files, const char *path, struct error *error);

void recipe_free(struct recipe_product *product);

#endif
