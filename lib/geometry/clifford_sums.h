/*
 * Signed sums of products, as fixed lists: what is left of a geometric product when the zeros of
 * its multiplication table are gone. For every output o
 *
 *     y_o = sum over coefficients c: c * (sum over the terms of o and c: +- a_i b_k)
 *
 * Outputs, inputs and coefficients are blocks of BLOCK_LANES values, which are worked on side by
 * side: samples and channels, whatever the caller lays there. The terms of one coefficient stand
 * together, so that it stays in registers with the sum that becomes its slope; those with few terms
 * for an output come first, and their loops are unrolled.
 */
#ifndef TESSERAE_GEOMETRY_CLIFFORD_SUMS_H
#define TESSERAE_GEOMETRY_CLIFFORD_SUMS_H

#include "tensor/lane_vector.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A block of two of the processor's vectors. */
enum { BLOCK_VECTORS = 2, BLOCK_LANES = BLOCK_VECTORS * LANE_COUNT };
struct lane_block {
    union {
        lane_vector part[BLOCK_VECTORS];
        real lane[BLOCK_LANES];
    };
};

/* One product before it is sorted into a list. */
struct clifford_term {
    uint16_t output, coefficient, a, b;
    bool negative;
};

/* The outputs that have `terms` terms each of one coefficient. */
struct clifford_run {
    uint16_t coefficient, terms, outputs;
    uint32_t first_output, first_term; /* in the lists below */
};

struct clifford_sums {
    size_t outputs, a_count, b_count;
    size_t runs, groups, terms; /* a group: the terms of one output and coefficient */
    struct clifford_run *run;   /* (runs) */
    uint16_t *output;           /* (groups) */
    uint16_t *factors;          /* (terms, 2): the places in (a, -a) and in b */
};

/* Sorts the terms, which it reorders, into a list; clifford_sums_free gives it back. */
void clifford_sums_make(struct clifford_sums *sums, struct clifford_term *terms, size_t count,
                        size_t outputs, size_t a_count, size_t b_count);
void clifford_sums_free(struct clifford_sums *sums);

/*
 * y (outputs) from a (a_count <= CLIFFORD_SUMS_MOST), b (b_count) and coefficients. Each term is
 * one multiply-add of a block, each group (output and coefficient) another. With a probe (outputs)
 * also adds the slope of probe . y by every coefficient to slopes; else both are NULL.
 */
enum { CLIFFORD_SUMS_MOST = 64 };
void clifford_sums_run(const struct clifford_sums *sums, const struct lane_block *coefficients,
                       const struct lane_block *a, const struct lane_block *b,
                       const struct lane_block *probe, struct lane_block *y,
                       struct lane_block *slopes);

#endif
