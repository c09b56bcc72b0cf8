/*
 * Tables with one row for each node: features read from a file, coordinates written to one.
 */
#ifndef TESSERAE_GRAPH_NODE_TABLE_H
#define TESSERAE_GRAPH_NODE_TABLE_H

#include "base/options.h"
#include "base/output.h"
#include "graph/names.h"
#include "tensor/real.h"

/*
 * Reads a row of numbers for every node. CSV (or NPY, either of them gzipped): in a CSV the column
 * "node" holds the names and every other column must be numeric; in an NPY (nodes, columns) row i
 * is the node named "i".
 *
 * When `names` holds names, the rows come back in their order, rows of other nodes are passed over,
 * and a node without a row is EX_DATAERR; when it is empty, it is filled with the file's.
 * *values is (names->count, *columns), the caller's to free().
 */
bool node_table_read(const char *path, struct names *names, real **values, size_t *columns,
                     struct error *error);

/*
 * Writes names and values (names->count, columns): CSV with header node,x0,x1,...; JSON as an array
 * of objects with those keys; NPY (count, columns) without the names.
 */
bool node_table_write(struct output *output, enum option_format format, const struct names *names,
                      const real *values, size_t columns, struct error *error);

/* The same with the columns headed as given (columns) instead of x0,x1,... */
bool node_table_write_headed(struct output *output, enum option_format format,
                             const struct names *names, const real *values, size_t columns,
                             char *const *headings, struct error *error);

#endif
