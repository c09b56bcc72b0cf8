#include "graph/node_table.h"

#include "base/memory.h"
#include "graph/node_features.h"
#include "io/csv.h"
#include "io/npy.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool node_table_read(const char *path, struct names *names, real **values, size_t *columns,
                     struct error *error)
{
    struct node_features features;
    *values = NULL;
    bool good = node_features_open(&features, path, names, error);
    *columns = features.columns;
    if (good && features.values) {
        *values = features.values;
        features.values = NULL;
    } else if (good) {
        *values = memory_alloc(features.nodes * features.columns, sizeof **values);
        good = node_features_read(&features, NULL, 0, features.nodes, *values, error);
    }
    node_features_free(&features);
    if (!good) {
        free(*values);
        *values = NULL;
    }
    return good;
}

static void write_csv(FILE *file, const struct names *names, const real *values, size_t columns,
                      char *const *headings)
{
    fputs("node", file);
    for (size_t j = 0; j < columns; j++) {
        fputc(',', file);
        csv_write_field(file, headings[j]);
    }
    fputc('\n', file);
    for (size_t v = 0; v < names->count; v++) {
        csv_write_field(file, names->strings[v]);
        for (size_t j = 0; j < columns; j++) {
            fputc(',', file);
            csv_write_float(file, (float)values[v * columns + j]);
        }
        fputc('\n', file);
    }
}

/* One object a line, since a graph may have many nodes. */
static void write_json(FILE *file, const struct names *names, const real *values, size_t columns,
                       char *const *headings)
{
    fputc('[', file);
    for (size_t v = 0; v < names->count; v++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "node", names->strings[v]);
        for (size_t j = 0; j < columns; j++) {
            char number[CSV_NUMBER_SIZE];
            csv_format_float(number, (float)values[v * columns + j]);
            cJSON_AddRawToObject(row, headings[j], number);
        }
        char *text = cJSON_PrintUnformatted(row);
        if (!text)
            error_die(EX_OSERR, "out of memory: cannot print a row");
        fprintf(file, "%s%s", v ? ",\n" : "\n", text);
        cJSON_free(text);
        cJSON_Delete(row);
    }
    fputs("\n]\n", file);
}

bool node_table_write_headed(struct output *output, enum option_format format,
                             const struct names *names, const real *values, size_t columns,
                             char *const *headings, struct error *error)
{
    if (format == FORMAT_NPY) {
        const size_t shape[2] = {names->count, columns};
        struct array array = array_make(DTYPE_F32, 2, shape);
        for (size_t i = 0; i < names->count * columns; i++)
            ((float *)array.data)[i] = (float)values[i];
        bool good = npy_write(output, &array, error);
        array_free(&array);
        return good;
    }
    if (format == FORMAT_JSON)
        write_json(output->file, names, values, columns, headings);
    else
        write_csv(output->file, names, values, columns, headings);
    return true;
}

bool node_table_write(struct output *output, enum option_format format, const struct names *names,
                      const real *values, size_t columns, struct error *error)
{
    char **headings = memory_alloc(columns, sizeof *headings);
    for (size_t j = 0; j < columns; j++)
        headings[j] = memory_format("x%zu", j);
    bool good = node_table_write_headed(output, format, names, values, columns, headings, error);
    for (size_t j = 0; j < columns; j++)
        free(headings[j]);
    free(headings);
    return good;
}
