/*
 * Distance tables: shortest-path distances as they are written out, a matrix with one row per
 * source or a list of pairs. A matrix is computed and written block by block, never whole.
 */
#ifndef TESSERAE_GRAPH_DISTANCE_TABLE_H
#define TESSERAE_GRAPH_DISTANCE_TABLE_H

#include "base/output.h"
#include "graph/graph.h"
#include "graph/node_pairs.h"

struct distance_format {
    bool npy;          /* float32 without names; otherwise CSV with them */
    float unreachable; /* what stands where there is no path */
    int threads;
    bool progress; /* a meter on the terminal */
};

/* What there is to report of the distances that were written; add up over tables. */
struct distance_tally {
    double pairs;
    double reachable; /* pairs with a path */
    double sum;       /* of their distances */
    float largest;
};

/*
 * Writes (count, nodes) distances from the sources. CSV has the header node,NAME,... and the name
 * of the source in front of each row.
 */
bool distance_matrix_write(struct output *output, const struct graph *graph,
                           const uint32_t *sources, size_t count,
                           const struct distance_format *format, struct distance_tally *tally,
                           struct error *error);

/* Writes (count) distances of pairs: source,target,distance, or the distances alone as NPY. */
bool distance_pairs_write(struct output *output, const struct graph *graph,
                          const struct node_pair *pairs, size_t count,
                          const struct distance_format *format, struct distance_tally *tally,
                          struct error *error);

/*
 * Writes the CSV node,row: the nodes in the order of a matrix's columns, and the rows (from 0) of
 * those that are among its sources.
 */
void distance_names_write(struct output *output, const struct graph *graph, const uint32_t *sources,
                          size_t count);

#endif
