#include "io/record_writer.h"

#include "base/memory.h"
#include "io/idx.h"
#include "io/image.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/npz.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct record_writer {
    struct output *output;
    enum file_format format;
    struct npz_writer *npz;
    size_t count;            /* of records written */
};

enum file_format file_format_of(const char *path)
{
    static const struct {
        const char *ending;
        enum file_format format;
    } formats[] = {{".csv", FILE_FORMAT_CSV},   {".npy", FILE_FORMAT_NPY},
                   {".json", FILE_FORMAT_JSON}, {".idx", FILE_FORMAT_IDX},
                   {".png", FILE_FORMAT_PNG},   {".npz", FILE_FORMAT_NPZ}};
    const char *ending = path ? strrchr(path, '.') : NULL;
    for (size_t i = 0; ending && i < sizeof formats / sizeof *formats; i++)
        if (strcasecmp(ending, formats[i].ending) == 0)
            return formats[i].format;
    return FILE_FORMAT_UNKNOWN;
}

bool file_format_holds_tables(enum file_format format)
{
    return format == FILE_FORMAT_CSV || format == FILE_FORMAT_JSON;
}

struct record_writer *record_writer_begin(struct output *output, enum file_format format)
{
    struct record_writer *writer = memory_zeroed(1, sizeof *writer);
    writer->output = output;
    writer->format = format;
    if (format == FILE_FORMAT_NPZ)
        writer->npz = npz_begin(output);
    return writer;
}

static size_t columns_of(const struct array *array)
{
    size_t columns = 1;
    for (int i = 1; i < array->dimensions; i++)
        columns *= array->shape[i];
    return columns;
}

static bool write_header(struct record_writer *writer, const struct array *array,
                         char *const *header, struct error *error)
{
    size_t names = 0, columns = columns_of(array);
    while (header[names])
        names++;
    if (names != columns)
        return error_set(error, EX_DATAERR, "%s: %zu names for %zu columns", writer->output->name,
                         names, columns);
    for (size_t i = 0; i < names; i++) {
        csv_write_field(writer->output->file, header[i]);
        putc(i + 1 < names ? ',' : '\n', writer->output->file);
    }
    return true;
}

static bool add_csv(struct record_writer *writer, const struct record *record, char *const *header,
                    struct error *error)
{
    if (writer->count > 0)
        putc('\n', writer->output->file);
    if (record->is_table)
        return table_write(writer->output, &record->table, error);
    return (!header || write_header(writer, &record->array, header, error)) &&
           csv_write_array(writer->output, &record->array, error);
}

static bool add_json(struct record_writer *writer, const struct record *record,
                     struct error *error)
{
    return record->is_table ? json_write_table(writer->output, &record->table, error)
                            : json_write_array(writer->output, &record->array, error);
}

/* Members without a name are called as numpy.savez does. */
static bool add_npz(struct record_writer *writer, const struct record *record, struct error *error)
{
    char *name = record->name ? memory_copy_string(record->name)
                              : memory_format("arr_%zu", writer->count);
    bool good = npz_add(writer->npz, name, &record->array, error);
    free(name);
    return good;
}

bool record_writer_add(struct record_writer *writer, const struct record *record,
                       char *const *header, struct error *error)
{
    bool good = true;
    bool single = writer->format == FILE_FORMAT_IDX || writer->format == FILE_FORMAT_PNG;
    if (single && writer->count > 0)
        return error_set(error, EX_DATAERR, "%s: the format holds one array; there are more",
                         writer->output->name);
    switch (writer->format) {
    case FILE_FORMAT_CSV: good = add_csv(writer, record, header, error); break;
    case FILE_FORMAT_JSON: good = add_json(writer, record, error); break;
    case FILE_FORMAT_NPY: good = npy_write(writer->output, &record->array, error); break;
    case FILE_FORMAT_NPZ: good = add_npz(writer, record, error); break;
    case FILE_FORMAT_IDX: good = idx_write(writer->output, &record->array, error); break;
    case FILE_FORMAT_PNG: good = image_write(writer->output, &record->array, error); break;
    case FILE_FORMAT_UNKNOWN: break;
    }
    writer->count++;
    return good;
}

bool record_writer_finish(struct record_writer *writer, struct error *error)
{
    bool single = writer->format == FILE_FORMAT_IDX || writer->format == FILE_FORMAT_PNG;
    if (single && writer->count == 0)
        error_set(error, EX_DATAERR, "%s: the input is empty; expected one array",
                  writer->output->name);
    if (writer->npz)
        npz_finish(writer->npz, error);
    free(writer);
    return error->exit_code == EX_OK;
}
