#include "plot/input.h"

#include "base/memory.h"
#include "graph/names.h"
#include "io/npy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_table_columns(struct input *input)
{
    const struct table *table = &input->table;
    input->rows = table->rows;
    input->count = input->own_count = table->count;
    input->columns = memory_alloc(table->count, sizeof *input->columns);
    memcpy(input->columns, table->columns, table->count * sizeof *input->columns);
    for (size_t i = table->count; i-- > 0;)
        if (input->columns[i].kind == COLUMN_TEXT)
            input->node_column = i;
    for (size_t i = 0; i < table->count; i++)
        if (input->columns[i].name && strcmp(input->columns[i].name, "node") == 0)
            input->node_column = i;
}

static bool read_csv(struct input *input, struct stream *stream, const char *const *text_columns,
                     struct error *error)
{
    struct table_options options = {.text_columns = text_columns, .allow_missing = true};
    if (!table_read(stream, &options, &input->table, error))
        return false;
    take_table_columns(input);
    return true;
}

static bool read_npy(struct input *input, struct stream *stream, struct error *error)
{
    struct array array = {0};
    bool end = false;
    if (!npy_read(stream, &array, &end, error))
        return false;
    if (array.dimensions < 1 || array.dimensions > 2) {
        int dimensions = array.dimensions;
        array_free(&array);
        return error_set(error, EX_DATAERR, "%s: an array of %d dimensions; expected rows and "
                         "columns (2 dimensions) or one column", input->name, dimensions);
    }
    input->rows = array.shape[0];
    input->count = input->own_count = array.dimensions == 2 ? array.shape[1] : 1;
    input->columns = memory_zeroed(input->count, sizeof *input->columns);
    for (size_t i = 0; i < input->count; i++) {
        double *numbers = arena_alloc(&input->arena, input->rows, sizeof *numbers);
        for (size_t row = 0; row < input->rows; row++)
            numbers[row] = array_value(&array, row * input->count + i);
        input->columns[i].numbers = numbers;
    }
    array_free(&array);
    return true;
}

bool input_read(struct input *input, struct stream *stream, const char *const *text_columns,
                struct error *error)
{
    *input = (struct input){.name = stream_name(stream), .node_column = INPUT_NO_COLUMN};
    enum stream_kind kind = stream_recognise(stream, error);
    if (error->exit_code != EX_OK)
        return false;
    bool good = false;
    if (kind == STREAM_NPY)
        good = read_npy(input, stream, error);
    else if (kind == STREAM_CSV)
        good = read_csv(input, stream, text_columns, error);
    else if (kind == STREAM_EMPTY)
        error_set(error, EX_DATAERR, "%s: the input is empty; expected a CSV table or an NPY array",
                  input->name);
    else
        error_set(error, EX_DATAERR, "%s: neither a CSV table nor an NPY array", input->name);
    if (good && (input->rows == 0 || input->count == 0))
        good = error_set(error, EX_DATAERR, "%s: no rows of data", input->name);
    if (!good)
        input_free(input);
    return good;
}

/* For every row the row of the joined table that has its node's name, or SIZE_MAX. */
static size_t *match_rows(struct input *input, const struct table_column *keys, size_t key_count,
                          const char *path)
{
    struct names names = {0};
    for (size_t row = 0; row < key_count; row++)
        names_add(&names, keys->texts[row], strlen(keys->texts[row]));
    size_t *first = memory_alloc(key_count, sizeof *first);
    for (size_t row = key_count; row-- > 0;)
        first[names_find(&names, keys->texts[row])] = row;
    const char **nodes = input_nodes(input);
    size_t *matches = arena_alloc(&input->arena, input->rows, sizeof *matches);
    size_t missing = 0;
    const char *example = NULL;
    for (size_t row = 0; row < input->rows; row++) {
        uint32_t index = names_find(&names, nodes[row]);
        matches[row] = index == NAMES_ABSENT ? SIZE_MAX : first[index];
        if (index == NAMES_ABSENT && missing++ == 0)
            example = nodes[row];
    }
    if (missing)
        error_warn("%s: no line for %zu of %zu nodes (as '%s')", path, missing, input->rows,
                   example);
    names_free(&names);
    free(first);
    return matches;
}

static struct table_column join_column(struct input *input, const struct table_column *column,
                                       const size_t *matches)
{
    static char no_text[] = "";
    struct table_column joined = {.name = column->name, .kind = column->kind};
    if (column->kind == COLUMN_NUMBER)
        joined.numbers = arena_alloc(&input->arena, input->rows, sizeof *joined.numbers);
    else
        joined.texts = arena_alloc(&input->arena, input->rows, sizeof *joined.texts);
    for (size_t row = 0; row < input->rows; row++) {
        bool there = matches[row] != SIZE_MAX;
        if (column->kind == COLUMN_NUMBER)
            joined.numbers[row] = there ? column->numbers[matches[row]] : (double)NAN;
        else
            joined.texts[row] = there ? column->texts[matches[row]] : no_text;
    }
    return joined;
}

