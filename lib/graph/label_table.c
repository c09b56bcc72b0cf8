#include "graph/label_table.h"

#include "base/memory.h"
#include "grad/ops.h"
#include "io/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NO_COLUMN = SIZE_MAX, MOST_MARKS = 4096 };

struct reading {
    const struct label_columns *columns;
    const char *file;
    struct names *items;
    struct label_table *table;
    size_t capacity; /* items that the table has room for */
    size_t rows;
    size_t labelled;
    size_t width;    /* of a record; 0 before the header */
    size_t item_column;
    size_t label_column;   /* NO_COLUMN where there are marks */
    size_t *mark_columns;  /* (classes) */
    size_t *split_columns; /* (splits) */
    bool *seen;            /* (items): whether a row was there */
};

/* --- the header --- */

static size_t find_column(const struct csv_record *record, const char *name)
{
    for (size_t column = 0; column < record->count; column++)
        if (strcmp(record->fields[column], name) == 0)
            return column;
    return NO_COLUMN;
}

static bool need_column(const struct reading *reading, const struct csv_record *record,
                        const char *name, size_t *column, struct error *error)
{
    *column = find_column(record, name);
    return *column != NO_COLUMN ||
           error_set(error, EX_DATAERR,
                     "%s:%zu: no column '%.64s'; expected a header that has it", reading->file,
                     record->line, name);
}

static void add_split(struct reading *reading, const char *name, size_t column)
{
    struct label_table *table = reading->table;
    size_t count = table->splits + 1;
    table->split_names = memory_resize(table->split_names, count, sizeof *table->split_names);
    table->parts = memory_resize(table->parts, count, sizeof *table->parts);
    reading->split_columns =
        memory_resize(reading->split_columns, count, sizeof *reading->split_columns);
    table->split_names[table->splits] = memory_copy_string(name);
    table->parts[table->splits] = NULL;
    reading->split_columns[table->splits] = column;
    table->splits = count;
}

static bool find_splits(struct reading *reading, const struct csv_record *record,
                        struct error *error)
{
    const struct label_columns *columns = reading->columns;
    size_t column;
    if (columns->split) {
        if (!need_column(reading, record, columns->split, &column, error))
            return false;
        add_split(reading, columns->split, column);
        return true;
    }
    if (!columns->find_splits)
        return true;
    column = find_column(record, "split");
    if (column != NO_COLUMN) {
        add_split(reading, "split", column);
        return true;
    }
    for (size_t k = 0;; k++) {
        char name[32];
        snprintf(name, sizeof name, "split%zu", k);
        column = find_column(record, name);
        if (column == NO_COLUMN)
            return true;
        add_split(reading, name, column);
    }
}

/* The columns of several labels are the classes. */
static bool find_marks(struct reading *reading, const struct csv_record *record,
                       struct error *error)
{
    struct names *classes = &reading->table->classes;
    const char *rest = reading->columns->labels;
    while (rest) {
        const char *comma = strchr(rest, ',');
        size_t length = comma ? (size_t)(comma - rest) : strlen(rest), before = classes->count;
        if (length == 0 || before == MOST_MARKS || names_add(classes, rest, length) != before)
            return error_set(error, EX_USAGE,
                             "columns of labels '%.128s'; expected up to %d different names, "
                             "separated by commas",
                             reading->columns->labels, MOST_MARKS);
        rest = comma ? comma + 1 : NULL;
    }
    reading->mark_columns = memory_alloc(classes->count, sizeof *reading->mark_columns);
    for (size_t c = 0; c < classes->count; c++)
        if (!need_column(reading, record, classes->strings[c], &reading->mark_columns[c], error))
            return false;
    return true;
}

static bool read_header(struct reading *reading, const struct csv_record *record,
                        struct error *error)
{
    const struct label_columns *columns = reading->columns;
    reading->width = record->count;
    reading->item_column = reading->label_column = NO_COLUMN;
    if (columns->item &&
        !need_column(reading, record, columns->item, &reading->item_column, error))
        return false;
    if (columns->labels ? !find_marks(reading, record, error)
                        : !need_column(reading, record, columns->label, &reading->label_column,
                                       error))
        return false;
    return find_splits(reading, record, error);
}

/* --- the rows --- */

