/*
 * Features of the nodes, of which only the rows that are asked for are read: a plain NPY file stays
 * where it is (memory-mapped, of any number type, larger than memory where it must be); a CSV, or
 * what comes gzipped or by a pipe, is held in memory.
 */
#ifndef TESSERAE_GRAPH_NODE_FEATURES_H
#define TESSERAE_GRAPH_NODE_FEATURES_H

#include "graph/names.h"
#include "io/array.h"
#include "tensor/real.h"

/* Free with node_features_free. */
struct node_features {
    size_t nodes;
    size_t columns;
    struct array array; /* the file's, where it is an NPY */
    uint32_t *rows;     /* (nodes): the row of each; NULL when node i has row i */
    real *values;       /* (rows, columns), where it is not */
    char *place;        /* for messages */
};

/*
 * Opens a file as node_table_read does: the rows are those of `names` where it holds names (a node
 * without a row is EX_DATAERR, rows of other nodes are passed over), and it is filled from the file
 * where it is empty. Reads no row of a plain NPY.
 */
bool node_features_open(struct node_features *features, const char *path, struct names *names,
                        struct error *error);

/*
 * The rows of `count` nodes into values (count, columns): of the nodes listed, or first, first + 1,
 * ... when `nodes` is NULL. A value that is not finite is EX_DATAERR.
 */
bool node_features_read(const struct node_features *features, const uint32_t *nodes, size_t first,
                        size_t count, real *values, struct error *error);

/* Puts the nodes into another order: order[i] is the node that becomes node i. */
void node_features_reorder(struct node_features *features, const uint32_t *order);

void node_features_free(struct node_features *features);

#endif
