/*
 * Label tables: what is known of items (nodes of a graph, texts, rows of a table) to be classified.
 *
 * CSV with a header. One column names the item; another its class, any string; or several columns
 * say yes or no (1 or 0) each, when an item may have several labels. Further columns may say to
 * which part of a split (train, validation, test or none) it belongs.
 */
#ifndef TESSERAE_GRAPH_LABEL_TABLE_H
#define TESSERAE_GRAPH_LABEL_TABLE_H

#include "graph/names.h"
#include "graph/split.h"
#include "io/stream.h"
#include "tensor/real.h"

#include <stdbool.h>

struct label_columns {
    const char *item;   /* the column of names, "node"; NULL: row i is item i */
    const char *label;  /* the column of classes, "label"; not heeded where there are several */
    const char *labels; /* "a,b,c": the columns of several yes-or-no labels; or NULL */
    const char *split;  /* a column of parts; or NULL */
    bool find_splits;   /* without one: `split`, or else as many of split0, split1, ... as follow */
    bool add_items;     /* an item that is not known is added; otherwise EX_DATAERR */
    const struct names *classes; /* the only ones that there may be, and their order, as a model
                                    knows them; NULL: those that are met */
};

struct label_table {
    size_t items;
    struct names classes; /* in order: by value where all are numbers, else by bytes; of several
                             labels, the columns as they were asked for; or columns->classes */
    int32_t *labels;      /* (items): the class; LABEL_NONE (grad/ops.h) where none is known. Of
                             several labels: 0 where they are known */
    real *marks;          /* (items, classes): 0 or 1 for each of several labels; otherwise NULL */
    size_t splits;
    char **split_names;   /* (splits): the columns */
    uint8_t **parts;      /* (splits, items): an enum split_part; SPLIT_NONE where no row tells */
};

/*
 * Reads a table for `items`, which it extends where columns->add_items says so (or, where
 * columns->item is NULL, checks to be as many as there are rows, or fills with numbers when it is
 * empty). An item without a row, or with an empty label, has none. Errors (EX_DATAERR) name file
 * and line: missing columns, items twice or unknown, classes other than columns->classes, marks
 * other than 0 and 1, parts that are none; no label at all. Free with label_table_free.
 */
bool label_table_read(struct stream *stream, const struct label_columns *columns,
                      struct names *items, struct label_table *table, struct error *error);

void label_table_free(struct label_table *table);

#endif
