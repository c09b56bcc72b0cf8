#include "diffusion/data_set.h"

#include "base/memory.h"
#include "diffusion/class_labels.h"
#include "io/records.h"

#include <stdlib.h>
#include <string.h>

bool record_shape_parse(const char *text, struct record_shape *shape)
{
    size_t count = 1;
    *shape = (struct record_shape){0};
    for (const char *at = text;; at++) {
        char *end;
        if (*at < '0' || *at > '9' || shape->dimensions == ARRAY_MOST_DIMENSIONS - 1)
            return false;
        unsigned long size = strtoul(at, &end, 10);
        if (size == 0 || size > UINT32_MAX || !memory_multiply(count, size, &count))
            return false;
        shape->sizes[shape->dimensions++] = size;
        at = end;
        if (*at != 'x')
            return *at == '\0';
    }
}

size_t record_shape_count(const struct record_shape *shape)
{
    size_t count = 1;
    for (int i = 0; i < shape->dimensions; i++)
        count *= shape->sizes[i];
    return count;
}

/* --- arrays --- */

static real scaled(double value, enum dtype dtype)
{
    return (real)(dtype == DTYPE_U8 ? value / 127.5 - 1 : value);
}

static bool take_array(struct data_set *data, const struct array *array, const char *name,
                       struct error *error)
{
    enum { PIECE = 4096 };
    double piece[PIECE];
    if (array->dimensions == 0)
        return error_set(error, EX_DATAERR, "%s: a single number; expected rows of them", name);
    data->rows = array->shape[0];
    data->shape.dimensions = array->dimensions - 1;
    memcpy(data->shape.sizes, array->shape + 1,
           (size_t)data->shape.dimensions * sizeof *array->shape);
    data->columns = record_shape_count(&data->shape);
    if (data->rows == 0 || data->columns == 0)
        return error_set(error, EX_DATAERR, "%s: no rows, or rows of nothing", name);
    size_t count = array_count(array);
    data->values = memory_alloc(count, sizeof *data->values);
    for (size_t first = 0; first < count; first += PIECE) {
        size_t length = count - first < PIECE ? count - first : PIECE;
        array_load(array, first, length, piece);
        for (size_t i = 0; i < length; i++)
            data->values[first + i] = scaled(piece[i], array->dtype);
    }
    return true;
}

/* --- tables --- */

/* The column of the labels by its name, or by its number from 1; the count where there is none. */
static size_t find_column(const struct table *table, const char *name)
{
    char *end;
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].name && strcmp(table->columns[i].name, name) == 0)
            return i;
    unsigned long number = strtoul(name, &end, 10);
    return *name >= '0' && *name <= '9' && !*end && number >= 1 && number <= table->count
               ? number - 1 : table->count;
}

static bool take_table(struct data_set *data, const struct table *table,
                       const struct data_set_options *options, const char *name,
                       struct error *error)
{
    size_t label = table->count;
    if (options->label_column) {
        label = find_column(table, options->label_column);
        if (label == table->count)
            return error_set(error, EX_DATAERR, "%s: no column '%s' for the labels", name,
                             options->label_column);
    }
    data->is_table = true;
    data->rows = table->rows;
    data->columns = table->count - (label < table->count);
    if (data->rows == 0 || data->columns == 0)
        return error_set(error, EX_DATAERR, "%s: no rows, or no columns of numbers", name);
    data->shape = (struct record_shape){.dimensions = 1, .sizes = {data->columns}};
    data->values = memory_alloc(data->rows * data->columns, sizeof *data->values);
    if (table->header)
        data->names = memory_zeroed(data->columns, sizeof *data->names);
    for (size_t i = 0, j = 0; i < table->count; i++) {
        const struct table_column *column = &table->columns[i];
        if (i == label)
            continue;
        if (column->kind != COLUMN_NUMBER)
            return table_refuse_text(table, i, name, error);
        if (data->names)
            data->names[j] = memory_copy_string(column->name);
        for (size_t row = 0; row < data->rows; row++)
            data->values[row * data->columns + j] = (real)column->numbers[row];
        j++;
    }
    return label == table->count ||
           class_labels_of_column(&table->columns[label], data, name, error);
}

/* --- files --- */

static bool check_finite(const struct data_set *data, bool allow_missing, const char *name,
                         struct error *error)
{
    for (size_t i = 0; i < data->rows * data->columns; i++)
        if (!isfinite(data->values[i]) && !(allow_missing && isnan(data->values[i])))
            return error_set(error, EX_DATAERR,
                             "%s: number %zu of row %zu is %s; expected a finite one", name,
                             i % data->columns + 1, i / data->columns + 1,
                             isnan(data->values[i]) ? "NaN" : "infinite as a float");
    return true;
}