/* Room for every item, with nothing known of the new ones. */
static void make_room(struct reading *reading)
{
    struct label_table *table = reading->table;
    size_t old = reading->capacity, needed = reading->items->count;
    if (needed <= old && table->labels)
        return;
    size_t room = needed < 2 * old ? 2 * old : needed;
    size_t classes = reading->columns->labels ? table->classes.count : 0;
    table->labels = memory_resize(table->labels, room, sizeof *table->labels);
    reading->seen = memory_resize(reading->seen, room, sizeof *reading->seen);
    for (size_t i = old; i < room; i++) {
        table->labels[i] = LABEL_NONE;
        reading->seen[i] = false;
    }
    if (classes) {
        table->marks = memory_resize(table->marks, room * classes, sizeof *table->marks);
        memset(table->marks + old * classes, 0, (room - old) * classes * sizeof *table->marks);
    }
    for (size_t s = 0; s < table->splits; s++) {
        table->parts[s] = memory_resize(table->parts[s], room, sizeof **table->parts);
        memset(table->parts[s] + old, SPLIT_NONE, room - old);
    }
    reading->capacity = room;
}

static bool find_item(struct reading *reading, const struct csv_record *record, uint32_t *item,
                      struct error *error)
{
    char number[32];
    const char *name = number;
    bool add = reading->columns->add_items;
    if (reading->item_column == NO_COLUMN) {
        snprintf(number, sizeof number, "%zu", reading->rows);
        add = true; /* whether there are too many is told at the end */
    } else {
        name = record->fields[reading->item_column];
        size_t length = record->lengths[reading->item_column];
        if (length == 0 || strlen(name) != length)
            return error_set(error, EX_DATAERR, "%s:%zu: the %s is %s; expected a name",
                             reading->file, record->line, reading->columns->item,
                             length ? "cut by a zero byte" : "empty");
    }
    *item = add ? names_add(reading->items, name, strlen(name)) : names_find(reading->items, name);
    if (*item == NAMES_ABSENT && add)
        return error_set(error, EX_DATAERR, "%s:%zu: too many items; expected fewer than 2^32 - 1",
                         reading->file, record->line);
    if (*item == NAMES_ABSENT)
        return error_set(error, EX_DATAERR,
                         "%s:%zu: unknown %s '%.64s'; expected one of the %zu that are known",
                         reading->file, record->line, reading->columns->item, name,
                         reading->items->count);
    make_room(reading);
    if (reading->seen[*item])
        return error_set(error, EX_DATAERR, "%s:%zu: %s '%.64s' again; expected one row each",
                         reading->file, record->line,
                         reading->columns->item ? reading->columns->item : "row", name);
    reading->seen[*item] = true;
    return true;
}

static bool set_label(struct reading *reading, const struct csv_record *record, uint32_t item,
                      struct error *error)
{
    struct label_table *table = reading->table;
    const char *text = record->fields[reading->label_column];
    size_t length = record->lengths[reading->label_column];
    if (strlen(text) != length)
        return error_set(error, EX_DATAERR,
                         "%s:%zu: the label is cut by a zero byte; expected text", reading->file,
                         record->line);
    if (length == 0)
        return true;
    uint32_t class = reading->columns->classes ? names_find(&table->classes, text)
                                               : names_add(&table->classes, text, length);
    if (class == NAMES_ABSENT)
        return error_set(error, EX_DATAERR,
                         "%s:%zu: unknown class '%.64s'; expected one of the %zu of the model",
                         reading->file, record->line, text, table->classes.count);
    table->labels[item] = (int32_t)class;
    reading->labelled++;
    return true;
}

/* All columns say 1 or 0, or all are empty. */
static bool set_marks(struct reading *reading, const struct csv_record *record, uint32_t item,
                      struct error *error)
{
    struct label_table *table = reading->table;
    size_t classes = table->classes.count, known = 0;
    real *marks = table->marks + item * classes;
    for (size_t c = 0; c < classes; c++) {
        const char *text = record->fields[reading->mark_columns[c]];
        size_t length = record->lengths[reading->mark_columns[c]];
        bool mark = length == 1 && (*text == '0' || *text == '1');
        if (length > 0 && !mark)
            return error_set(error, EX_DATAERR,
                             "%s:%zu: '%.64s' in column '%.64s'; expected 0 or 1", reading->file,
                             record->line, text, table->classes.strings[c]);
        known += mark;
        marks[c] = mark && *text == '1' ? 1 : 0;
    }
    if (known > 0 && known < classes)
        return error_set(error, EX_DATAERR,
                         "%s:%zu: %zu of %zu labels; expected all of them or none", reading->file,
                         record->line, known, classes);
    if (known > 0) {
        table->labels[item] = 0;
        reading->labelled++;
    }
    return true;
}

