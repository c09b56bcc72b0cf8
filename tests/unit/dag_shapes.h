/* DAGs of many shapes for the tests of the order theory, and their closure by brute force. */
#ifndef TESSERAE_TESTS_DAG_SHAPES_H
#define TESSERAE_TESTS_DAG_SHAPES_H

#include "dag/dag.h"

enum dag_shape {
    SHAPE_CHAIN,
    SHAPE_ANTICHAIN,
    SHAPE_GRID,
    SHAPE_TREE,
    SHAPE_IN_TREE,
    SHAPE_DENSE,
    SHAPE_SPARSE,
    SHAPE_VERY_SPARSE,
    SHAPE_STANDARD,        /* a_i below b_j for i != j: width n, dimension n */
    SHAPE_SERIES_PARALLEL, /* N-free */
    SHAPE_LAYERS,          /* a random bipartite graph between each layer and the next */
    SHAPE_CHAINS_APART,
    SHAPE_ONE_NODE,
    DAG_SHAPES
};

/* The nodes are numbered at random. Free with dag_free. */
void dag_shape_make(struct dag *dag, enum dag_shape shape, uint32_t seed);

/* reaches (nodes, nodes), the diagonal true (Warshall); free() it. */
bool *dag_shape_closure(const struct dag *dag);

#endif
