/* What a recipe made, as files: edges, points, the groups of nodes and their features. */
#include "base/memory.h"
#include "base/output.h"
#include "graph/node_table.h"
#include "graph/recipes.h"
#include "io/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
    real *table = memory_alloc(nodes * columns, sizeof *table);
    for (size_t i = 0; i < nodes * columns; i++)
        table[i] = (real)values[i];
    bool done = node_table_write(&output, npy ? FORMAT_NPY : FORMAT_CSV, &names, table, columns,
                                 error);
    free(table);
    names_free(&names);
    return output_finish(&output, done, error);
}

static bool check_files(const struct recipe_product *product, const char *name,
                        const struct recipe_files *files, struct error *error)
{
    const struct {
        const char *path, *option;
        const void *made;
    } wanted[] = {{files->labels, "labels", product->labels},
                  {files->features, "features", product->features},
                  {files->coordinates, "coordinates", product->points}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (wanted[i].path && !wanted[i].made)
            return error_set(error, EX_USAGE, "%s does not take --%s", name, wanted[i].option);
    return true;
}

bool recipe_write(const struct recipe_product *product, const char *name,
                  const struct recipe_files *files, const char *path, struct error *error)
{
    size_t nodes = product->list.nodes;
    return check_files(product, name, files, error) &&
           (!files->labels || write_labels(product->labels, nodes, files->labels, error)) &&
           (!files->features || write_matrix(product->features, nodes, product->feature_dim,
                                             files->features, error)) &&
           (!files->coordinates || write_matrix(product->points, nodes, product->point_dim,
                                                files->coordinates, error)) &&
           write_edges(&product->list, path, error);
}
