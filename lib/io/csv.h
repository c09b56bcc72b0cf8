/*
 * CSV, parsed by libcsv: quoting, CRLF, header or none; errors name file and line.
 */
#ifndef TESSERAE_IO_CSV_H
#define TESSERAE_IO_CSV_H

#include "base/arena.h"
#include "base/output.h"
#include "io/array.h"
#include "io/stream.h"

#include <stdint.h>

/* One record. Its fields are zero-terminated and lie one after the other in memory. */
struct csv_record {
    size_t line;          /* of the file, from 1, where the record begins */
    size_t count;
    char **fields;        /* valid until the callback returns; no zero bytes within */
    size_t *lengths;
};

/*
 * Calls back for every record (blank lines are skipped), header included. The callback returns
 * false after setting the error to stop.
 */
bool csv_scan(struct stream *stream, bool (*record)(void *context, const struct csv_record *record,
              struct error *error), void *context, struct error *error);

/* Whether a first record is a header: one of its fields is not a number, and not empty. */
bool csv_is_header(const struct csv_record *record);

/* Sets the error (EX_DATAERR) of a record that has not as many fields as the first; false. */
bool csv_ragged(struct stream *stream, const struct csv_record *record, size_t expected,
                size_t first_line, struct error *error);

enum column_kind { COLUMN_NUMBER, COLUMN_TEXT };

struct table_column {
    char *name;            /* NULL when the table has no header */
    enum column_kind kind;
    double *numbers;       /* rows of them, for COLUMN_NUMBER */
    char **texts;          /* rows of them, for COLUMN_TEXT; exactly as they stood in the file */
    size_t text_line;      /* of the first cell that made the column text; 0: not known */
};

struct table {
    size_t rows;
    size_t count;                 /* columns */
    struct table_column *columns;
    bool header;
    struct arena texts;           /* owns the texts */
};

enum table_header { HEADER_GUESS, HEADER_PRESENT, HEADER_NONE };

/* What to make of a table; all zero is the rule of table_read. */
struct table_options {
    const char *const *text_columns; /* names that are text even if they look like numbers; NULL */
    bool all_text;                   /* every column is text */
    bool allow_missing;              /* an empty or "NaN" cell is NaN; otherwise an error */
    enum table_header header;
};

/*
 * Reads a whole table; options may be NULL. The first record is a header when one of its fields is
 * not a number (and not empty). A column is numeric when every cell is a number. Ragged rows, and
 * cells that are not finite (unless allow_missing), are EX_DATAERR at file:line, naming the column.
 */
bool table_read(struct stream *stream, const struct table_options *options, struct table *table,
                struct error *error);
void table_free(struct table *table);

/* The column of a name, or NULL. */
const struct table_column *table_column_named(const struct table *table, const char *name);

/*
 * Parses a decimal number: exact for up to 19 digits, else by strtod. False when text is not all
 * number. Accepts inf and nan; callers decide.
 */
bool csv_parse_number(const char *text, size_t length, double *value);

enum { CSV_NUMBER_SIZE = 32 }; /* room for any number, with a final zero byte */

/*
 * A number in the fewest digits that read back as the same float (or double): "0.1", "1e-7",
 * "nan", "-inf". Returns the length.
 */
size_t csv_format_float(char *text, float value);
size_t csv_format_double(char *text, double value);

/* The element at a flat position, by its type; 64-bit integers keep all digits. */
size_t csv_format_element(char *text, const struct array *array, size_t position);

/* Into a file; a field is quoted where it must be. */
void csv_write_field(FILE *file, const char *text);
void csv_write_float(FILE *file, float value);
void csv_write_double(FILE *file, double value);

/*
 * The array as rows: the first dimension counts them, the others are their columns; a vector is
 * one column, a scalar one cell. No header.
 */
bool csv_write_array(struct output *output, const struct array *array, struct error *error);

/* A table, with its header if it has one. */
bool table_write(struct output *output, const struct table *table, struct error *error);

/*
 * Sets EX_DATAERR for a column of text where numbers are expected, with `name` (of the file), the
 * line and the cell; returns false.
 */
bool table_refuse_text(const struct table *table, size_t column, const char *name,
                       struct error *error);

/*
 * The columns of numbers as a float64 array of shape (rows, columns). A column of text is
 * EX_DATAERR, with `name` (of the file) in front.
 */
bool table_to_array(const struct table *table, const char *name, struct array *array,
                    struct error *error);

#endif