static bool set_parts(struct reading *reading, const struct csv_record *record, uint32_t item,
                      struct error *error)
{
    struct label_table *table = reading->table;
    for (size_t s = 0; s < table->splits; s++) {
        const char *text = record->fields[reading->split_columns[s]];
        enum split_part part;
        if (!split_part_from_name(text, &part))
            return error_set(error, EX_DATAERR,
                             "%s:%zu: '%.64s' in column '%.64s'; expected train, validation, test "
                             "or none",
                             reading->file, record->line, text, table->split_names[s]);
        table->parts[s][item] = (uint8_t)part;
    }
    return true;
}

static bool read_record(void *context, const struct csv_record *record, struct error *error)
{
    struct reading *reading = context;
    if (reading->width == 0)
        return read_header(reading, record, error);
    if (record->count != reading->width)
        return error_set(error, EX_DATAERR, "%s:%zu: %zu fields; expected %zu as in the header",
                         reading->file, record->line, record->count, reading->width);
    uint32_t item = 0;
    if (!find_item(reading, record, &item, error) ||
        !(reading->columns->labels ? set_marks(reading, record, item, error)
                                   : set_label(reading, record, item, error)) ||
        !set_parts(reading, record, item, error))
        return false;
    reading->rows++;
    return true;
}

/* --- the order of classes --- */

struct class_name {
    const char *text;
    double value;
    uint32_t index;
};

static int compare_values(const void *a, const void *b)
{
    const struct class_name *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return strcmp(x->text, y->text); /* "1" and "1.0" are two classes */
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(((const struct class_name *)a)->text, ((const struct class_name *)b)->text);
}

/* What a class is called does not depend on the order of rows. */
static void sort_classes(struct label_table *table)
{
    size_t count = table->classes.count;
    struct class_name *order = memory_alloc(count, sizeof *order);
    uint32_t *place = memory_alloc(count, sizeof *place);
    struct names sorted = {0};
    bool numbers = true;
    for (size_t c = 0; c < count; c++) {
        const char *text = table->classes.strings[c];
        order[c] = (struct class_name){.text = text, .index = (uint32_t)c};
        numbers &= csv_parse_number(text, strlen(text), &order[c].value) &&
                   isfinite(order[c].value);
    }
    qsort(order, count, sizeof *order, numbers ? compare_values : compare_texts);
    for (size_t c = 0; c < count; c++)
        place[order[c].index] = names_add(&sorted, order[c].text, strlen(order[c].text));
    for (size_t i = 0; i < table->items; i++)
        if (table->labels[i] != LABEL_NONE)
            table->labels[i] = (int32_t)place[table->labels[i]];
    names_free(&table->classes);
    table->classes = sorted;
    free(place);
    free(order);
}

bool label_table_read(struct stream *stream, const struct label_columns *columns,
                      struct names *items, struct label_table *table, struct error *error)
{
    *table = (struct label_table){0};
    size_t known = items->count;
    struct reading reading = {.columns = columns, .file = stream_name(stream), .items = items,
                              .table = table};
    if (columns->classes && !columns->labels)
        table->classes = names_copy(columns->classes);
    bool good = csv_scan(stream, read_record, &reading, error);
    if (good && reading.labelled == 0)
        good = error_set(error, EX_DATAERR, "%s: no label; expected a header and rows with labels",
                         reading.file);
    if (good && !columns->item && known && reading.rows != known)
        good = error_set(error, EX_DATAERR, "%s: %zu rows; expected %zu, one for each item",
                         reading.file, reading.rows, known);
    free(reading.mark_columns);
    free(reading.split_columns);
    free(reading.seen);
    if (!good) {
        label_table_free(table);
        return false;
    }
    table->items = items->count;
    if (!columns->labels && !columns->classes)
        sort_classes(table);
    return true;
}

void label_table_free(struct label_table *table)
{
    names_free(&table->classes);
    free(table->labels);
    free(table->marks);
    for (size_t s = 0; s < table->splits; s++) {
        free(table->split_names[s]);
        free(table->parts[s]);
    }
    free(table->split_names);
    free(table->parts);
    *table = (struct label_table){0};
}
