#include "graph/node_features.h"

#include "base/memory.h"
#include "io/csv.h"
#include "io/npy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool check_all_present(const struct names *names, const bool *seen, const char *place,
                              struct error *error)
{
    for (size_t v = 0; v < names->count; v++)
        if (!seen[v])
            return error_set(error, EX_DATAERR, "%s: node '%s' has no row", place,
                             names->strings[v]);
    return true;
}

/* The row of every node of an array (rows, columns) whose row i is the node named "i". */
static bool find_rows(struct node_features *features, const struct names *names, size_t rows,
                      struct error *error)
{
    bool in_order = true;
    features->rows = memory_alloc(names->count, sizeof *features->rows);
    for (size_t v = 0; v < names->count; v++) {
        char *end;
        unsigned long row = strtoul(names->strings[v], &end, 10);
        if (end == names->strings[v] || *end || row >= rows)
            return error_set(error, EX_DATAERR,
                             "%s: no row for node '%s'; expected nodes named 0 to %zu (name them "
                             "in a CSV with a column 'node')",
                             features->place, names->strings[v], rows - 1);
        features->rows[v] = (uint32_t)row;
        in_order = in_order && row == v;
    }
    if (in_order) {
        free(features->rows);
        features->rows = NULL;
    }
    return true;
}

static bool open_array(struct node_features *features, struct stream *stream, struct names *names,
                       struct error *error)
{
    struct array *array = &features->array;
    bool end;
    if (!npy_read(stream, array, &end, error))
        return false;
    if (array->dimensions < 1 || array->dimensions > 2)
        return error_set(error, EX_DATAERR, "%s: expected an array (nodes, columns)",
                         features->place);
    size_t rows = array->shape[0];
    if (rows >= NAMES_ABSENT)
        return error_set(error, EX_DATAERR, "%s: %zu rows; expected fewer than 2^32 - 1",
                         features->place, rows);
    features->columns = array->dimensions == 2 ? array->shape[1] : 1;
    if (features->columns == 0)
        return error_set(error, EX_DATAERR, "%s: no columns; expected one at least",
                         features->place);
    if (names->count == 0)
        *names = names_numbered(rows);
    if (array->mapping) /* rows are read here and there */
        madvise(array->mapping, array->mapping_bytes, MADV_RANDOM);
    return find_rows(features, names, rows, error);
}

static bool check_columns(const struct table *table, const char *place, struct error *error)
{
    const struct table_column *node = table_column_named(table, "node");
    if (!node)
        return error_set(error, EX_DATAERR, "%s:1: there is no column 'node'", place);
    for (size_t c = 0; c < table->count; c++)
        if (&table->columns[c] != node && table->columns[c].kind != COLUMN_NUMBER)
            return table_refuse_text(table, c, place, error);
    if (table->count < 2)
        return error_set(error, EX_DATAERR, "%s:1: there is no column beside 'node'", place);
    return true;
}

static bool copy_row(const struct table *table, const struct table_column *node, size_t row,
                     const char *place, real *values, struct error *error)
{
    for (size_t c = 0; c < table->count; c++) {
        const struct table_column *column = &table->columns[c];
        if (column == node)
            continue;
        *values = (real)column->numbers[row];
        if (!isfinite(*values++))
            return error_set(error, EX_DATAERR, "%s: node '%s', column '%s': %g is beyond the "
                             "range of a float", place, node->texts[row], column->name,
                             column->numbers[row]);
    }
    return true;
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
        good = good && copy_row(table, node, row, place, *values + v * *columns, error);
    }
    good = good && check_all_present(names, seen, place, error);
    free(seen);
    return good;
}

static bool open_table(struct node_features *features, struct stream *stream, struct names *names,
                       struct error *error)
{
    const char *const text_columns[] = {"node", NULL};
    struct table_options options = {.text_columns = text_columns};
    struct table table = {0};
    bool good = table_read(stream, &options, &table, error) &&
                fill_from_table(&table, features->place, names, &features->values,
                                &features->columns, error);
    table_free(&table);
    return good;
}

