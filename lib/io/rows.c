#include "io/rows.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_THERE = -1 };

struct reader {
    struct stream *stream;
    const struct row_columns *columns; /* those that are wanted */
    struct row_columns *discovered;    /* to be filled first, or NULL */
    const char *wanted_inputs, *wanted_target;
    bool labels;
    bool target_needed;
    const struct row_sink *sink;
    size_t width, first_line;          /* of the first record; width 0 before it */
    char **names;                      /* of the file's columns */
    size_t *by_name;                   /* the columns in the order of their names */
    size_t *places;                    /* of the inputs among them */
    long target_place;                 /* or NOT_THERE */
    double *inputs;
};

/* --- columns and their names --- */

struct row_columns row_columns_copy(const struct row_columns *columns)
{
    struct row_columns copy = *columns;
    copy.input_names = memory_alloc(columns->inputs, sizeof(char *));
    for (size_t i = 0; i < columns->inputs; i++)
        copy.input_names[i] = memory_copy_string(columns->input_names[i]);
    if (columns->target_name)
        copy.target_name = memory_copy_string(columns->target_name);
    return copy;
}

void row_columns_free(struct row_columns *columns)
{
    for (size_t i = 0; i < columns->inputs; i++)
        free(columns->input_names[i]);
    free(columns->input_names);
    free(columns->target_name);
    *columns = (struct row_columns){0};
}

static int compare_names(const void *a, const void *b, void *names)
{
    char *const *name = names;
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    int order = strcmp(name[left], name[right]);
    return order ? order : (left > right) - (left < right);
}

static void name_columns(struct reader *r, const struct csv_record *record, bool header)
{
    r->width = record->count;
    r->first_line = record->line;
    r->names = memory_alloc(record->count, sizeof(char *));
    r->by_name = memory_alloc(record->count, sizeof *r->by_name);
    for (size_t i = 0; i < record->count; i++) {
        r->names[i] = header ? memory_copy_string(record->fields[i])
                             : memory_format("c%zu", i + 1);
        r->by_name[i] = i;
    }
    qsort_r(r->by_name, r->width, sizeof *r->by_name, compare_names, r->names);
}

/* The order of a column's name and one of `length` bytes. */
static int compare_with(const struct reader *r, size_t column, const char *name, size_t length)
{
    int order = strncmp(r->names[column], name, length);
    return order ? order : r->names[column][length] != '\0';
}

/* The columns of one name: these of by_name. */
struct namesakes {
    size_t first, count;
};

