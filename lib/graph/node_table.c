#include "graph/node_table.h"

#include "base/memory.h"
#include "io/csv.h"
#include "io/npy.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool check_finite(real value, const char *place, size_t row, size_t column,
                         struct error *error)
{
    return isfinite(value) || error_set(error, EX_DATAERR,
                                        "%s: row %zu, column %zu: the value is not finite", place,
                                        row + 1, column + 1);
}

static bool check_all_present(const struct names *names, const bool *seen, const char *place,
                              struct error *error)
{
    for (size_t v = 0; v < names->count; v++)
        if (!seen[v])
            return error_set(error, EX_DATAERR, "%s: node '%s' has no row", place,
                             names->strings[v]);
    return true;
}

static bool fill_from_array(const struct array *array, const char *place, struct names *names,
                            real **values, size_t *columns, struct error *error)
{
    if (array->dimensions < 1 || array->dimensions > 2)
        return error_set(error, EX_DATAERR, "%s: expected an array (nodes, columns)", place);
    size_t rows = array->shape[0];
    *columns = array->dimensions == 2 ? array->shape[1] : 1;
    if (names->count == 0)
        *names = names_numbered(rows);
    *values = memory_alloc(names->count * *columns, sizeof(real));
    for (size_t v = 0; v < names->count; v++) {
        char *end;
        unsigned long row = strtoul(names->strings[v], &end, 10);
        if (end == names->strings[v] || *end || row >= rows)
            return error_set(error, EX_DATAERR,
                             "%s: no row for node '%s'; expected nodes named 0 to %zu (name them "
                             "in a CSV with a column 'node')",
                             place, names->strings[v], rows - 1);
        for (size_t j = 0; j < *columns; j++) {
            real value = (real)array_value(array, row * *columns + j);
            (*values)[v * *columns + j] = value;
            if (!check_finite(value, place, row, j, error))
                return false;
        }
    }
    return true;
}

static bool check_columns(const struct table *table, const char *place, struct error *error)
{
    const struct table_column *node = table_column_named(table, "node");
    if (!node)
        return error_set(error, EX_DATAERR, "%s:1: there is no column 'node'", place);
    for (size_t c = 0; c < table->count; c++)
        if (&table->columns[c] != node && table->columns[c].kind != COLUMN_NUMBER)
            return error_set(error, EX_DATAERR, "%s: column '%s' is not numeric", place,
                             table->columns[c].name);
    if (table->count < 2)
        return error_set(error, EX_DATAERR, "%s:1: there is no column beside 'node'", place);
    return true;
}

static void copy_row(const struct table *table, const struct table_column *node, size_t row,
                     real *values)
{
    for (size_t c = 0; c < table->count; c++)
        if (&table->columns[c] != node)
            *values++ = (real)table->columns[c].numbers[row];
}

static bool fill_from_table(const struct table *table, const char *place, struct names *names,
                            real **values, size_t *columns, struct error *error)
{
    if (!check_columns(table, place, error))
        return false;
    const struct table_column *node = table_column_named(table, "node");
    bool adopt = names->count == 0;
    for (size_t row = 0; adopt && row < table->rows; row++)
        names_add(names, node->texts[row], strlen(node->texts[row]));
    *columns = table->count - 1;
    *values = memory_alloc(names->count * *columns, sizeof(real));
    bool *seen = memory_zeroed(names->count, sizeof *seen), good = true;
    for (size_t row = 0; good && row < table->rows; row++) {
        uint32_t v = names_find(names, node->texts[row]);
        if (v == NAMES_ABSENT)
            continue;
        if (seen[v])
            good = error_set(error, EX_DATAERR, "%s: node '%s' has two rows", place,
                             node->texts[row]);
        seen[v] = true;
        copy_row(table, node, row, *values + v * *columns);
    }
    good = good && check_all_present(names, seen, place, error);
    free(seen);
    return good;
}

static bool read_stream(struct stream *stream, struct names *names, real **values, size_t *columns,
                        struct error *error)
{
    const char *place = stream_name(stream);
    enum stream_kind kind = stream_recognise(stream, error);
    if (error->exit_code != EX_OK)
        return false;
    if (kind == STREAM_EMPTY)
        return error_set(error, EX_DATAERR, "%s: empty; expected a table of nodes", place);
    if (kind == STREAM_NPY) {
        struct array array = {0};
        bool end;
        bool good = npy_read(stream, &array, &end, error) &&
                    fill_from_array(&array, place, names, values, columns, error);
        array_free(&array);
        return good;
    }
    if (kind != STREAM_CSV)
        return error_set(error, EX_DATAERR, "%s: expected CSV or NPY", place);
    const char *const text_columns[] = {"node", NULL};
    struct table_options options = {.text_columns = text_columns};
    struct table table = {0};
    bool good = table_read(stream, &options, &table, error) &&
                fill_from_table(&table, place, names, values, columns, error);
    table_free(&table);
    return good;
}

bool node_table_read(const char *path, struct names *names, real **values, size_t *columns,
                     struct error *error)
{
    *values = NULL;
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    bool good = read_stream(stream, names, values, columns, error);
    stream_close(stream);
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