static bool open_stream(struct node_features *features, struct stream *stream, struct names *names,
                        struct error *error)
{
    switch (stream_recognise(stream, error)) {
    case STREAM_EMPTY:
        return error->exit_code == EX_OK &&
               error_set(error, EX_DATAERR, "%s: empty; expected a table of nodes",
                         features->place);
    case STREAM_NPY: return open_array(features, stream, names, error);
    case STREAM_CSV: return open_table(features, stream, names, error);
    default: return error_set(error, EX_DATAERR, "%s: expected CSV or NPY", features->place);
    }
}

bool node_features_open(struct node_features *features, const char *path, struct names *names,
                        struct error *error)
{
    *features = (struct node_features){0};
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    features->place = memory_copy_string(stream_name(stream));
    bool good = open_stream(features, stream, names, error);
    features->nodes = names->count;
    stream_close(stream);
    return good;
}

/* One row of an array as reals; false when one of them is not finite. */
static bool read_row(const struct node_features *features, size_t row, real *values,
                     struct error *error)
{
    enum { ROOM = 256 };
    const struct array *array = &features->array;
    size_t columns = features->columns, start = row * columns;
    double room[ROOM];
    if (array->dtype == REAL_DTYPE) {
        memcpy(values, (const real *)array->data + start, columns * sizeof *values);
    } else {
        for (size_t j = 0; j < columns; j += ROOM) {
            size_t count = columns - j < ROOM ? columns - j : ROOM;
            array_load(array, start + j, count, room);
            for (size_t k = 0; k < count; k++)
                values[j + k] = (real)room[k];
        }
    }
    bool finite = true;
    for (size_t j = 0; j < columns; j++)
        finite &= isfinite(values[j]) != 0;
    for (size_t j = 0; !finite && j < columns; j++)
        if (!isfinite(values[j]))
            return error_set(error, EX_DATAERR, "%s: row %zu, column %zu: the value is not finite",
                             features->place, row + 1, j + 1);
    return true;
}

/* Pages of rows in order are asked for ahead, and given back when they have been read. */
static void advise_range(const struct node_features *features, size_t first, size_t count,
                         int advice)
{
    const struct array *array = &features->array;
    size_t page = (size_t)sysconf(_SC_PAGESIZE),
           bytes = features->columns * dtype_size(array->dtype);
    uintptr_t begin = (uintptr_t)array->data + first * bytes, end = begin + count * bytes;
    begin = begin / page * page;
    if (array->mapping && !features->rows)
        madvise((void *)begin, end - begin, advice);
}

bool node_features_read(const struct node_features *features, const uint32_t *nodes, size_t first,
                        size_t count, real *values, struct error *error)
{
    size_t columns = features->columns;
    if (!nodes)
        advise_range(features, first, count, MADV_WILLNEED);
    for (size_t i = 0; i < count; i++) {
        size_t node = nodes ? nodes[i] : first + i;
        size_t row = features->rows ? features->rows[node] : node;
        if (features->values)
            memcpy(values + i * columns, features->values + row * columns,
                   columns * sizeof *values);
        else if (!read_row(features, row, values + i * columns, error))
            return false;
    }
    if (!nodes)
        advise_range(features, first, count, MADV_DONTNEED);
    else if (features->array.mapping) /* pages here and there would add up to the whole file */
        madvise(features->array.mapping, features->array.mapping_bytes, MADV_DONTNEED);
    return true;
}

void node_features_reorder(struct node_features *features, const uint32_t *order)
{
    uint32_t *rows = memory_alloc(features->nodes, sizeof *rows);
    for (size_t i = 0; i < features->nodes; i++)
        rows[i] = features->rows ? features->rows[order[i]] : order[i];
    free(features->rows);
    features->rows = rows;
}

void node_features_free(struct node_features *features)
{
    array_free(&features->array);
    free(features->rows);
    free(features->values);
    free(features->place);
    *features = (struct node_features){0};
}
