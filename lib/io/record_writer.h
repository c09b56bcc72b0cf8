/*
 * Writing of records in any format. NPY, CSV, JSON and NPZ hold several; IDX and PNG one. Blocks of
 * CSV are separated by an empty line, values of JSON by a newline.
 */
#ifndef TESSERAE_IO_RECORD_WRITER_H
#define TESSERAE_IO_RECORD_WRITER_H

#include "base/output.h"
#include "io/records.h"

enum file_format {
    FILE_FORMAT_UNKNOWN,
    FILE_FORMAT_CSV,
    FILE_FORMAT_NPY,
    FILE_FORMAT_JSON,
    FILE_FORMAT_IDX,
    FILE_FORMAT_PNG,
    FILE_FORMAT_NPZ
};

/* What the end of a file's name says; FILE_FORMAT_UNKNOWN when it says nothing, or path is NULL. */
enum file_format file_format_of(const char *path);

/* Whether the format can hold a table with names and text. */
bool file_format_holds_tables(enum file_format format);

struct record_writer;

/* Begins to write; the output must live on. */
struct record_writer *record_writer_begin(struct output *output, enum file_format format);

/*
 * Writes a record. `header` are names for the columns of an array in CSV, NULL-terminated; NULL
 * for none. Fails (EX_DATAERR) on what the format cannot hold.
 */
bool record_writer_add(struct record_writer *writer, const struct record *record,
                       char *const *header, struct error *error);

/* Writes what belongs at the end, and frees the writer. */
bool record_writer_finish(struct record_writer *writer, struct error *error);

#endif
