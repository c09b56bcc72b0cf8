/* tensor-convert: tensors and tables from one file format to another. */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "io/conversion.h"
#include "io/record_writer.h"
#include "io/records.h"
#include "io/stream.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_DTYPE = 1,
    KEY_COLUMNS,
    KEY_ROWS,
    KEY_HEADER,
    KEY_NO_HEADER,
    KEY_FIRST_LINE,
    KEY_TRANSPOSE,
    KEY_RESHAPE,
    KEY_SCALE,
    KEY_ALLOW_MISSING
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What to take of the input:", 1},
    {"columns", KEY_COLUMNS, "LIST", 0,
     "Only these columns, in this order: names, or numbers from 1, as in age,3,5-7", 1},
    {"rows", KEY_ROWS, "A:B", 0, "Only rows A (counted from 0) to before B, as numpy's slices", 1},
    {"first-line", KEY_FIRST_LINE, "WORD", 0,
     "What the first line of a CSV table is: header or data (default: a header unless it is "
     "all numbers)",
     1},
    {"allow-missing", KEY_ALLOW_MISSING, 0, 0, "Take empty and NaN cells of a table for NaN", 1},
    {0, 0, 0, 0, "What to make of it:", 2},
    {"transpose", KEY_TRANSPOSE, 0, 0, "Reverse the order of the dimensions", 2},
    {"reshape", KEY_RESHAPE, "SHAPE", 0, "Give it the shape, as in 100x28x28; one size may be -1",
     2},
    {"scale", KEY_SCALE, "LOW:HIGH", OPTION_ARG_OPTIONAL,
     "Bring LOW .. HIGH (default: the range of the values) to 0 .. 255, as uint8", 2},
    {"dtype", KEY_DTYPE, "NAME", 0, "Element type: bool, uint8 to int64, float16 to float64", 2},
    {"header", KEY_HEADER, "NAMES", 0, "Names of the columns of a CSV output, with commas", 2},
    {"no-header", KEY_NO_HEADER, 0, 0, "Write CSV and JSON tables without names", 2},
    {0},
};

struct settings {
    struct conversion conversion;
    struct table_options table;
    char **header;
    bool no_header;
};

static char **split_names(const char *list)
{
    char **names = NULL, *copy = memory_copy_string(list), *rest = copy, *word;
    size_t count = 0;
    while ((word = strsep(&rest, ","))) {
        names = memory_resize(names, count + 2, sizeof *names);
        names[count++] = memory_copy_string(word);
        names[count] = NULL;
    }
    free(copy);
    return names;
}

static void free_names(char **names)
{
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}

static void parse_scale(struct conversion *conversion, const char *argument,
                        struct argp_state *state)
{
    conversion->scale = true;
    conversion->scale_to_range = !argument;
    const char *colon = argument ? strchr(argument, ':') : NULL;
    if (!argument)
        return;
    if (!colon || !csv_parse_number(argument, (size_t)(colon - argument), &conversion->low) ||
        !csv_parse_number(colon + 1, strlen(colon + 1), &conversion->high) ||
        !(conversion->low < conversion->high))
        argp_error(state, "--scale: '%s' is not LOW:HIGH, as in 0:1", argument);
}

