#include "io/summary.h"

#include "base/memory.h"
#include "io/csv.h"
#include "io/idx.h"
#include "io/npy.h"
#include "io/records.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 4096,            /* values at a time */
    PIECE_BYTES = 1 << 18    /* of a record that is not held whole */
};

/* Chan, Golub and LeVeque: joins the moments of two sets. */
static void join(struct moments *moments, size_t count, double mean, double squares)
{
    if (moments->finite == 0) { /* infinite times zero would follow where squares overflow */
        moments->mean = mean;
        moments->squares = squares;
        moments->finite = count;
        return;
    }
    double all = (double)(moments->finite + count), difference = mean - moments->mean;
    moments->squares += squares + difference * difference * (double)moments->finite *
                                      ((double)count / all);
    moments->mean += difference * ((double)count / all);
    moments->finite += count;
}

/* The finite values come to the front; returns their number. */
static size_t sort_out(struct moments *moments, const double *values, size_t count, double *finite)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        finite[kept] = values[i];
        kept += isfinite(values[i]) != 0;
        moments->nan += isnan(values[i]) != 0;
        moments->infinite += isinf(values[i]) != 0;
    }
    return kept;
}

static void add_block(struct moments *moments, const double *values, size_t count)
{
    double finite[BLOCK], sum = 0, squares = 0;
    size_t kept = sort_out(moments, values, count, finite);
    if (kept == 0)
        return;
    double least = moments->finite ? moments->least : finite[0];
    double greatest = moments->finite ? moments->greatest : finite[0];
    for (size_t i = 0; i < kept; i++) {
        sum += finite[i];
        least = finite[i] < least ? finite[i] : least;
        greatest = finite[i] > greatest ? finite[i] : greatest;
    }
    double mean = sum / (double)kept;
    for (size_t i = 0; i < kept; i++)
        squares += (finite[i] - mean) * (finite[i] - mean);
    moments->least = least;
    moments->greatest = greatest;
    join(moments, kept, mean, squares);
}

void moments_add(struct moments *moments, const double *values, size_t count)
{
    for (size_t start = 0; start < count; start += BLOCK)
        add_block(moments, values + start, count - start < BLOCK ? count - start : BLOCK);
}

double moments_deviation(const struct moments *moments)
{
    return moments->finite ? sqrt(moments->squares / (double)moments->finite) : (double)NAN;
}

static void add_array(struct moments *moments, const struct array *array)
{
    double values[BLOCK];
    size_t count = array_count(array);
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t length = count - start < BLOCK ? count - start : BLOCK;
        array_load(array, start, length, values);
        add_block(moments, values, length);
    }
}

/* The data of a record that is `bytes` long, piece by piece. */
static bool add_data(struct stream *stream, struct moments *moments, enum dtype dtype,
                     size_t bytes, bool swapped, struct error *error)
{
    size_t size = dtype_size(dtype);
    struct array piece = {.dtype = dtype, .dimensions = 1, .data = memory_alloc(PIECE_BYTES, 1)};
    bool good = true;
    while (bytes > 0 && good) {
        size_t length = bytes < PIECE_BYTES ? bytes : PIECE_BYTES;
        good = stream_read_exactly(stream, piece.data, length, error);
        if (!good)
            break;
        piece.shape[0] = length / size;
        if (swapped)
            array_reverse_bytes(piece.data, piece.shape[0], size);
        add_array(moments, &piece);
        bytes -= length;
    }
    array_free(&piece);
    return good;
}

static struct summary begin_summary(enum dtype dtype, int dimensions, const size_t *shape)
{
    struct summary summary = {
        .dtype = dtype_name(dtype), .dimensions = dimensions, .numeric = true};
    memcpy(summary.shape, shape, (size_t)dimensions * sizeof *shape);
    return summary;
}

static bool summarise_npy(struct stream *stream, const struct summary_sink *sink,
                          struct error *error)
{
    struct npy_header header;
    bool end;
    while (npy_read_header(stream, &header, &end, error) && !end) {
        struct summary summary = begin_summary(header.dtype, header.dimensions, header.shape);
        if (!add_data(stream, &summary.moments, header.dtype, header.bytes, header.swapped,
                      error) ||
            !sink->summary(sink->context, &summary, error))
            return false;
    }
    return error->exit_code == EX_OK;
}

static bool summarise_idx(struct stream *stream, const struct summary_sink *sink,
                          struct error *error)
{
    const uint16_t one = 1;
    bool swapped = *(const uint8_t *)&one == 1;
    struct idx_header header;
    if (!idx_read_header(stream, &header, error))
        return false;
    struct summary summary = begin_summary(header.dtype, header.dimensions, header.shape);
    return add_data(stream, &summary.moments, header.dtype, header.bytes, swapped, error) &&
           idx_expect_end(stream, error) && sink->summary(sink->context, &summary, error);
}

