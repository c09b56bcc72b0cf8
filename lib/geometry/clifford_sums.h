/*
 * Signed sums of products, as fixed lists: what is left of a geometric product when the zeros of
 * its multiplication table are gone. For every output o
 *
 *     y_o = sum over groups of o: coefficient_group * (sum over its terms: +- a_i b_k)
 *
 * Output, inputs and coefficients are blocks of LANES values, which are worked on side by side:
 * samples and channels, whatever the caller lays there.
 */
#ifndef TESSERAE_GEOMETRY_CLIFFORD_SUMS_H
#define TESSERAE_GEOMETRY_CLIFFORD_SUMS_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A vector register's worth of reals, and a block of two of them. */
#if defined(__AVX512F__)
enum { LANE_BYTES = 64 };
#elif defined(__AVX__)
enum { LANE_BYTES = 32 };
#else
enum { LANE_BYTES = 16 };
#endif
typedef real lane_vector __attribute__((vector_size(LANE_BYTES)));
enum { BLOCK_VECTORS = 2, BLOCK_LANES = BLOCK_VECTORS * LANE_BYTES / sizeof(real) };
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

struct clifford_sums {
    size_t outputs, a_count, b_count, groups, terms;
    uint32_t *output_groups; /* (outputs + 1): where the groups of an output begin */
    uint32_t *group_terms;   /* (groups + 1): where the terms of a group begin */
    uint16_t *coefficients;  /* (groups) */
    uint16_t *factors;       /* (terms, 2): the places of +-a and of b */
};

/* Sorts the terms, which it reorders, into a list; clifford_sums_free gives it back. */
void clifford_sums_make(struct clifford_sums *sums, struct clifford_term *terms, size_t count,
                        size_t outputs, size_t a_count, size_t b_count);
void clifford_sums_free(struct clifford_sums *sums);

/*
 * y (outputs) from signed_a (2 a_count: a, then -a), b (b_count) and coefficients. Each term is one
 * multiply-add of a block, each group another.
 */
void clifford_sums_run(const struct clifford_sums *sums, const struct lane_block *coefficients,
                       const struct lane_block *signed_a, const struct lane_block *b,
                       struct lane_block *y);

/*
 * The same, and of every group's sum s the derivative of probe . y by its coefficient, added up:
 * slopes[coefficient] += probe_o s.
 */
void clifford_sums_run_probed(const struct clifford_sums *sums,
                              const struct lane_block *coefficients,
                              const struct lane_block *signed_a, const struct lane_block *b,
                              const struct lane_block *probe, struct lane_block *y,
                              struct lane_block *slopes);

#endif
