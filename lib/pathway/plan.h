/*
 * Plans: what a model would take, by arithmetic, for up to any number of rows and leaves.
 *
 * To approximate a function with Lipschitz constant Lip on d dimensions to an error eps, cells of
 * radius delta = (eps / Lip)^r make about (Lip / eps)^(d r) leaves of (Lip / eps)^((1 - r) d / 2)
 * parameters; one ReLU network takes (Lip / eps)^(d / 2). With r = 1 - 2 / d a leaf has Lip / eps,
 * and all leaves together more than the one network: what falls is what a prediction loads, what
 * grows is what is stored. All of these are orders, without constants.
 */
#ifndef TESSERAE_PATHWAY_PLAN_H
#define TESSERAE_PATHWAY_PLAN_H

#include "pathway/leaf.h"

struct plan {
    /* Given. */
    double rows;
    size_t inputs;
    double leaves;         /* 0: from eps */
    double eps, lipschitz; /* eps 0: none */
    double dimension;      /* d: intrinsic, or the number of inputs */
    double trade;          /* r, or negative: 1 - 2 / d */
    struct leaf_shape shape; /* of leaves; its hidden widths are set from eps where it is given */
    bool shape_given;
    size_t branching;
    double epochs, passes;
    double hosts, slots;   /* jobs at a time on a host */
    double flops;          /* floating-point operations a second of one slot */
    double disk;           /* bytes a second of all disks together */
    double memory;         /* bytes for prediction */

    /* Made. */
    double height, path_values, stored_tree;
    double leaf_size, loaded, stored;  /* parameters */
    double model_bytes, router_bytes;
    double rows_per_leaf, rows_wanted; /* fewer than wanted: leaves learn little */
    double one_network;    /* parameters of one ReLU network for eps; 0 without eps */
    double vc_order;       /* leaves max(inputs leaves, parameters of a leaf) */
    double data_bytes;     /* of the rows as float32 */
    double route_flops;    /* of one row */
    double route_hours, shuffle_hours; /* one pass; all passes with writing the cells */
    double leaf_seconds, training_hours, wall_hours;
    double leaves_in_memory;
};

/*
 * 1e6 rows, 16 leaves, 64,64 ReLU, 20 epochs, one host of one slot, 10 Gflop/s, 200 MB/s, 64 MiB.
 */
struct plan plan_defaults(void);

/* Fills in what is made. inputs must be set. */
void plan_make(struct plan *plan);

/* Writes "quantity,value", one a line, with what each is in a third column. */
void plan_write(const struct plan *plan, FILE *file);

#endif