/* Reads the first record, and sees to it that it is the only one. */
static bool read_only_record(const char *path, const struct table_options *options,
                             struct record *record, struct error *error)
{
    bool end = false;
    struct record more = {0};
    struct stream *stream = stream_open(path, error);
    struct records *records = stream ? records_open(stream, options, error) : NULL;
    bool good = records && records_next(records, record, &end, error);
    if (good && end)
        good = error_set(error, EX_DATAERR, "%s: empty; expected data", stream_name(stream));
    if (good && records_next(records, &more, &end, error) && !end) {
        error_set(error, EX_DATAERR, "%s: more than one array; expected one",
                  stream_name(stream));
        record_free(&more);
    }
    records_close(records);
    if (stream)
        stream_close(stream);
    if (good && error->exit_code != EX_OK)
        record_free(record);
    return error->exit_code == EX_OK;
}

bool data_set_read(const char *path, const struct data_set_options *options,
                   struct data_set *data, struct error *error)
{
    struct record record;
    const char *text_columns[] = {options->label_column, NULL};
    const struct table_options table_options = {.text_columns = text_columns,
                                                .allow_missing = options->allow_missing};
    const char *name = stream_path_name(path);
    *data = (struct data_set){0};
    if (!read_only_record(path, &table_options, &record, error))
        return false;
    bool good = record.is_table ? take_table(data, &record.table, options, name, error)
                                : take_array(data, &record.array, name, error);
    if (good && !record.is_table && options->label_column)
        good = error_set(error, EX_DATAERR, "%s: an array; expected a table with the column '%s'",
                         name, options->label_column);
    record_free(&record);
    good = good && check_finite(data, options->allow_missing, name, error);
    if (!good)
        data_set_free(data);
    return good;
}

bool data_set_read_labels(struct data_set *data, const char *path, struct error *error)
{
    struct record record;
    const char *name = stream_path_name(path);
    if (!read_only_record(path, NULL, &record, error))
        return false;
    size_t rows = record.is_table ? record.table.rows
                                  : record.array.dimensions ? record.array.shape[0] : 1;
    bool good;
    if (rows != data->rows)
        good = error_set(
            error, EX_DATAERR, "%s: %zu labels%s; expected %zu, as there are rows", name, rows,
            record.is_table && record.table.header ? " below a header" : "", data->rows);
    else if (record.is_table)
        good = record.table.count == 1
                   ? class_labels_of_column(&record.table.columns[0], data, name, error)
                   : error_set(error, EX_DATAERR, "%s: %zu columns; expected one of labels", name,
                               record.table.count);
    else
        good = class_labels_of_array(&record.array, data, name, error);
    record_free(&record);
    return good;
}

bool data_set_check_columns(const struct data_set *data, size_t columns, const char *path,
                            struct error *error)
{
    return data->columns == columns ||
           error_set(error, EX_DATAERR, "%s: records of %zu numbers; expected %zu",
                     stream_path_name(path), data->columns, columns);
}

uint32_t data_set_class(const struct data_set *data, const char *name)
{
    for (size_t i = 0; i < data->classes; i++)
        if (strcmp(data->class_names[i], name) == 0)
            return (uint32_t)i;
    return UINT32_MAX;
}

double data_set_scale(const struct data_set *data, real *means)
{
    double squares = 0;
    double *sums = memory_zeroed(data->columns, sizeof *sums);
    for (size_t i = 0; i < data->rows; i++)
        for (size_t j = 0; j < data->columns; j++)
            sums[j] += (double)data->values[i * data->columns + j];
    for (size_t j = 0; j < data->columns; j++)
        sums[j] /= (double)data->rows;
    for (size_t i = 0; i < data->rows; i++)
        for (size_t j = 0; j < data->columns; j++) {
            double difference = (double)data->values[i * data->columns + j] - sums[j];
            squares += difference * difference;
        }
    for (size_t j = 0; means && j < data->columns; j++)
        means[j] = (real)sums[j];
    free(sums);
    return sqrt(squares / ((double)data->rows * (double)data->columns));
}

void data_set_free(struct data_set *data)
{
    free(data->values);
    for (size_t i = 0; data->names && i < data->columns; i++)
        free(data->names[i]);
    free(data->names);
    for (size_t i = 0; i < data->classes; i++)
        free(data->class_names[i]);
    free(data->class_names);
    free(data->labels);
    *data = (struct data_set){0};
}
