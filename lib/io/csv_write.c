/* CSV: the writing side. */
#include "io/csv.h"

#include <csv.h>
#include <inttypes.h>
#include <string.h>

void csv_write_field(FILE *file, const char *text)
{
    size_t length = strlen(text);
    bool spaced = length > 0 && (strchr(" \t", text[0]) || strchr(" \t", text[length - 1]));
    if (length > 0 && !spaced && !text[strcspn(text, ",\"\r\n")])
        fwrite(text, 1, length, file);
    else
        csv_fwrite(file, text, length);
}

void csv_write_float(FILE *file, float value)
{
    char text[CSV_NUMBER_SIZE];
    size_t length = csv_format_float(text, value);
    fwrite(text, 1, length, file);
}

void csv_write_double(FILE *file, double value)
{
    char text[CSV_NUMBER_SIZE];
    size_t length = csv_format_double(text, value);
    fwrite(text, 1, length, file);
}

size_t csv_format_element(char *text, const struct array *array, size_t position)
{
    switch (array->dtype) {
    case DTYPE_F16:
    case DTYPE_BF16:
    case DTYPE_F32:
        return csv_format_float(text, (float)array_value(array, position));
    case DTYPE_I64:
        return (size_t)snprintf(text, CSV_NUMBER_SIZE, "%" PRId64,
                                ((const int64_t *)array->data)[position]);
    case DTYPE_U64:
        return (size_t)snprintf(text, CSV_NUMBER_SIZE, "%" PRIu64,
                                ((const uint64_t *)array->data)[position]);
    default:
        return csv_format_double(text, array_value(array, position));
    }
}

/* Cells gather here; stdio would lock the file for each of them. */
struct cells {
    struct output *output;
    struct error *error;
    size_t used;
    char text[1 << 16];
};

static bool flush_cells(struct cells *cells)
{
    size_t used = cells->used;
    cells->used = 0;
    return output_write(cells->output, cells->text, used, cells->error);
}

/* Room for one more number and what separates it from the next. */
static bool reserve_cell(struct cells *cells)
{
    return cells->used + CSV_NUMBER_SIZE + 1 <= sizeof cells->text || flush_cells(cells);
}

bool csv_write_array(struct output *output, const struct array *array, struct error *error)
{
    struct cells cells;
    cells.output = output;
    cells.error = error;
    cells.used = 0;
    size_t count = array_count(array);
    size_t rows = array->dimensions ? array->shape[0] : 1;
    size_t columns = rows ? count / rows : 0;
    for (size_t i = 0; i < count; i++) {
        if (!reserve_cell(&cells))
            return false;
        cells.used += csv_format_element(cells.text + cells.used, array, i);
        cells.text[cells.used++] = (i + 1) % columns == 0 ? '\n' : ',';
    }
    return flush_cells(&cells);
}

static void write_row(FILE *file, const struct table *table, size_t row)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct table_column *column = &table->columns[i];
        if (column->kind == COLUMN_TEXT)
            csv_write_field(file, column->texts[row]);
        else
            csv_write_double(file, column->numbers[row]);
        putc(i + 1 < table->count ? ',' : '\n', file);
    }
}

bool table_write(struct output *output, const struct table *table, struct error *error)
{
    for (size_t i = 0; table->header && i < table->count; i++) {
        csv_write_field(output->file, table->columns[i].name);
        putc(i + 1 < table->count ? ',' : '\n', output->file);
    }
    for (size_t row = 0; row < table->rows; row++)
        write_row(output->file, table, row);
    if (ferror(output->file))
        return error_set_errno(error, EX_IOERR, "%s: cannot write", output->name);
    return true;
}
