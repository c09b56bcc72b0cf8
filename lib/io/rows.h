/*
 * Rows: a CSV file as a stream of examples, one at a time: some columns, found by name, are the
 * inputs, and one may be the target. For data that need not fit into memory.
 */
#ifndef TESSERAE_IO_ROWS_H
#define TESSERAE_IO_ROWS_H

#include "io/csv.h"

/* Which columns are meant. Names of a file without a header are c1, c2, ... */
struct row_columns {
    size_t inputs;
    char **input_names;
    char *target_name;  /* NULL: none */
    bool labels;        /* the target is a class label, any text, and not a number */
};

struct row {
    size_t line;
    const double *inputs;            /* (inputs), finite; valid until the callback returns */
    bool has_target;
    double target;                   /* where it is a number */
    const char *label;               /* where it is a label */
    const struct csv_record *record; /* the whole record */
};

/* Who is told of rows; a callback returns false after setting the error to stop. */
struct row_sink {
    /* Before the first row; the record is NULL where the file has no header. May be NULL. */
    bool (*begin)(void *context, const struct row_columns *columns,
                  const struct csv_record *header, struct error *error);
    bool (*row)(void *context, const struct row *row, struct error *error);
    void *context;
};

/*
 * Reads the stream with the columns that are known from before. With a header they are found by
 * their names, in any order, and other columns are passed over; without, the names c1, c2, ... are
 * places, and a file of as many columns as there are inputs is taken to be these. The target may
 * be missing unless `target_needed`.
 *
 * EX_DATAERR, naming line and column: a column that is missing, another number of columns than
 * in the first line, a cell that is empty, no number, or not finite.
 */
bool rows_scan(struct stream *stream, const struct row_columns *columns, bool target_needed,
               const struct row_sink *sink, struct error *error);

/*
 * The same for columns that the file itself is to tell: those of `inputs` ("a,b,c"; NULL: all but
 * the target) and `target` (NULL: none). Fills columns; free them with row_columns_free, also on
 * failure.
 */
bool rows_discover(struct stream *stream, const char *inputs, const char *target, bool labels,
                   struct row_columns *columns, const struct row_sink *sink, struct error *error);

struct row_columns row_columns_copy(const struct row_columns *columns);
void row_columns_free(struct row_columns *columns);

#endif