/* A CSV file that passes through: moments of each column, as long as it is one of numbers. */
struct columns {
    struct stream *stream;
    size_t count;
    size_t rows;
    size_t first_line;
    char **names;           /* NULL without a header */
    bool *text;
    struct moments *moments;
};

static bool begin_columns(struct columns *columns, const struct csv_record *record)
{
    bool header = csv_is_header(record);
    columns->count = record->count;
    columns->first_line = record->line;
    columns->text = memory_zeroed(record->count, sizeof *columns->text);
    columns->moments = memory_zeroed(record->count, sizeof *columns->moments);
    columns->names = memory_zeroed(record->count, sizeof *columns->names);
    for (size_t i = 0; header && i < record->count; i++)
        columns->names[i] = memory_copy_string(record->fields[i]);
    return header;
}

static bool add_record(void *context, const struct csv_record *record, struct error *error)
{
    struct columns *columns = context;
    if (!columns->names && begin_columns(columns, record))
        return true;
    if (record->count != columns->count)
        return csv_ragged(columns->stream, record, columns->count, columns->first_line, error);
    columns->rows++;
    for (size_t i = 0; i < record->count; i++) {
        double value = (double)NAN; /* an empty cell is a missing number */
        if (columns->text[i])
            continue;
        if (record->lengths[i] > 0 &&
            !csv_parse_number(record->fields[i], record->lengths[i], &value))
            columns->text[i] = true;
        else
            add_block(&columns->moments[i], &value, 1);
    }
    return true;
}

static bool tell_columns(const struct columns *columns, const struct summary_sink *sink,
                         struct error *error)
{
    for (size_t i = 0; i < columns->count; i++) {
        struct summary summary = begin_summary(DTYPE_F64, 1, &columns->rows);
        summary.name = columns->names[i];
        summary.numeric = !columns->text[i];
        summary.moments = columns->moments[i];
        if (columns->text[i])
            summary.dtype = "text";
        if (!sink->summary(sink->context, &summary, error))
            return false;
    }
    return true;
}

static bool summarise_csv(struct stream *stream, const struct summary_sink *sink,
                          struct error *error)
{
    struct columns columns = {.stream = stream};
    bool good = csv_scan(stream, add_record, &columns, error) &&
                tell_columns(&columns, sink, error);
    for (size_t i = 0; i < columns.count; i++)
        free(columns.names[i]);
    free(columns.names);
    free(columns.text);
    free(columns.moments);
    return good;
}

static bool tell_table(const struct table *table, const struct summary_sink *sink,
                       struct error *error)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct table_column *column = &table->columns[i];
        struct summary summary = begin_summary(DTYPE_F64, 1, &table->rows);
        summary.name = column->name;
        summary.numeric = column->kind == COLUMN_NUMBER;
        if (summary.numeric)
            moments_add(&summary.moments, column->numbers, table->rows);
        else
            summary.dtype = "text";
        if (!sink->summary(sink->context, &summary, error))
            return false;
    }
    return true;
}

static bool tell_record(const struct record *record, const struct summary_sink *sink,
                        struct error *error)
{
    if (record->is_table)
        return tell_table(&record->table, sink, error);
    const struct array *array = &record->array;
    struct summary summary = begin_summary(array->dtype, array->dimensions, array->shape);
    summary.name = record->name;
    add_array(&summary.moments, array);
    return sink->summary(sink->context, &summary, error);
}

static bool summarise_records(struct stream *stream, const struct summary_sink *sink,
                              struct error *error)
{
    struct records *records = records_open(stream, NULL, error);
    if (!records)
        return false;
    bool good = true, end = false;
    for (size_t i = 0; good && i < records_metadata_count(records); i++)
        good = sink->metadata(sink->context, records_metadata_key(records, i),
                              records_metadata_value(records, i), error);
    while (good && !end) {
        struct record record;
        good = records_next(records, &record, &end, error) &&
               (end || tell_record(&record, sink, error));
        record_free(&record);
    }
    records_close(records);
    return good;
}

bool summarise(struct stream *stream, const struct summary_sink *sink, struct error *error)
{
    switch (stream_recognise(stream, error)) {
    case STREAM_EMPTY: return error->exit_code == EX_OK;
    case STREAM_NPY: return summarise_npy(stream, sink, error);
    case STREAM_IDX: return summarise_idx(stream, sink, error);
    case STREAM_CSV: return summarise_csv(stream, sink, error);
    default: return summarise_records(stream, sink, error);
    }
}