/* Names of nodes are texts, whatever they look like: read again if the first column has no name. */
static bool read_joined(struct input *input, const char *path, size_t *key, struct error *error)
{
    static const char *const text_columns[] = {"node", NULL};
    struct table_options options = {.text_columns = text_columns, .allow_missing = true};
    for (int attempt = 0; attempt < 2; attempt++) {
        struct stream *stream = stream_open(path, error);
        if (!stream)
            return false;
        bool good = table_read(stream, &options, &input->joined, error);
        stream_close(stream);
        if (!good)
            return false;
        const struct table *table = &input->joined;
        if (table->rows == 0 || table->count < 2)
            return error_set(error, EX_DATAERR, "%s: expected the columns node,label and a line "
                             "per node", path);
        const struct table_column *node = table_column_named(table, "node");
        *key = node ? (size_t)(node - table->columns) : 0;
        if (table->columns[*key].kind == COLUMN_TEXT)
            return true;
        options.all_text = true;
        table_free(&input->joined);
    }
    return error_set(error, EX_SOFTWARE, "%s: the first column is not text", path);
}

bool input_join(struct input *input, const char *path, struct error *error)
{
    size_t key = 0;
    if (!read_joined(input, path, &key, error))
        return false;
    const struct table *table = &input->joined;
    const size_t *matches = match_rows(input, &table->columns[key], table->rows, path);
    input->columns =
        memory_resize(input->columns, input->count + table->count, sizeof *input->columns);
    for (size_t i = 0; i < table->count; i++)
        if (i != key)
            input->columns[input->count++] = join_column(input, &table->columns[i], matches);
    return true;
}

static void list_columns(const struct input *input, char *list, size_t size)
{
    size_t used = (size_t)snprintf(list, size, "columns 1 to %zu", input->count);
    for (size_t i = 0; i < input->count && used < size; i++)
        if (input->columns[i].name)
            used += (size_t)snprintf(list + used, size - used, "%s'%s'", i ? ", " : ": ",
                                     input->columns[i].name);
}

const struct table_column *input_column(const struct input *input, const char *wanted,
                                        const char *option, struct error *error)
{
    /* The joined columns come last, and give way to the table's own. */
    for (size_t i = 0; i < input->count; i++)
        if (input->columns[i].name && strcmp(input->columns[i].name, wanted) == 0)
            return &input->columns[i];
    char *end;
    unsigned long long number = strtoull(wanted, &end, 10);
    if (*wanted >= '0' && *wanted <= '9' && !*end && number >= 1 && number <= input->count)
        return &input->columns[number - 1];
    char list[256];
    list_columns(input, list, sizeof list);
    error_set(error, EX_DATAERR, "%s: no column '%s' for --%s; there are %s", input->name, wanted,
              option, list);
    return NULL;
}

const struct table_column *input_number_column(const struct input *input, const char *wanted,
                                               const char *option, struct error *error)
{
    const struct table_column *column = input_column(input, wanted, option, error);
    if (!column || column->kind == COLUMN_NUMBER)
        return column;
    for (size_t row = 0; row < input->rows; row++) {
        double ignored;
        if (!csv_parse_number(column->texts[row], strlen(column->texts[row]), &ignored)) {
            error_set(error, EX_DATAERR,
                      "%s: column '%s' has '%s' in row %zu of the data; --%s needs numbers",
                      input->name, wanted, column->texts[row], row + 1, option);
            return NULL;
        }
    }
    error_set(error, EX_DATAERR, "%s: column '%s' holds names; --%s needs numbers", input->name,
              wanted, option);
    return NULL;
}

static bool is_among(const struct table_column *column, const struct table_column *const *list,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == column)
            return true;
    return false;
}

size_t input_number_columns(const struct input *input, const struct table_column *const *except,
                            size_t except_count, const struct table_column ***columns)
{
    size_t count = 0;
    *columns = memory_alloc(input->own_count, sizeof **columns);
    for (size_t i = 0; i < input->own_count; i++) {
        const struct table_column *column = &input->columns[i];
        if (column->kind == COLUMN_NUMBER && i != input->node_column &&
            !is_among(column, except, except_count))
            (*columns)[count++] = column;
    }
    return count;
}

const char *input_column_name(struct input *input, const struct table_column *column)
{
    if (column->name)
        return column->name;
    char text[32];
    int length = snprintf(text, sizeof text, "column %zu", (size_t)(column - input->columns) + 1);
    return arena_copy_bytes(&input->arena, text, (size_t)length);
}

const char *input_text(struct input *input, const struct table_column *column, size_t row)
{
    if (column->kind == COLUMN_TEXT)
        return column->texts[row];
    char text[32];
    int length = snprintf(text, sizeof text, "%.6g", column->numbers[row]);
    return arena_copy_bytes(&input->arena, text, (size_t)length);
}

const char **input_nodes(struct input *input)
{
    const char **nodes = arena_alloc(&input->arena, input->rows, sizeof *nodes);
    for (size_t row = 0; row < input->rows; row++) {
        if (input->node_column != INPUT_NO_COLUMN) {
            nodes[row] = input_text(input, &input->columns[input->node_column], row);
            continue;
        }
        char text[24];
        int length = snprintf(text, sizeof text, "%zu", row);
        nodes[row] = arena_copy_bytes(&input->arena, text, (size_t)length);
    }
    return nodes;
}

void input_free(struct input *input)
{
    free(input->columns);
    table_free(&input->table);
    table_free(&input->joined);
    arena_free(&input->arena);
    *input = (struct input){.node_column = INPUT_NO_COLUMN};
}
