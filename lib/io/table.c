/* Tables: the columns of a CSV file, numbers where every cell is one. */
#include "io/csv.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first cell of a column that a column of numbers may not have. */
struct suspect {
    size_t line;   /* 0: none */
    bool empty;    /* otherwise it is not finite */
};

struct reader {
    struct stream *stream;
    const struct table_options *options;
    struct table *table;
    size_t capacity;         /* rows that there is room for */
    size_t first_line;
    struct suspect *suspects; /* by column */
    /*
     * Every row's fields one after the other, in the table's arena: a column may turn out to be
     * text in its last row, and then all of its cells are needed as they stood.
     */
    char **row_texts;
};

static bool is_listed(const char *name, const char *const *names)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

bool csv_is_header(const struct csv_record *record)
{
    double ignored;
    for (size_t i = 0; i < record->count; i++)
        if (record->lengths[i] > 0 &&
            !csv_parse_number(record->fields[i], record->lengths[i], &ignored))
            return true;
    return false;
}

bool csv_ragged(struct stream *stream, const struct csv_record *record, size_t expected,
                size_t first_line, struct error *error)
{
    return error_set(error, EX_DATAERR, "%s:%zu: %zu fields; expected %zu as in line %zu",
                     stream_name(stream), record->line, record->count, expected, first_line);
}

static bool is_header(const struct reader *reader, const struct csv_record *record)
{
    if (reader->options->header != HEADER_GUESS)
        return reader->options->header == HEADER_PRESENT;
    return csv_is_header(record);
}

static void begin_table(struct reader *reader, const struct csv_record *record)
{
    struct table *table = reader->table;
    reader->first_line = record->line;
    reader->suspects = memory_zeroed(record->count, sizeof *reader->suspects);
    table->count = record->count;
    table->columns = memory_zeroed(record->count, sizeof *table->columns);
    table->header = is_header(reader, record);
    for (size_t i = 0; i < record->count; i++) {
        struct table_column *column = &table->columns[i];
        if (table->header)
            column->name = memory_copy_string(record->fields[i]);
        if (reader->options->all_text ||
            (column->name && is_listed(column->name, reader->options->text_columns)))
            column->kind = COLUMN_TEXT;
    }
}

static void make_room(struct reader *reader)
{
    struct table *table = reader->table;
    if (table->rows < reader->capacity)
        return;
    size_t capacity = reader->capacity;
    reader->row_texts = memory_grow(reader->row_texts, &capacity, table->rows + 1,
                                    sizeof *reader->row_texts);
    for (size_t i = 0; i < table->count; i++) {
        struct table_column *column = &table->columns[i];
        if (column->kind == COLUMN_NUMBER)
            column->numbers = memory_resize(column->numbers, capacity, sizeof *column->numbers);
    }
    reader->capacity = capacity;
}

static void keep_text(struct reader *reader, const struct csv_record *record)
{
    /* The fields lie one after the other, each with a final zero. */
    const char *first = record->fields[0];
    size_t last = record->count - 1;
    size_t length = (size_t)(record->fields[last] + record->lengths[last] - first);
    reader->row_texts[reader->table->rows] = arena_copy_bytes(&reader->table->texts, first, length);
}

static void add_cell(struct reader *reader, const struct csv_record *record, size_t i)
{
    struct table_column *column = &reader->table->columns[i];
    double value = (double)NAN;
    bool empty = record->lengths[i] == 0;
    if (!empty && !csv_parse_number(record->fields[i], record->lengths[i], &value)) {
        column->kind = COLUMN_TEXT;
        column->text_line = record->line;
        free(column->numbers);
        column->numbers = NULL;
        return;
    }
    column->numbers[reader->table->rows] = value;
    bool harmless = isfinite(value) || (isnan(value) && reader->options->allow_missing);
    if (!harmless && reader->suspects[i].line == 0)
        reader->suspects[i] = (struct suspect){record->line, empty};
}

