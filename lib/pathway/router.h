/*
 * Router: the tree of prototypes that sends every input to one leaf.
 *
 * Neural pathways (Borde, Furuya, Kratsios and Law, "Breaking the curse of dimensionality with
 * distributed neural computation", arXiv:2402.03460; later "Approximation rates and VC-dimension
 * bounds for (P)ReLU MLP mixture of experts", TMLR 2025): F(x) = f_leaf(x)(x), where from the root
 * on x goes to the child with the nearest prototype, ties to the smallest index, until it is at a
 * leaf. This greedy route *is* the partition: training and prediction use the same one, and its
 * hash stands in the file of every leaf.
 *
 * Distances are between standardised inputs. With v children a node and h levels a route takes at
 * most v h distances.
 */
#ifndef TESSERAE_PATHWAY_ROUTER_H
#define TESSERAE_PATHWAY_ROUTER_H

#include "base/sha256.h"
#include "graph/names.h"
#include "io/model_file.h"
#include "io/rows.h"
#include "tensor/standardise.h"

enum { ROUTER_NO_LEAF = UINT32_MAX };

/* Its arrays are its own; free with router_free. */
struct router {
    struct row_columns columns;   /* names of the inputs and of the target */
    struct names classes;         /* where the target is a label: all of them */
    size_t inputs;                /* columns.inputs */
    struct standardisation scaling; /* of the inputs */
    size_t nodes, leaves;
    uint32_t *first_child; /* (nodes): the children of a node stand one after the other */
    uint32_t *children;    /* (nodes): how many; 0 of a leaf */
    uint32_t *leaf;        /* (nodes): the number of the leaf, or ROUTER_NO_LEAF */
    uint32_t *parent;      /* (nodes): of smaller index than the node; 0 of the root, node 0 */
    uint32_t *leaf_node;   /* (leaves) */
    real *centres;         /* (nodes, inputs): prototypes; the root's are unused */
};

/* A router of one node, the root, which is leaf 0. Takes columns and classes over. */
struct router router_make(struct row_columns columns, struct names classes);

/*
 * Gives a leaf node `count` children (of any count >= 2) with these centres (count, inputs). The
 * first child keeps the number of the leaf, the others get new ones. Not to be used while other
 * threads route.
 */
void router_split(struct router *router, size_t node, size_t count, const real *centres);

/* Numbers the leaves from left to right, so that the numbers tell of the tree alone. */
void router_number_leaves(struct router *router);

struct router router_copy(const struct router *router);
void router_free(struct router *router);

/* Where an input goes. */
struct route {
    uint32_t leaf;
    uint32_t second; /* the leaf next to it: where the closest decision would have led otherwise */
    real ratio;      /* of that decision: distance of the nearest to that of the second, 0 to 1 */
};

/* 1 - ratio: how far a row lies from the border of its cell; 0 on the border. */
real route_margin(const struct route *route);

/* Routes one input, as it stood in the file; scratch (inputs). */
void router_route(const struct router *router, const real *x, real *scratch, struct route *route);

/* Routes rows (count, inputs) by all threads. */
void router_route_rows(const struct router *router, const real *rows, size_t count,
                       struct route *routes);

/*
 * The child, of those of an inner node, whose centre is nearest to a standardised input; *second
 * (NULL: not wanted) the next nearest, and the squared distances of both.
 */
size_t router_nearest_child(const struct router *router, size_t node, const real *x,
                            size_t *second, real distances[2]);

/*
 * What routes to a leaf: a hash of names, scales, and all centres that are compared on the way
 * down to it. Another part of the tree may change without changing it.
 */
void router_leaf_hash(const struct router *router, size_t leaf, char text[SHA256_TEXT]);

/* Values of the prototypes: those compared on the longest way, and all. */
size_t router_path_values(const struct router *router);
size_t router_stored_values(const struct router *router);
size_t router_height(const struct router *router);

/* The bytes that a router holds. */
size_t router_bytes(const struct router *router);

/* To and from safetensors; place names the file in messages. */
void router_describe(const struct router *router, struct safetensors *file);
bool router_load(struct router *router, const struct safetensors *file, const char *place,
                 struct error *error);
bool router_load_file(struct router *router, const char *path, struct error *error);

extern const struct model_kind router_kind;

#endif
