#include "io/conversion.h"

#include "base/memory.h"
#include "io/image.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Columns that were asked for, by position from 0. */
struct selection {
    size_t *positions;
    size_t count;
    size_t capacity;
};

static void select_column(struct selection *selection, size_t position)
{
    selection->positions = memory_grow(selection->positions, &selection->capacity,
                                       selection->count + 1, sizeof *selection->positions);
    selection->positions[selection->count++] = position;
}

/* "4" or "4-6", from 1; false when the word is neither or names columns that are not there. */
static bool select_range(struct selection *selection, const char *word, size_t columns)
{
    char *end;
    unsigned long first = strtoul(word, &end, 10), last = first;
    if (!isdigit((unsigned char)*word))
        return false;
    if (*end == '-' && isdigit((unsigned char)end[1]))
        last = strtoul(end + 1, &end, 10);
    if (*end || first < 1 || first > last || last > columns)
        return false;
    for (unsigned long i = first; i <= last; i++)
        select_column(selection, i - 1);
    return true;
}

/* `table` is NULL for arrays, whose columns have no names. */
static bool select_columns(struct selection *selection, const char *list, const struct table *table,
                           size_t columns, const char *name, struct error *error)
{
    char *copy = memory_copy_string(list), *rest = copy, *word;
    bool good = true;
    while (good && (word = strsep(&rest, ","))) {
        const struct table_column *named = table ? table_column_named(table, word) : NULL;
        if (named)
            select_column(selection, (size_t)(named - table->columns));
        else if (!select_range(selection, word, columns))
            good = error_set(error, EX_DATAERR, "%s: no column '%.64s'; expected %s1 to %zu", name,
                             word, table && table->header ? "a name in the header, or " : "",
                             columns);
    }
    free(copy);
    return good;
}

/* A column that is asked for twice is copied. */
static struct table_column copy_column(const struct table_column *column, size_t rows)
{
    struct table_column copy = {.kind = column->kind};
    if (column->name)
        copy.name = memory_copy_string(column->name);
    if (rows == 0)
        return copy;
    if (column->kind == COLUMN_NUMBER) {
        copy.numbers = memory_alloc(rows, sizeof *copy.numbers);
        memcpy(copy.numbers, column->numbers, rows * sizeof *copy.numbers);
    } else {
        copy.texts = memory_alloc(rows, sizeof *copy.texts);
        memcpy(copy.texts, column->texts, rows * sizeof *copy.texts);
    }
    return copy;
}

static void keep_table_columns(struct table *table, const struct selection *selection)
{
    struct table_column *kept = memory_alloc(selection->count, sizeof *kept);
    for (size_t i = 0; i < selection->count; i++)
        kept[i] = copy_column(&table->columns[selection->positions[i]], table->rows);
    for (size_t i = 0; i < table->count; i++) {
        free(table->columns[i].name);
        free(table->columns[i].numbers);
        free(table->columns[i].texts);
    }
    free(table->columns);
    table->columns = kept;
    table->count = selection->count;
}

static void keep_array_columns(struct array *array, const struct selection *selection)
{
    const size_t shape[] = {array->shape[0], selection->count};
    struct array kept = array_make(array->dtype, 2, shape);
    size_t size = dtype_size(array->dtype);
    char *to = kept.data;
    for (size_t row = 0; row < shape[0]; row++) {
        const char *from = (const char *)array->data + row * array->shape[1] * size;
        for (size_t i = 0; i < selection->count; i++, to += size)
            memcpy(to, from + selection->positions[i] * size, size);
    }
    array_free(array);
    *array = kept;
}

static bool apply_columns(struct record *record, const char *columns, const char *name,
                          struct error *error)
{
    struct selection selection = {0};
    struct table *table = record->is_table ? &record->table : NULL;
    if (!table && record->array.dimensions != 2)
        return error_set(error, EX_DATAERR, "%s: an array of %d dimensions has no columns; "
                         "expected two", name, record->array.dimensions);
    bool good = select_columns(&selection, columns, table,
                               table ? table->count : record->array.shape[1], name, error);
    if (good && table)
        keep_table_columns(table, &selection);
    else if (good)
        keep_array_columns(&record->array, &selection);
    free(selection.positions);
    return good;
}

/* One end of "A:B"; *given is false when it is left out. */
static bool parse_bound(const char **text, long long *bound, bool *given)
{
    char *end;
    errno = 0;
    *given = isdigit((unsigned char)**text) || **text == '-';
    *bound = *given ? strtoll(*text, &end, 10) : 0;
    if (*given && (end == *text || errno))
        return false;
    if (*given)
        *text = end;
    return true;
}

struct slice {
    long long first, last;
    bool has_first, has_last;
};

static bool parse_slice(const char *text, struct slice *slice)
{
    return parse_bound(&text, &slice->first, &slice->has_first) && *text++ == ':' &&
           parse_bound(&text, &slice->last, &slice->has_last) && !*text;
}

bool conversion_check_rows(const char *rows)
{
    struct slice slice;
    return parse_slice(rows, &slice);
}

/* As Python: from the end when negative, and cut to what is there. */
static size_t clamp(long long bound, size_t rows)
{
    if (bound < 0)
        bound = -bound > (long long)rows ? 0 : (long long)rows + bound;
    return (size_t)bound < rows ? (size_t)bound : rows;
}