static bool add_record(void *context, const struct csv_record *record, struct error *error)
{
    struct reader *reader = context;
    struct table *table = reader->table;
    if (!table->columns) {
        begin_table(reader, record);
        if (table->header)
            return true;
    }
    if (record->count != table->count)
        return csv_ragged(reader->stream, record, table->count, reader->first_line, error);
    make_room(reader);
    keep_text(reader, record);
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].kind == COLUMN_NUMBER)
            add_cell(reader, record, i);
    table->rows++;
    return true;
}

static bool refuse_suspects(const struct reader *reader, struct error *error)
{
    const struct table *table = reader->table;
    for (size_t i = 0; i < table->count; i++) {
        const struct suspect *suspect = &reader->suspects[i];
        const struct table_column *column = &table->columns[i];
        if (column->kind == COLUMN_TEXT || suspect->line == 0)
            continue;
        return error_set(error, EX_DATAERR, "%s:%zu: column %zu%s%s%s is %s; expected a number",
                         stream_name(reader->stream), suspect->line, i + 1,
                         column->name ? " ('" : "", column->name ? column->name : "",
                         column->name ? "')" : "", suspect->empty ? "empty" : "not finite");
    }
    return true;
}

/* Points the cells of text columns into the rows that were kept. */
static void point_to_texts(const struct reader *reader)
{
    struct table *table = reader->table;
    size_t last = table->count; /* one past the last column of text */
    while (last > 0 && table->columns[last - 1].kind == COLUMN_NUMBER)
        last--;
    if (last == 0)
        arena_free(&table->texts);
    for (size_t i = 0; i < last; i++)
        if (table->columns[i].kind == COLUMN_TEXT)
            table->columns[i].texts = memory_alloc(table->rows, sizeof(char *));
    for (size_t row = 0; last > 0 && row < table->rows; row++) {
        char *text = reader->row_texts[row];
        for (size_t i = 0; i < last; i++, text += strlen(text) + 1)
            if (table->columns[i].kind == COLUMN_TEXT)
                table->columns[i].texts[row] = text;
    }
}

bool table_read(struct stream *stream, const struct table_options *options, struct table *table,
                struct error *error)
{
    static const struct table_options defaults = {0};
    *table = (struct table){0};
    struct reader reader = {
        .stream = stream, .options = options ? options : &defaults, .table = table};
    bool good = csv_scan(stream, add_record, &reader, error) && refuse_suspects(&reader, error);
    if (good)
        point_to_texts(&reader);
    else
        table_free(table);
    free(reader.row_texts);
    free(reader.suspects);
    return good;
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->columns[i].name);
        free(table->columns[i].numbers);
        free(table->columns[i].texts);
    }
    free(table->columns);
    arena_free(&table->texts);
    *table = (struct table){0};
}

const struct table_column *table_column_named(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].name && strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

/* The first cell of a column of text that is no number, or the first. */
static const char *first_text(const struct table_column *column, size_t rows)
{
    double ignored;
    for (size_t row = 0; row < rows; row++)
        if (column->texts[row][0] &&
            !csv_parse_number(column->texts[row], strlen(column->texts[row]), &ignored))
            return column->texts[row];
    return rows ? column->texts[0] : "";
}

bool table_refuse_text(const struct table *table, size_t column, const char *name,
                       struct error *error)
{
    const struct table_column *c = &table->columns[column];
    char line[32] = "";
    if (c->text_line)
        snprintf(line, sizeof line, ":%zu", c->text_line);
    return error_set(error, EX_DATAERR,
                     "%s%s: column %zu%s%s%s is text ('%.32s'); expected "
                     "numbers",
                     name, line, column + 1, c->name ? " ('" : "", c->name ? c->name : "",
                     c->name ? "')" : "", first_text(c, table->rows));
}

bool table_to_array(const struct table *table, const char *name, struct array *array,
                    struct error *error)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].kind == COLUMN_TEXT)
            return table_refuse_text(table, i, name, error);
    const size_t shape[] = {table->rows, table->count};
    *array = array_make(DTYPE_F64, 2, shape);
    double *to = array->data;
    for (size_t row = 0; row < table->rows; row++)
        for (size_t i = 0; i < table->count; i++)
            *to++ = table->columns[i].numbers[row];
    return true;
}
