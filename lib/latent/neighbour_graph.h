/*
 * Neighbour graphs: the lists of neighbours that were found, as matrices that propagate messages.
 */
#ifndef TESSERAE_LATENT_NEIGHBOUR_GRAPH_H
#define TESSERAE_LATENT_NEIGHBOUR_GRAPH_H

#include "base/arena.h"
#include "tensor/sparse.h"

/* How lists of neighbours become a graph. */
enum neighbour_form {
    NEIGHBOURS_SYMMETRIC, /* i and j are joined when one lists the other: D^-1/2 (A + I) D^-1/2 */
    NEIGHBOURS_DIRECTED   /* i hears those that it lists, and itself: the mean over k + 1 */
};

/* Their names in that order, NULL-terminated: "symmetric", "directed". */
extern const char *const neighbour_form_names[];

struct neighbour_graph {
    struct sparse matrix;
    struct sparse transpose;
};

/*
 * The matrices of lists (count, k) without a self or one twice, in the arena's memory.
 * O(count k log k).
 */
struct neighbour_graph neighbour_graph_make(const uint32_t *lists, size_t count, size_t k,
                                            enum neighbour_form form, struct arena *arena);

#endif
