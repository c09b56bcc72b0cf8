/* JSON: the writing side. */
#include "io/json.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void json_write_string(FILE *file, const char *text)
{
    putc('"', file);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c == '\n')
            fputs("\\n", file);
        else if ((unsigned char)*c < ' ')
            fprintf(file, "\\u%04x", (unsigned)*c);
        else
            putc(*c, file);
    }
    putc('"', file);
}

static void write_number(FILE *file, double number)
{
    if (isfinite(number))
        csv_write_double(file, number);
    else
        fputs("null", file);
}

static void write_element(FILE *file, const struct array *array, size_t position)
{
    char text[CSV_NUMBER_SIZE] = "null";
    if (isfinite(array_value(array, position)))
        csv_format_element(text, array, position);
    fputs(text, file);
}

/* The part of the array that belongs to one index at a depth; moves *position on. */
static void write_nested(FILE *file, const struct array *array, int depth, size_t *position)
{
    if (depth == array->dimensions) {
        write_element(file, array, (*position)++);
        return;
    }
    bool last = depth + 1 == array->dimensions;
    putc('[', file);
    for (size_t i = 0; i < array->shape[depth]; i++) {
        if (i > 0)
            fputs(last ? "," : ",\n", file);
        write_nested(file, array, depth + 1, position);
    }
    putc(']', file);
}

static bool check_written(struct output *output, struct error *error)
{
    if (ferror(output->file))
        return error_set_errno(error, EX_IOERR, "%s: cannot write", output->name);
    return true;
}

bool json_write_array(struct output *output, const struct array *array, struct error *error)
{
    size_t position = 0;
    write_nested(output->file, array, 0, &position);
    putc('\n', output->file);
    return check_written(output, error);
}

static void write_row(FILE *file, const struct table *table, size_t row)
{
    putc(table->header ? '{' : '[', file);
    for (size_t i = 0; i < table->count; i++) {
        const struct table_column *column = &table->columns[i];
        if (i > 0)
            putc(',', file);
        if (table->header) {
            json_write_string(file, column->name);
            putc(':', file);
        }
        if (column->kind == COLUMN_TEXT)
            json_write_string(file, column->texts[row]);
        else
            write_number(file, column->numbers[row]);
    }
    putc(table->header ? '}' : ']', file);
}

static int compare_names(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* The keys of an object differ; of two that do not, most readers keep only the last. */
static bool check_keys(const struct output *output, const struct table *table, struct error *error)
{
    if (!table->header)
        return true;
    const char **names = memory_alloc(table->count, sizeof *names);
    for (size_t i = 0; i < table->count; i++)
        names[i] = table->columns[i].name;
    qsort(names, table->count, sizeof *names, compare_names);
    for (size_t i = 1; i < table->count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            error_set(error, EX_DATAERR,
                      "%s: two columns are named '%.64s'; expected different keys for JSON",
                      output->name, names[i]);
    free(names);
    return error->exit_code == EX_OK;
}

bool json_write_table(struct output *output, const struct table *table, struct error *error)
{
    if (!check_keys(output, table, error))
        return false;
    putc('[', output->file);
    for (size_t row = 0; row < table->rows; row++) {
        if (row > 0)
            fputs(",\n", output->file);
        write_row(output->file, table, row);
    }
    fputs("]\n", output->file);
    return check_written(output, error);
}