static int parse(int key, char *argument, struct argp_state *state)
{
    static const char *const first_lines[] = {"header", "data", NULL};
    struct settings *settings = state->input;
    struct conversion *conversion = &settings->conversion;
    switch (key) {
    case KEY_DTYPE:
        conversion->change_dtype = true;
        if (!dtype_from_name(argument, &conversion->dtype))
            argp_error(state, "--dtype: there is no '%s'; float32, uint8, ... are", argument);
        return 0;
    case KEY_COLUMNS: conversion->columns = argument; return 0;
    case KEY_ROWS:
        if (!conversion_check_rows(argument))
            argp_error(state, "--rows: '%s' is not A:B, as in 0:100", argument);
        conversion->rows = argument;
        return 0;
    case KEY_HEADER: settings->header = split_names(argument); return 0;
    case KEY_NO_HEADER: settings->no_header = true; return 0;
    case KEY_FIRST_LINE:
        settings->table.header = options_choice(state, "first-line", argument, first_lines) == 0
                                     ? HEADER_PRESENT : HEADER_NONE;
        return 0;
    case KEY_ALLOW_MISSING: settings->table.allow_missing = true; return 0;
    case KEY_TRANSPOSE: conversion->transpose = true; return 0;
    case KEY_RESHAPE:
        if (!conversion_check_shape(argument))
            argp_error(state, "--reshape: '%s' is not a shape, as in 100x28x28", argument);
        conversion->reshape = argument;
        return 0;
    case KEY_SCALE: parse_scale(conversion, argument, state); return 0;
    case ARGP_KEY_END:
        if (settings->header && settings->no_header)
            argp_error(state, "--header and --no-header exclude each other");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* -f, or else the ending of -o; FILE_FORMAT_UNKNOWN leaves it to the first record. */
static enum file_format choose_format(const struct common_options *common)
{
    static const enum file_format formats[] = {
        [FORMAT_DEFAULT] = FILE_FORMAT_UNKNOWN, [FORMAT_CSV] = FILE_FORMAT_CSV,
        [FORMAT_NPY] = FILE_FORMAT_NPY, [FORMAT_JSON] = FILE_FORMAT_JSON,
        [FORMAT_NPZ] = FILE_FORMAT_NPZ, [FORMAT_IDX] = FILE_FORMAT_IDX,
        [FORMAT_PNG] = FILE_FORMAT_PNG};
    enum file_format asked = formats[common->format], named = file_format_of(common->output);
    if (asked && named && asked != named)
        error_die(EX_USAGE, "--format and the ending of %s disagree", common->output);
    return asked ? asked : named;
}

/* What --header and --no-header make of a table. */
static bool rename_columns(struct table *table, const struct settings *settings, const char *name,
                           struct error *error)
{
    size_t names = 0;
    table->header = table->header && !settings->no_header;
    while (settings->header && settings->header[names])
        names++;
    if (names == 0)
        return true;
    if (names != table->count)
        return error_set(error, EX_DATAERR, "%s: %zu names for %zu columns", name, names,
                         table->count);
    for (size_t i = 0; i < names; i++) {
        free(table->columns[i].name);
        table->columns[i].name = memory_copy_string(settings->header[i]);
    }
    table->header = true;
    return true;
}

static bool convert_record(struct record_writer *writer, struct record *record, bool tables,
                           const struct settings *settings, const char *name, struct error *error)
{
    char **names;
    bool good = conversion_apply(&settings->conversion, record, !tables, name, &names, error);
    bool named = names && !settings->no_header && record->array.dimensions == 2 &&
                 !settings->conversion.transpose && !settings->conversion.reshape;
    char **header = settings->header ? settings->header : named ? names : NULL;
    if (good && record->is_table)
        good = rename_columns(&record->table, settings, name, error);
    if (good)
        good = record_writer_add(writer, record, record->is_table ? NULL : header, error);
    free_names(names);
    return good;
}

static bool convert(struct stream *stream, struct output *output, enum file_format format,
                    const struct settings *settings, struct error *error)
{
    struct records *records = records_open(stream, &settings->table, error);
    struct record_writer *writer = NULL;
    struct record record;
    bool end = false, good = records != NULL;
    while (good && !end) {
        good = records_next(records, &record, &end, error);
        if (!format)
            format = record.is_table && !conversion_needs_array(&settings->conversion)
                         ? FILE_FORMAT_CSV : FILE_FORMAT_NPY;
        if (!writer)
            writer = record_writer_begin(output, format);
        if (good && !end)
            good = convert_record(writer, &record, file_format_holds_tables(format), settings,
                                  stream_name(stream), error);
        record_free(&record);
    }
    records_close(records);
    return (!writer || record_writer_finish(writer, error)) && good;
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = "tensor-convert",
        .operands = "[FILE]",
        .summary = "Convert tensors and tables between CSV, NPY, NPZ, IDX, JSON and PNG. The "
                   "output is what -f says, or the ending of -o; else CSV for tables and NPY for "
                   "tensors.",
        .options = options,
        .parse = parse,
        .common = OPTION_OUTPUT | OPTION_FORMAT_ANY,
        .most_operands = 1,
    };
    struct common_options common;
    struct settings settings = {0};
    struct error error = {0};
    struct output output;
    options_parse(&program, argc, argv, &common, &settings);
    enum file_format format = choose_format(&common);
    struct stream *stream = stream_open(options_operand(&common, 0), &error);
    if (!stream || !output_open(&output, common.output, &error) ||
        !convert(stream, &output, format, &settings, &error) || !output_commit(&output, &error))
        error_exit(&error);
    stream_close(stream);
    free_names(settings.header);
    return EXIT_SUCCESS;
}