static struct namesakes find_columns(const struct reader *r, const char *name, size_t length)
{
    size_t low = 0, high = r->width;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_with(r, r->by_name[middle], name, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    struct namesakes found = {.first = low};
    while (low + found.count < r->width &&
           compare_with(r, r->by_name[low + found.count], name, length) == 0)
        found.count++;
    return found;
}

/* The place of a name of `length` bytes; the last of several, NOT_THERE when there is none. */
static long place_of(const struct reader *r, const char *name, size_t length)
{
    struct namesakes found = find_columns(r, name, length);
    return found.count ? (long)r->by_name[found.first + found.count - 1] : NOT_THERE;
}

static bool no_column(const struct reader *r, const char *name, size_t length, struct error *error)
{
    return error_set(error, EX_DATAERR, "%s:%zu: no column '%.*s' among the %zu; expected one",
                     stream_name(r->stream), r->first_line, (int)(length < 80 ? length : 80), name,
                     r->width);
}

/* Names that are to be kept must tell columns apart. */
static bool is_unique(const struct reader *r, const char *name, size_t length, struct error *error)
{
    size_t found = find_columns(r, name, length).count;
    return found == 1 ||
           error_set(error, EX_DATAERR, "%s:%zu: %zu columns are called '%.*s'; expected one",
                     stream_name(r->stream), r->first_line, found,
                     (int)(length < 80 ? length : 80), name);
}

static bool is_taken(const struct row_columns *columns, const char *name, size_t length)
{
    for (size_t i = 0; i <= columns->inputs; i++) {
        const char *taken = i < columns->inputs ? columns->input_names[i] : columns->target_name;
        if (taken && strlen(taken) == length && memcmp(taken, name, length) == 0)
            return true;
    }
    return false;
}

static void add_input(struct row_columns *columns, const char *name, size_t length)
{
    columns->input_names =
        memory_resize(columns->input_names, columns->inputs + 1, sizeof(char *));
    columns->input_names[columns->inputs++] = memory_copy_bytes(name, length);
}

/* What the file and the wishes say of inputs and target. */
static bool discover(struct reader *r, struct error *error)
{
    struct row_columns *columns = r->discovered;
    *columns = (struct row_columns){.labels = r->labels};
    const char *target = r->wanted_target;
    if (target && place_of(r, target, strlen(target)) == NOT_THERE)
        return no_column(r, target, strlen(target), error);
    if (target && !is_unique(r, target, strlen(target), error))
        return false;
    if (target)
        columns->target_name = memory_copy_string(target);
    if (!r->wanted_inputs) {
        for (size_t i = 0; i < r->width; i++) {
            size_t length = strlen(r->names[i]);
            if (!is_unique(r, r->names[i], length, error))
                return false;
            if (!target || strcmp(r->names[i], target) != 0)
                add_input(columns, r->names[i], length);
        }
    }
    for (const char *name = r->wanted_inputs; name; ) {
        size_t length = strcspn(name, ",");
        if (place_of(r, name, length) == NOT_THERE)
            return no_column(r, name, length, error);
        if (!is_unique(r, name, length, error))
            return false;
        if (is_taken(columns, name, length))
            return error_set(error, EX_DATAERR,
                             "%s:%zu: column '%.*s' is asked for twice; expected "
                             "it once, as an input or as the target",
                             stream_name(r->stream), r->first_line,
                             (int)(length < 80 ? length : 80), name);
        add_input(columns, name, length);
        name = name[length] ? name + length + 1 : NULL;
    }
    if (columns->inputs == 0)
        return error_set(error, EX_DATAERR, "%s:%zu: no column is left for the inputs; expected "
                         "one beside the target", stream_name(r->stream), r->first_line);
    return true;
}

/* Finds the wanted columns in the file. */
static bool locate(struct reader *r, bool header, struct error *error)
{
    const struct row_columns *columns = r->columns;
    bool in_order = !header && r->width == columns->inputs;
    r->places = memory_alloc(columns->inputs, sizeof *r->places);
    r->inputs = memory_alloc(columns->inputs, sizeof *r->inputs);
    r->target_place = NOT_THERE;
    for (size_t i = 0; i < columns->inputs; i++) {
        const char *name = columns->input_names[i];
        long place = in_order ? (long)i : place_of(r, name, strlen(name));
        if (place == NOT_THERE && !header)
            return error_set(error, EX_DATAERR, "%s:%zu: %zu columns without a header; expected "
                             "the %zu inputs of the model", stream_name(r->stream), r->first_line,
                             r->width, columns->inputs);
        if (place == NOT_THERE)
            return no_column(r, name, strlen(name), error);
        r->places[i] = (size_t)place;
    }
    if (columns->target_name && !in_order)
        r->target_place = place_of(r, columns->target_name, strlen(columns->target_name));
    if (r->target_needed && r->target_place == NOT_THERE)
        return no_column(r, columns->target_name, strlen(columns->target_name), error);
    return true;
}

/* --- rows --- */

static bool parse_cell(const struct reader *r, const struct csv_record *record, size_t place,
                       double *value, struct error *error)
{
    const char *wrong = NULL;
    if (record->lengths[place] == 0)
        wrong = "empty";
    else if (!csv_parse_number(record->fields[place], record->lengths[place], value))
        wrong = "no number";
    else if (!isfinite((float)*value))
        wrong = "not finite, or too large";
    if (!wrong)
        return true;
    return error_set(error, EX_DATAERR, "%s:%zu: column %zu ('%.60s') is %s: '%.60s'; expected a "
                     "number", stream_name(r->stream), record->line, place + 1, r->names[place],
                     wrong, record->fields[place]);
}

static bool parse_row(const struct reader *r, const struct csv_record *record, struct row *row,
                      struct error *error)
{
    *row = (struct row){.line = record->line, .record = record, .inputs = r->inputs};
    for (size_t i = 0; i < r->columns->inputs; i++)
        if (!parse_cell(r, record, r->places[i], &r->inputs[i], error))
            return false;
    if (r->target_place == NOT_THERE)
        return true;
    size_t place = (size_t)r->target_place;
    row->has_target = true;
    if (!r->columns->labels)
        return parse_cell(r, record, place, &row->target, error);
    row->label = record->fields[place];
    return record->lengths[place] > 0 ||
           error_set(error, EX_DATAERR, "%s:%zu: column %zu ('%.60s') is empty; expected a label",
                     stream_name(r->stream), record->line, place + 1, r->names[place]);
}

static bool take_record(void *context, const struct csv_record *record, struct error *error)
{
    struct reader *r = context;
    if (r->width == 0) {
        bool header = csv_is_header(record);
        name_columns(r, record, header);
        if ((r->discovered && !discover(r, error)) || !locate(r, header, error) ||
            (r->sink->begin &&
             !r->sink->begin(r->sink->context, r->columns, header ? record : NULL, error)))
            return false;
        if (header)
            return true;
    }
    if (record->count != r->width)
        return csv_ragged(r->stream, record, r->width, r->first_line, error);
    struct row row;
    return parse_row(r, record, &row, error) && r->sink->row(r->sink->context, &row, error);
}

static bool scan(struct reader *r, struct error *error)
{
    bool good = csv_scan(r->stream, take_record, r, error);
    for (size_t i = 0; i < r->width; i++)
        free(r->names[i]);
    free(r->names);
    free(r->by_name);
    free(r->places);
    free(r->inputs);
    if (good && r->width == 0)
        return error_set(error, EX_DATAERR, "%s: no rows; expected one at least",
                         stream_name(r->stream));
    return good;
}

bool rows_scan(struct stream *stream, const struct row_columns *columns, bool target_needed,
               const struct row_sink *sink, struct error *error)
{
    struct reader reader = {.stream = stream, .columns = columns, .sink = sink,
                            .target_needed = target_needed && columns->target_name};
    return scan(&reader, error);
}

bool rows_discover(struct stream *stream, const char *inputs, const char *target, bool labels,
                   struct row_columns *columns, const struct row_sink *sink, struct error *error)
{
    *columns = (struct row_columns){0};
    struct reader reader = {.stream = stream, .columns = columns, .discovered = columns,
                            .wanted_inputs = inputs, .wanted_target = target, .labels = labels,
                            .target_needed = target != NULL, .sink = sink};
    return scan(&reader, error);
}
