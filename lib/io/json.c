/* Reading of JSON; json_write.c writes it. */
#include "io/json.h"

#include "base/memory.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct json {
    char *name;
    struct stream_bytes all;
    size_t position;
};

struct json *json_open(struct stream *stream, struct error *error)
{
    struct json *json = memory_zeroed(1, sizeof *json);
    json->name = memory_copy_string(stream_name(stream));
    if (!stream_read_all(stream, &json->all, error)) {
        json_close(json);
        return NULL;
    }
    if (json->all.count >= 3 && memcmp(json->all.bytes, "\xef\xbb\xbf", 3) == 0)
        json->position = 3;
    return json;
}

void json_close(struct json *json)
{
    if (!json)
        return;
    stream_free_bytes(&json->all);
    free(json->name);
    free(json);
}

static void skip_space(struct json *json)
{
    while (json->position < json->all.count && json->all.bytes[json->position] &&
           strchr(" \t\r\n", json->all.bytes[json->position]))
        json->position++;
}

static size_t line_of(const struct json *json, size_t position)
{
    size_t line = 1;
    for (size_t i = 0; i < position && i < json->all.count; i++)
        line += json->all.bytes[i] == '\n';
    return line;
}

static cJSON *parse_one(struct json *json, struct error *error)
{
    const char *text = (const char *)json->all.bytes, *end = NULL;
    cJSON *value = cJSON_ParseWithLengthOpts(text + json->position,
                                             json->all.count - json->position, &end, false);
    if (!value) {
        size_t position = end ? (size_t)(end - text) : json->all.count;
        if (position + 1 >= json->all.count)
            error_set(error, EX_DATAERR, "%s:%zu: the JSON is truncated; expected more", json->name,
                      line_of(json, position));
        else
            error_set(error, EX_DATAERR, "%s:%zu: malformed JSON near '%.*s'", json->name,
                      line_of(json, position),
                      (int)strcspn((char[]){text[position], text[position + 1], 0}, "\r\n"),
                      text + position);
        return NULL;
    }
    json->position = (size_t)(end - text);
    return value;
}

/* Gathers this object and those that follow it. */
static bool gather_objects(struct json *json, cJSON **value, struct error *error)
{
    cJSON *rows = cJSON_CreateArray();
    cJSON *object = *value;
    while (object) {
        cJSON_AddItemToArray(rows, object);
        skip_space(json);
        if (json->position == json->all.count || json->all.bytes[json->position] != '{')
            break;
        object = parse_one(json, error);
    }
    *value = rows;
    if (error->exit_code == EX_OK)
        return true;
    cJSON_Delete(rows);
    *value = NULL;
    return false;
}

bool json_next(struct json *json, cJSON **value, bool *end, struct error *error)
{
    *value = NULL;
    skip_space(json);
    *end = json->position == json->all.count;
    if (*end)
        return true;
    *value = parse_one(json, error);
    if (!*value)
        return false;
    return !cJSON_IsObject(*value) || gather_objects(json, value, error);
}

bool json_is_table(const cJSON *value)
{
    const cJSON *row, *cell;
    if (!cJSON_IsArray(value))
        return false;
    cJSON_ArrayForEach(row, value) {
        if (cJSON_IsObject(row))
            return true;
        if (!cJSON_IsArray(row))
            return false;
        cJSON_ArrayForEach(cell, row) {
            if (cJSON_IsArray(cell))
                return false;
            if (cJSON_IsString(cell))
                return true;
        }
    }
    return false;
}

static bool to_number(const cJSON *cell, double *number)
{
    if (cJSON_IsNumber(cell))
        *number = cell->valuedouble;
    else if (cJSON_IsBool(cell))
        *number = cJSON_IsTrue(cell) ? 1 : 0;
    else if (cJSON_IsNull(cell))
        *number = (double)NAN;
    else
        return false;
    return true;
}

/* Checks what lies below `value`, which is at a depth of the shape. */
static bool check_nested(const cJSON *value, const struct array *array, int depth,
                         const char *name, struct error *error)
{
    double ignored;
    if (depth == array->dimensions) {
        if (to_number(value, &ignored))
            return true;
        return error_set(error, EX_DATAERR, "%s: %s at depth %d of the array; expected a number",
                         name, cJSON_IsArray(value)    ? "an array"
                               : cJSON_IsObject(value) ? "an object"
                                                       : "a string", depth);
    }
    if (!cJSON_IsArray(value) || (size_t)cJSON_GetArraySize(value) != array->shape[depth])
        return error_set(error, EX_DATAERR, "%s: ragged array; expected arrays of %zu at depth %d",
                         name, array->shape[depth], depth);
    const cJSON *item;
    cJSON_ArrayForEach(item, value)
        if (!check_nested(item, array, depth + 1, name, error))
            return false;
    return true;
}

/* Fills in the numbers below `value`; returns where the next one goes. */
static double *fill(const cJSON *value, double *to)
{
    if (!cJSON_IsArray(value)) {
        to_number(value, to);
        return to + 1;
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, value)
        to = fill(item, to);
    return to;
}