static void slice_table(struct table *table, size_t first, size_t count)
{
    for (size_t i = 0; count > 0 && i < table->count; i++) {
        struct table_column *column = &table->columns[i];
        if (column->kind == COLUMN_NUMBER)
            memmove(column->numbers, column->numbers + first, count * sizeof *column->numbers);
        else
            memmove(column->texts, column->texts + first, count * sizeof *column->texts);
    }
    table->rows = count;
}

static void slice_array(struct array *array, size_t first, size_t count)
{
    size_t row_bytes = array->shape[0] ? array_bytes(array) / array->shape[0] : 0;
    memmove(array->data, (char *)array->data + first * row_bytes, count * row_bytes);
    array->shape[0] = count;
}

static bool apply_rows(struct record *record, const char *rows, const char *name,
                       struct error *error)
{
    struct slice slice;
    if (!parse_slice(rows, &slice) || (!record->is_table && record->array.dimensions == 0))
        return error_set(error, EX_DATAERR, "%s: a scalar has no rows", name);
    size_t there = record->is_table ? record->table.rows : record->array.shape[0];
    size_t first = slice.has_first ? clamp(slice.first, there) : 0;
    size_t last = slice.has_last ? clamp(slice.last, there) : there;
    size_t count = last > first ? last - first : 0;
    if (record->is_table)
        slice_table(&record->table, first, count);
    else
        slice_array(&record->array, first, count);
    return true;
}

/* Sizes separated by 'x' or ','; *open is the position of the -1, or -1. */
static bool parse_shape(const char *text, int *dimensions, size_t *shape, int *open)
{
    *open = -1;
    for (*dimensions = 0; *dimensions < ARRAY_MOST_DIMENSIONS; text++) {
        char *end;
        errno = 0;
        if (strncmp(text, "-1", 2) == 0 && *open < 0) {
            *open = *dimensions;
            shape[(*dimensions)++] = 1;
            end = (char *)(uintptr_t)text + 2;
        } else if (isdigit((unsigned char)*text)) {
            shape[(*dimensions)++] = strtoul(text, &end, 10);
        } else {
            return false;
        }
        if (errno || (*end && *end != 'x' && *end != ','))
            return false;
        if (!*end)
            return true;
        text = end;
    }
    return false;
}

bool conversion_check_shape(const char *shape)
{
    int dimensions, open;
    size_t sizes[ARRAY_MOST_DIMENSIONS];
    return parse_shape(shape, &dimensions, sizes, &open);
}

static bool apply_shape(struct array *array, const char *text, const char *name,
                        struct error *error)
{
    int dimensions, open;
    size_t shape[ARRAY_MOST_DIMENSIONS], bytes, count = array_count(array), known = 1;
    if (!parse_shape(text, &dimensions, shape, &open) ||
        !array_check_shape(DTYPE_U8, dimensions, shape, &bytes, name, error))
        return false;
    for (int i = 0; i < dimensions; i++)
        known *= shape[i];
    if (open >= 0 && known > 0)
        known *= shape[open] = count / known;
    if (known != count)
        return error_set(error, EX_DATAERR, "%s: %zu elements do not fit the shape %s", name, count,
                         text);
    array->dimensions = dimensions;
    memcpy(array->shape, shape, (size_t)dimensions * sizeof *shape);
    return true;
}

static void scale(struct array *array, const struct conversion *conversion)
{
    double low = conversion->low, high = conversion->high;
    if (conversion->scale_to_range)
        image_range(array, &low, &high);
    image_scale(array, low, high);
}

static char **copy_names(const struct table *table)
{
    char **names = memory_zeroed(table->count + 1, sizeof *names);
    for (size_t i = 0; i < table->count; i++)
        names[i] = memory_copy_string(table->columns[i].name);
    return names;
}

static bool to_array(struct record *record, const char *name, char ***names, struct error *error)
{
    struct table table = record->table;
    bool good = table_to_array(&table, name, &record->array, error);
    if (good && table.header)
        *names = copy_names(&table);
    table_free(&table);
    record->table = (struct table){0};
    record->is_table = false;
    return good;
}

bool conversion_needs_array(const struct conversion *conversion)
{
    return conversion->transpose || conversion->reshape || conversion->scale ||
           conversion->change_dtype;
}

bool conversion_apply(const struct conversion *conversion, struct record *record, bool as_array,
                      const char *name, char ***names, struct error *error)
{
    *names = NULL;
    struct array *array = &record->array;
    if (conversion->columns && !apply_columns(record, conversion->columns, name, error))
        return false;
    if (conversion->rows && !apply_rows(record, conversion->rows, name, error))
        return false;
    if (record->is_table && (as_array || conversion_needs_array(conversion)) &&
        !to_array(record, name, names, error))
        return false;
    if (conversion->transpose) {
        struct array turned = array_transpose(array);
        array_free(array);
        *array = turned;
    }
    if (conversion->reshape && !apply_shape(array, conversion->reshape, name, error))
        return false;
    if (conversion->scale)
        scale(array, conversion);
    return !conversion->change_dtype || array_convert(array, conversion->dtype, name, error);
}
