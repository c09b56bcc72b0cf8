/*
 * Input: the table that a plot is drawn from, whether it came as CSV or as NPY, with the columns
 * that were joined to it by node name.
 */
#ifndef TESSERAE_PLOT_INPUT_H
#define TESSERAE_PLOT_INPUT_H

#include "base/arena.h"
#include "io/csv.h"
#include "io/stream.h"

#include <stdbool.h>
#include <stddef.h>

#define INPUT_NO_COLUMN SIZE_MAX

struct input {
    const char *name;             /* of the file, for messages; owned by the stream's opener */
    size_t rows;                  /* at least 1 */
    size_t count;                 /* columns, the joined ones last */
    struct table_column *columns;
    size_t own_count;             /* columns of the table itself */
    size_t node_column;           /* `node`, else the first text column, else INPUT_NO_COLUMN */
    struct table table;           /* owns what came from CSV */
    struct table joined;          /* and from the joined file */
    struct arena arena;           /* owns the rest */
};

/*
 * Reads a CSV table or an NPY array of one or two dimensions (its columns have no names). Empty
 * cells and NaN are kept as NaN. No rows are an error (EX_DATAERR). Free with input_free.
 * text_columns: a NULL-terminated list of names that are not to be read as numbers; or NULL.
 */
bool input_read(struct input *input, struct stream *stream, const char *const *text_columns,
                struct error *error);

/*
 * Joins the columns of another CSV file to the rows of the same node name: the other's column
 * `node`, or its first. Nodes that it does not have get NaN or an empty text, and a warning.
 */
bool input_join(struct input *input, const char *path, struct error *error);

/*
 * The column of a name or, where no column has that name, of a number from 1. NULL (EX_DATAERR)
 * when there is none; `option` names the option that asked for it.
 */
const struct table_column *input_column(const struct input *input, const char *wanted,
                                        const char *option, struct error *error);

/* As input_column, but it must be a column of numbers. */
const struct table_column *input_number_column(const struct input *input, const char *wanted,
                                               const char *option, struct error *error);

/*
 * The columns of numbers among the table's own, without the nodes' names and without those listed
 * in `except` (`except_count` of them, NULL entries allowed). Returns how many; free *columns.
 */
size_t input_number_columns(const struct input *input, const struct table_column *const *except,
                            size_t except_count, const struct table_column ***columns);

/* A name to show: the column's own, or "column 3". Lives as long as the input. */
const char *input_column_name(struct input *input, const struct table_column *column);

/* The text of a cell; numbers in few digits. Lives as long as the input. */
const char *input_text(struct input *input, const struct table_column *column, size_t row);

/* The names of all rows' nodes (rows), row numbers from 0 where the table has none. */
const char **input_nodes(struct input *input);

void input_free(struct input *input);

#endif