bool json_to_array(const cJSON *value, const char *name, struct array *array, struct error *error)
{
    struct array read = {.dtype = DTYPE_F64};
    for (const cJSON *level = value; cJSON_IsArray(level); level = level->child) {
        if (read.dimensions == ARRAY_MOST_DIMENSIONS)
            return error_set(error, EX_DATAERR, "%s: too many dimensions; expected at most %d",
                             name, ARRAY_MOST_DIMENSIONS);
        read.shape[read.dimensions++] = (size_t)cJSON_GetArraySize(level);
    }
    if (!check_nested(value, &read, 0, name, error))
        return false;
    *array = array_make(DTYPE_F64, read.dimensions, read.shape);
    fill(value, array->data);
    return true;
}

static bool check_row(const cJSON *row, const struct table *table, size_t number, const char *name,
                      struct error *error)
{
    if (table->header ? !cJSON_IsObject(row) : !cJSON_IsArray(row))
        return error_set(error, EX_DATAERR, "%s: row %zu is no %s; expected one as in row 1", name,
                         number, table->header ? "object" : "array");
    size_t cells = (size_t)cJSON_GetArraySize(row);
    if (cells != table->count)
        return error_set(error, EX_DATAERR, "%s: row %zu has %zu values; expected %zu as in row 1",
                         name, number, cells, table->count);
    return true;
}

/* The row's cell of a column; keys may stand in any order. */
static const cJSON *cell_of(const cJSON *row, const cJSON *cell, const struct table_column *column)
{
    if (!column->name || strcmp(cell->string, column->name) == 0)
        return cell;
    return cJSON_GetObjectItemCaseSensitive(row, column->name);
}

static bool begin_columns(const cJSON *first, struct table *table, const char *name,
                          struct error *error)
{
    table->header = cJSON_IsObject(first);
    table->count = first ? (size_t)cJSON_GetArraySize(first) : 0;
    table->columns = memory_zeroed(table->count, sizeof *table->columns);
    const cJSON *cell;
    size_t i = 0;
    cJSON_ArrayForEach(cell, first) {
        if (table->header && table_column_named(table, cell->string))
            return error_set(error, EX_DATAERR, "%s: row 1 has the key '%.64s' twice", name,
                             cell->string);
        if (table->header)
            table->columns[i].name = memory_copy_string(cell->string);
        i++;
    }
    return true;
}

/* Checks that all rows are of one form, and finds the columns of text. */
static bool find_kinds(const cJSON *value, struct table *table, const char *name,
                       struct error *error)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, value) {
        table->rows++;
        if (!check_row(row, table, table->rows, name, error))
            return false;
        const cJSON *next = row->child;
        for (size_t i = 0; i < table->count; i++, next = next->next) {
            struct table_column *column = &table->columns[i];
            const cJSON *cell = cell_of(row, next, column);
            double ignored;
            if (!cell)
                return error_set(error, EX_DATAERR, "%s: row %zu has no '%.64s', as row 1 has",
                                 name, table->rows, column->name);
            if (cJSON_IsString(cell))
                column->kind = COLUMN_TEXT;
            else if (!to_number(cell, &ignored))
                return error_set(error, EX_DATAERR, "%s: row %zu, value %zu is an array or object; "
                                 "expected a number, a string or null", name, table->rows, i + 1);
        }
    }
    return true;
}

static char *to_text(struct table *table, const cJSON *cell)
{
    if (cJSON_IsString(cell))
        return arena_copy_bytes(&table->texts, cell->valuestring, strlen(cell->valuestring));
    char text[CSV_NUMBER_SIZE] = "";
    double number;
    if (to_number(cell, &number) && !cJSON_IsNull(cell))
        csv_format_double(text, number);
    return arena_copy_bytes(&table->texts, text, strlen(text));
}

static void fill_columns(const cJSON *value, struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        struct table_column *column = &table->columns[i];
        if (column->kind == COLUMN_TEXT)
            column->texts = memory_alloc(table->rows, sizeof *column->texts);
        else
            column->numbers = memory_alloc(table->rows, sizeof *column->numbers);
    }
    const cJSON *row;
    size_t number = 0;
    cJSON_ArrayForEach(row, value) {
        const cJSON *next = row->child;
        for (size_t i = 0; i < table->count; i++, next = next->next) {
            struct table_column *column = &table->columns[i];
            const cJSON *cell = cell_of(row, next, column);
            if (column->kind == COLUMN_TEXT)
                column->texts[number] = to_text(table, cell);
            else
                to_number(cell, &column->numbers[number]);
        }
        number++;
    }
}

bool json_to_table(const cJSON *value, const char *name, struct table *table, struct error *error)
{
    *table = (struct table){0};
    if (!begin_columns(value->child, table, name, error) ||
        !find_kinds(value, table, name, error)) {
        table_free(table);
        return false;
    }
    fill_columns(value, table);
    return true;
}
